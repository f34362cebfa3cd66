"""build_wheel.py - makes the wheel: the package, the library, its libraries, magic data, database

    python3 build_wheel.py [--build FOLDER] OUTPUT-FOLDER

It is also the package's own build backend (PEP 517), so that `pip wheel bindings/python` works in a
source tree.  It needs meson, ninja, patchelf and readelf, and nothing from PyPI.

The wheel holds no Python extension, so its tag is py3-none; its platform is that of the glibc it
was built on, the oldest it is sure to run on (PEP 600).  Libraries that are not part of glibc are
carried, renamed by a digest of their bytes as auditwheel does: another package of the same process
may load its own libcrypto.so.3, and neither must get the other's.
"""

import argparse
import base64
import ctypes
import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
SOURCE = HERE.parent.parent
LIBRARY = "libvendorprint.so.0"
DATABASE = "vendorprint.vpdb"

# What PEP 600 lets a wheel expect of every glibc system, as far as C code needs it.
SYSTEM = re.compile(r"(ld-linux.*|lib(c|m|dl|rt|pthread|gcc_s))\.so\.\d+")
LARGEST_GLIBC = re.compile(r"Name: GLIBC_(\d+)\.(\d+)(?:\.\d+)?\b")


def run(*command):
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout


def version():
    return re.search(r"^  version: '([^']+)'", (SOURCE / "meson.build").read_text(), re.M).group(1)


def glibc():
    return tuple(map(int, os.confstr("CS_GNU_LIBC_VERSION").split()[1].split(".")[:2]))


def tag():
    if sys.platform != "linux" or platform.libc_ver()[0] != "glibc":
        raise SystemExit("build_wheel: wheels are made on Linux with glibc")
    return "py3-none-manylinux_{}_{}_{}".format(*glibc(), platform.machine())


def install(build, stage):
    """Builds vendorprint for release in `build` and installs it below `stage`."""
    options = ["--buildtype=release", "--prefix=/usr", "--libdir=lib", "-Ddefault_library=shared"]
    options += ["-Dtests=false", "-Ddatabase=true"]
    again = ["--reconfigure"] if (build / "build.ninja").exists() else []
    # Standard output belongs to whoever asked for the wheel.
    subprocess.run(
        ["meson", "setup", *again, *options, build, SOURCE], check=True, stdout=sys.stderr
    )
    subprocess.run(["ninja", "-C", build], check=True, stdout=sys.stderr)
    subprocess.run(
        ["meson", "install", "-C", build, "--no-rebuild", "--destdir", stage],
        check=True,
        stdout=sys.stderr,
    )


def needed(library):
    return run("patchelf", "--print-needed", str(library)).split()


def resolve(library):
    """soname -> path of every library that `library` pulls in, as the loader finds them."""
    found = {}
    for line in run("ldd", str(library)).splitlines():
        match = re.match(r"\s*(\S+) => (/\S+)", line)
        if match:
            found[match.group(1)] = Path(match.group(2)).resolve()
    return found


def carry_libraries(data):
    """Puts what libvendorprint needs beside it; returns the originals."""
    library = data / LIBRARY
    originals = {
        name: path for name, path in resolve(library).items() if not SYSTEM.fullmatch(name)
    }
    renamed = {}
    for name, path in originals.items():
        digest = hashlib.sha256(path.read_bytes()).hexdigest()[:8]
        stem, _, rest = name.partition(".so")
        renamed[name] = f"{stem}-{digest}.so{rest}"
        shutil.copyfile(path, data / renamed[name])
    for file in [library, *(data / name for name in renamed.values())]:
        file.chmod(0o755)
        # One change a run: patchelf 0.14 mixes several up.
        if file != library:
            run("patchelf", "--set-soname", file.name, str(file))
        for name in needed(file):
            if name in renamed:
                run("patchelf", "--replace-needed", name, renamed[name], str(file))
            elif not SYSTEM.fullmatch(name):
                raise SystemExit(f"build_wheel: {file.name} needs {name}, which was not found")
        run("patchelf", "--set-rpath", "$ORIGIN", str(file))
    return list(originals.values())


def check_glibc(data):
    """No file of the wheel may ask for a later glibc than its tag says."""
    for file in data.glob("*.so*"):
        for found in LARGEST_GLIBC.finditer(run("readelf", "--version-info", "-W", str(file))):
            if tuple(map(int, found.groups())) > glibc():
                raise SystemExit(f"build_wheel: {file.name} needs {found.group(0)}")


def carry_magic(data, libraries):
    """The compiled magic data that this very libmagic reads by default."""
    libmagic = ctypes.CDLL(str(next(p for p in libraries if p.name.startswith("libmagic."))))
    libmagic.magic_getpath.restype = ctypes.c_char_p
    for path in os.fsdecode(libmagic.magic_getpath(None, 0)).split(":"):
        compiled = Path(path if path.endswith(".mgc") else path + ".mgc")
        if compiled.is_file():
            shutil.copyfile(compiled, data / "magic.mgc")
            return
    raise SystemExit("build_wheel: no compiled magic data (magic.mgc) on this machine")


def carry_licenses(info, libraries):
    """Our licence, and what the distribution says of those of the libraries."""
    folder = info / "licenses"
    folder.mkdir(parents=True)
    shutil.copyfile(SOURCE / "LICENSE", folder / "LICENSE")
    for path in libraries:
        notice = notice_of(path)
        if notice is None:
            print(f"build_wheel: no licence text found for {path}", file=sys.stderr)
        else:
            shutil.copyfile(notice, folder / f"{path.name}.txt")


def notice_of(path):
    if not shutil.which("dpkg-query"):
        return None
    # On a merged /usr a package may own the path by its old name.
    for name in (str(path), str(path).removeprefix("/usr")):
        owner = subprocess.run(
            ["dpkg-query", "--search", name], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        package = owner.stdout.decode().split(":")[0].split(",")[0]
        notice = Path("/usr/share/doc") / package / "copyright"
        if package and notice.is_file():
            return notice
    return None


def write_metadata(info):
    readme = (SOURCE / "docs" / "python.md").read_text()
    (info / "METADATA").write_text(
        "Metadata-Version: 2.1\n"
        "Name: vendorprint\n"
        f"Version: {version()}\n"
        "Summary: Whose code is in this file? Fingerprints executables by vendor\n"
        "License: Apache-2.0\n"
        "Requires-Python: >=3.9\n"
        "Classifier: Operating System :: POSIX :: Linux\n"
        "Classifier: Typing :: Typed\n"
        "Description-Content-Type: text/markdown\n"
        f"\n{readme}"
    )
    (info / "WHEEL").write_text(
        "Wheel-Version: 1.0\n"
        f"Generator: vendorprint {version()}\n"
        "Root-Is-Purelib: false\n"
        f"Tag: {tag()}\n"
    )


def pack(tree, output):
    """Zips `tree` with a RECORD; same files, same bytes (names sorted, one fixed date)."""
    wheel = output / f"vendorprint-{version()}-{tag()}.whl"
    info = f"vendorprint-{version()}.dist-info"
    record = []
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:

        def add(name, data, mode):
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (0o100000 | mode) << 16
            archive.writestr(entry, data)

        for path in sorted(p for p in tree.rglob("*") if p.is_file()):
            name, data = path.relative_to(tree).as_posix(), path.read_bytes()
            digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
            record.append(f"{name},sha256={digest},{len(data)}\n")
            add(name, data, 0o755 if ".so" in path.name else 0o644)
        record.append(f"{info}/RECORD,,\n")
        add(f"{info}/RECORD", "".join(record), 0o644)
    return wheel


def make(output, build=None):
    """Makes the wheel in `output`; `build` is a folder to keep for the next time."""
    output = Path(output).resolve()
    output.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        stage, tree = Path(scratch, "stage"), Path(scratch, "tree")
        package, info = tree / "vendorprint", tree / f"vendorprint-{version()}.dist-info"
        install(Path(build).resolve() if build else Path(scratch, "build"), stage)
        shutil.copytree(
            HERE / "vendorprint", package, ignore=shutil.ignore_patterns("__pycache__", "_data")
        )
        data = package / "_data"
        data.mkdir()
        shutil.copyfile(stage / "usr/lib" / LIBRARY, data / LIBRARY)
        shutil.copyfile(stage / "usr/share/vendorprint" / DATABASE, data / DATABASE)
        libraries = carry_libraries(data)
        check_glibc(data)
        carry_magic(data, libraries)
        carry_licenses(info, libraries)
        write_metadata(info)
        return pack(tree, output)


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    return make(wheel_directory).name


def build_sdist(sdist_directory, config_settings=None):
    raise RuntimeError("vendorprint's source distribution is its repository; see `meson dist`")


def main():
    parser = argparse.ArgumentParser(description="Makes the vendorprint wheel.")
    parser.add_argument("--build", help="build folder to keep and use again")
    parser.add_argument("output", help="folder for the wheel")
    options = parser.parse_args()
    print(make(options.output, options.build))


if __name__ == "__main__":
    main()
