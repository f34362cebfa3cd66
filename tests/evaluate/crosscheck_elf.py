#!/usr/bin/env python3
"""crosscheck_elf.py - our features of real ELF files beside those of other people's programs

    crosscheck_elf.py --command build/tools/vendorprint FOLDER...

Every ELF file below the folders (each content once) goes through `vendorprint features` and through
readelf (build-ids), LIEF (names, symbols, comments), kmod's modinfo, `go version -m` and the original
telfhash.  Prints what was compared and every difference with both values.  Exit status: 0 all
agree, 1 something does not, 2 nothing was compared.

Needs binutils, kmod and Go, and in the Python that runs it:

    python3 -m venv VENV && VENV/bin/pip install lief telfhash python-tlsh xxhash
"""

from __future__ import annotations

import argparse
import collections
import concurrent.futures
import functools
import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import lief
import xxhash

import telfhash

lief.logging.disable()

original = sys.modules["telfhash.telfhash"]  # the function of that name hides it

MODULE_KINDS = {
    "author": "modinfo-author",
    "description": "modinfo-description",
    "license": "modinfo-license",
    "version": "modinfo-version",
    "name": "module-name",
}
# What modinfo tells of the file and its signature, and what is left out on purpose.
NOT_FIELDS = {"filename", "sig_id", "signer", "sig_key", "sig_hashalgo", "signature", "alias"}
EXCLUDED = original.build_exclude_list()


class Disassembles(Exception):
    """There is no symbol table: the original goes on with a disassembler, we don't."""


def refuse_to_disassemble(_elf):
    raise Disassembles


original.extract_call_destinations = refuse_to_disassemble


# ---- the others


def run(*command: str) -> bytes:
    return subprocess.run(command, capture_output=True, check=False).stdout


def as_text(raw: bytes | str) -> str:
    """As the command prints it: no control characters, broken UTF-8 replaced."""
    text = raw.decode(errors="replace") if isinstance(raw, bytes) else raw
    return re.sub("[\x00-\x1f\x7f-\x9f\u2028\u2029]", " ", text)


def set_key(names) -> set[str]:
    joined = b"\n".join(sorted(set(names)))
    return {xxhash.xxh3_128_hexdigest(joined)} if joined else set()


def raw(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode("utf-8", "surrogateescape")


def by_readelf(path: str) -> dict[str, set]:
    notes = run("readelf", "-n", "-W", path)
    return {"build-id": {m.decode() for m in re.findall(rb"Build ID: ([0-9a-f]+)", notes)}}


def by_lief(path: str) -> dict[str, set]:
    binary = lief.ELF.parse(path)
    if binary is None:
        return {}
    tags = collections.defaultdict(list)
    for entry in binary.dynamic_entries:
        if hasattr(entry, "name"):
            tags[entry.tag].append(entry.name)
        elif hasattr(entry, "rpath"):
            tags[entry.tag].append(entry.rpath)
        elif hasattr(entry, "runpath"):
            tags[entry.tag].append(entry.runpath)
    tag = lief.ELF.DynamicEntry.TAG
    comment = binary.get_section(".comment")
    comments = bytes(comment.content).split(b"\0") if comment else []
    relocatable = binary.header.file_type == lief.ELF.Header.FILE_TYPE.REL
    symbols = [
        (raw(s.name), s.shndx)
        for s in (binary.symtab_symbols if relocatable else binary.dynamic_symbols)
        if s.binding != lief.ELF.Symbol.BINDING.LOCAL and s.name
    ]
    return {
        "soname": {as_text(n) for n in tags[tag.SONAME]},
        "needed-set": set_key(raw(n) for n in tags[tag.NEEDED]),
        "runpath": {as_text(n) for n in tags[tag.RPATH] + tags[tag.RUNPATH] if n},
        "interpreter": {as_text(binary.interpreter)} if binary.has_interpreter else set(),
        "symbol-defined-set": set_key(name for name, section in symbols if section),
        "symbol-undefined-set": set_key(name for name, section in symbols if not section),
        "compiler": {as_text(c) for c in comments if c},
    }


def by_modinfo(path: str) -> dict[str, set]:
    result = {kind: set() for kind in (*MODULE_KINDS.values(), "modinfo-other", "signed")}
    # Values may hold line feeds: -0 ends each field with a NUL.
    for piece in run("modinfo", "-0", path).split(b"\0"):
        field, _, value = piece.partition(b"=")
        name = field.decode(errors="replace")
        if name == "sig_id":
            result["signed"].add("yes")
        if not value or name in NOT_FIELDS or re.match(rb"(filename|parm): ", field):
            continue
        if name in MODULE_KINDS:
            result[MODULE_KINDS[name]].add(as_text(value))
        else:
            result["modinfo-other"].add(as_text(field + b": " + value))
    # Asked for all, it breaks lines in these; alone, it still puts the type behind the text.
    for name in ("parm", "parmtype"):
        values = run("modinfo", "-0", "-F", name, path).split(b"\0")
        result["modinfo-other"] |= {f"{name}: {as_text(value)}" for value in values if value}
    return result


def by_go(path: str) -> dict[str, set]:
    result = {"go-module": set(), "go-dependency": set(), "go-version": set()}
    with open(path, "rb") as file:
        if b"Go buildinf:" not in file.read():
            return result  # it takes longer to say so
    lines = run("go", "version", "-m", path).decode(errors="replace").splitlines()
    if not lines or ": " not in lines[0]:
        return result
    result["go-version"] = {lines[0].rsplit(": ", 1)[1].removeprefix("go")}
    command, target = None, "go-module"
    for line in lines[1:]:
        _, what, *fields = line.split("\t")
        if what == "path":
            command = fields[0]
        elif what in ("mod", "dep", "=>"):
            target = {"mod": "go-module", "dep": "go-dependency"}.get(what, target)
            module, version = fields[0], fields[1] if len(fields) > 1 else ""
            result[target].add(module)
            if version and version != "(devel)":
                result[target].add(f"{module}@{version}")
    if command and not result["go-module"]:
        result["go-module"].add(command)
    return result


def by_telfhash(path: str) -> dict[str, set | str]:
    try:
        names = original.extract_symbols(path, exclude_list=EXCLUDED)
        value = original.get_hash(names) if names else "tnull"
    except Disassembles:
        return {"telfhash": "no symbol table, the original disassembles"}
    except UnicodeEncodeError:
        value = "tnull"
    return {"telfhash": set() if value == "tnull" else {value}}


def everything(path: str) -> dict[str, set | str]:
    answers = by_readelf(path) | by_lief(path) | by_go(path) | by_telfhash(path)
    return answers | (by_modinfo(path) if path.endswith(".ko") else {})


# ---- ours


def run_command(command: str, paths: list[str]) -> dict[str, dict]:
    lines = run(command, "features", "--format", "ndjson", *paths).splitlines()
    return {answer["path"]: answer for answer in map(json.loads, lines)}


def with_types(fields: list[str]) -> set[str]:
    """Parameters as modinfo prints them, "parm: name:text (type)": the last text of a name."""
    texts, types, others = {}, {}, set()
    for field in fields:
        kind, _, value = field.partition(": ")
        name, _, rest = value.partition(":")
        if kind == "parmtype":
            types[name] = rest
        if kind == "parm":
            texts[name] = field
        else:
            others.add(field)
    for name, rest in types.items():
        texts[name] = texts.get(name, f"parm: {name}:") + f" ({rest})"
    return others | set(texts.values())


def ours_of(answer: dict) -> dict[str, set]:
    kinds = collections.defaultdict(set)
    for feature in answer["features"]:
        if feature["object"] == 0:
            kinds[feature["kind"]].add(feature["text"])
    go = {c for c in kinds["compiler"] if re.match(r"Go \d", c)}
    kinds["go-version"] = {c.removeprefix("Go ") for c in go}
    # What Rust leaves in its messages is in no .comment.
    rust = {c for c in kinds["compiler"] if re.match(r"rustc ([0-9a-f]{40}|\d)", c)}
    kinds["compiler"] -= go | rust
    others = (f["text"] for f in answer["features"] if f["kind"] == "modinfo-other")
    kinds["modinfo-other"] = with_types(list(others))
    kinds["signed"] = {"yes"} if kinds["certificate-issuer-serial"] else set()
    return kinds


def compare_batch(command: str, paths: list[str]) -> list[tuple]:
    answers, rows = run_command(command, paths), []
    for path in paths:
        answer = answers.get(path)
        if answer is None or answer.get("status") != "ok":
            rows.append((path, "answer", {json.dumps(answer)[:200]}, {"an answer"}))
            continue
        ours = ours_of(answer)
        for kind, theirs in everything(path).items():
            rows.append((path, kind, ours[kind], theirs))
        for gap in answer.get("gaps", []):
            rows.append((path, "gap", {gap["reason"] + ": " + gap["what"]}, "a gap"))
    return rows


# ---- all files


def find_files(folders: list[str]):
    """Each ELF file, each content once; core files are refused by design."""
    seen = set()
    for folder in folders:
        for path in sorted(Path(folder).rglob("*")):
            if path.is_symlink() or not path.is_file():
                continue
            with open(path, "rb") as file:
                head = file.read(20)
                if len(head) < 20 or head[:4] != b"\x7fELF" or 4 in (head[16], head[17]):
                    continue
                file.seek(0)
                digest = hashlib.file_digest(file, "sha256").digest()
            if digest not in seen:
                seen.add(digest)
                yield str(path)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("folders", nargs="+")
    parser.add_argument("--command", default="vendorprint")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--batch", type=int, default=32, help="files a run of the command")
    parser.add_argument("--every", type=int, default=1, help="only each Nth file")
    arguments = parser.parse_args()

    files = list(find_files(arguments.folders))[:: arguments.every]
    batches = [files[i : i + arguments.batch] for i in range(0, len(files), arguments.batch)]
    counts = collections.defaultdict(collections.Counter)
    with concurrent.futures.ProcessPoolExecutor(arguments.jobs) as pool:
        compare = functools.partial(compare_batch, arguments.command)
        for rows in pool.map(compare, batches):
            for path, kind, ours, theirs in rows:
                if isinstance(theirs, str):
                    counts[kind]["not compared"] += 1
                    if kind == "gap" or ours:
                        print(f"{kind} {path}: {theirs}: {sorted(ours)}")
                elif ours == theirs:
                    counts[kind]["agree" if ours else "neither"] += 1
                else:
                    counts[kind]["differ"] += 1
                    print(f"DIFFERENCE {kind} {path}")
                    print(f"    only ours:   {sorted(ours - theirs)[:8]}")
                    print(f"    only theirs: {sorted(theirs - ours)[:8]}")
    columns = ("agree", "differ", "neither", "not compared")
    print(f"\n{len(files)} files\n{'feature':<22}" + "".join(f"{c:>14}" for c in columns))
    for kind, count in counts.items():
        print(f"{kind:<22}" + "".join(f"{count[c]:>14}" for c in columns))
    if not files:
        return 2
    return 1 if any(count["differ"] for count in counts.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
