"""format.py SOURCE CLANG_FORMAT - every C file is as clang-format leaves it

Versions of clang-format disagree about details; only the one that the tree is formatted with counts.
"""
import os
import re
import subprocess
import sys

VERSION = "14"
ROOMS = ("lib", "include", "tools", "examples", "tests")


def main():
    source, tool = sys.argv[1:]
    version = subprocess.run([tool, "--version"], capture_output=True, text=True, check=True).stdout
    if re.search(r"version (\d+)", version).group(1) != VERSION:
        print(f"the tree is formatted with clang-format {VERSION}; here is {version.strip()}")
        return 77
    files = [
        os.path.join(root, name)
        for room in ROOMS
        for root, _, names in os.walk(os.path.join(source, room))
        for name in sorted(names)
        if name.endswith((".c", ".h"))
    ]
    return subprocess.run([tool, "--dry-run", "-Werror", "--style=file", *files], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
