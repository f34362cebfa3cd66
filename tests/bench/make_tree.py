"""make_tree.py TREE FOLDER... - a tree of many files of which a tenth are executables, for tree.py

Takes copies of real files below the folders, executables (PE, ELF, Mach-O) up to 1 MiB and other
files up to 64 KiB, spread over 300 folders; when there are too few, files are taken again.  The same
folders give the same tree.
"""
import argparse
import os
import random
import shutil
import sys

MAGICS = (b"\x7fELF", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"\xca\xfe\xba\xbe")
LARGEST = {True: 1 << 20, False: 64 << 10}
FOLDERS = 300


def is_executable(path):
    with open(path, "rb") as file:
        head = file.read(4)
    return head in MAGICS or head[:2] == b"MZ"


def collect(folders):
    """Lists of paths by whether they are executables."""
    found = {True: [], False: []}
    for folder in folders:
        for root, names, files in os.walk(folder):
            names.sort()
            for name in sorted(files):
                path = os.path.join(root, name)
                if os.path.islink(path) or not os.path.isfile(path):
                    continue
                try:
                    kind = is_executable(path)
                except OSError:
                    continue
                if os.path.getsize(path) <= LARGEST[kind]:
                    found[kind].append(path)
    return found


def main():
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("tree", help="must not exist")
    words.add_argument("folders", nargs="+")
    words.add_argument("--files", type=int, default=100000)
    words.add_argument("--executables", type=int, default=10, help="one file of so many")
    options = words.parse_args()
    found = collect(options.folders)
    if not found[True] or not found[False]:
        sys.exit("the folders have no executables, or nothing else")
    for paths in found.values():
        random.Random(1).shuffle(paths)
    for number in range(FOLDERS):
        os.makedirs(os.path.join(options.tree, f"{number:03}"))
    taken = {True: 0, False: 0}
    for number in range(options.files):
        kind = number % options.executables == 0
        path = found[kind][taken[kind] % len(found[kind])]
        taken[kind] += 1
        name = f"{number:06}{os.path.splitext(path)[1]}"
        shutil.copyfile(path, os.path.join(options.tree, f"{number % FOLDERS:03}", name))
    print(f"{options.files} files, {taken[True]} executables, from {len(found[True])} and {len(found[False])}")


if __name__ == "__main__":
    main()
