"""tree.py --build FOLDER TREE - scanning a tree of many files beside a plain C loop, in one run

The loop (tree_floor.c) walks, opens each file, and reads and hashes the executables.  Runs alternate;
medians of --rounds, ratios to the loop, and peak memory are printed as one Markdown table.

With --structure the loop hashes all files, and the set has keys of sections, imports and whole files, so
that both do the same: no signature is verified.
"""
import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time

from one_file import make_set


def run(command, good):
    """Seconds, processor seconds and peak MiB of one run."""
    began = time.monotonic()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in good:
        sys.exit(f"{command[0]} ended with status {child.returncode}")
    return time.monotonic() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def evict(tree):
    """Takes the files out of the page cache, nobody else's; folders and inodes stay."""
    for root, _, names in os.walk(tree):
        for name in names:
            path = os.path.join(root, name)
            if os.path.islink(path) or not os.path.isfile(path):
                continue
            file = os.open(path, os.O_RDONLY)
            os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(file)


def main():
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("tree")
    words.add_argument("--build", required=True, help="a release build with tests")
    words.add_argument("--database", help="another one than the shipped set")
    words.add_argument("--rounds", type=int, default=5)
    words.add_argument("--cold", action="store_true", help="evict the files from the page cache before each run")
    words.add_argument("--structure", action="store_true", help="what a loop by hand can do too, on all files")
    options = words.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measure(options, folder)


def measure(options, folder):
    command = os.path.join(options.build, "tools", "vendorprint")
    loop = [os.path.join(options.build, "tests", "bench", "tree_floor"), options.tree]
    database = options.database or os.path.join(options.build, "signatures", "vendorprint.vpdb")
    if options.structure:
        database = os.path.join(folder, "structure.vpdb")
        make_set(os.path.join(folder, "set"))
        subprocess.run([command, "build", "--output", database, os.path.join(folder, "set")], check=True,
                       stdout=subprocess.DEVNULL)
        loop.append("all")
    scan = [command, "scan", "--quiet", "--format", "ndjson", "--database", database]
    todo = [("plain loop", loop, (0,))]
    for threads in ("1", "2"):
        todo.append((f"scan --jobs {threads}", scan + ["--jobs", threads, options.tree], (0, 1, 2, 3)))
    figures = {name: [] for name, _, _ in todo}
    for name, command, good in todo:
        run(command, good)  # warm
    for turn in range(options.rounds):
        first = turn % len(todo)
        for name, command, good in todo[first:] + todo[:first]:
            if options.cold:
                evict(options.tree)
            figures[name].append(run(command, good))
    base = statistics.median(seconds for seconds, _, _ in figures["plain loop"])
    print(subprocess.run(loop, capture_output=True, text=True, check=True).stdout.split(" (")[0])
    print(f"\n| what | seconds, median of {options.rounds} | x | processor seconds | peak MiB |")
    print("|---|---|---|---|---|")
    for name, _, _ in todo:
        seconds, busy, peak = (statistics.median(column) for column in zip(*figures[name]))
        print(f"| {name} | {seconds:.2f} | {seconds / base:.2f} | {busy:.2f} | {peak:.0f} |")


if __name__ == "__main__":
    main()
