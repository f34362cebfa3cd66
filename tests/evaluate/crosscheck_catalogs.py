"""crosscheck_catalogs.py FOLDER... [--command VENDORPRINT] - catalogs as other programs read them

Of each catalog (.cat) below the folders, compares what `vendorprint features` says with

    asn1crypto (Python)    members: digests and names
    cryptography (Python)  whether the signature is that of the signer's key over the list
    osslsigncode verify    signer, time

and of each file beside a catalog, or in a folder below one, which catalogs list it, by the digest with which

    osslsigncode verify -catalog CATALOG -in FILE

finds it there; for files that are no PE, which it takes for other things, by hashlib and the members above.
Needs asn1crypto and cryptography (pip) and osslsigncode.  Prints Markdown: a row a fact, and each difference.
"""
import argparse
import calendar
import collections
import hashlib
import json
import os
import re
import shlex
import subprocess
import sys
import time
import warnings

from asn1crypto import cms, core, parser
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

TRUST_LIST, NAME_VALUE, INDIRECT = "1.3.6.1.4.1.311.10.1", "1.3.6.1.4.1.311.12.2.1", "1.3.6.1.4.1.311.2.1.4"
IMAGE, CABINET = "1.3.6.1.4.1.311.2.1.15", "1.3.6.1.4.1.311.2.1.25"


def children(der):
    """The values inside a constructed one, as (tag octet, whole, content)."""
    found = []
    while der:
        _, _, _, header, content, trailer = parser.parse(der)
        whole = header + content + trailer
        found.append((der[0], whole, content))
        der = der[len(whole):]
    return found


def members_of(octets):
    """Pairs (flat, digest) and the names of attributes File."""
    parts = children(octets)
    lists = [part for part in parts if part[0] == 0x30]
    digests, names = [], []
    for _, _, member in children(lists[2][2]) if len(lists) > 2 else []:
        for _, _, attribute in children(children(member)[1][2]):
            oid, values = children(attribute)
            oid = core.ObjectIdentifier.load(oid[1]).dotted
            for _, _, value in children(values[2]):
                if oid == INDIRECT:
                    data, info = children(value)
                    what = core.ObjectIdentifier.load(children(data[2])[0][1]).dotted
                    if what in (IMAGE, CABINET):
                        digests.append((what == CABINET, children(info[2])[1][2].hex()))
                elif oid == NAME_VALUE:
                    name, _, text = children(value)
                    if name[2].decode("utf-16-be") == "File":
                        names.append(text[2].decode("utf-16-le").rstrip("\0"))
    return digests, names


def verifies(signed, octets):
    """Whether each signer's signature is right, by the certificate that it names."""
    for signer in signed["signer_infos"]:
        sid = signer["sid"].chosen
        leaf = next((one.chosen for one in signed["certificates"]
                     if one.chosen.serial_number == sid["serial_number"].native
                     and one.chosen.issuer == sid["issuer"]), None)
        if leaf is None:
            return False
        name = signer["digest_algorithm"]["algorithm"].native
        says = {one["type"].native: one["values"] for one in signer["signed_attrs"]}
        if says["message_digest"][0].native != hashlib.new(name, octets).digest():
            return False
        key = x509.load_der_x509_certificate(leaf.dump()).public_key()
        attributes = b"\x31" + signer["signed_attrs"].dump()[1:]
        try:
            key.verify(signer["signature"].native, attributes, padding.PKCS1v15(), getattr(hashes, name.upper())())
        except InvalidSignature:
            return False
    return True


def ours(command, paths):
    documents = {}
    for start in range(0, len(paths), 100):
        done = subprocess.run(
            command + ["features", "--all", "--format", "ndjson", "--"] + paths[start : start + 100],
            stdout=subprocess.PIPE, check=False,
        )
        for line in done.stdout.splitlines():
            document = json.loads(line)
            if "path" in document:
                documents[document["path"]] = document
    return documents


def texts(document, kinds):
    return collections.Counter(one["text"] for one in document["features"] if one["kind"] in kinds)


def seconds(text):
    return calendar.timegm(time.strptime(re.sub(r"\s+", " ", text.strip()), "%b %d %H:%M:%S %Y GMT"))


def osslsigncode(*arguments):
    return subprocess.run(["osslsigncode", "verify", *arguments], capture_output=True, text=True, errors="replace", check=False).stdout


def compare_catalog(path, document, say):
    with open(path, "rb") as file:
        info = cms.ContentInfo.load(file.read())
    signed = info["content"]
    if signed["encap_content_info"]["content_type"].dotted != TRUST_LIST:
        say("asn1crypto: whether it is a catalog", document["objects"][0]["format"] != "catalog", path)
        return None
    octets = signed["encap_content_info"]["content"].parsed.contents
    digests, names = members_of(octets)
    mine = texts(document, ("catalog-member-sha256", "catalog-member-sha1"))
    say("asn1crypto: digests of members", mine == collections.Counter(one for _, one in digests), path)
    say("asn1crypto: names of members", texts(document, ("catalog-member-name",)) == collections.Counter(names), path)
    outer = [one for one in document["signatures"] if one["layer"] == 0]
    say("asn1crypto: number of signers", len(signed["signer_infos"]) == len(outer), path)
    if not outer:
        return []  # nobody vouches for it
    signature = outer[0]
    say("cryptography: whether it verifies", ("verifies" in signature["states"]) == verifies(signed, octets), path)
    said = osslsigncode("-in", path)
    subject = re.search(r"Subject: ([^\n]*)", said)
    say("osslsigncode: signer", subject is not None and signature["signer"] in subject.group(1), path)
    times = {seconds(one) for one in re.findall(r"^\s*Timestamp time: ([^\n]*)", said, flags=re.M) if "GMT" in one}
    mine = {one["time"]["seconds"] for one in document["signatures"] if one["time"]}
    say("osslsigncode: time", times == mine, f"{path} {times} {mine}")
    return digests


def is_pe(path):
    with open(path, "rb") as file:
        return file.read(2) == b"MZ"


def listed_by(path, catalogs):
    """Which of the catalogs list the file."""
    if not is_pe(path):
        with open(path, "rb") as file:
            data = file.read()
        digests = {(True, hashlib.new(name, data).hexdigest()) for name in ("sha1", "sha256")}
        return {catalog for catalog, members in catalogs.items() if digests & set(members)}
    found = set()
    for catalog in catalogs:
        said = osslsigncode("-catalog", catalog, "-in", path)
        pair = re.findall(r"^(?:Current|Calculated) message digest *: *([0-9A-F]+)", said, flags=re.M)
        if len(pair) > 1 and pair[0] == pair[1]:
            found.add(catalog)
    return found


def main():
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("folders", nargs="+")
    words.add_argument("--command", type=shlex.split, default=["vendorprint"])
    words.add_argument("--most", type=int, default=8, help="differences shown of a fact")
    options = words.parse_args()
    warnings.simplefilter("ignore")  # of serial numbers that are negative
    facts, wrong, signers = collections.Counter(), collections.defaultdict(list), collections.Counter()

    def say(fact, good, what):
        facts[fact] += 1
        if not good:
            wrong[fact].append(what)

    paths = [os.path.join(root, name) for folder in options.folders for root, _, names in os.walk(folder) for name in names]
    documents = ours(options.command, sorted(paths))
    catalogs = {}
    for path in sorted(one for one in paths if one.lower().endswith(".cat")):
        members = compare_catalog(path, documents[path], say)
        if members:
            catalogs[path] = members
            signers[documents[path]["signatures"][0]["signer"]] += 1
    files = 0
    for path in sorted(set(paths) - set(catalogs)):
        folder = os.path.dirname(path)
        beside = {one: members for one, members in catalogs.items()
                  if os.path.dirname(one) in (folder, os.path.dirname(folder))}
        if not beside:
            continue
        mine = {one["catalog"] for one in documents[path]["signatures"] if one["catalog"]}
        theirs = listed_by(path, beside)
        files += bool(theirs)
        say(f"{'osslsigncode' if is_pe(path) else 'hashlib'}: which catalogs list a file", mine == theirs, f"{path} {mine} {theirs}")
    print(f"{len(catalogs)} catalogs, {len(signers)} signers, {files} files that are listed\n")
    print("| fact | compared | differences |\n|---|---|---|")
    for fact, count in sorted(facts.items()):
        print(f"| {fact} | {count} | {len(wrong[fact])} |")
    for fact, cases in sorted(wrong.items()):
        for case in cases[: options.most]:
            print(f"\n{fact}: {case}")
    return 1 if any(wrong.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
