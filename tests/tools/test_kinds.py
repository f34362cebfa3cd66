"""scan: whatever a file has is found by a set that asks for that and nothing else.

A scan reads and computes what its set asks for, so that a key of a kind may hit only if the plan knows what
the kind is made of.
"""

import csv
import io
import os
from pathlib import Path

import pytest

from conftest import COMMAND

FIXTURES = Path(os.environ["VENDORPRINT_FIXTURES"])
HEADER = "kind,value,subject,relation,gate,size,version,file,confidence,date,source\n"

# Of each file kinds that it must have, so that this doesn't test nothing.
ELF = {"telfhash", "symbol-undefined-set", "compiler", "build-id", "section", "needed-set"}
LIBRARY = {"export", "export-set", "export-library", "section", "imphash", "file-sha256", "authenticode-sha1"}
FILES = [(Path(COMMAND), ELF), (FIXTURES / "pe" / "plain64.dll", LIBRARY)]


def features(run, path):
    """The first value of each kind."""
    done = run("features", "--all", "--format", "csv", str(path))
    values = {}
    for row in csv.DictReader(io.StringIO(done.out)):
        values.setdefault(row["kind"], row["value"])
    return values


def write_set(folder, kind, value):
    (folder / "vendors").mkdir(parents=True)
    (folder / "keys").mkdir()
    (folder / "set.yaml").write_text('serial: "1"\ndate: "2026-01-01"\nlicense: CC0-1.0\n')
    (folder / "vendors" / "somebody.yaml").write_text("id: somebody\ntype: vendor\nname: Somebody\n")
    row = io.StringIO()
    csv.writer(row, lineterminator="\n").writerow([kind, value, "somebody", "", "", "", "", "", "low", "", "made up"])
    (folder / "keys" / "somebody.csv").write_text(HEADER + row.getvalue())


@pytest.mark.parametrize("path,least", FILES, ids=[path.name for path, _ in FILES])
def test_a_set_of_one_kind_finds_what_the_file_has_of_it(run, tmp_path, path, least):
    if not path.exists():
        pytest.skip("the tools that make this fixture were absent")
    missed, tried = [], set()
    for kind, value in features(run, path).items():
        write_set(tmp_path / kind, kind, value)
        database = tmp_path / (kind + ".vpdb")
        if run("build", str(tmp_path / kind), "-o", str(database)).status != 0:
            continue  # lint refuses what says too little
        tried.add(kind)
        document = run("scan", "--format", "json", "--database", str(database), str(path)).document()
        found = {e["kind"] for r in document["results"] for f in r["findings"] for e in f["evidence"]}
        if kind not in found:
            missed.append(kind)
    assert not missed
    assert tried >= least
