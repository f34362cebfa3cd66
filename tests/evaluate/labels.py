"""labels.py --labels FILE --corpus FOLDER --command VENDORPRINT - how often the answers are right

Scans the files of one format that a list of labels names (columns path, sha256, size, format, vendor, vendor_alt,
confidence) and compares findings with labels.  A finding is

    right    its vendor is the label's (vendors.csv says which ids of the set a label means)
    second   its vendor is the label's second one: a claim inside the same file that is known
    unjudged the label names no vendor (only the package that the file came in), or the finding is
             about the tool that built it
    distributor  a distribution, in a file of one of its packages: labels name who wrote it, and this
             finding who built and released it; neither right nor wrong
    wrong    anything else, also when the label's vendor is not in the set

A label that was itself taken from a file's signer says nothing about how good signers are as evidence, nor one
taken from its version text about texts: where the column `truth` says so, such pairs are left out of the
counts of evidence.  There a second vendor counts as wrong: the file says so, and it is not true.

Prints Markdown.  With --check the exit status says whether the promises of docs/reliability.md hold.
"""
import argparse
import collections
import csv
import json
import os
import shlex
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
BATCH = 400
# Labels of this origin, and the kinds of evidence that they can't judge.
CIRCULAR = {
    "authenticode": ("certificate-", "opus-"),
    "VersionInfo": ("company-name", "product-name", "file-description", "legal-", "comments", "internal-name",
                    "original-filename", "version-other"),
}
# Formats of the labels, and how the command calls them.
FORMATS = {
    "PE": {"PE32": ("pe32",), "PE32+": ("pe32-plus",)},
    "ELF": {"ELF": ("elf32", "elf64")},
    "Mach-O": {"Mach-O": ("macho32", "macho64", "macho-fat")},
}
VERDICTS = ("right", "second", "distributor", "wrong", "unjudged")
# Where the files of a distribution's packages lie below the corpus.
DISTRIBUTORS = {"debian": "deb/"}
LEVELS = ("identified", "probable", "possible")


def read_aliases(path):
    with open(path, encoding="utf-8", newline="") as rows:
        return {row["label"]: set(row["ids"].split()) for row in csv.DictReader(rows)}


def read_labels(path, corpus, formats):
    with open(path, encoding="utf-8", newline="") as rows:
        wanted = [row for row in csv.DictReader(rows) if row["format"] in formats]
    here = [row for row in wanted if os.path.isfile(os.path.join(corpus, row["path"]))]
    return here, len(wanted) - len(here)


def set_ids(folder):
    """The vendors, origins and builders of the set."""
    ids = set()
    for name in os.listdir(os.path.join(folder, "vendors")):
        if name.endswith(".yaml"):
            ids.add(name[:-5])
        elif name.endswith(".csv"):
            with open(os.path.join(folder, "vendors", name), encoding="utf-8", newline="") as rows:
                ids.update(row["id"] for row in csv.DictReader(rows))
    return ids


def scan(command, corpus, labels):
    """Path below the corpus -> document of the scan."""
    documents = {}
    for start in range(0, len(labels), BATCH):
        paths = [os.path.join(corpus, row["path"]) for row in labels[start : start + BATCH]]
        done = subprocess.run(
            command + ["scan", "--quiet", "--format", "ndjson", "--"] + paths, stdout=subprocess.PIPE, check=False
        )
        if done.returncode > 3:
            sys.exit(f"scan ended with status {done.returncode}")
        for line in done.stdout.splitlines():
            document = json.loads(line)
            if "path" in document:
                documents[os.path.relpath(document["path"], corpus)] = document
    return documents


def read_documents(path, corpus):
    with open(path, encoding="utf-8") as lines:
        documents = (json.loads(line) for line in lines)
        return {os.path.relpath(one["path"], corpus): one for one in documents if "path" in one}


def circular(truth, kind):
    """Whether a label of this origin can't judge this kind of evidence."""
    return any(truth.startswith(origin) and kind.startswith(kinds) for origin, kinds in CIRCULAR.items())


class Judge:
    """Compares one label with one document at a time, and counts."""

    def __init__(self, aliases, known, formats):
        self.aliases, self.known, self.called = aliases, known, formats
        self.rows = collections.Counter()  # (confidence, in set, verdict of the row)
        self.findings = collections.Counter()  # (confidence, relation, level, verdict)
        self.kinds = collections.Counter()  # (kind, relation, verdict)
        self.silent = collections.Counter()  # vendor
        self.wrong = []  # (path, label, finding)
        self.formats = []  # (path, label, answer)
        self.missing = []

    def verdict(self, label, finding):
        if finding["relation"] == "builder":
            return "unjudged"
        if finding["vendor_id"] in self.aliases.get(label["vendor"], ()):
            return "right"
        if finding["vendor_id"] in self.aliases.get(label["vendor_alt"], ()):
            return "second"
        if label["path"].startswith(DISTRIBUTORS.get(finding["vendor_id"], "\0")):
            return "distributor"
        if not label["vendor"] or label["vendor"].startswith(("npm:", "upstream:")):
            return "unjudged"
        return "wrong"

    def add(self, label, document):
        confidence = label["confidence"] or "none"
        in_set = bool(self.aliases.get(label["vendor"], set()) & self.known)
        if document is None or document["status"] != "ok":
            self.missing.append(label["path"])
            return
        got = document["objects"][0]["format"] if document["objects"] else ""
        if got not in self.called[label["format"]]:
            self.formats.append((label["path"], label["format"], got))
        verdicts = set()
        counted = set()
        for finding in document["findings"]:
            verdict = self.verdict(label, finding)
            verdicts.add(verdict)
            self.findings[confidence, finding["relation"], finding["level"], verdict] += 1
            truth = label.get("truth", "")
            for piece in finding["evidence"]:
                if circular(truth, piece["kind"]):
                    continue
                # Two strings of one kind that say the same are one observation of a file.
                once = (piece["kind"], finding["relation"], finding["vendor_id"])
                if once not in counted:
                    counted.add(once)
                    self.kinds[piece["kind"], finding["relation"], verdict] += 1
            if verdict == "wrong":
                self.wrong.append((label, finding))
        verdict = next((one for one in VERDICTS if one in verdicts), "nothing")
        self.rows[confidence, in_set, verdict] += 1
        if in_set and verdict == "nothing":
            self.silent[label["vendor"]] += 1


def table(title, heads, rows):
    print(f"\n## {title}\n")
    print("| " + " | ".join(heads) + " |")
    print("|" + "---|" * len(heads))
    for row in rows:
        print("| " + " | ".join(str(cell) for cell in row) + " |")


def share(part, whole):
    return f"{100 * part / whole:.1f} %" if whole else "-"


def print_report(judge):
    rows = []
    for confidence in ("high", "medium", "low", "none"):
        for in_set in (True, False):
            counts = [judge.rows[confidence, in_set, one] for one in VERDICTS + ("nothing",)]
            if sum(counts):
                rows.append([confidence, "yes" if in_set else "no", sum(counts), *counts, share(counts[0], sum(counts))])
    table("Files, by what the best finding says", ["label", "vendor in the set", "files", *VERDICTS, "nothing", "right"], rows)

    rows = []
    for confidence in ("high", "medium", "low", "none"):
        pairs = sorted({key[1:3] for key in judge.findings if key[0] == confidence},
                       key=lambda pair: (pair[0], LEVELS.index(pair[1])))
        for relation, level in pairs:
            counts = [judge.findings[confidence, relation, level, one] for one in VERDICTS]
            rows.append([confidence, relation, level, *counts, share(counts[0], counts[0] + counts[3])])
    table("Findings, by relation and level", ["label", "relation", "level", *VERDICTS, "right of right and wrong"], rows)

    rows = []
    for kind, relation in sorted({key[:2] for key in judge.kinds}):
        counts = [judge.kinds[kind, relation, one] for one in VERDICTS]
        rows.append([kind, relation, *counts, share(counts[0], sum(counts[:4]) - counts[2])])
    table("Evidence, by kind", ["kind", "relation", *VERDICTS, "right of judged"], rows)


def print_details(judge, most):
    strong = [one for one in judge.wrong if one[1]["relation"] in ("publisher", "component", "signer")]
    print(f"\n## Wrong publishers, components and signers: {len(strong)}\n")
    for label, finding in strong:
        kinds = ", ".join(sorted({piece["kind"] for piece in finding["evidence"]}))
        print(f"- `{label['path']}`: {finding['vendor_id']} ({finding['relation']}, {finding['level']}, {kinds}), "
              f"is {label['vendor']} ({label['confidence']})")
    claims = collections.Counter(
        (label["vendor"], finding["vendor_id"], ", ".join(sorted({piece["kind"] for piece in finding["evidence"]})))
        for label, finding in judge.wrong if finding["relation"] == "claim"
    )
    table("Wrong claims", ["label", "claim", "kinds", "files"], [[*key, count] for key, count in claims.most_common(most)])
    table("In the set and not found", ["label", "files"], judge.silent.most_common(most))
    if judge.formats:
        table("Other format than the label's", ["file", "label", "answer"], judge.formats[:most])
    if judge.missing:
        print(f"\n{len(judge.missing)} files have no answer: {', '.join(judge.missing[:10])}")


def write_calibration(judge, path, source):
    with open(path, "w", encoding="utf-8", newline="") as out:
        rows = csv.writer(out, lineterminator="\n")
        rows.writerow(["kind", "relation", "right", "wrong", "source"])
        for kind, relation in sorted({key[:2] for key in judge.kinds}):
            right, second, wrong = (judge.kinds[kind, relation, one] for one in ("right", "second", "wrong"))
            if right + second + wrong:
                rows.writerow([kind, relation, right, second + wrong, source])


def failures(judge):
    """The promises that don't hold."""
    high = [judge.rows["high", True, one] for one in VERDICTS + ("nothing",)]
    strong = collections.Counter()
    for (_, relation, level, verdict), count in judge.findings.items():
        if relation in ("publisher", "component"):
            strong[verdict] += count
        if level == "identified" and verdict == "wrong":
            yield f"{count} wrong {relation} at level identified"
    if sum(high) and high[0] < 0.9 * sum(high):
        yield f"right in {share(high[0], sum(high))} of the files with a label of high confidence"
    if strong["wrong"] > 0.01 * sum(strong.values()):
        yield f"{strong['wrong']} of {sum(strong.values())} publishers and components are wrong"


def main():
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("--labels", required=True)
    words.add_argument("--corpus", required=True, help="folder that the paths of the labels are below")
    words.add_argument("--command", type=shlex.split, default=["vendorprint"])
    words.add_argument("--ndjson", help="read a finished scan instead of running the command")
    words.add_argument("--aliases", default=os.path.join(HERE, "vendors.csv"))
    words.add_argument("--set", default=os.path.join(HERE, "..", "..", "signatures"))
    words.add_argument("--calibration", help="write candidate rows for signatures/calibration.csv here")
    words.add_argument("--source", default="reference files of docs/reliability.md")
    words.add_argument("--most", type=int, default=40, help="rows of the lists")
    words.add_argument("--check", action="store_true")
    words.add_argument("--format", choices=FORMATS, default="PE")
    options = words.parse_args()

    formats = FORMATS[options.format]
    labels, absent = read_labels(options.labels, options.corpus, formats)
    if not labels:
        sys.exit(f"no labelled {options.format} file is here")
    documents = (read_documents(options.ndjson, options.corpus) if options.ndjson
                 else scan(options.command, options.corpus, labels))
    judge = Judge(read_aliases(options.aliases), set_ids(options.set), formats)
    for label in labels:
        judge.add(label, documents.get(label["path"]))
    print(f"{len(labels)} labelled {options.format} files, {absent} more are not here")
    print_report(judge)
    print_details(judge, options.most)
    if options.calibration:
        write_calibration(judge, options.calibration, options.source)
    broken = list(failures(judge))
    for line in broken:
        print(f"\nPROMISE BROKEN: {line}")
    return 1 if options.check and broken else 0


if __name__ == "__main__":
    sys.exit(main())
