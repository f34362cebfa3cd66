"""The code of the documents is that of the examples, to the letter."""

import os
import re
import subprocess
from pathlib import Path

import pytest

SOURCE = Path(os.environ["VENDORPRINT_TEST_SOURCE"])
BLOCK = re.compile(r"(?:<!-- (\S+) -->\n)?```(\w*)\n(.*?)```\n", re.S)
DOCUMENTS = {name: (SOURCE / "docs" / name).read_text() for name in ("embedding.md", "python.md")}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_program_of_a_document_is_an_example_file(name):
    blocks = [b for b in BLOCK.findall(DOCUMENTS[name]) if b[1] in ("c", "python")]
    assert blocks
    for example, _, code in blocks:
        assert example.startswith("examples/")
        assert code == (SOURCE / example).read_text()


def test_every_example_stands_in_a_document():
    shown = {b[0] for text in DOCUMENTS.values() for b in BLOCK.findall(text)}
    files = [p for p in (SOURCE / "examples").rglob("*") if p.suffix in (".c", ".py")]
    assert {p.relative_to(SOURCE).as_posix() for p in files} <= shown


@pytest.fixture
def example_folder(program, tmp_path, monkeypatch):
    """A folder with an avp.exe, in which the README's programs run as they stand."""
    (tmp_path / "avp.exe").write_bytes(program)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def readme(language):
    blocks = [b[2] for b in BLOCK.findall((SOURCE / "README.md").read_text()) if b[1] == language]
    assert blocks
    return blocks


def test_the_c_of_the_readme_compiles_and_finds(example_folder):
    library = Path(os.environ["VENDORPRINT_LIBRARY"])
    for code in readme("c"):
        Path("whose.c").write_text(code)
        command = [*os.environ.get("CC", "cc").split(), "-Wall", "-Wextra", "-Werror", "-std=c11"]
        command += ["-I", SOURCE / "include", "whose.c", "-o", "whose", library]
        command += [f"-Wl,-rpath,{library.parent}", "-Wl,--allow-shlib-undefined"]
        subprocess.run(command, check=True)
        done = subprocess.run(["./whose", "avp.exe"], stdout=subprocess.PIPE, check=True)
        assert done.stdout.decode() == "AO Kaspersky Lab: claim, possible\n"


def test_the_python_of_the_readme_finds(example_folder, capfd):
    for code in readme("python"):
        exec(compile(code, "README.md", "exec"), {})
    assert capfd.readouterr().out.startswith("AO Kaspersky Lab claim possible ")
