"""trust.py --build BUILD [--catalogs DIR] PATH... - what verifying signatures costs of a scan, in one run

PATH is a file, a folder, or with @ before it a list of paths, one a line.  Four things take turns, one
thread each, files in the page cache, output thrown away; medians of --rounds:

    the shipped set          as it is compiled in BUILD
    nothing verified         the same text set without the keys that make a scan verify: those of
                             certificates, of Apple's teams and code directories, of OpenPGP keys
    with --catalogs DIR      the shipped set, every file looked up in the catalogs there
    osslsigncode verify      where it is installed, a process for each file in which it finds a signature

Prints one Markdown table.  With --perf it says too where the samples of one more run of the first two
fall (perf's software clock), library by library.
"""
import argparse
import csv
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile

from tree import run

BATCH = 500  # arguments a process
SIGNER_KIND = re.compile(r"certificate-|apple-|openpgp-|signer-|cdhash")
PERF = ["perf", "record", "-q", "-e", "cpu-clock"]


def collect(paths):
    """The files, and what is given to a scan: folders as they are."""
    named, files = [], []
    for path in paths:
        if path.startswith("@"):
            with open(path[1:], encoding="utf-8") as lines:
                named += [line.rstrip("\n") for line in lines]
        else:
            named.append(path)
    for path in named:
        if not os.path.isdir(path):
            files.append(path)
        for root, _, names in os.walk(path):
            files += [os.path.join(root, name) for name in names]
    return named, [path for path in files if os.path.isfile(path) and not os.path.islink(path)]


def item_of(lines, at):
    """From where to where the item of a YAML list goes that has this line."""
    indent = len(lines[at]) - len(lines[at].lstrip())
    first = at
    while not lines[first].lstrip().startswith("- ") or len(lines[first]) - len(lines[first].lstrip()) > indent:
        first -= 1
    indent = len(lines[first]) - len(lines[first].lstrip())
    last = first + 1
    while last < len(lines) and len(lines[last]) - len(lines[last].lstrip()) > indent:
        last += 1
    return first, last


def filter_yaml(text):
    """Without items of signer kinds, and without these kinds in the lists of names; how many were left out."""
    lines, at, gone = text.split("\n"), 0, 0
    while at < len(lines):
        key = re.match(r"\s*(?:- )?kind: (\S+)", lines[at])
        kinds = re.match(r"(\s*(?:- )?kinds: \[)(.*)\]", lines[at])
        words = kinds[2].split(", ") if kinds else []
        kept = [word for word in words if not SIGNER_KIND.match(word)]
        gone += len(words) - len(kept)
        if (key and SIGNER_KIND.match(key[1])) or (kinds and not kept):
            first, last = item_of(lines, at)
            gone += 1 if key else 0
            del lines[first:last]
            at = first
            continue
        if kinds:
            lines[at] = kinds[1] + ", ".join(kept) + "]"
        at += 1
    # A list of which nothing is left.
    return re.sub(r"^(?:keys|names):\n(?: *#.*\n|\n)*(?=\S|\Z)", "", "\n".join(lines), flags=re.M), gone


def leave_out(source, target):
    """Copies a text set without what leads to verifying; how many keys that were."""
    gone = 0
    shutil.copytree(source, target)
    for root, _, names in os.walk(target):
        for path in (os.path.join(root, name) for name in names):
            if path.endswith(".yaml"):
                with open(path, encoding="utf-8") as file:
                    text, fewer = filter_yaml(file.read())
                with open(path, "w", encoding="utf-8") as file:
                    file.write(text)
                gone += fewer
            elif path.endswith(".csv"):
                with open(path, encoding="utf-8", newline="") as file:
                    rows = list(csv.reader(file))
                if not rows or "kind" not in rows[0] or "value" not in rows[0]:
                    continue
                column = rows[0].index("kind")
                kept = [row for row in rows if len(row) <= column or not SIGNER_KIND.match(row[column])]
                gone += len(rows) - len(kept)
                with open(path, "w", encoding="utf-8", newline="") as file:
                    csv.writer(file, lineterminator="\n").writerows(kept)
    return gone


def signed_of(command, files):
    """The files that have a signature, and how many have one that is believed."""
    signed, believed = [], 0
    for start in range(0, len(files), BATCH):
        done = subprocess.run(command + ["--"] + files[start : start + BATCH], stdout=subprocess.PIPE, check=False)
        for document in map(json.loads, done.stdout.splitlines()):
            if document.get("signatures"):
                signed.append(document["path"])
                believed += any("believed" in one["states"] for one in document["signatures"])
    return signed, believed


def is_read(program, path):
    done = subprocess.run([program, "verify", "-in", path], capture_output=True, check=False)
    return b"Signature Index" in done.stdout


def count_catalogs(folder):
    return sum(name.lower().endswith(".cat") for _, _, names in os.walk(folder or "") for name in names)


def scan_all(command, named):
    """Processor seconds over all batches."""
    return sum(run(command + ["--"] + named[start : start + BATCH], (0, 1, 2, 3))[1] for start in range(0, len(named), BATCH))


def verify_all(program, files):
    return sum(run([program, "verify", "-in", path], range(256))[1] for path in files)


def shares(command, named, folder):
    """Shares of the samples by library, in percent; of the first batch, if there are several."""
    data = os.path.join(folder, "perf.data")
    subprocess.run(PERF + ["-o", data, "--"] + command + ["--"] + named[:BATCH], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    report = subprocess.run(["perf", "report", "-i", data, "--stdio", "--sort", "dso"], capture_output=True, text=True, check=False)
    return {name: float(share) for share, name in re.findall(r"^\s+([\d.]+)%\s+(\S+)", report.stdout, flags=re.M)}


def main():
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("paths", nargs="+", metavar="PATH")
    words.add_argument("--build", required=True, help="a release build")
    words.add_argument("--set", default=os.path.join(os.path.dirname(__file__), "..", "..", "signatures"))
    words.add_argument("--catalogs")
    words.add_argument("--osslsigncode", default=shutil.which("osslsigncode"))
    words.add_argument("--rounds", type=int, default=5)
    words.add_argument("--perf", action="store_true")
    options = words.parse_args()
    program = os.path.join(options.build, "tools", "vendorprint")
    shipped = os.path.join(options.build, "signatures", "vendorprint.vpdb")
    named, files = collect(options.paths)
    scan = [program, "scan", "--quiet", "--format", "ndjson", "--jobs", "1", "--database"]
    with tempfile.TemporaryDirectory() as folder:
        without = os.path.join(folder, "without.vpdb")
        gone = leave_out(options.set, os.path.join(folder, "set"))
        subprocess.run([program, "build", "-o", without, os.path.join(folder, "set")], check=True, stdout=subprocess.DEVNULL)
        kinds = subprocess.run([program, "db", "info", "--database", without], capture_output=True, text=True, check=True).stdout
        if re.search(r"^  " + f"(?:{SIGNER_KIND.pattern})", kinds, flags=re.M):
            sys.exit("keys that lead to verifying are left in the set")
        signed, believed = signed_of([program, "features", "--all", "--format", "ndjson", "--database", shipped], files)
        inside = [path for path in signed if options.osslsigncode and is_read(options.osslsigncode, path)]
        todo = {
            "scan, the shipped set": lambda: scan_all(scan + [shipped], named),
            "scan, nothing verified": lambda: scan_all(scan + [without], named),
        }
        if options.catalogs:
            todo["scan, the shipped set, --catalogs"] = lambda: scan_all(scan + [shipped, "--catalogs", options.catalogs], named)
        if options.osslsigncode:
            todo["osslsigncode verify, a process a file"] = lambda: verify_all(options.osslsigncode, inside)
            todo["its start alone"] = lambda: sum(run([options.osslsigncode, "--version"], range(256))[1] for _ in inside)
        figures = {name: [] for name in todo}
        for turn in range(-1, options.rounds):  # the first warms
            names = list(todo)
            for name in names[turn % len(names) :] + names[: turn % len(names)]:
                seconds = todo[name]()
                if turn >= 0:
                    figures[name].append(seconds)
        print(f"{len(files)} files, {sum(map(os.path.getsize, files)) / 1e6:.0f} MB, {len(signed)} of them signed ({believed} believed), "
              f"{len(inside)} read by osslsigncode; {count_catalogs(options.catalogs)} catalogs; {gone} keys left out; load {os.getloadavg()[0]:.1f}\n")
        base = statistics.median(figures["scan, nothing verified"])
        whole = statistics.median(figures["scan, the shipped set"])
        print(f"| what | processor seconds, median of {options.rounds} | x | share of trust | ms a signed file |")
        print("|---|---|---|---|---|")
        for name, column in figures.items():
            seconds = statistics.median(column)
            of, more = (len(signed), seconds - base) if name.startswith("scan") else (len(inside), seconds)
            share = f"{100 * more / seconds:.0f} %" if name.startswith("scan") and seconds > base else ""
            print(f"| {name} | {seconds:.3f} | {seconds / whole:.2f} | {share} | {1000 * more / max(1, of):.2f} |")
        if options.perf and shutil.which("perf"):
            all_of, none_of = (shares(scan + [database], named, folder) for database in (shipped, without))
            print("\n| where, processor seconds | the shipped set | nothing verified | trust |\n|---|---|---|---|")
            for name in sorted(all_of, key=all_of.get, reverse=True)[:6]:
                one, other = all_of[name] * whole / 100, none_of.get(name, 0) * base / 100
                print(f"| {name} | {one:.3f} | {other:.3f} | {one - other:.3f} |")


if __name__ == "__main__":
    sys.exit(main())
