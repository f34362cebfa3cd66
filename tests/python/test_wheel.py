"""The wheel in a fresh environment, on a machine that has none of the libraries that it carries."""

import base64
import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import pe

SOURCE = Path(os.environ["VENDORPRINT_TEST_SOURCE"])
SCRATCH = Path(os.environ["VENDORPRINT_TEST_SCRATCH"]) / "wheel"

HIDDEN = ("libmagic", "libarchive", "libcrypto", "libssl", "libvendorprint")

# EMPTY FILE... -- COMMAND: hides the files behind the empty one, then runs the command.
BIND = """
empty=$1
shift
while [ "$1" != -- ]; do
    mount --bind "$empty" "$1" || exit 99
    shift
done
shift
exec "$@"
"""

# Runs inside: nothing of the build tree, nothing of the system.
INSIDE = """
import ctypes, json, sys
hidden, program = json.loads(sys.argv[1]), sys.argv[2]
for name in hidden:
    try:
        ctypes.CDLL(name)
    except OSError:
        continue
    sys.exit(name + " is not hidden")
import vendorprint
with vendorprint.Database() as db, vendorprint.Session(db, describe=True) as session:
    db.verify()
    path = db.info.path
    result = session.examine(program)
    other = session.examine(b"%PDF-1.7\\n" + bytes(100))
    digests = vendorprint.Session(db, digests=vendorprint.Digests.SHA256).examine(program)
json.dump({
    "package": vendorprint.__file__,
    "database": path,
    "format": str(result.objects[0].format),
    "findings": [[f.vendor_id, str(f.relation)] for f in result.findings],
    "sha256": digests.texts("file-sha256")[0],
    "description": other.objects[0].description,
}, sys.stdout)
"""


def run(*command, **options):
    done = subprocess.run(
        [str(part) for part in command],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel():
    for tool in ("patchelf", "readelf"):
        if not shutil.which(tool):
            pytest.skip(f"no {tool} on this machine")
    SCRATCH.mkdir(exist_ok=True)
    output = SCRATCH / "dist"
    shutil.rmtree(output, ignore_errors=True)
    script = SOURCE / "bindings" / "python" / "build_wheel.py"
    return Path(run(sys.executable, script, "--build", SCRATCH / "build", output).strip())


@pytest.fixture(scope="module")
def python(wheel):
    """The interpreter of a fresh environment in which the wheel is installed."""
    if importlib.util.find_spec("ensurepip") is None:
        pytest.skip("this Python can make no environment with pip (Debian: python3-venv)")
    environment = SCRATCH / "venv"
    shutil.rmtree(environment, ignore_errors=True)
    run(sys.executable, "-m", "venv", environment)
    pip = environment / "bin" / "pip"
    run(pip, "--isolated", "install", "--no-index", "--no-deps", "--no-cache-dir", wheel)
    return environment / "bin" / "python"


@pytest.fixture
def program_file(tmp_path):
    path = tmp_path / "avp.exe"
    path.write_bytes(pe.program("AO Kaspersky Lab"))
    return path


def test_the_tag_is_that_of_the_glibc_of_this_machine(wheel):
    name, version, *tag = wheel.name[: -len(".whl")].split("-")
    assert name == "vendorprint" and re.fullmatch(r"\d+\.\d+\.\d+", version)
    major, minor = os.confstr("CS_GNU_LIBC_VERSION").split()[1].split(".")[:2]
    assert tag == ["py3", "none", f"manylinux_{major}_{minor}_{os.uname().machine}"]


def test_the_record_lists_every_file_with_its_digest(wheel):
    with zipfile.ZipFile(wheel) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        record = next(name for name in names if name.endswith(".dist-info/RECORD"))
        rows = [line.split(",") for line in archive.read(record).decode().splitlines()]
        assert sorted(row[0] for row in rows) == sorted(names)
        for name, digest, size in rows:
            if name != record:
                data = archive.read(name)
                made = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode()
                assert digest == "sha256=" + made.rstrip("=") and int(size) == len(data)


def test_the_wheel_carries_its_data_its_types_and_the_licences(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    data = {name.split("/")[-1] for name in names if name.startswith("vendorprint/_data/")}
    assert {"libvendorprint.so.0", "vendorprint.vpdb", "magic.mgc"} <= data
    carried = {re.sub(r"-[0-9a-f]{8}\.so.*", "", name) for name in data}
    assert {"libmagic", "libcrypto"} <= carried
    assert "vendorprint/py.typed" in names
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)


def test_no_library_is_taken_from_outside_but_glibc(python):
    data = next((python.parent.parent / "lib").glob("python*/site-packages/vendorprint/_data"))
    for library in data.glob("*.so*"):
        for line in run("ldd", library).splitlines():
            if " => " in line:
                name, path = line.split(" => ")
                system = re.match(r"\s*lib(c|m|dl|rt|pthread|gcc_s)\.so\.", name)
                assert system or path.startswith(str(data)), line


def hiding(names):
    """A command prefix under which the files of these libraries are empty, or why there is none."""
    unshare = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--mount", "-r"]
    probe = subprocess.run([*unshare, "true"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if probe.returncode:
        pytest.skip("namespaces are not permitted here: " + probe.stdout.decode().strip())
    paths = set()
    for line in run("/sbin/ldconfig", "-p").splitlines()[1:]:
        name, _, path = line.strip().partition(" => ")
        if name.split(".so")[0] in names:
            paths.add(os.path.realpath(path))
    for path in ("/usr/lib/file/magic.mgc", "/usr/share/misc/magic.mgc", "/etc/magic"):
        if os.path.exists(path):
            paths.add(os.path.realpath(path))
    empty = SCRATCH / "empty"
    empty.write_bytes(b"")
    return [*unshare, "sh", "-c", BIND, "sh", str(empty), *sorted(paths), "--"], paths


def test_without_the_systems_libraries_a_pe_is_identified(python, program_file):
    prefix, paths = hiding(HIDDEN)
    assert any("libmagic" in path for path in paths) and any("libcrypto" in path for path in paths)
    sonames = [
        line.split()[0]
        for line in run("/sbin/ldconfig", "-p").splitlines()[1:]
        if line.split()[0].split(".so")[0] in HIDDEN
    ]
    assert "libmagic.so.1" in sonames and "libcrypto.so.3" in sonames
    told = run(
        *prefix, python, "-I", "-c", INSIDE, json.dumps(sonames), program_file, env={}, cwd="/"
    )
    seen = json.loads(told)
    environment = str(python.parent.parent)
    assert seen["package"].startswith(environment)
    assert seen["database"].startswith(environment)
    assert seen["format"] == "pe32-plus"
    assert seen["findings"] == [["kaspersky", "claim"]]
    assert seen["sha256"] == hashlib.sha256(program_file.read_bytes()).hexdigest()
    assert "PDF" in seen["description"]


@pytest.mark.parametrize("order", ["import ssl, vendorprint", "import vendorprint, ssl"])
def test_pythons_own_libcrypto_and_the_carried_one_live_side_by_side(python, order, program_file):
    program = (
        f"{order}\n"
        "import hashlib, sys\n"
        "ssl.create_default_context()\n"
        "data = open(sys.argv[1], 'rb').read()\n"
        "with vendorprint.Session(digests=vendorprint.Digests.SHA256) as session:\n"
        "    ours = session.examine(data).texts('file-sha256')\n"
        "assert ours == (hashlib.sha256(data).hexdigest(),)\n"
    )
    run(python, "-I", "-c", program, program_file, env={}, cwd="/")
