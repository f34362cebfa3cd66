"""replay_loldrivers.py --rows FILE [--yaml FOLDER] [--set FOLDER] [--database FILE] - what a table of drivers says of the set

Reads a table with the columns of the LOLDrivers project (category, filename, company, signer_o, digests ...), gives each row's
facts to the library as features, and compares findings with what the row itself says:

    right    the best finding is of the vendor that the row names
    wrong    it is of another one
    none     no vendor was found; a list that the set keeps for what names nobody is no vendor

A row names a vendor by its CompanyName and by its signer.  Evidence of texts and names is judged by the signer, evidence of
certificates by the CompanyName, digests by both: nothing is judged by itself.  Rows whose judge is empty, a build template or
Microsoft (which signs for others) are not counted, nor those that the set has no name for.  Malicious drivers lie: there every
publisher is wrong.

Microsoft signs for others, so rows of its signatures are counted apart, whatever they judge: those whose named signers are Microsoft
alone, and with them those that name nobody (no signer, or one by its serial number only; "Unsigned" and "n/a" name nobody), all that
Microsoft's name could be given to by mistake.  A finding of Microsoft there may be a claim, or Sysinternals, which is Microsoft's.
With --yaml (the folder yaml/ of LOLDrivers) each row also gets every certificate of its signatures, authorities too, and the
count is made again for the rows in which each signer's certificate is Microsoft's.  That needs PyYAML and a minute.

Prints Markdown.  With --check the exit status says whether a publisher was wrong, or no digest was found.
"""
import argparse
import collections
import csv
import glob
import itertools
import os
import re
import sys

import vendorprint
from company_names import short

HERE = os.path.dirname(os.path.abspath(__file__))
DIGESTS = {
    "file-sha256": "sha256",
    "file-sha1": "sha1",
    "file-md5": "md5",
    "authenticode-sha256": "authentihash_sha256",
    "authenticode-sha1": "authentihash_sha1",
}
CERTIFICATES = {
    "certificate-tbs-sha256": "signer_tbs_sha256",
    "certificate-tbs-sha1": "signer_tbs_sha1",
    "certificate-o": "signer_o",
    "certificate-cn": "signer_cn",
}
TEXTS = {
    "company-name": "company",
    "product-name": "product",
    "file-description": "description",
    "legal-copyright": "copyright",
    "original-filename": "original_filename",
    "internal-name": "internal_name",
    "file-name": "filename",
    "pdb-path": "pdb_path",
}
STRUCTURE = {"imphash": "imphash", "rich-hash": "rich_md5"}
TEMPLATE = re.compile(r"ddk provider|driver kits provider|todo|^legal corp|^microsoft|^no organization|^open source dev", re.I)


def unquote(text):
    return text[1:-1].replace('\\"', '"') if text.startswith('"') else text


def read_names(folder):
    """Short name -> ids of the set that are called so."""
    names = collections.defaultdict(set)
    for path in glob.glob(os.path.join(folder, "vendors", "*.yaml")):
        with open(path, encoding="utf-8") as lines:
            for line in lines:
                found = re.match(r"(?:name|  - value|  - name): (.*)", line)
                if line.startswith("affiliates:"):
                    break
                if found:
                    names[short(unquote(found[1].strip()))].add(os.path.basename(path)[:-5])
    for path in glob.glob(os.path.join(folder, "vendors", "*.csv")):
        with open(path, encoding="utf-8", newline="") as rows:
            for row in csv.DictReader(rows):
                names[short(row["name"])].add(row["id"])
    for path in glob.glob(os.path.join(folder, "keys", "*.csv")):
        with open(path, encoding="utf-8", newline="") as rows:
            for row in csv.DictReader(rows):
                if row["kind"] in ("company-name", "certificate-o", "certificate-cn"):
                    names[short(row["value"])].add(row["subject"].split("/")[0])
    return names


def spelled(kind, text):
    """A name as the certificate has it: the project writes a comma for a hyphen."""
    return re.sub(r"(?<=\w),(?=\w)", "-", text) if kind in ("certificate-o", "certificate-cn") else text


def named(names, text):
    """The ids that a CompanyName or signer may mean."""
    return set() if not text or TEMPLATE.search(text) else names.get(short(text), set())


class Replay:
    def __init__(self, session, names):
        self.session, self.names = session, names

    def vendor(self, row, kinds):
        """(id or None, relation) of the best finding that is of a vendor."""
        features = [(kind, spelled(kind, row[column])) for kind, column in kinds.items() if row.get(column)]
        if not features:
            return None, None
        for finding in self.session.examine_features(features).findings:
            if finding.type == vendorprint.SubjectType.VENDOR or finding.product_id:
                return finding.vendor_id, finding.relation
        return None, None

    def judges(self, row):
        company, signer = named(self.names, row["company"]), named(self.names, row["signer_o"])
        return {"text": signer, "signer": company, "all": company | signer}


def verdict(found, judge):
    return "none" if found is None else "right" if found in judge else "wrong"


def count(replay, rows, kinds, judge):
    counts = collections.Counter()
    for row in rows:
        expected = replay.judges(row)[judge]
        if expected and any(row.get(column) for column in kinds.values()):
            counts[verdict(replay.vendor(row, kinds)[0], expected)] += 1
    return counts


def signers(row):
    """Who signed, as the table names them: by the certificate, else in words."""
    said = [row[column] for column in ("signer_o", "signer_cn") if row.get(column)]
    said = said or [row[column] for column in ("publisher", "signature_text") if row.get(column)]
    return [text for text in said if text.lower() not in ("unsigned", "n/a")]


def microsoft_signed(row):
    """Whether Microsoft is the only signer that the table names."""
    return bool(signers(row)) and not others_signed(row)


def others_signed(row):
    return any("Microsoft" not in text for text in signers(row)[:1])


def read_chains(folder):
    """(file of the list, digest) -> certificates as features, and whether each signer's is Microsoft's."""
    import yaml

    chains = {}
    for path in glob.glob(os.path.join(folder, "*.yaml")):
        with open(path, encoding="utf-8") as text:
            samples = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))["KnownVulnerableSamples"]
        for sample in samples:
            chain = read_chain(sample.get("Signatures") or ())
            for digest in ("SHA256", "SHA1", "MD5"):
                if sample.get(digest):
                    chains[os.path.basename(path)[:-5], sample[digest].lower()] = chain
    return chains


def read_chain(signatures):
    features, owners = set(), []
    for signature in signatures:
        subjects = {}
        for certificate in signature.get("Certificates") or ():
            subject = certificate.get("Subject") or ""
            subjects[certificate.get("SerialNumber")] = subject
            for kind, field in (("certificate-o", "O"), ("certificate-cn", "CN")):
                names = re.findall(rf"(?:^|, ?){field}=(.*?)(?=, ?[A-Z]+=|$)", subject)
                features.update((kind, spelled(kind, name)) for name in names if re.search(r"\w", name))
            for name, digest in (certificate.get("TBS") or {}).items():
                if name in ("SHA1", "SHA256"):
                    features.add((f"certificate-tbs-{name.lower()}", digest))
        owners += [subjects.get(signer.get("SerialNumber"), "") for signer in signature.get("Signer") or ()]
    return sorted(features), bool(owners) and all("O=Microsoft Corporation" in owner for owner in owners)


def chain_of(chains, row):
    found = (chains.get((row.get("yaml_id"), row[kind])) for kind in ("sha256", "sha1", "md5") if row.get(kind))
    return next((chain for chain in found if chain), ([], False))


def replay_microsoft(replay, rows, kinds, chains):
    """What is found where nobody but Microsoft is a signer: (relation or none) -> rows, and what names Microsoft."""
    relations, microsoft = collections.Counter(), collections.Counter()
    for row in rows:
        features = [(kind, spelled(kind, row[column])) for kind, column in kinds.items() if row.get(column)]
        features += chain_of(chains, row)[0]
        findings = replay.session.examine_features(features).findings if features else ()
        relations[findings[0].relation.name.lower() if findings else "none"] += 1
        for finding in findings:
            if finding.vendor_id.startswith("microsoft"):
                own = " of Sysinternals" if row["company"].startswith("Sysinternals") else ""
                microsoft[finding.relation.name.lower() + own] += 1
    return relations, microsoft


def table(title, lines):
    print(f"| {title} | judged | right | wrong | none |\n|---|---|---|---|---|")
    for name, counts in lines:
        print(f"| {name} | {sum(counts.values())} | {counts['right']} | {counts['wrong']} | {counts['none']} |")
    print()


def main():
    words = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    words.add_argument("--rows", required=True)
    words.add_argument("--yaml", help="the folder yaml/ of LOLDrivers")
    words.add_argument("--set", default=os.path.join(HERE, "..", "..", "signatures"))
    words.add_argument("--database")
    words.add_argument("--check", action="store_true")
    options = words.parse_args()
    with open(options.rows, encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    honest = [row for row in rows if row["category"] != "malicious"]
    lying = [row for row in rows if row["category"] == "malicious"]
    wrong = 0
    with vendorprint.Database(options.database) as database, vendorprint.Session(database) as session:
        replay = Replay(session, read_names(options.set))
        everything = {**DIGESTS, **CERTIFICATES, **TEXTS, **STRUCTURE}
        likely = {**CERTIFICATES, **TEXTS, **STRUCTURE}
        print(f"{len(rows)} rows, {len(lying)} of them malicious\n")
        table(
            "evidence together",
            [
                ("everything", count(replay, honest, everything, "all")),
                ("without digests", count(replay, honest, likely, "all")),
                ("texts and names, judged by the signer", count(replay, honest, TEXTS, "text")),
                ("certificates, judged by the CompanyName", count(replay, honest, CERTIFICATES, "signer")),
            ],
        )
        lines = [(kind, count(replay, honest, {kind: column}, "all")) for kind, column in DIGESTS.items()]
        lines += [(kind, count(replay, honest, {kind: column}, "signer")) for kind, column in CERTIFICATES.items()]
        lines += [(kind, count(replay, honest, {kind: column}, "text")) for kind, column in TEXTS.items()]
        lines += [(kind, count(replay, honest, {kind: column}, "all")) for kind, column in STRUCTURE.items()]
        table("kind alone", lines)
        relations = collections.Counter()
        for row in lying:
            found, relation = replay.vendor(row, everything)
            relations["none" if found is None else relation.name.lower()] += 1
        print("malicious rows:", ", ".join(f"{name} {n}" for name, n in sorted(relations.items())) or "none")
        wrong += sum(n for name, n in relations.items() if name not in ("none", "claim"))
        for row in honest:
            expected = replay.judges(row)["all"]
            found, relation = replay.vendor(row, everything)
            if found and expected and found not in expected and relation == vendorprint.Relation.PUBLISHER:
                print("wrong publisher:", found, "for", row["company"] or row["signer_o"], row["sha256"] or row["sha1"])
                wrong += 1
        print("wrong publishers:", wrong)
        chains = read_chains(options.yaml) if options.yaml else {}
        groups = [
            ("of which Microsoft alone is named as signer", [row for row in rows if microsoft_signed(row)]),
            ("of which nobody else is named as signer", [row for row in rows if not others_signed(row)]),
            ("whose signers are all Microsoft's by certificate", [row for row in rows if chain_of(chains, row)[1]]),
        ]
        for (group, alone), (title, kinds) in itertools.product(groups, (("everything", everything), ("without digests", likely))):
            relations, microsoft = replay_microsoft(replay, alone, kinds, chains)
            print(
                f"{len(alone)} rows {group}, {title}:",
                ", ".join(f"{name} {n}" for name, n in sorted(relations.items())) or "none",
                "; Microsoft:", ", ".join(f"{name} {n}" for name, n in sorted(microsoft.items())) or "never",
            )
            wrong += sum(n for name, n in microsoft.items() if name != "claim" and "Sysinternals" not in name)
        found = count(replay, honest, DIGESTS, "all")["right"]
    return 1 if options.check and (wrong or not found) else 0


if __name__ == "__main__":
    sys.exit(main())
