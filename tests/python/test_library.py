"""Which library is loaded, and what is said when there is none."""

import os
import subprocess
import sys


def load(library):
    return subprocess.run(
        [sys.executable, "-c", "import vendorprint; print(vendorprint.library_version())"],
        env={**os.environ, "VENDORPRINT_LIBRARY": str(library)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_the_library_of_the_environment_is_taken():
    done = load(os.environ["VENDORPRINT_LIBRARY"])
    assert done.returncode == 0 and done.stdout.count(".") == 2


def test_a_library_that_is_not_there_is_an_import_error_in_one_line(tmp_path):
    done = load(tmp_path / "none.so")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("ImportError: vendorprint: ")


def test_a_library_that_is_another_is_an_import_error():
    done = load("libm.so.6")
    assert done.returncode == 1 and "ImportError" in done.stderr and "vp_version" in done.stderr
