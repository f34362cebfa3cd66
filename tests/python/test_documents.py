"""The code of the documents is that of the examples, to the letter."""

import os
import re
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
