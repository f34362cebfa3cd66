"""examples/threads.c under ThreadSanitizer, in a small build of its own."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

import pe

SOURCE = Path(os.environ["VENDORPRINT_TEST_SOURCE"])
SCRATCH = Path(os.environ["VENDORPRINT_TEST_SCRATCH"]) / "tsan"


def run(*command, **options):
    return subprocess.run(
        [str(part) for part in command],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


def without_random_addresses():
    """ThreadSanitizer's map of memory doesn't fit every kernel's idea of random addresses."""
    prefix = ["setarch", os.uname().machine, "--addr-no-randomize"]
    if shutil.which("setarch") and run(*prefix, "true").returncode == 0:
        return prefix
    return []


@pytest.fixture(scope="module")
def threads(tmp_path_factory):
    """The threads example with the whole library, instrumented."""
    probe = tmp_path_factory.mktemp("probe")
    (probe / "probe.c").write_text("int main(void) { return 0; }\n")
    compiler = os.environ.get("CC", "cc").split()
    command = [*compiler, "-fsanitize=thread", probe / "probe.c", "-o", probe / "probe"]
    prefix = without_random_addresses()
    if run(*command).returncode or run(*prefix, probe / "probe").returncode:
        pytest.skip("this compiler or kernel has no ThreadSanitizer")
    options = ["--buildtype=debugoptimized", "-Db_sanitize=thread", "-Db_lundef=false"]
    options += ["-Dtests=false", "-Ddatabase=false"]
    again = ["--reconfigure"] if (SCRATCH / "build.ninja").exists() else []
    for step in (
        ["meson", "setup", *again, *options, SCRATCH, SOURCE],
        ["ninja", "-C", SCRATCH, "examples/threads"],
    ):
        done = run(*step)
        assert done.returncode == 0, done.stdout + done.stderr
    return [*prefix, SCRATCH / "examples" / "threads"]


def test_many_sessions_of_one_database_do_not_race(threads, program, tmp_path):
    lines, paths = [], []
    for number in range(60):
        path = tmp_path / f"{number}.bin"
        claims = number % 3 == 0
        path.write_bytes(program if claims else pe.program(f"Nobody {number}"))
        lines.append(f"{path}: {'AO Kaspersky Lab' if claims else 'nothing'}\n")
        paths.append(path)
    environment = {**os.environ, "TSAN_OPTIONS": "halt_on_error=1:exitcode=66"}
    for _ in range(3):
        done = run(*threads, 8, *paths, env=environment)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout == "".join(lines)


def test_real_programs_do_not_race(threads, fixtures):
    kinds = (".exe", ".dll", ".sys", ".efi")
    paths = sorted(path for path in Path(fixtures).iterdir() if path.suffix in kinds)
    done = run(*threads, 8, *paths, *paths)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert len(lines) == 2 * len(paths) and lines[: len(paths)] == lines[len(paths) :]
