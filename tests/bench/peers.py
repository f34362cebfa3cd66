"""peers.py --build FOLDER FOLDER... - scan beside what else reads files, in one run

Takes the PE files below the folders (or all files with --all), warms the page cache, then runs every
tool in turn, --rounds times, and prints medians as one Markdown table.  One thread each, output
thrown away.  Ratios are times relative to reading and hashing with XXH3-128.
"""
import argparse
import os
import shutil
import statistics
import struct
import subprocess
import sys
import tempfile
import time

BATCH = 2000  # arguments a process
RULE = 'import "hash"\nrule one { condition: hash.sha256(0, filesize) == "%064x" }\n' % 0


def is_pe(path):
    try:
        with open(path, "rb") as file:
            head = file.read(64)
            if len(head) < 64 or head[:2] != b"MZ":
                return False
            file.seek(struct.unpack_from("<I", head, 60)[0])
            return file.read(4) == b"PE\0\0"
    except OSError:
        return False


def collect(folders, take_all, most):
    files = []
    for folder in folders:
        for root, names, found in os.walk(folder):
            names.sort()
            for name in sorted(found):
                path = os.path.join(root, name)
                if "\n" in path or os.path.islink(path) or not os.path.isfile(path):
                    continue
                if take_all or is_pe(path):
                    files.append(path)
                    if len(files) == most:
                        return files
    return files


def batched(command, files, good=(0,)):
    """The command with the files as arguments, as few processes as possible."""
    def job():
        for start in range(0, len(files), BATCH):
            done = subprocess.run(command + files[start : start + BATCH], stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL, check=False)
            if done.returncode not in good:
                sys.exit(f"{command[0]} ended with status {done.returncode}")
    return job


def with_list(command, list_file):
    """The command with the list of files on standard input."""
    def job():
        with open(list_file, "rb") as names:
            subprocess.run(command, stdin=names, stdout=subprocess.DEVNULL, check=True)
    return job


def jobs(options, files, folder):
    names = os.path.join(folder, "files")
    with open(names, "w", encoding="utf-8", errors="surrogateescape") as out:
        out.writelines(path + "\n" for path in files)
    rule = os.path.join(folder, "rule.yar")
    with open(rule, "w", encoding="ascii") as out:
        out.write(RULE)
    floor = os.path.join(options.build, "tests", "bench", "read_floor")
    command = os.path.join(options.build, "tools", "vendorprint")
    scan = [command, "scan", "--quiet", "--jobs", "1", "--format", "ndjson", "--database",
            os.path.join(options.build, "signatures", "vendorprint.vpdb"), "--"]
    yield "read only", with_list([floor], names)
    yield "read + XXH3-128", with_list([floor, "-x"], names)
    yield "vendorprint scan", batched(scan, files, good=(0, 1, 2, 3))
    if shutil.which("file"):
        yield "file", with_list(["file", "--brief", "--files-from", "-"], names)
    if shutil.which("openssl"):
        yield "openssl dgst -sha256", batched(["openssl", "dgst", "-sha256"], files)
    if shutil.which("yara"):
        yield "yara, one hash rule", with_list(["yara", "-w", "-p", "1", "--scan-list", rule, "/dev/stdin"], names)


def main():
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("folders", nargs="+")
    words.add_argument("--build", required=True, help="a release build with tests")
    words.add_argument("--rounds", type=int, default=5)
    words.add_argument("--most", type=int, default=4000, help="files at most")
    words.add_argument("--all", action="store_true", help="all files, not only PE")
    options = words.parse_args()

    files = collect(options.folders, options.all, options.most)
    if not files:
        sys.exit("no file to read")
    size = sum(os.path.getsize(path) for path in files)
    with tempfile.TemporaryDirectory() as folder:
        todo = list(jobs(options, files, folder))
        times = {name: [] for name, _ in todo}
        for name, job in todo:
            job()  # warm
        for turn in range(options.rounds):
            # Another one begins each time: who runs after whom is no advantage.
            first = turn % len(todo)
            for name, job in todo[first:] + todo[:first]:
                began = time.monotonic()
                job()
                times[name].append(time.monotonic() - began)
    base = statistics.median(times["read + XXH3-128"])
    print(f"{len(files)} files, {size / 1e9:.2f} GB, medians of {options.rounds} rounds in turn, one thread each\n")
    print("| tool | seconds (least - most) | files/s | GB/s | x |")
    print("|---|---|---|---|---|")
    for name, _ in todo:
        middle = statistics.median(times[name])
        print(f"| {name} | {middle:.3f} ({min(times[name]):.3f} - {max(times[name]):.3f}) | {len(files) / middle:,.0f} "
              f"| {size / middle / 1e9:.2f} | {middle / base:.2f} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
