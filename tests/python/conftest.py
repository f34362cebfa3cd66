import os
import shutil
import subprocess

import pytest
import vendorprint

import pe

# Preloaded for Python's sake; another program brings its own, or none.
WITHOUT_PRELOAD = {name: value for name, value in os.environ.items() if name != "LD_PRELOAD"}


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
def signed_program(program, tmp_path_factory):
    """A program signed by a throw-away authority: its path, and that of the authority."""
    if not shutil.which("osslsigncode") or not shutil.which("openssl"):
        pytest.skip("no osslsigncode and openssl to sign with")
    folder = tmp_path_factory.mktemp("signed")
    (folder / "plain.exe").write_bytes(program)
    (folder / "leaf.cnf").write_text("extendedKeyUsage=codeSigning\n")
    for command in (
        "openssl req -x509 -newkey rsa:2048 -nodes -keyout root.key -out root.pem -subj /O=Throwaway -days 9000",
        "openssl req -newkey rsa:2048 -nodes -keyout leaf.key -out leaf.csr -subj /O=Leaf/CN=Leaf",
        "openssl x509 -req -in leaf.csr -CA root.pem -CAkey root.key -out leaf.pem -days 9000 -extfile leaf.cnf"
        " -CAcreateserial",
        "osslsigncode sign -h sha256 -certs leaf.pem -key leaf.key -in plain.exe -out signed.exe",
    ):
        done = subprocess.run(command.split(), cwd=folder, env=WITHOUT_PRELOAD, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    return folder / "signed.exe", folder / "root.pem"


@pytest.fixture(scope="session")
def fixtures():
    """The folder of the PE files that the build makes with real tools."""
    folder = os.environ.get("VENDORPRINT_FIXTURES", "")
    if not os.path.isfile(os.path.join(folder, "pe", "kaspersky-latin.exe")):
        pytest.skip("the build made no PE fixtures")
    return os.path.join(folder, "pe")
