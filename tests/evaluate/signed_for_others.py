"""signed_for_others.py --command VENDORPRINT PATH... - what is said of files that a signer for others signed

Microsoft signs drivers and boot loaders that others wrote.  Scans the paths (put catalogs and INF files beside their drivers, as a
package has them) and takes each distinct file with a believed signature of Microsoft, its own or that of a catalog.  For each
signer it counts how the best finding of a vendor relates to the file, and how often Microsoft is named: as publisher (always wrong
here), as signer (right where the file's company name is Microsoft's), or by a claim.

Then what stands behind the programmes that sign for others: the program name in the signature, the company name in the file and the
provider in the INF of its package, whether two of them are the same company, and whether a finding names another company than
the file's own company name.  Companies are compared without their legal form, as company_names.py does.

Last, other signers that are believed, and whom the findings name.  Prints Markdown.  With --check the exit status says whether
Microsoft was a publisher, or signer of what is not its own.
"""
import argparse
import collections
import hashlib
import itertools
import json
import shlex
import subprocess
import sys

from company_names import short

OWN = ("Microsoft Windows", "Microsoft Windows Publisher")
WITNESSES = ("program", "company", "provider")
ORDER = ("publisher", "component", "signer", "claim", "builder")


def scan(command, paths):
    """(results, provider of the INF that each path is in a package with)"""
    call = shlex.split(command) + ["scan", "--quiet", "--all", "--features", "--format", "ndjson"] + paths
    run = subprocess.run(call, capture_output=True, text=True, check=False)
    if run.returncode > 3:
        sys.exit(run.stderr)
    results, providers = [], {}
    for line in run.stdout.splitlines():
        record = json.loads(line)
        if "group" in record:
            for member in record["group"].get("members", ()):
                providers.setdefault(member.get("path"), record["group"].get("provider", ""))
        elif record.get("objects"):
            results.append(record)
    return results, providers


def distinct(results):
    seen = set()
    for record in results:
        with open(record["path"], "rb") as file:
            digest = hashlib.sha256(file.read()).digest()
        if digest not in seen:
            seen.add(digest)
            yield record


def text_of(record, kind):
    values = [feature["value"] for feature in record["features"] if feature["kind"] == kind and feature["object"] == 0]
    return bytes.fromhex(values[0]).decode("utf-8", "replace") if values else ""


def believed(record):
    return [s for s in record["signatures"] if s["object"] == 0 and "believed" in s["states"]]


class Row:
    def __init__(self):
        self.files, self.catalogs = 0, 0
        self.best, self.microsoft, self.wrong = collections.Counter(), collections.Counter(), []

    def add(self, record, signature):
        self.files += 1
        self.catalogs += bool(signature["catalog"])
        vendors = [f for f in record["findings"] if f["object"] == 0 and f["type"] == "vendor"]
        self.best[min((f["relation"] for f in vendors), key=ORDER.index, default="nothing")] += 1
        own = "microsoft" in text_of(record, "company-name")
        for finding in vendors:
            if finding["vendor_id"].startswith("microsoft"):
                self.microsoft[finding["relation"] + (" of its own" if own else "")] += 1
                if finding["relation"] in ("publisher", "component") or finding["relation"] == "signer" and not own:
                    self.wrong.append((record["path"], finding["relation"]))


def said(counter):
    return ", ".join(f"{name} {n}" for name, n in sorted(counter.items())) or "never"


def table_of_signers(results):
    rows = collections.defaultdict(Row)
    for record in results:
        names = {s["signer"]: s for s in believed(record) if s["organization"] == "Microsoft Corporation"}
        for name, signature in names.items():
            rows[name].add(record, signature)
    print("| signer | files | by a catalog | best finding of a vendor | Microsoft |\n|---|---|---|---|---|")
    for name, row in sorted(rows.items(), key=lambda item: -item[1].files):
        print(f"| {name} | {row.files} | {row.catalogs} | {said(row.best)} | {said(row.microsoft)} |")
    return [wrong for name, row in rows.items() if name != "Microsoft Corporation" for wrong in row.wrong]


def witnesses_of(record, providers):
    programs = [s["program"] for s in believed(record) if s["organization"] == "Microsoft Corporation" and s["signer"] not in OWN]
    if not programs:
        return None
    said_by = {"program": programs[0], "company": text_of(record, "company-name"), "provider": providers.get(record["path"], "")}
    return {name: "" if value.startswith("http") else short(value) for name, value in said_by.items()}


def table_of_witnesses(results, providers, verbose):
    pairs, findings, differ = collections.Counter(), collections.Counter(), collections.Counter()
    for record in results:
        witness = witnesses_of(record, providers)
        if not witness:
            continue
        pairs.update((name, "", "there") for name in WITNESSES if witness[name])
        for one, other in itertools.combinations(WITNESSES, 2):
            if witness[one] and witness[other]:
                same = witness[one] == witness[other] or witness[one].startswith(witness[other]) or witness[other].startswith(witness[one])
                pairs[one, other, "same" if same else "another"] += 1
                differ[one, witness[one], other, witness[other]] += not same
        for finding in record["findings"][:1]:
            named = short(finding["vendor"])
            right = witness["company"] and (named.split()[0] in witness["company"].split())
            findings[finding["relation"], "company" if right else "another company" if witness["company"] else "no company name"] += 1
    print("\n| what stands behind | there | same company | another |\n|---|---|---|---|")
    for name in WITNESSES:
        print(f"| {name} | {pairs[name, '', 'there']} | | |")
    for one, other in itertools.combinations(WITNESSES, 2):
        both = pairs[one, other, "same"], pairs[one, other, "another"]
        print(f"| {one} and {other} | {sum(both)} | {both[0]} | {both[1]} |")
    print("\nfirst finding, by the company name of the file:", ", ".join(f"{a} of {b} {n}" for (a, b), n in sorted(findings.items())))
    if verbose:
        for (one, a, other, b), n in differ.most_common():
            if n:
                print(f"  {n} {one} {a!r}, {other} {b!r}")


def table_of_others(results):
    rows = collections.defaultdict(collections.Counter)
    for record in results:
        for name in {s["signer"] for s in believed(record) if s["organization"] != "Microsoft Corporation"}:
            signers = [f["vendor"] for f in record["findings"] if f["object"] == 0 and f["relation"] == "signer"]
            rows[name][", ".join(signers) or "nobody"] += 1
    print("\n| other believed signers | files | signer found |\n|---|---|---|")
    for name, row in sorted(rows.items(), key=lambda item: -sum(item[1].values())):
        print(f"| {name} | {sum(row.values())} | {said(row)} |")


def main():
    words = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    words.add_argument("paths", nargs="+")
    words.add_argument("--command", default="vendorprint")
    words.add_argument("--verbose", action="store_true", help="name each pair that differs")
    words.add_argument("--check", action="store_true")
    options = words.parse_args()
    results, providers = scan(options.command, options.paths)
    results = list(distinct(results))
    print(f"{len(results)} distinct files, {sum(bool(believed(record)) for record in results)} with a believed signature\n")
    wrong = table_of_signers(results)
    table_of_witnesses(results, providers, options.verbose)
    table_of_others(results)
    for path, relation in wrong:
        print("wrong:", relation, path)
    return 1 if options.check and wrong else 0


if __name__ == "__main__":
    sys.exit(main())
