#!/usr/bin/env python3
"""crosscheck_macho.py - our features of real Mach-O files beside those of other people's programs

    crosscheck_macho.py --command build/tools/vendorprint --gomacho GOMACHO FOLDER...

Every Mach-O file below the folders, thin or fat (each content once), goes through `vendorprint
features`; each slice through LIEF, go-macho, OpenSSL (certificates) and Python's plistlib; symhash is
computed from LIEF's symbols by the rule of Anomali's tool, and by that tool itself where it is given
and can cope: it copies the file once for each symbol.  Prints what was compared and every
difference; exit status as crosscheck.py's.

    python3 -m venv VENV && VENV/bin/pip install lief pefile==2024.8.26 future
    (cd tests/evaluate/gomacho && go build -o GOMACHO .)
    --symhash FOLDER    a checkout of https://github.com/threatstream/symhash
"""

from __future__ import annotations

import argparse
import base64
import concurrent.futures
import functools
import hashlib
import importlib.util
import json
import os
import plistlib
import re
import subprocess
import sys
import types
from pathlib import Path
from xml.parsers.expat import ExpatError

import crosscheck
import lief

HERE = Path(__file__).resolve().parent
THIN = {b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xce\xfa\xed\xfe", b"\xcf\xfa\xed\xfe"}
FAT = {b"\xca\xfe\xba\xbe", b"\xca\xfe\xba\xbf"}
# Hash types as the kernel ranks them.
RANKS = {1: 1, 3: 2, 2: 3, 4: 4}
PLIST_KINDS = {
    "bundle-id": ["CFBundleIdentifier"],
    "product-name": ["CFBundleName", "CFBundleDisplayName"],
    "product-version": ["CFBundleShortVersionString"],
    "file-version": ["CFBundleVersion"],
    "original-filename": ["CFBundleExecutable"],
    "legal-copyright": ["NSHumanReadableCopyright"],
    "comments": ["CFBundleGetInfoString"],
}
SYMHASH_MOST = 4 << 30  # bytes times symbols that Anomali's tool copies


def is_macho(head: bytes) -> bool:
    return head[:4] in THIN or (head[:4] in FAT and 0 < int.from_bytes(head[4:8], "big") <= 44)


def md5(names: list[str]) -> str:
    return hashlib.md5(",".join(sorted(names)).encode()).hexdigest()


# ---- the others


def lief_symhash(binary) -> set[str]:
    names = [
        symbol.name
        for symbol in binary.symbols
        if symbol.origin == lief.MachO.Symbol.ORIGIN.SYMTAB
        and symbol.raw_type & 0xE0 == 0
        and symbol.raw_type & 0x0F == 1
        and symbol.name
    ]
    return {md5(names)} if names else set()


def lief_plist(binary) -> dict[str, set]:
    section = binary.get_section("__TEXT", "__info_plist")
    found: dict = {}
    if section is not None and section.size:
        try:
            found = plistlib.loads(bytes(section.content).rstrip(b"\0"))
        except Exception:  # what plistlib refuses, it has no opinion on
            found = {}
    return texts_of(found)


def beside(path: str) -> dict[str, set]:
    """Of a bundle's main executable: what the bundle's Info.plist says."""
    found: dict = {}
    for place in ("../Info.plist", "Info.plist", "Resources/Info.plist", "../../Resources/Info.plist"):
        try:
            found = plistlib.loads((Path(path).parent / place).read_bytes())
        except (OSError, ValueError, plistlib.InvalidFileException, ExpatError):
            continue
        if found.get("CFBundleExecutable") == Path(path).name:
            break
        found = {}
    return {f"{kind}-beside": texts for kind, texts in texts_of(found).items()}


def texts_of(found: dict) -> dict[str, set]:
    texts = {}
    for kind, keys in PLIST_KINDS.items():
        values = {found[key] for key in keys if isinstance(found.get(key), str)}
        # As features print texts: white space and controls are blanks there.
        texts[kind] = {re.sub(r"[\x00-\x1f\x7f-\x9f]", " ", v) for v in values if v.strip()}
    return texts


def from_lief(binary) -> dict[str, set]:
    commands = {
        lief.MachO.LoadCommand.TYPE.LOAD_DYLIB,
        lief.MachO.LoadCommand.TYPE.LOAD_WEAK_DYLIB,
        lief.MachO.LoadCommand.TYPE.REEXPORT_DYLIB,
        lief.MachO.LoadCommand.TYPE.LAZY_LOAD_DYLIB,
        lief.MachO.LoadCommand.TYPE.LOAD_UPWARD_DYLIB,
    }
    rows = {
        "symhash (LIEF)": lief_symhash(binary),
        "dylib (LIEF)": {library.name for library in binary.libraries if library.command in commands},
        "macho-uuid (LIEF)": set(),
        "install-name (LIEF)": set(),
    }
    if binary.has_uuid and any(binary.uuid.uuid):
        rows["macho-uuid (LIEF)"] = {bytes(binary.uuid.uuid).hex()}
    for command in binary.commands:
        if command.command == lief.MachO.LoadCommand.TYPE.ID_DYLIB:
            rows["install-name (LIEF)"] = {command.name}
            break
    for kind, texts in lief_plist(binary).items():
        rows[f"{kind} (plistlib)"] = texts
    return rows


def certificates_of(cms: bytes) -> set[str]:
    if not cms:
        return set()
    run = subprocess.run(
        ["openssl", "pkcs7", "-inform", "DER", "-print_certs"], input=cms, capture_output=True, check=False
    )
    blocks = re.findall(rb"-----BEGIN CERTIFICATE-----(.*?)-----END", run.stdout, re.DOTALL)
    return {hashlib.sha256(base64.b64decode(block)).hexdigest() for block in blocks}


def from_gomacho(answer: dict) -> dict[str, set | str]:
    kinds = ("macho-uuid", "install-name", "dylib", "cdhash", "cdhash first", "signing-identifier", "apple-team-id")
    if answer["Error"]:
        return {f"{kind} (go-macho)": answer["Error"] for kind in kinds}
    directories = answer["Directories"] or []
    best = max(directories, key=lambda d: RANKS.get(d["HashType"], 0), default=None)
    return {
        "macho-uuid (go-macho)": {answer["UUID"]} - {"", "0" * 32},
        "install-name (go-macho)": {answer["InstallName"]} - {""},
        "dylib (go-macho)": set(answer["Libraries"] or []),
        "cdhash (go-macho)": {d["CDHash"][:40] for d in directories},
        "cdhash first (go-macho)": {best["CDHash"][:40]} if best else set(),
        "signing-identifier (go-macho)": {d["ID"] for d in directories} - {""},
        "apple-team-id (go-macho)": {d["Team"] for d in directories} - {""},
        "certificate-sha256 (go-macho, OpenSSL)": certificates_of(bytes.fromhex(answer["CMS"])),
    }


@functools.cache
def symhash_parser(folder: str):
    """The tool's parser, without its command, which needs libmagic's binding."""
    sys.modules.setdefault("magic", types.ModuleType("magic"))
    spec = importlib.util.spec_from_file_location("machoinfo", os.path.join(folder, "symhash/machoinfo.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def from_symhash(folder: str | None, slice_bytes: bytes, symbol_count: int) -> dict[str, set | str]:
    """What create_sym_hash() of the tool does with each entity."""
    if not folder or len(slice_bytes) * max(symbol_count, 1) > SYMHASH_MOST:
        return {}
    module = symhash_parser(folder)
    try:
        parser = module.MachOParser(slice_bytes)
        parser.parse()
        names = [
            symbol.get("string", b"").decode()
            for entity in parser.entities
            for command in entity.cmdlist
            if command["cmd"] == module.MachOEntity.LC_SYMTAB
            for symbol in command["symbols"]
            if not symbol["is_stab"] and symbol["external"] is True and symbol["n_type"] == "0x00"
        ]
    except Exception as error:
        return {"symhash (Anomali)": repr(error)}
    return {"symhash (Anomali)": {md5(names)} if names else set()}


# ---- ours, and both together


def slices_of(answer: dict) -> list[dict]:
    return [o for o in answer["objects"] if o["format"] in ("macho32", "macho64")]


def ours_of(answer: dict, index: int) -> dict[str, list[str]]:
    kinds: dict[str, list[str]] = {}
    for feature in answer["features"]:
        if feature["object"] != index:
            continue
        kind = feature["kind"] + ("-beside" if feature.get("beside") else "")
        if kind == "apple-team-id" and feature.get("offset") is None:
            kind = "team of the certificate"  # the others stand in a code directory
        kinds.setdefault(kind, []).append(feature["text"])
    return kinds


def compare_slice(ours: dict[str, list[str]], theirs: dict[str, set | str]) -> list[tuple]:
    rows = []
    for feature, expected in theirs.items():
        kind = feature.split(" ")[0]
        found = ours.get(kind, [])
        if feature.startswith("cdhash first"):
            found = found[:1]
        if isinstance(expected, str):
            rows.append((feature, set(), set(), expected))
        else:
            rows.append((feature, set(found), expected, None))
    return rows


def ask_gomacho(program: str, wanted: list[tuple[int, int, str]]) -> list[dict]:
    lines = "".join(f"{off}\t{length}\t{path}\n" for off, length, path in wanted)
    run = subprocess.run([program], input=lines.encode(), capture_output=True, check=True)
    return [json.loads(line) for line in run.stdout.splitlines()]


def compare_file(options, path: str, answer: dict | None) -> list[list[tuple]]:
    if answer is None or answer.get("status") != "ok":
        return [[("answer", {json.dumps(answer)[:200]}, {"an answer"}, None)]]
    fat = lief.MachO.parse(path)
    binaries = {binary.fat_offset: binary for binary in fat} if fat else {}
    slices = slices_of(answer)
    places = [(o["offset"] or 0, o["bytes"], path) for o in slices]
    results = [[("slices (LIEF)", {str(p[0]) for p in places}, {str(off) for off in binaries}, None)]]
    for slice_object, place, said in zip(slices, places, ask_gomacho(options.gomacho, places)):
        theirs: dict = from_gomacho(said)
        theirs.update({f"{kind} (plistlib)": texts for kind, texts in beside(path).items()})
        binary = binaries.get(place[0])
        if binary is not None:
            theirs.update(from_lief(binary))
            with open(path, "rb") as file:
                file.seek(place[0])
                content = file.read(place[1])
            theirs.update(from_symhash(options.symhash, content, len(binary.symbols)))
        results.append(compare_slice(ours_of(answer, slice_object["index"]), theirs))
    return results


def compare_batch(options, batch: list[tuple[str, str]]) -> list[tuple]:
    answers = crosscheck.run_command(options.command, [path for path, _ in batch])
    return [(path, sha256, compare_file(options, path, answers.get(path))) for path, sha256 in batch]


def find_files(folders: list[str]):
    seen, total = set(), 0
    for folder in folders:
        for path in sorted(Path(folder).rglob("*")):
            if path.is_symlink() or not path.is_file():
                continue
            with open(path, "rb") as file:
                if not is_macho(file.read(8)):
                    continue
                file.seek(0)
                total += 1
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            if digest not in seen:
                seen.add(digest)
                yield str(path), digest
    print(f"{total} Mach-O files, {len(seen)} different ones")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("folders", nargs="+")
    parser.add_argument("--command", default="vendorprint")
    parser.add_argument("--gomacho", required=True, help="the built program of tests/evaluate/gomacho")
    parser.add_argument("--symhash", help="folder of Anomali's tool")
    parser.add_argument("--explained", type=Path, default=HERE / "explained.csv")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()

    lief.logging.disable()
    tally = crosscheck.Tally(crosscheck.read_explained(options.explained))
    files = list(find_files(options.folders))
    batches = [files[i : i + 8] for i in range(0, len(files), 8)]
    with concurrent.futures.ProcessPoolExecutor(options.jobs) as pool:
        for result in pool.map(functools.partial(compare_batch, options), batches):
            for path, sha256, slices in result:
                for rows in slices:
                    tally.add(path, sha256, rows)
    print("one row of the table counts slices; the first feature counts files")
    tally.print()
    if not files:
        return 2
    return 1 if tally.unexplained() else 0


if __name__ == "__main__":
    sys.exit(main())
