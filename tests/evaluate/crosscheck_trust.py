"""crosscheck_trust.py --list FILE [--command VENDORPRINT] - signatures as other programs read them

Takes paths, one a line; of each PE file that is signed, compares what `vendorprint features` says with

    osslsigncode verify    digest of the file right or wrong, signer's subject, times of counter-signatures
    LIEF (Python)          digests as signed, signers, files whose signature LIEF can't read

by what both say.  A chain is compared by its order: each certificate's issuer is the next one's subject, as OpenSSL's
`cryptography` reads the certificates that LIEF finds.  Prints Markdown: a row a fact, and each difference.
"""
import argparse
import calendar
import collections
import hashlib
import json
import os
import re
import shlex
import struct
import subprocess
import sys
import time

BATCH = 200


def certificate_table(path):
    """The bytes of the table, or nothing."""
    with open(path, "rb") as file:
        head = file.read(4096)
        if head[:2] != b"MZ" or len(head) < 64:
            return b""
        start = struct.unpack_from("<I", head, 60)[0]
        file.seek(start)
        header = file.read(24 + 240)
        if header[:4] != b"PE\0\0" or len(header) < 24 + 136:
            return b""
        plus = struct.unpack_from("<H", header, 24)[0] == 0x20B
        offset, length = struct.unpack_from("<II", header, 24 + (112 if plus else 96) + 32)
        file.seek(offset)
        return file.read(length) if offset else b""


def ours(command, paths):
    documents = {}
    for start in range(0, len(paths), BATCH):
        done = subprocess.run(
            command + ["features", "--all", "--format", "ndjson", "--"] + paths[start : start + BATCH],
            stdout=subprocess.PIPE, check=False,
        )
        for line in done.stdout.splitlines():
            document = json.loads(line)
            if "path" in document:
                documents[document["path"]] = document
    return documents


def seconds(text):
    return calendar.timegm(time.strptime(re.sub(r"\s+", " ", text.strip()), "%b %d %H:%M:%S %Y GMT"))


def osslsigncode(program, path):
    """One dictionary a signature, in the order of the program; None when it could not read the file."""
    done = subprocess.run([program, "verify", "-in", path], capture_output=True, text=True, errors="replace", check=False)
    found = []
    for part in re.split(r"^Signature Index:", done.stdout, flags=re.M)[1:]:
        values = dict(re.findall(r"^(Current|Calculated) message digest *: *([0-9A-F]+)", part, flags=re.M))
        subject = re.search(r"^Signer's certificate:.*?Subject: ([^\n]*)", part, flags=re.M | re.S)
        times = re.findall(r"^\s*Timestamp time: ([^\n]*)", part, flags=re.M)
        found.append({
            "digest": values.get("Current", "").lower(),
            "matches": values.get("Current") == values.get("Calculated"),
            "subject": subject.group(1) if subject else "",
            "times": {seconds(text) for text in times if "GMT" in text},
        })
    return found or None


def lief_signatures(lief, table):
    """Signatures in the order of the table, nested ones behind their own, and how many entries LIEF could not read."""
    found, offset, unread = [], 0, 0

    def add(signature):
        found.append(signature)
        for signer in signature.signers:
            for attribute in signer.unauthenticated_attributes:
                if isinstance(attribute, lief.PE.MsSpcNestedSignature):
                    add(attribute.signature)

    while offset + 8 < len(table):
        length = struct.unpack_from("<I", table, offset)[0]
        if length <= 8:
            break
        signature = lief.PE.Signature.parse(list(table[offset + 8 : offset + length]))
        if isinstance(signature, lief.PE.Signature):
            add(signature)
        else:
            unread += 1
        offset += (length + 7) // 8 * 8
    return found, unread


def compare_osslsigncode(signatures, theirs, say, unsaid):
    say("osslsigncode: number of signatures", len(signatures) == len(theirs), f"{len(signatures)} and {len(theirs)}")
    left = list(theirs)
    for mine in signatures:
        # Theirs have no layer: the same digest and signer.  It names no signer where the digest is wrong, and
        # writes other letters than ASCII in its own way.
        match = next((one for one in left if one["digest"] == mine["digest"] and (
            not one["subject"] or "\\" in one["subject"] or mine["signer"] in one["subject"])), None)
        say("osslsigncode: digest and signer", match is not None, f"{mine['digest'][:16]} {mine['signer']}")
        if match is None:
            continue
        left.remove(match)
        say("osslsigncode: digest matches", match["matches"] == ("digest-matches" in mine["states"]), mine["signer"])
        if not match["subject"]:
            unsaid.append(mine["signer"])
        elif match["times"] and mine["time"]:
            say("osslsigncode: time", mine["time"]["seconds"] in match["times"], f"{mine['time']['seconds']} {match['times']}")
        else:
            say("osslsigncode: whether there is a time", bool(match["times"]) == bool(mine["time"]), mine["signer"])


def compare_lief(signatures, theirs, say):
    from cryptography import x509

    mine = collections.Counter(one["digest"] for one in signatures)
    say("LIEF: digests as signed", mine == collections.Counter(bytes(one.content_info.digest).hex() for one in theirs), "")
    certificates = {}
    for signature in theirs:
        for one in signature.certificates:
            raw = bytes(one.raw)
            certificates[hashlib.sha256(raw).hexdigest()] = x509.load_der_x509_certificate(raw)
    for one in signatures:
        chain = [certificates.get(link["sha256"]) for link in one["chain"]]
        if None in chain:
            say("LIEF: certificates of the chain", False, one["signer"])
            continue
        say("LIEF: certificates of the chain", True, "")
        order = all(low.issuer == high.subject for low, high in zip(chain, chain[1:]))
        say("cryptography: order of the chain", order, one["signer"])


def main():
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("--list", required=True, help="paths, one a line")
    words.add_argument("--command", type=shlex.split, default=["vendorprint"])
    words.add_argument("--osslsigncode", default="osslsigncode")
    words.add_argument("--most", type=int, default=8, help="differences shown of a fact")
    options = words.parse_args()
    try:
        import lief
    except ImportError:
        sys.exit("needs the Python packages lief and cryptography")
    lief.logging.disable()

    with open(options.list, encoding="utf-8") as lines:
        paths = [line.rstrip("\n") for line in lines if os.path.isfile(line.rstrip("\n"))]
    tables = {path: certificate_table(path) for path in paths}
    paths = [path for path in paths if tables[path]]
    documents = ours(options.command, paths)
    counts, differences, unread = collections.Counter(), collections.defaultdict(list), 0
    spent, unsaid = 0, []
    for path in paths:
        signatures = documents.get(path, {}).get("signatures", [])

        def say(fact, same, detail, path=path):
            counts[fact, bool(same)] += 1
            if not same:
                differences[fact].append(f"`{path}` {detail}")

        begin = time.monotonic()
        theirs = osslsigncode(options.osslsigncode, path)
        spent += time.monotonic() - begin
        say("osslsigncode: reads it", (theirs is not None) == bool(signatures), "")
        if theirs:
            compare_osslsigncode(signatures, theirs, say, unsaid)
        found, missed = lief_signatures(lief, tables[path])
        unread += missed
        if not missed:
            compare_lief(signatures, found, say)
    print(f"{len(paths)} files with a certificate table, {unread} entries that LIEF can't read; "
          f"osslsigncode took {spent / max(1, len(paths)):.3f} s a file and printed no signer for {len(unsaid)} signatures\n")
    print("| fact | same | different |\n|---|---|---|")
    for fact in sorted({key[0] for key in counts}):
        print(f"| {fact} | {counts[fact, True]} | {counts[fact, False]} |")
    for fact, rows in sorted(differences.items()):
        print(f"\n## {fact}: {len(rows)}\n")
        for row in rows[: options.most]:
            print("-", row)


if __name__ == "__main__":
    main()
