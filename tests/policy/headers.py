"""headers.py SOURCE - third-party and system headers are included in their rooms only"""
import fnmatch
import os
import re
import sys

# Header pattern, where it may be included, in how many files at most.
RULES = [
    ("xxhash.h", ["lib/base/*"], 99),
    ("openssl/*", ["lib/crypto/*"], 99),
    ("magic.h", ["lib/format/*"], 1),
    ("archive*.h", ["lib/container/*"], 99),
    ("zlib.h", ["lib/base/*"], 1),
    ("utf8proc.h", ["lib/feature/*"], 1),
    ("yaml.h", ["lib/set/*"], 1),
    *((system, ["lib/io/os_*.c", "lib/scan/walk_*.c", "tools/*", "tests/*", "examples/*"], 999)
      for system in ("unistd.h", "fcntl.h", "dirent.h", "sys/*")),
    ("signal.h", ["tools/*", "tests/*", "examples/*"], 999),
    ("locale.h", ["lib/container/*", "tools/*", "tests/*"], 999),
]
# Tests may look into a room with the room's own library.
TESTS_MAY = ["xxhash.h", "openssl/*"]
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^">]+)[">]', re.MULTILINE)


def sources(source):
    for room in ("lib", "include", "tools", "examples", "tests"):
        for root, _, files in os.walk(os.path.join(source, room)):
            for name in files:
                if name.endswith((".c", ".h")):
                    yield os.path.relpath(os.path.join(root, name), source)


def main():
    source = sys.argv[1]
    users = {rule: [] for rule, _, _ in RULES}
    wrong = []
    for path in sorted(sources(source)):
        with open(os.path.join(source, path), encoding="utf-8") as text:
            headers = set(INCLUDE.findall(text.read()))
        for header in headers:
            for rule, rooms, _ in RULES:
                if not fnmatch.fnmatch(header, rule):
                    continue
                if path.startswith("tests/") and rule in TESTS_MAY:
                    continue
                if path.startswith("lib/"):
                    users[rule].append(path)
                if not any(fnmatch.fnmatch(path, room) for room in rooms):
                    wrong.append(f"{path} includes {header}, which belongs to {', '.join(rooms)}")
    for rule, _, most in RULES:
        if len(users[rule]) > most:
            wrong.append(f"{rule} is included by {len(users[rule])} files: {', '.join(users[rule])}")
    for line in wrong:
        print(line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
