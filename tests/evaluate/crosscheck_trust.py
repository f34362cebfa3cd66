"""crosscheck_trust.py --list FILE [--command VENDORPRINT] - signatures as other programs read them

Takes paths, one a line; of each PE file, installer, cabinet, script and MSIX package that is signed, compares what `vendorprint features` says with

    osslsigncode verify    digest of the file right or wrong, signer's subject, times of counter-signatures
    LIEF (Python)          of PE files: digests as signed, signers, files whose signature LIEF can't read
    signify (Python)       of installers: their digest, when it is installed

by what both say.  A chain is compared by its order: each certificate's issuer is the next one's subject, as OpenSSL's
`cryptography` reads the certificates that LIEF finds, or those of the PKCS#7 itself.  Prints Markdown: a row a fact, and each difference.
"""
import argparse
import base64
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
import zipfile

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


def script_blob(data):
    """The DER between the lines of a script's signature block."""
    text = data.decode("utf-16" if data[:2] == b"\xff\xfe" else "latin-1")
    block = re.search(r"^(# |<!-- |/\* )SIG # Begin signature block(?: -->| \*/)?\r?\n(.*?)^\1SIG # End", text, flags=re.M | re.S)
    block = block or re.search(r"^(// SIG // |'' SIG '' )Begin signature block\r?\n(.*?)^\1End", text, flags=re.M | re.S)
    if not block:
        return b""
    lines = (line[len(block[1]) :].split(" ")[0] for line in block[2].splitlines())
    return base64.b64decode("".join(lines))


def other_blob(path):
    """The PKCS#7 of a signed file that is no PE file, or nothing."""
    with open(path, "rb") as file:
        data = file.read()
    try:
        if data[:4] == b"MSCF":
            offset, length = struct.unpack_from("<II", data, 44)
            reserve = struct.unpack_from("<I", data, 36)[0] == 20 and data[30] & 4
            return data[offset : offset + length] if reserve else b""
        if data[:4] == b"PK\3\4":
            with zipfile.ZipFile(path) as package:
                return package.read("AppxSignature.p7x")[4:] if "AppxSignature.p7x" in package.namelist() else b""
        if data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
            import olefile

            with olefile.OleFileIO(path) as compound:
                name = "\x05DigitalSignature"
                return compound.openstream(name).read() if compound.exists(name) else b""
        return script_blob(data) if b"S\0I\0G" in data or b"SIG" in data else b""
    except (ImportError, struct.error, ValueError, zipfile.BadZipFile):
        return b""


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
        values = collections.defaultdict(list)
        # An installer's is called by its stream; what is calculated alone is of the attributes.
        what = "DigitalSignature" if "Current DigitalSignature" in part else "message digest"
        for word, digest in re.findall(rf"^(Current|Calculated) {what} *: *([0-9A-F]+)", part, flags=re.M):
            values[word].append(digest.lower())
        subject = re.search(r"^Signer's certificate:.*?Subject: ([^\n]*)", part, flags=re.M | re.S)
        times = re.findall(r"^\s*Timestamp time: ([^\n]*)", part, flags=re.M)
        found.append({
            # Of an MSIX package there are several.
            "digests": values["Current"],
            "matches": values["Current"] == values["Calculated"],
            "pages": None if "Page hash  " not in part else "MISMATCH!!!" not in part.split("Page hash  ", 1)[1],
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
        # Theirs have no layer, and another order: the same digest and signer, and of several that have these the one
        # of the same time.  It names no signer where the digest is wrong, and writes other letters than ASCII in its own way.
        fits = [one for one in left if mine["digest"] in one["digests"] and (
            not one["subject"] or "\\" in one["subject"] or mine["signer"] in one["subject"])]
        when = mine["time"]["seconds"] if mine["time"] else None
        match = next((one for one in fits if when in one["times"]), fits[0] if fits else None)
        say("osslsigncode: digest and signer", match is not None, f"{mine['digest'][:16]} {mine['signer']}")
        if match is None:
            continue
        left.remove(match)
        say("osslsigncode: digest matches", match["matches"] == ("digest-matches" in mine["states"]), mine["signer"])
        if match["pages"] is not None and match["matches"]:
            say("osslsigncode: pages match", match["pages"] == ("pages-match" in mine["states"]), mine["signer"])
        if not match["subject"]:
            unsaid.append(mine["signer"])
        elif match["times"] and mine["time"]:
            say("osslsigncode: time", when in match["times"], f"{when} {match['times']}")
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


def compare_other(signatures, blob, path, document, say):
    from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

    certificates = {
        hashlib.sha256(one.public_bytes(Encoding.DER)).hexdigest(): one for one in pkcs7.load_der_pkcs7_certificates(blob)
    }
    for one in signatures:
        chain = [certificates.get(link["sha256"]) for link in one["chain"]]
        # Nested signatures bring their own; what the set adds to a chain is in no file.
        chain = [link for link in chain if link is not None]
        if one["layer"] == 0 and "verifies" in one["states"]:
            say("cryptography: signer of the chain", chain and one["signer"] in chain[0].subject.rfc4514_string(), one["signer"])
            order = all(low.issuer == high.subject for low, high in zip(chain, chain[1:]))
            say("cryptography: order of the chain", order, one["signer"])
    with open(path, "rb") as file:
        if file.read(4) != b"\xd0\xcf\x11\xe0":
            return
    try:
        from signify.authenticode.signed_file.msi import SignedMsiFile
    except ImportError:
        return
    with open(path, "rb") as file:
        package = SignedMsiFile(file)
        for kind, algorithm in (("authenticode-sha1", hashlib.sha1), ("authenticode-sha256", hashlib.sha256)):
            mine = [one["text"] for one in document["features"] if one["kind"] == kind]
            # With MsiDigitalSignatureEx there is one digest only, of its algorithm.
            if mine:
                say("signify: digest of the installer", mine == [package.get_fingerprint(algorithm).hex()], kind)


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
    blobs = {path: other_blob(path) for path in paths if not tables[path]}
    paths = [path for path in paths if tables[path] or blobs[path]]
    documents = ours(options.command, paths)
    counts, differences, unread = collections.Counter(), collections.defaultdict(list), 0
    spent, unsaid = 0, []
    for path in paths:
        document = documents.get(path, {})
        # What a catalog beside the file says is no signature of the file.
        signatures = [one for one in document.get("signatures", []) if "catalog" not in one["states"]]

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
        if path in blobs:
            compare_other(signatures, blobs[path], path, document, say)
            continue
        found, missed = lief_signatures(lief, tables[path])
        unread += missed
        if not missed:
            compare_lief(signatures, found, say)
    print(f"{len(paths)} signed files, {len(paths) - sum(path in blobs for path in paths)} of them PE, {unread} entries that LIEF can't read; "
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
