#!/usr/bin/env python3
"""debian_build_ids.py - products/debian.csv and keys/debian-build-ids.csv from Debian's packages

    signatures/derive/debian_build_ids.py --folder FOLDER --mirror URL bookworm trixie

Debian builds what is in `main` from source, so the build-id of an ELF file in one of its packages
names Debian as who released that file, the source package and the upstream version.  Not Debian's
revision: builds repeat, so that an update leaves the build-id of what it doesn't touch.  Fetches, by apt in a
root of its own below FOLDER (about 2 GB), from each suite:

  - packages that are essential or of priority required, important or standard, and all that they
    depend on;
  - the packages (not -dev, -data or -dbg) that most other source packages' packages depend on:
    libraries and interpreters that get copied into other things.

Packages are checked by apt (signed list, SHA-256); nothing of them is run.  A build-id of several
source packages is kept as Debian's alone, one of several versions without its version.  The same
packages give the same tables.
"""
import argparse
import collections
import csv
import pathlib
import re
import struct
import subprocess
import tarfile

HERE = pathlib.Path(__file__).resolve().parent.parent
PRIORITIES = {"required", "important", "standard"}
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--folder", type=pathlib.Path, required=True)
    parser.add_argument("--mirror", required=True, help="of Debian, such as apt's own list names one")
    parser.add_argument("--arch", default="amd64")
    parser.add_argument("--most", type=int, default=500, help="packages that others depend on")
    parser.add_argument("--set", type=pathlib.Path, default=HERE)
    parser.add_argument("suites", nargs="+")
    return parser.parse_args()


# ---------------------------------------------------------------- apt, in a root of its own


def apt_root(folder, mirror, suite, arch):
    root = folder / suite
    for part in ("etc/apt/apt.conf.d", "etc/apt/preferences.d", "etc/apt/sources.list.d", "var/lib/dpkg", "lists/partial", "archives/partial"):
        (root / part).mkdir(parents=True, exist_ok=True)
    (root / "var/lib/dpkg/status").touch()
    line = f"deb [arch={arch} signed-by={KEYRING}] {mirror} {suite} main\n"
    (root / "etc/apt/sources.list").write_text(line)
    config = root / "apt.conf"
    config.write_text(
        f'Dir "{root}";\nDir::State::status "{root}/var/lib/dpkg/status";\n'
        f'Dir::State::Lists "{root}/lists";\nDir::Cache::archives "{root}/archives";\n'
        f'Acquire::Languages "none";\n'
        f'Acquire::GzipIndexes "false";\nAPT::Architecture "{arch}";\n'
        f'APT::Architectures {{"{arch}";}};\nAPT::Sandbox::User "root";\n'
    )
    return root, {"APT_CONFIG": str(config), "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"}


def read_packages(path):
    packages = {}
    for stanza in path.read_text("utf-8").split("\n\n"):
        fields = dict(
            line.split(": ", 1) for line in stanza.split("\n") if line[:1].strip() and ": " in line
        )
        if "Package" in fields:
            packages[fields["Package"]] = fields
    return packages


def source_of(package):
    """Source package and its version."""
    name, _, rest = package.get("Source", package["Package"]).partition(" ")
    return name, rest.strip("()") or package["Version"]


def upstream(version):
    """Without the epoch and Debian's revision."""
    version = version.partition(":")[2] or version
    return version.rpartition("-")[0] or version


def dependencies(package, first_only):
    for field in ("Pre-Depends", "Depends"):
        for alternatives in package.get(field, "").split(","):
            for name in alternatives.split("|")[: 1 if first_only else None]:
                match = re.match(r"\s*([a-z0-9][a-z0-9+.-]*)", name)
                if match:
                    yield match[1]


def select(packages, arch, most):
    chosen = {
        name
        for name, package in packages.items()
        if package.get("Essential") == "yes" or package.get("Priority") in PRIORITIES
    }
    todo = sorted(chosen)
    while todo:
        for name in dependencies(packages[todo.pop()], True):
            if name in packages and name not in chosen:
                chosen.add(name)
                todo.append(name)
    asked = collections.Counter()
    for package in packages.values():
        for name in set(dependencies(package, False)):
            if name in packages and source_of(packages[name])[0] != source_of(package)[0]:
                asked[name] += 1
    library = [
        name
        for name, _ in sorted(asked.items(), key=lambda item: (-item[1], item[0]))
        if packages[name]["Architecture"] == arch and not name.endswith(("-dev", "-data", "-dbg"))
    ]
    chosen.update(library[:most])
    return sorted(name for name in chosen if packages[name]["Architecture"] == arch)


def download(root, environment, names):
    archives = root / "archives"
    for first in range(0, len(names), 100):
        subprocess.run(
            ["apt-get", "-q", "download", *names[first : first + 100]],
            env=environment, cwd=archives, check=True, stdout=subprocess.DEVNULL,
        )


# ---------------------------------------------------------------- build-ids


def notes(elf):
    """The bytes of each PT_NOTE segment."""
    order = ">" if elf[5] == 2 else "<"
    wide = elf[4] == 2
    table, = struct.unpack_from(order + ("Q" if wide else "I"), elf, 32 if wide else 28)
    size, count = struct.unpack_from(order + "HH", elf, 54 if wide else 42)
    for i in range(count):
        row = table + i * size
        if struct.unpack_from(order + "I", elf, row)[0] != 4:
            continue
        offset, = struct.unpack_from(order + ("Q" if wide else "I"), elf, row + (8 if wide else 4))
        length, = struct.unpack_from(order + ("Q" if wide else "I"), elf, row + (32 if wide else 16))
        yield order, elf[offset : offset + length]


def build_id(elf):
    try:
        for order, note in notes(elf):
            at = 0
            while at + 12 <= len(note):
                name_len, len_, kind = struct.unpack_from(order + "III", note, at)
                value = at + 12 + (name_len + 3) // 4 * 4
                if kind == 3 and note[at + 12 : at + 12 + name_len] == b"GNU\0":
                    return note[value : value + len_].hex()
                at = value + (len_ + 3) // 4 * 4
    except struct.error:
        pass
    return None


def elf_files(deb):
    """Path and build-id of each ELF file in a package."""
    with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", deb], stdout=subprocess.PIPE) as process:
        with tarfile.open(fileobj=process.stdout, mode="r|") as tar:
            for member in tar:
                if not member.isreg():
                    continue
                data = tar.extractfile(member).read()
                value = build_id(data) if data[:4] == b"\x7fELF" else None
                # Kernel modules and others of a few bytes have none; 16 is the shortest in use.
                if value and len(value) >= 32:
                    yield member.name, value


def identifier(source):
    name = re.sub(r"[^a-z0-9]+", "-", source.replace("+", "plus")).strip("-")
    return f"debian/{name}"


def main():
    options = arguments()
    found = {}
    for suite in options.suites:
        root, environment = apt_root(options.folder, options.mirror, suite, options.arch)
        subprocess.run(["apt-get", "-q", "update"], env=environment, check=True)
        packages = read_packages(next((root / "lists").glob("*_Packages")))
        names = select(packages, options.arch, options.most)
        print(f"{suite}: {len(names)} packages")
        download(root, environment, names)
        for name in names:
            package = packages[name]
            deb = next((root / "archives").glob(f"{name}_*.deb"))
            # Which package it was, so that anybody can look.
            source = f"Debian {suite}: {package['Filename']} (sha256 {package['SHA256']})"
            for path, value in elf_files(deb):
                entry = (*source_of(package), path.rsplit("/", 1)[-1], source)
                found.setdefault(value, []).append(entry)
    write(options.set, found)


def write(folder, found):
    products = {}
    rows = []
    for value, entries in sorted(found.items()):
        sources = {entry[0] for entry in entries}
        versions = {upstream(entry[1]) for entry in entries}
        name, version, file, source = min(entries, key=lambda entry: entry[3])
        one = len(sources) == 1
        if one and products.setdefault(identifier(name), (name, source))[0] != name:
            raise SystemExit(f"two source packages are called {identifier(name)}")
        rows.append((
            "build-id", value, identifier(name) if one else "debian", "publisher", "", "",
            upstream(version) if one and len(versions) == 1 else "", file if one else "", "high", "", source,
        ))
    with open(folder / "products/debian.csv", "w", encoding="utf-8", newline="") as stream:
        table = csv.writer(stream, lineterminator="\n")
        table.writerow(("id", "vendor", "name", "status", "source"))
        for product, (name, source) in sorted(products.items()):
            table.writerow((product, "debian", name, "", source))
    with open(folder / "keys/debian-build-ids.csv", "w", encoding="utf-8", newline="") as stream:
        table = csv.writer(stream, lineterminator="\n")
        header = "kind,value,subject,relation,gate,size,version,file,confidence,date,source"
        table.writerow(header.split(","))
        table.writerows(rows)
    print(f"{len(rows)} build-ids of {len(products)} source packages")


if __name__ == "__main__":
    main()
