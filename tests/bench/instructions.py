"""instructions.py --build FOLDER [--write] - instructions of the hot loops, beside those that were kept

Counts with valgrind's callgrind, on a release build, so that a loop that has become longer shows on a
noisy machine too.  Kept in instructions.csv beside this script, per key or file; other compilers give
other numbers: --slack (percent) says by how much a count may be above the kept one.
"""
import argparse
import csv
import os
import re
import subprocess
import sys
import tempfile

LOOPS = {"look-up, miss": "miss", "look-up, hit": "hit", "look-up, half": "half", "look-up, mixed": "mixed",
         "look-up, single": "single", "key of a digest": "key", "key of a name": "name"}
KEYS = 4096 * 8  # as hot_loops.c
BUILT = 20000
ROWS = 20000
TIMES = 32  # that a file is examined
FIXTURES = (("a library", "pe/plain64.dll"), ("a signed program", "signed/signed-kaspersky.exe"))


def count(command, folder):
    out = os.path.join(folder, "callgrind.out")
    done = subprocess.run(["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", *command],
                          capture_output=True, text=True, check=False)
    found = re.search(r"Collected : (\d+)", done.stderr)
    if done.returncode or not found:
        sys.exit(f"{' '.join(command)}: {done.stderr.strip()}")
    return int(found.group(1))


def measure(bench):
    counts = {}
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "a.vpdb")
        empty = os.path.join(folder, "b.vpdb")
        make = os.path.join(bench, "make_database")
        subprocess.run([make, path, str(BUILT)], stdout=subprocess.DEVNULL, check=True)
        command = [os.path.join(bench, "hot_loops")]
        none = count([*command, "none", path, str(BUILT)], folder)
        for name, loop in LOOPS.items():
            counts[name] = (count([*command, loop, path, str(BUILT)], folder) - none) / KEYS
        examine = [os.path.join(bench, "examine_loops"),
                   os.path.join(bench, "..", "..", "signatures", "vendorprint.vpdb")]
        head = os.path.join(folder, "head")
        with open(head, "w", encoding="ascii") as text:
            text.write("of no format that is read\n" * 300)
        for what, file in (("a head", head), *((what, os.path.join(bench, "..", "fixtures", at)) for what, at in FIXTURES)):
            if os.path.exists(file):
                once, often = (count([*examine, file, str(times)], folder) for times in (1, 1 + TIMES))
                counts["examine, " + what] = (often - once) / TIMES
        counts["build"] = (count([make, path, str(BUILT)], folder) - count([make, empty, "1"], folder)) / BUILT
        counts["row of a table"] = (count_rows(command_of(bench), folder, ROWS) -
                                    count_rows(command_of(bench), folder, ROWS // 2)) / (ROWS - ROWS // 2)
    return counts


def command_of(bench):
    return os.path.join(bench, "..", "..", "tools", "vendorprint")


def count_rows(command, folder, rows):
    """A set of one vendor with so many digests, from text to database."""
    base = os.path.join(folder, str(rows))
    for room in ("vendors", "hashes"):
        os.makedirs(os.path.join(base, room))
    texts = {"set.yaml": 'serial: "1"\ndate: "2026-01-01"\nlicense: MIT\n',
             "vendors/acme.yaml": "id: acme\ntype: vendor\nname: Acme\n",
             "hashes/a.csv": "kind,value,size,product,version,file,gate,confidence,date,source\n" + "".join(
                 f"file-sha256,{i * 0x9e3779b97f4a7c15 % 2**64:064x},,acme,1.{i % 50},a{i % 1000}.exe,,high,2026,a list\n"
                 for i in range(rows))}
    for name, text in texts.items():
        with open(os.path.join(base, name), "w", encoding="ascii") as file:
            file.write(text)
    return count([command, "build", base, "-o", os.path.join(base, "a.vpdb")], folder)


def main():
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("--build", required=True)
    words.add_argument("--write", action="store_true", help="keep these counts")
    words.add_argument("--slack", type=float, default=10)
    options = words.parse_args()
    kept_in = os.path.join(os.path.dirname(os.path.abspath(__file__)), "instructions.csv")
    counts = measure(os.path.join(options.build, "tests", "bench"))
    if options.write:
        with open(kept_in, "w", encoding="ascii", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(["loop", "instructions"])
            writer.writerows([name, f"{value:.1f}"] for name, value in counts.items())
        return 0
    with open(kept_in, encoding="ascii", newline="") as file:
        kept = {row["loop"]: float(row["instructions"]) for row in csv.DictReader(file)}
    worse = 0
    for name, value in counts.items():
        before = kept.get(name, 0)
        bad = value > before * (1 + options.slack / 100)
        worse += bad
        print(f"{name}: {value:.1f} instructions, kept {before:.1f}{' - MORE' if bad else ''}")
    return 1 if worse else 0


if __name__ == "__main__":
    sys.exit(main())
