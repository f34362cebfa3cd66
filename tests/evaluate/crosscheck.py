#!/usr/bin/env python3
"""crosscheck.py - our features of real PE files beside those of other people's programs

    crosscheck.py --command build/tools/vendorprint FOLDER...

Every PE file below the folders (each content once) goes through `vendorprint features` and through
pefile, LIEF, osslsigncode and hashlib.  Prints what was compared and every difference with both
values; a difference that explained.csv explains is counted apart.  Exit status: 0 all agree or are
explained, 1 something is not, 2 nothing was compared.

Needs pefile 2024.8.26 and lief in the Python that runs it, and osslsigncode:

    python3 -m venv VENV && VENV/bin/pip install pefile==2024.8.26 lief
    apt-get install osslsigncode
"""

from __future__ import annotations

import argparse
import collections
import concurrent.futures
import csv
import functools
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import references

HERE = Path(__file__).resolve().parent
TEXT_KINDS = set(references.VERSION_KINDS.values()) | {"version-other"}


# ---- ours


def run_command(command: str, paths: list[str]) -> dict[str, dict]:
    """The answers for a batch of files, by path."""
    run = subprocess.run(
        [command, "features", "--format", "ndjson", "--all", *paths],
        capture_output=True,
        check=False,
    )
    answers = {}
    for line in run.stdout.splitlines():
        answer = json.loads(line)
        answers[answer["path"]] = answer
    if run.returncode not in (0, 1, 2, 3):
        words = run.stderr.decode(errors="replace")[:2000]
        print(f"status {run.returncode}: {words}", file=sys.stderr)
    return answers


class Ours:
    """The features of the file itself, by kind."""

    def __init__(self, answer: dict):
        self.by_kind = collections.defaultdict(list)
        self.gaps = answer.get("gaps", [])
        for feature in answer["features"]:
            if feature["object"] == 0:
                self.by_kind[feature["kind"]].append(feature)

    def texts(self, kind: str) -> set[str]:
        return {f["text"] for f in self.by_kind[kind]}

    def version_texts(self) -> set[tuple[int, str, str]]:
        return {
            (f.get("language") or 0, kind, f["text"])
            for kind in TEXT_KINDS
            for f in self.by_kind[kind]
        }


# ---- comparing one file


def references_of(path: str, sha256: str, cache: str | None) -> dict[str, list | str]:
    """What the others say; from the cache if it stands there, because they are slow."""
    entry = os.path.join(cache, sha256 + ".json") if cache else None
    if entry and os.path.exists(entry):
        with open(entry, encoding="utf-8") as file:
            return json.load(file)
    result = references.everything(path)
    if entry:
        with open(entry + ".new", "w", encoding="utf-8") as file:
            json.dump(result, file)
        os.rename(entry + ".new", entry)
    return result


def ours_for(feature: str, ours: Ours, theirs: set) -> set:
    if feature == "versioninfo":
        return ours.version_texts()
    kind = feature.split(" ")[0]
    if feature.endswith((" (osslsigncode)", " (LIEF)")):
        # A file without signature has up to two digests here, and each reference has its own idea;
        # "(padded and not)" compares both.
        return ours.texts(kind) & theirs
    return ours.texts(kind)


def compare_file(answer: dict | None, theirs: dict[str, list | str]) -> list[tuple]:
    """Rows of (feature, ours, theirs, why the reference failed)."""
    if answer is None or answer.get("status") != "ok":
        return [("answer", {json.dumps(answer)[:200]}, {"an answer"}, None)]
    ours, rows = Ours(answer), []
    for feature, values in theirs.items():
        if isinstance(values, str):
            rows.append((feature, set(), set(), values))
            continue
        expected = {tuple(v) if isinstance(v, list) else v for v in values}
        rows.append((feature, ours_for(feature, ours, expected), expected, None))
    return rows


def compare_batch(command: str, cache: str | None, batch: list[tuple[str, str]]) -> list[tuple]:
    answers = run_command(command, [path for path, _ in batch])
    return [
        (path, sha256, compare_file(answers.get(path), references_of(path, sha256, cache)))
        for path, sha256 in batch
    ]


# ---- all files


def find_files(folders: list[str], most_bytes: int):
    """(path, SHA-256) of each PE file, each content once."""
    seen, total = set(), 0
    for folder in folders:
        for path in sorted(Path(folder).rglob("*")):
            if path.is_symlink() or not path.is_file():
                continue
            with open(path, "rb") as file:
                if not references.is_pe(file.read(4096)):
                    continue
                total += 1
                if os.fstat(file.fileno()).st_size > most_bytes:
                    print(f"not compared, larger than --most-bytes: {path}")
                    continue
                file.seek(0)
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            if digest not in seen:
                seen.add(digest)
                yield str(path), digest
    print(f"{total} PE files, {len(seen)} different ones")


def read_explained(path: Path) -> dict[tuple[str, str], str]:
    with open(path, newline="", encoding="utf-8") as file:
        return {(row["sha256"], row["feature"]): row["reason"] for row in csv.DictReader(file)}


class Tally:
    def __init__(self, explained: dict[tuple[str, str], str]):
        self.explained = explained
        self.counts = collections.defaultdict(collections.Counter)
        self.files = 0

    def add(self, path: str, sha256: str, rows: list[tuple]):
        self.files += 1
        for feature, ours, theirs, failure in rows:
            count = self.counts[feature]
            if failure is not None:
                count["reference failed"] += 1
                print(f"reference failed: {feature} {path}: {failure}")
            elif ours == theirs:
                count["agree" if ours or theirs else "neither"] += 1
            elif (sha256, feature) in self.explained:
                count["explained"] += 1
            else:
                count["unexplained"] += 1
                print(f"DIFFERENCE {feature} {path} {sha256}")
                print(f"    only ours:   {sorted(map(str, ours - theirs))[:8]}")
                print(f"    only theirs: {sorted(map(str, theirs - ours))[:8]}")

    def unexplained(self) -> int:
        return sum(count["unexplained"] for count in self.counts.values())

    def print(self):
        columns = ("agree", "explained", "unexplained", "neither", "reference failed")
        print(f"\n{self.files} files\n{'feature':<38}{'compared':>10}", end="")
        print("".join(f"{c:>18}" for c in columns))
        for feature, count in self.counts.items():
            compared = count["agree"] + count["explained"] + count["unexplained"]
            print(f"{feature:<38}{compared:>10}" + "".join(f"{count[c]:>18}" for c in columns))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("folders", nargs="+")
    parser.add_argument("--command", default="vendorprint")
    parser.add_argument("--explained", type=Path, default=HERE / "explained.csv")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--batch", type=int, default=32, help="files a run of the command")
    parser.add_argument("--cache", help="folder that keeps what the references said")
    parser.add_argument("--most-bytes", type=int, default=512 << 20)
    arguments = parser.parse_args()

    if arguments.cache:
        os.makedirs(arguments.cache, exist_ok=True)
    tally = Tally(read_explained(arguments.explained))
    files = list(find_files(arguments.folders, arguments.most_bytes))
    batches = [files[i : i + arguments.batch] for i in range(0, len(files), arguments.batch)]
    with concurrent.futures.ProcessPoolExecutor(arguments.jobs) as pool:
        compare = functools.partial(compare_batch, arguments.command, arguments.cache)
        results = pool.map(compare, batches)
        for number, result in enumerate(results, 1):
            for path, sha256, rows in result:
                tally.add(path, sha256, rows)
            if number % 10 == 0:
                print(f"{tally.files} of {len(files)}", file=sys.stderr)
    tally.print()
    if not files:
        return 2
    return 1 if tally.unexplained() else 0


if __name__ == "__main__":
    sys.exit(main())
