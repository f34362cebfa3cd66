"""Each example is run, and says what it should."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

import pe
from test_database import a_digest

SOURCE = Path(os.environ["VENDORPRINT_TEST_SOURCE"])
PROGRAMS = Path(os.environ["VENDORPRINT_TEST_EXAMPLES"])


# Preloaded for Python's sake; a sanitized program brings its own.
WITHOUT_PRELOAD = {name: value for name, value in os.environ.items() if name != "LD_PRELOAD"}


def run(*command, env=WITHOUT_PRELOAD, **options):
    done = subprocess.run(
        [str(part) for part in command],
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        **options,
    )
    assert (done.returncode, done.stderr.decode()) == (0, "")
    return done.stdout.decode()


def python(name, *arguments):
    script = SOURCE / "examples" / "python" / name
    return run(sys.executable, script, *arguments, env=os.environ)


@pytest.fixture
def files(tmp_path, program):
    (tmp_path / "avp.exe").write_bytes(program)
    (tmp_path / "other.exe").write_bytes(pe.program("Nobody Anybody Knows"))
    (tmp_path / "text.txt").write_bytes(b"just text")
    return tmp_path


def test_minimal(files):
    assert run(PROGRAMS / "minimal", *sorted(files.iterdir())) == (
        f"{files}/avp.exe: AO Kaspersky Lab (claim, possible)\n"
        f"{files}/other.exe: nothing\n"
        f"{files}/text.txt: nothing\n"
    )


def test_threads(files):
    paths = sorted(files.iterdir()) * 20
    lines = ["avp.exe: AO Kaspersky Lab", "other.exe: nothing", "text.txt: nothing"] * 20
    expected = "".join(f"{files}/{line}\n" for line in lines)
    assert run(PROGRAMS / "threads", 4, *paths) == expected


def test_callback_source(program, tmp_path):
    scrambled = tmp_path / "scrambled"
    scrambled.write_bytes(bytes(byte ^ 0x5A for byte in program))
    with open(scrambled, "rb") as file:
        lines = run(PROGRAMS / "callback_source", "5a", stdin=file).splitlines()
    assert lines[0] == "format pe32-plus, role program, complete"
    assert [line.split(": ")[0] for line in lines[1:]] == ["AO Kaspersky Lab"]


def test_lookup_digests():
    known = [a_digest("file-sha256"), a_digest("file-sha1")]
    unknown = [hashlib.sha1(str(n).encode()).hexdigest() for n in range(5000)]
    lines = "".join(f"{digest}  a file\n" for digest in unknown + known)
    out = run(PROGRAMS / "lookup_digests", input=lines.encode())
    found = [line.split(": ")[0] for line in out.splitlines()]
    assert sorted(set(found)) == sorted(known)
    assert all(" kaspersky" in line for line in out.splitlines())


def test_python_scan(files):
    lines = python("scan.py", files).splitlines()
    assert lines[0].startswith(f"{files}/avp.exe: AO Kaspersky Lab (claim, possible): ")
    assert lines[1:] == ["1 x AO Kaspersky Lab", "0 not or not wholly examined"]


def test_python_one(files, program):
    lines = python("one.py", files / "avp.exe").splitlines()
    assert lines[0] == f"pe32-plus program {hashlib.sha256(program).hexdigest()}"
    assert lines[1].startswith("AO Kaspersky Lab is a claim, possible: ")
    assert any(line.startswith("  company-name: ") for line in lines[2:])


def test_signatures(signed_program):
    path, root = signed_program
    lines = run(PROGRAMS / "signatures", path, root).splitlines()
    assert lines[0] == "Leaf: believed"
    assert {"  digest-matches", "  verifies", "  anchored", "  timely", "  code-signing", "  believed"} <= set(lines)
    assert lines[-2:] == ["  Leaf, rsa 2048", "  Throwaway, rsa 2048"]
    alone = run(PROGRAMS / "signatures", path).splitlines()
    assert alone[0] == "Leaf: not believed"
    assert "  verifies" in alone and "  anchored" not in alone


def test_python_signatures(signed_program):
    path, root = signed_program
    lines = python("signatures.py", path, root).splitlines()
    assert lines[0] == "Leaf: believed"
    assert lines[1] == "  states: anchored believed checked code-signing digest-matches timely verifies"
    assert lines[2] == "  chain: Leaf < Throwaway"
    assert "signature-unanchored: its chain ends at no anchor of the set" in python("signatures.py", path)
