"""instructions.py --build FOLDER [--write] - instructions of the hot loops, beside those that were kept

Counts with valgrind's callgrind, on a release build, so that a loop that has become longer shows on a
noisy machine too.  Kept in instructions.csv beside this script, per key; other compilers give other
numbers: --slack (percent) says by how much a count may be above the kept one.
"""
import argparse
import csv
import os
import re
import subprocess
import sys
import tempfile

LOOPS = ("miss", "hit", "mixed", "single")
KEYS = 4096 * 8  # as hot_loops.c
BUILT = 20000


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
        for loop in LOOPS:
            counts["look-up, " + loop] = (count([*command, loop, path, str(BUILT)], folder) - none) / KEYS
        counts["build"] = (count([make, path, str(BUILT)], folder) - count([make, empty, "1"], folder)) / BUILT
    return counts


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
            writer.writerow(["loop", "instructions_a_key"])
            writer.writerows([name, f"{value:.1f}"] for name, value in counts.items())
        return 0
    with open(kept_in, encoding="ascii", newline="") as file:
        kept = {row["loop"]: float(row["instructions_a_key"]) for row in csv.DictReader(file)}
    worse = 0
    for name, value in counts.items():
        before = kept.get(name, 0)
        bad = value > before * (1 + options.slack / 100)
        worse += bad
        print(f"{name}: {value:.1f} instructions a key, kept {before:.1f}{' - MORE' if bad else ''}")
    return 1 if worse else 0


if __name__ == "__main__":
    sys.exit(main())
