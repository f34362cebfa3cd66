"""crosscheck_packages.py VENDORPRINT DATABASE [--keys FOLDER] FOLDER... - packages, beside rpm and dpkg-deb

Compares what RPM and deb packages below the folders say of themselves with `rpm -qp` and
`dpkg-deb -f`, and the signatures of RPMs with `rpmkeys -Kv`, which gets the keys of the folder.
A signature that rpm calls OK verifies here, if the set has its key; one that it calls BAD never
does.  Exit status 1: a difference.
"""
import argparse
import collections
import json
import pathlib
import re
import subprocess
import sys
import tempfile

BATCH = 20
TAGS = {
    "package-name": "%{NAME}", "package-vendor": "%{VENDOR}", "package-maintainer": "%{PACKAGER}",
    "package-summary": "%{SUMMARY}", "package-url": "%{URL}", "package-build-host": "%{BUILDHOST}",
    "package-version": "%|EPOCH?{%{EPOCH}:}|%{VERSION}-%{RELEASE}",
}  # fmt: skip
FIELDS = {
    "package-name": "Package", "package-version": "Version", "package-maintainer": "Maintainer",
    "package-url": "Homepage", "package-summary": "Description",
}  # fmt: skip


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    return done.stdout


def of_rpm(path):
    values = run("rpm", "-qp", "--nosignature", "--qf", "\\t".join(TAGS.values()), str(path)).split("\t")
    # A text of quotes alone has no canonical form; bytes that are no UTF-8 are replaced by both.
    return {kind: value for kind, value in zip(TAGS, values) if value.strip('"') and value != "(none)"}


def of_deb(path):
    values = {kind: run("dpkg-deb", "-f", str(path), field) for kind, field in FIELDS.items()}
    return {kind: value.splitlines()[0].strip() for kind, value in values.items() if value.strip()}


def signatures_of_rpm(path, keys):
    """{(over all, last 8 digits of the key id): OK, BAD, NOKEY}"""
    row = re.compile(r"^\s*(Header )?V\d \S+ Signature, key ID (\w+): (\w+)", re.M)
    text = run("rpmkeys", "--dbpath", keys, "-Kv", str(path))
    return {(not m[1], m[2]): m[3] for m in row.finditer(text)}


def ours(command, database, paths):
    scan = [command, "scan", "--all", "--features", "--database", database, "--format", "ndjson", *map(str, paths)]
    rows = {}
    for line in run(*scan).splitlines():
        row = json.loads(line)
        if "path" in row:
            rows[row["path"]] = row
    return rows


def same(mine, theirs):
    return mine.replace("\ufffd", "").strip() == theirs.replace("\ufffd", "").strip()


def texts(row, kinds):
    found = {}
    for feature in row["features"]:
        if feature["object"] == 0 and feature["kind"] in kinds:
            found.setdefault(feature["kind"], feature["text"])
    return found


def check_signatures(row, theirs, counts):
    ids = [f["text"][-8:] for f in row["features"] if f["object"] == 0 and f["kind"] == "signer-key-id"]
    mine = [s for s in row.get("signatures", []) if s["object"] == 0]
    problems = []
    if len(mine) < len(theirs):
        problems.append(f"{len(mine)} signatures, rpm has {len(theirs)}")
    for (_, key), word in theirs.items():
        states = [set(s["states"]) for i, s in zip(ids, mine) if i == key]
        counts[f"rpm says {word}"] += 1
        verified = [s for s in states if "verifies" in s]
        if word == "BAD" and any("believed" in s for s in states):
            problems.append(f"{key} is BAD and believed")
        if word == "OK" and states and not verified and all("checked" in s for s in states):
            counts["OK for rpm alone"] += 1
        counts["verifies"] += bool(verified)
    return problems


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("command")
    parser.add_argument("database")
    parser.add_argument("folders", nargs="+")
    parser.add_argument("--keys")
    args = parser.parse_args()
    paths = sorted(p for f in args.folders for p in pathlib.Path(f).rglob("*") if p.suffix in (".rpm", ".deb"))
    counts, problems = collections.Counter(), []
    with tempfile.TemporaryDirectory() as keys:
        for key in sorted(pathlib.Path(args.keys).rglob("*")) if args.keys else []:
            if key.is_file():
                run("rpmkeys", "--dbpath", keys, "--import", str(key))
        for start in range(0, len(paths), BATCH):
            batch = paths[start : start + BATCH]
            answers = ours(args.command, args.database, batch)
            for path in batch:
                deb = path.suffix == ".deb"
                counts["deb" if deb else "rpm"] += 1
                theirs = of_deb(path) if deb else of_rpm(path)
                row = answers.get(str(path))
                mine = texts(row, theirs) if row else {}
                problems += [(path, k, mine.get(k), v) for k, v in theirs.items() if not same(mine.get(k, ""), v)]
                counts["fields"] += len(theirs)
                if row and not deb:
                    found = check_signatures(row, signatures_of_rpm(path, keys), counts)
                    problems += [(path, text) for text in found]
    print(", ".join(f"{n} {what}" for what, n in sorted(counts.items())))
    print(f"{len(problems)} differences")
    for problem in problems[:30]:
        print(*problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
