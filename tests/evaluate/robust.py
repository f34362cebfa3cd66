"""robust.py --command VENDORPRINT FOLDER... - no file makes the command stumble

Scans every regular file below the folders, many to a process, best with a build that has sanitizers.
Checks exit status (a sum of 1 and 2), standard error, that each file has its document, that a result
that is not complete says why, and peak memory.  What fails is halved until the file is found.
"""
import argparse
import collections
import json
import os
import resource
import shlex
import subprocess
import sys
import tempfile
import threading
import time

STUMBLES = ("AddressSanitizer", "LeakSanitizer", "runtime error", "Sanitizer:", "Assertion", "terminate")


def files_below(folders):
    for folder in folders:
        if os.path.isfile(folder):
            yield folder
        for root, names, files in os.walk(folder):
            names.sort()
            for name in sorted(files):
                path = os.path.join(root, name)
                if os.path.isfile(path) and not os.path.islink(path):
                    yield path


def run(command, paths, seconds):
    """(exit status or None after `seconds`, standard output, standard error, peak memory in MiB)."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        child = subprocess.Popen(command + ["scan", "--quiet", "--format", "ndjson", "--"] + paths, stdout=out, stderr=err)
        late = []
        alarm = threading.Timer(seconds, lambda: (late.append(True), child.kill()))
        alarm.start()
        # wait4 knows this child's peak; the module's children figure is the largest of all.
        _, status, usage = os.wait4(child.pid, 0)
        alarm.cancel()
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        return None if late else child.returncode, out.read(), err.read().decode(errors="replace"), usage.ru_maxrss / 1024


def problems(status, out, err, paths):
    if status is None:
        yield "took too long"
        return
    if status not in (0, 1, 2, 3):
        yield f"exit status {status}"
    for word in STUMBLES:
        if word in err:
            yield next(line.strip() for line in err.splitlines() if word in line)
            break
    documents = []
    for line in out.splitlines():
        try:
            document = json.loads(line)
        except ValueError:
            yield f"no JSON: {line[:80]!r}"
            return
        if "path" in document:
            documents.append(document)
    if len(documents) != len(paths):
        yield f"{len(documents)} documents for {len(paths)} files"
    for document in documents:
        if document["status"] == "ok" and not document["complete"] and not document["gaps"]:
            yield f"{document['path']} is incomplete without a gap"


class Check:
    def __init__(self, options):
        self.options = options
        self.seen, self.peak, self.peak_at = 0, 0.0, ""
        self.gaps = collections.Counter()
        self.bad = []

    def batch(self, paths):
        waiting = [paths]
        while waiting:
            now = waiting.pop()
            seconds = self.options.seconds + len(now)
            status, out, err, memory = run(self.options.command, now, seconds)
            wrong = list(problems(status, out, err, now))
            if memory > self.options.memory:
                wrong.append(f"{memory:.0f} MiB")
            if memory > self.peak:
                self.peak, self.peak_at = memory, now[0]
            if not wrong:
                self.count(out)
            elif len(now) == 1:
                self.bad.append((now[0], wrong))
                print(f"{now[0]}: {'; '.join(wrong)}", flush=True)
            else:
                middle = len(now) // 2
                waiting += [now[:middle], now[middle:]]

    def count(self, out):
        for line in out.splitlines():
            document = json.loads(line)
            if "path" in document:
                self.seen += 1
                if document["status"] != "ok":
                    self.gaps[document["status"]] += 1
                for gap in document.get("gaps", []):
                    self.gaps[gap["reason"]] += 1


def main():
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("folders", nargs="+")
    words.add_argument("--command", type=shlex.split, required=True)
    words.add_argument("--batch", type=int, default=200, help="files a process")
    words.add_argument("--memory", type=float, default=1024, help="most MiB a process may take")
    words.add_argument("--seconds", type=float, default=60, help="for a process, beside one for each file")
    options = words.parse_args()

    check, began, batch = Check(options), time.monotonic(), []
    # A deep stack would hide recursion on content.
    resource.setrlimit(resource.RLIMIT_STACK, (1 << 20, resource.getrlimit(resource.RLIMIT_STACK)[1]))
    for path in files_below(options.folders):
        batch.append(path)
        if len(batch) == options.batch:
            check.batch(batch)
            batch = []
    if batch:
        check.batch(batch)
    print(f"{check.seen} files in {time.monotonic() - began:.0f} s, {len(check.bad)} bad, "
          f"peak {check.peak:.0f} MiB (batch of {check.peak_at})")
    for reason, count in check.gaps.most_common():
        print(f"not examined: {reason}: {count}")
    return 1 if check.bad or not check.seen else 0


if __name__ == "__main__":
    sys.exit(main())
