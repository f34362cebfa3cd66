"""What the tests of the command share: the built command, a small signature set, subjects."""

import json
import os
import subprocess
from pathlib import Path

import jsonschema
import pytest

import pe

COMMAND = os.environ["VENDORPRINT"]
SOURCE = Path(__file__).resolve().parents[2]

# Digests of no file at all: nothing of the corpus, nothing real.
SHA256 = "00112233445566778899aabbccddeeff" * 2
SHA1 = "0123456789abcdef0123456789abcdef01234567"
MD5 = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"

SET = {
    "set.yaml": """\
serial: "2026010203"
date: "2026-01-02"
license: Apache-2.0
""",
    "vendors/examplesoft.yaml": f"""\
id: examplesoft
type: vendor
name: Examplesoft Incorporated
names:
  - value: Examplesoft
    type: brand
    kinds: [company-name]
    confidence: high
    source: made up
keys:
  - kind: file-md5
    value: "{MD5}"
    relation: publisher
    confidence: medium
    source: made up, too
""",
    "products/examplesoft/tool.yaml": """\
id: examplesoft/tool
vendor: examplesoft
name: Example Tool
names: []
keys: []
gates:
  tool:
    size: "4000-5000"
    source: made up
""",
    "hashes/examplesoft.csv": f'''\
kind,value,size,product,version,file,gate,confidence,date,source
file-sha256,{SHA256},4096,examplesoft/tool,1.2.3,"tool, the.exe",tool,high,2026-01-01,"a ""list"""
file-sha1,{SHA1},4096,examplesoft/tool,1.2.4,tool.exe,tool,high,2026-01-01,a list
''',
    "policies/none-of-that.yaml": """\
id: none-of-that
title: No Examplesoft
basis: made up
since: "2026-01-01"
source: made up
rules:
  - subject: examplesoft
    answer: covered
    why: it is forbidden
    source: made up
""",
    "policies/all-is-well.yaml": """\
id: all-is-well
title: Nothing is covered
basis: made up
since: "2026-01-01"
source: made up
rules:
  - subject: examplesoft
    answer: not-covered
    why: it is allowed
    source: made up
""",
}


class Run:
    """What a run of the command wrote, and its exit status."""

    def __init__(self, done):
        self.status = done.returncode
        self.bytes = done.stdout
        self.out = done.stdout.decode("utf-8", "strict")
        self.err = done.stderr.decode("utf-8", "strict")

    def document(self):
        return validated(json.loads(self.out))

    def lines(self):
        return [validated(json.loads(line)) for line in self.out.splitlines()]


def _close(schema):
    """The schema lets unknown members pass, for those to come; here there are none."""
    if isinstance(schema, dict):
        if "required" in schema and "properties" in schema:
            schema["additionalProperties"] = False
        for value in schema.values():
            _close(value)
    elif isinstance(schema, list):
        for value in schema:
            _close(value)
    return schema


VALIDATOR = jsonschema.Draft202012Validator(
    _close(json.loads((SOURCE / "docs" / "result.schema.json").read_text()))
)


def validated(value):
    errors = [e.message for error in VALIDATOR.iter_errors(value) for e in error.context or [error]]
    assert not errors, errors[:10]
    assert next(iter(value)) == "schema_version"
    return value


@pytest.fixture(scope="session")
def signatures(tmp_path_factory):
    folder = tmp_path_factory.mktemp("set")
    for name, text in SET.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


@pytest.fixture(scope="session")
def database(signatures, tmp_path_factory):
    path = tmp_path_factory.mktemp("database") / "set.vpdb"
    done = subprocess.run([COMMAND, "build", str(signatures), "-o", str(path)], check=False)
    assert done.returncode == 0
    return path


@pytest.fixture
def run_without_database(tmp_path):
    """Runs the command; its default database isn't there."""
    environment = dict(os.environ, XDG_STATE_HOME=str(tmp_path / "state"))
    environment["VENDORPRINT_DATABASE"] = "/nonexistent"

    def run(*arguments, stdin=b"", env=None, **options):
        done = subprocess.run(
            [COMMAND, *arguments], input=stdin, capture_output=True, check=False, timeout=120,
            env={**environment, **(env or {})}, **options,
        )
        return Run(done)

    return run


@pytest.fixture
def run(run_without_database, database):
    """Runs the command with the small database as the default one."""

    def run(*arguments, env=None, **options):
        env = {"VENDORPRINT_DATABASE": str(database), **(env or {})}
        return run_without_database(*arguments, env=env, **options)

    return run


@pytest.fixture
def tree(tmp_path):
    """A folder with a claim, a PE without one, and a text."""
    folder = tmp_path / "tree"
    folder.mkdir()
    claim = pe.pe32({"CompanyName": "Examplesoft Inc.", "ProductName": "Some Tool"})
    (folder / "claim.dll").write_bytes(claim)
    (folder / "plain.dll").write_bytes(pe.pe32({"CompanyName": "Nobody in Particular"}))
    (folder / "text.txt").write_text("Examplesoft\n")
    return folder
