#!/usr/bin/env python3
"""crosscheck_apple.py - our verification of real code signatures beside other people's programs

    crosscheck_apple.py --command build/tools/vendorprint --rcodesign RCODESIGN FOLDER...

Every Mach-O slice below the folders (each content once) goes through `vendorprint features --all`, and through

    rcodesign       directories with their digests, Team ID, identifier, whether the CMS verifies, certificates,
                    what its requirements mean
    openssl cms     whether the CMS is over the primary directory, and by which certificate
    hashlib         each page of each directory, by a walk of the format written here
    asn1crypto      the time in the token

Prints what was compared and every difference; exit status as crosscheck.py's.

    cargo install apple-codesign --no-default-features
    python3 -m venv VENV && VENV/bin/pip install asn1crypto pyyaml lief
"""

from __future__ import annotations

import argparse
import collections
import concurrent.futures
import functools
import hashlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import crosscheck
import crosscheck_macho
import requirement_language
import yaml
from asn1crypto import cms, tsp, x509

HERE = Path(__file__).resolve().parent
LOAD_COMMAND = 0x1D
HASHES = {1: "sha1", 2: "sha256", 3: "sha256", 4: "sha384", 5: "sha512"}
TOKEN = "1.2.840.113549.1.9.16.2.14"


def big(data: bytes, off: int, length: int = 4) -> int:
    return int.from_bytes(data[off : off + length], "big")


def signature_of(code: bytes) -> tuple[int, bytes]:
    """Where the code signature is, and its bytes; (0, b"") when there is none."""
    order = "little" if code[0] in (0xCE, 0xCF) else "big"
    wide = 0xCF in (code[0], code[3])
    count, at = int.from_bytes(code[16:20], order), 32 if wide else 28
    for _ in range(count):
        number, length, off, size = (int.from_bytes(code[at + i : at + i + 4], order) for i in (0, 4, 8, 12))
        if number == LOAD_COMMAND:
            return off, code[off : off + size]
        at += length
    return 0, b""


def blobs_of(signature: bytes) -> dict[int, bytes]:
    blobs: dict[int, bytes] = {}
    for i in range(big(signature, 8)):
        slot, off = big(signature, 12 + 8 * i), big(signature, 16 + 8 * i)
        blobs.setdefault(slot, signature[off : off + big(signature, off + 4)])
    return blobs


def pages_hold(code: bytes, directory: bytes) -> bool:
    version, start, slots = big(directory, 8), big(directory, 16), big(directory, 28)
    limit = big(directory, 32)
    if version >= 0x20300:
        limit = big(directory, 56, 8) or limit
    length, kind, shift = directory[36], directory[37], directory[39]
    page = 1 << shift if shift else limit
    for i in range(slots):
        digest = hashlib.new(HASHES[kind], code[i * page : min((i + 1) * page, limit)]).digest()
        if digest[:length] != directory[start + i * length : start + (i + 1) * length]:
            return False
    return slots == -(-limit // page)


def cms_verifies(message: bytes, directory: bytes) -> tuple[bool, str]:
    """By OpenSSL: whether it is over the directory, and the SHA-256 of the signer's certificate."""
    with tempfile.TemporaryDirectory() as folder:
        paths = {name: os.path.join(folder, name) for name in ("cms", "directory", "signer")}
        Path(paths["cms"]).write_bytes(message)
        Path(paths["directory"]).write_bytes(directory)
        run = subprocess.run(
            ["openssl", "cms", "-verify", "-inform", "DER", "-binary", "-noverify", "-in", paths["cms"],
             "-content", paths["directory"], "-signer", paths["signer"], "-out", os.devnull],
            capture_output=True, check=False,
        )  # fmt: skip
        if run.returncode:
            return False, ""
        der = subprocess.run(
            ["openssl", "x509", "-in", paths["signer"], "-outform", "DER"], capture_output=True, check=True
        ).stdout
        return True, hashlib.sha256(der).hexdigest()


def chain_from(leaf: str, certificates: list[x509.Certificate]) -> list[str]:
    by_digest = {c.sha256.hex(): c for c in certificates}
    chain, current = [], by_digest.get(leaf)
    while current is not None and current.sha256.hex() not in chain:
        chain.append(current.sha256.hex())
        current = next((c for c in certificates if c.subject == current.issuer), None)
    return chain


def token_time(signed: cms.SignedData) -> int | None:
    for attribute in signed["signer_infos"][0]["unsigned_attrs"]:
        if attribute["type"].dotted == TOKEN:
            token = attribute["values"][0]["content"]["encap_content_info"]["content"].parsed
            return int(token["gen_time"].native.timestamp()) if isinstance(token, tsp.TSTInfo) else None
    return None


def reference(code: bytes) -> dict:
    """What the walk, OpenSSL and asn1crypto say of one slice."""
    off, signature = signature_of(code)
    if not signature:
        return {"kind": "unsigned"}
    blobs = blobs_of(signature)
    directories = [blobs[slot] for slot in sorted(blobs) if slot == 0 or 0x1000 <= slot < 0x1005]
    adhoc = any(big(d, 12) & 2 for d in directories)
    message = blobs.get(0x10000, b"")[8:]
    said = {
        "kind": "CMS" if message else "ad hoc" if adhoc else "nobody's",
        "pages": all(pages_hold(code, d) for d in directories),
        "special": all(special_holds(d, blobs) for d in directories),
        "signer": "", "verifies": False, "chain": [], "time": None, "subjects": {},
    }  # fmt: skip
    if message:
        signed = cms.ContentInfo.load(message)["content"]
        certificates = [c.chosen for c in signed["certificates"]]
        said["verifies"], said["signer"] = cms_verifies(message, blobs[0])
        said["chain"] = chain_from(said["signer"], certificates)
        said["time"] = token_time(signed)
        said["subjects"] = {c.sha256.hex(): c.subject.native for c in certificates}
    return said


def special_holds(directory: bytes, blobs: dict[int, bytes]) -> bool:
    start, length, count = big(directory, 16), directory[36], big(directory, 24)
    for slot, blob in blobs.items():
        if not 0 < slot < 12:
            continue
        digest = hashlib.new(HASHES[directory[37]], blob).digest()[:length]
        if slot > count or digest != directory[start - slot * length : start - (slot - 1) * length]:
            return False
    return True


def from_rcodesign(entity: dict) -> dict[str, set]:
    signature = (entity.get("entity", {}).get("mach_o") or {}).get("signature") or {}
    primary = signature.get("code_directory")
    rows: dict[str, set] = {"cdhash (rcodesign)": set(), "apple-team-id (rcodesign)": set()}
    if not primary:
        return rows
    directories = [primary] + [d for _, d in signature.get("alternative_code_directories", [])]
    blobs = [b for b in signature["blobs"] if b["magic"] == "fade0c02"]
    for blob, directory in zip(blobs, directories):
        kind = directory["digest_type"].replace("-truncated", "")
        if kind in blob:  # it prints SHA-1 and SHA-256
            rows["cdhash (rcodesign)"].add(blob[kind][:40])
    rows["apple-team-id (rcodesign)"] = {d["team_name"] for d in directories if d.get("team_name")}
    rows["signing-identifier (rcodesign)"] = {d["identifier"] for d in directories}
    rows["requirement (rcodesign)"] = set(signature.get("code_requirements", []))
    message = signature.get("cms") or {}
    signers = message.get("signers", [])
    rows["CMS verifies (rcodesign)"] = {str(s["signature_verifies"]) for s in signers}
    rows["certificate for (rcodesign)"] = {
        c["apple_certificate_profile"].replace("-application", "")
        for c in message.get("certificates", [])
        if "apple_certificate_profile" in c
    }
    rows["team of the certificate (rcodesign)"] = {
        c["apple_team_id"] for c in message.get("certificates", []) if "apple_certificate_profile" in c
    }
    rows["token verifies (rcodesign)"] = {
        str(t["signature_verifies"])
        for s in signers
        for t in (s.get("time_stamp_token") or {}).get("signers", [])
    }
    return rows


def meanings_of(ours: list[str], theirs: set[str]) -> tuple[set, set]:
    """Both as trees: brackets and quotes are told differently."""
    ours_read = {str(requirement_language.from_vendorprint(text)) for text in ours}
    return ours_read, {str(requirement_language.from_rcodesign(text)) for text in theirs}


def demanded(program: str, code: bytes) -> set[str]:
    """What rcodesign says of each requirement by itself, where it can't read the whole signature."""
    names = {1: "host", 2: "guest", 3: "designated", 4: "library", 5: "plugin"}
    requirements = blobs_of(signature_of(code)[1]).get(2, bytes(12))
    found = set()
    for i in range(big(requirements, 8)):
        kind, off = big(requirements, 12 + 8 * i), big(requirements, 16 + 8 * i)
        with tempfile.NamedTemporaryFile() as file:
            file.write(requirements[off : off + big(requirements, off + 4)])
            file.flush()
            command = [program, "parse-code-signing-requirement", file.name]
            run = subprocess.run(command, capture_output=True, text=True, check=True)
        found.add(f"{names[kind]}({kind}): 0: {run.stdout.strip()}")
    return found


def compare_slice(
    program: str, answer: dict, index: int, code: bytes, entity: dict | str
) -> tuple[list[tuple], str]:
    ours = crosscheck_macho.ours_of(answer, index)
    signatures = [s for s in answer["signatures"] if s["object"] == index]
    said = reference(code)
    states = set(signatures[0]["states"]) if signatures else set()
    rows = [("signatures", {str(len(signatures))}, {str(int(said["kind"] != "unsigned"))}, None)]
    if isinstance(entity, str):
        rows.append(("rcodesign", set(), set(), entity))
        meanings = meanings_of(ours.get("requirement", []), demanded(program, code))
        rows.append(("requirement (rcodesign)", *meanings, None))
        entity = {}
    for feature, expected in from_rcodesign(entity).items() if entity else ():
        kind = feature.split(" ")[0]
        if feature.startswith("CMS"):
            found = {str("verifies" in states)} if signatures and signatures[0]["signer"] else set()
        elif feature.startswith("token"):
            found = {str(s["time"]["verifies"]) for s in signatures if s["time"]}
        elif feature.startswith("certificate for"):
            found = set(ours.get("apple-certificate", []))
        elif kind == "requirement":
            found, expected = meanings_of(ours.get(kind, []), expected)
        elif feature.startswith("team of"):
            found = set(ours.get("team of the certificate", []))
        else:
            found = set(ours.get(kind, []))
        rows.append((feature, found, expected, None))
    if said["kind"] == "unsigned" or not signatures:
        return rows, said["kind"]
    one = signatures[0]
    rows.append(("ad hoc (walk)", {str("adhoc" in states)}, {str(said["kind"] == "ad hoc")}, None))
    rows.append(("pages (hashlib)", {str("pages-match" in states)}, {str(said["pages"])}, None))
    whole = said["pages"] and said["special"]
    rows.append(("digest matches (hashlib)", {str("digest-matches" in states)}, {str(whole)}, None))
    if said["kind"] == "CMS":
        rows.append(("CMS verifies (OpenSSL)", {str("verifies" in states)}, {str(said["verifies"])}, None))
        rows.append(("signer (OpenSSL)", {one["certificate_sha256"]}, {said["signer"]}, None))
        subject = said["subjects"].get(said["signer"], {})
        names = {one["signer"], one["organization"]}
        rows.append(("names (asn1crypto)", names, {subject.get("common_name"), subject.get("organization_name")}, None))
        order = [" ".join(c["sha256"] for c in one["chain"])]
        rows.append(("order of the chain (asn1crypto)", set(order), {" ".join(said["chain"])}, None))
        time = {str(one["time"]["seconds"])} if one["time"] else set()
        rows.append(("time (asn1crypto)", time, {str(said["time"])} if said["time"] else set(), None))
    return rows, said["kind"] + (", believed" if "believed" in states else "")


def entities_of(program: str, path: str) -> list[dict] | str:
    """One dictionary a slice, or why there is none."""
    run = subprocess.run([program, "print-signature-info", path], capture_output=True, check=False)
    if run.returncode:
        return run.stderr.decode(errors="replace").strip()[:200] or f"status {run.returncode}"
    return yaml.load(run.stdout, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)) or []


def compare_file(options, path: str, answer: dict | None) -> tuple[list[list[tuple]], list[str]]:
    if answer is None or answer.get("status") != "ok":
        return [[("answer", {str(answer)[:200]}, {"an answer"}, None)]], []
    entities, results, kinds = entities_of(options.rcodesign, path), [], []
    content = Path(path).read_bytes()
    slices = crosscheck_macho.slices_of(answer)
    for number, one in enumerate(slices):
        start = one["offset"] or 0
        entity = entities if isinstance(entities, str) else entities[number]
        rows, kind = compare_slice(
            options.rcodesign, answer, one["index"], content[start : start + one["bytes"]], entity
        )
        results.append(rows)
        kinds.append(kind)
    return results, kinds


def compare_batch(options, batch: list[tuple[str, str]]) -> list[tuple]:
    answers = crosscheck.run_command(options.command, [path for path, _ in batch])
    return [(path, sha256, *compare_file(options, path, answers.get(path))) for path, sha256 in batch]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("folders", nargs="+")
    parser.add_argument("--command", default="vendorprint")
    parser.add_argument("--rcodesign", default="rcodesign")
    parser.add_argument("--explained", type=Path, default=HERE / "explained.csv")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()

    tally = crosscheck.Tally(crosscheck.read_explained(options.explained))
    files = list(crosscheck_macho.find_files(options.folders))
    batches = [files[i : i + 8] for i in range(0, len(files), 8)]
    counts: collections.Counter = collections.Counter()
    with concurrent.futures.ProcessPoolExecutor(options.jobs) as pool:
        for result in pool.map(functools.partial(compare_batch, options), batches):
            for path, sha256, slices, kinds in result:
                counts.update(kinds)
                print(f"{counts.total()} slices", end="\r", file=sys.stderr, flush=True)
                for rows in slices:
                    tally.add(path, sha256, rows)
    print("one row of the table counts slices")
    tally.print()
    for kind, count in sorted(counts.items()):
        print(f"{count:>6} {kind}")
    if not files:
        return 2
    return 1 if tally.unexplained() else 0


if __name__ == "__main__":
    sys.exit(main())
