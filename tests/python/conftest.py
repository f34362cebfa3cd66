import os

import pytest
import vendorprint

import pe


@pytest.fixture(scope="session")
def db():
    with vendorprint.Database() as database:
        yield database


@pytest.fixture
def session(db):
    with vendorprint.Session(db) as made:
        yield made


@pytest.fixture(scope="session")
def program():
    """Bytes of a program that claims to be Kaspersky's."""
    return pe.program("AO Kaspersky Lab", ProductName="Kaspersky Anti-Virus")


@pytest.fixture
def program_file(program, tmp_path):
    path = tmp_path / "avp.exe"
    path.write_bytes(program)
    return path


@pytest.fixture(scope="session")
def fixtures():
    """The folder of the PE files that the build makes with real tools."""
    folder = os.environ.get("VENDORPRINT_FIXTURES", "")
    if not os.path.isfile(os.path.join(folder, "pe", "kaspersky-latin.exe")):
        pytest.skip("the build made no PE fixtures")
    return os.path.join(folder, "pe")
