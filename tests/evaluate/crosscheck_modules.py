"""crosscheck_modules.py VENDORPRINT DATABASE FOLDER... - signatures of kernel modules, beside modinfo

Compares signer, key id and hash of every module below the folders with what kmod's modinfo prints,
and counts whose signature is believed by the keys of the set.  Exit status 1: a difference.
"""
import collections
import concurrent.futures
import json
import pathlib
import subprocess
import sys

FIELDS = ("signer", "sig_key", "sig_hashalgo")
BATCH = 200


def modules(folders):
    found = []
    for folder in folders:
        found += (p for p in pathlib.Path(folder).rglob("*.ko*") if p.is_file())
    return sorted(p for p in found if p.name.endswith((".ko", ".ko.xz", ".ko.gz", ".ko.zst")))


def of_modinfo(path):
    done = subprocess.run(["modinfo", str(path)], capture_output=True, text=True, errors="replace", check=False)
    fields = {}
    for line in done.stdout.splitlines():
        name, colon, value = line.partition(":")
        if colon and name in FIELDS:
            fields[name] = value.strip()
    return (
        fields.get("signer", ""),
        fields.get("sig_key", "").replace(":", "").lower(),
        fields.get("sig_hashalgo", ""),
    )


def of_result(result):
    features = {f["kind"]: f["text"] for f in result.get("features", [])}
    signatures = result.get("signatures", [])
    states = signatures[0]["states"] if signatures else []
    return (
        (
            features.get("signer-name", ""),
            features.get("signer-key-id", ""),
            signatures[0]["digest_algorithm"] if signatures else "",
        ),
        states,
    )


def ours(command, database, paths):
    scan = [command, "scan", "--all", "--features", "--database", database, "--format", "ndjson", *map(str, paths)]
    done = subprocess.run(scan, capture_output=True, text=True, check=False)
    rows = {}
    for line in done.stdout.splitlines():
        row = json.loads(line)
        if "path" in row:
            rows[row["path"]] = of_result(row)
    return rows


def main():
    command, database, folders = sys.argv[1], sys.argv[2], sys.argv[3:]
    paths = modules(folders)
    answers = {}
    for start in range(0, len(paths), BATCH):
        answers |= ours(command, database, paths[start : start + BATCH])
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        theirs = dict(zip(paths, pool.map(of_modinfo, paths)))
    counts, different = collections.Counter(), []
    for path in paths:
        fields, states = answers.get(str(path), (None, []))
        counts["signed" if theirs[path][1] else "unsigned"] += 1
        counts["believed"] += "believed" in states
        if fields != theirs[path]:
            different.append((path, fields, theirs[path]))
    print(f"{len(paths)} modules: " + ", ".join(f"{counts[k]} {k}" for k in ("signed", "unsigned", "believed")))
    print(f"{len(different)} differ from modinfo")
    for path, mine, other in different[:20]:
        print(f"{path}: {mine}, modinfo {other}")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
