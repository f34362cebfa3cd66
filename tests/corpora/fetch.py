#!/usr/bin/env python3
"""fetch.py - brings the packages of packages.txt to a folder and unpacks them, without running any

    fetch.py FOLDER [--only REGEX]

Debian packages come by `apt-get download`, npm packages by `npm pack`, wheels by `pip download`; they
are only unpacked, no script of theirs runs, and no file keeps a run bit.  What is there already is not
fetched again.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent


def read_packages(path: Path) -> list[list[str]]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line.split() for line in lines if line.strip() and not line.startswith("#")]


def fetch_deb(name: str, scratch: Path, target: Path):
    subprocess.run(["apt-get", "download", name], cwd=scratch, check=True, capture_output=True)
    (package,) = scratch.glob("*.deb")
    subprocess.run(["dpkg-deb", "-x", package, target], check=True)


def fetch_npm(name: str, version: str, scratch: Path, target: Path):
    command = ["npm", "pack", "--ignore-scripts", f"{name}@{version}"]
    subprocess.run(command, cwd=scratch, check=True, capture_output=True)
    (package,) = scratch.glob("*.tgz")
    # GNU tar refuses to write outside its folder; tarfile's filters are too new for Debian 12.
    subprocess.run(["tar", "-xzf", package, "--no-same-owner", "-C", target], check=True)


def fetch_wheel(name: str, version: str, platform: str, scratch: Path, target: Path):
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:"]
    command += ["--platform", platform, "--python-version", "3.11", f"{name}=={version}"]
    subprocess.run(command, cwd=scratch, check=True, capture_output=True)
    (package,) = scratch.glob("*.whl")
    with zipfile.ZipFile(package) as wheel:
        wheel.extractall(target)


def drop_run_bits(folder: Path):
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            path.chmod(0o644)


def fetch(line: list[str], folder: Path) -> bool:
    """False: it could not be had."""
    kind, name, *rest = line
    target = folder / kind / name / (rest[0] if rest else "release")
    if target.exists():
        return True
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as temporary:
        scratch = Path(temporary)
        unpacked = scratch / "unpacked"
        unpacked.mkdir()
        try:
            if kind == "deb":
                fetch_deb(name, scratch, unpacked)
            elif kind == "wheel":
                fetch_wheel(name, rest[0], rest[1], scratch, unpacked)
            else:
                fetch_npm(name, rest[0], scratch, unpacked)
        except (subprocess.CalledProcessError, OSError, ValueError) as error:
            print(f"{kind} {name}: {error}", file=sys.stderr)
            return False
        drop_run_bits(unpacked)
        shutil.move(unpacked, target)
    print(f"{kind} {name}")
    return True


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default="", help="regular expression on the names")
    parser.add_argument("--packages", type=Path, default=HERE / "packages.txt")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    lines = [p for p in read_packages(arguments.packages) if re.search(arguments.only, p[1])]
    missing = sum(not fetch(line, arguments.folder) for line in lines)
    print(f"{len(lines) - missing} of {len(lines)} packages are in {arguments.folder}")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
