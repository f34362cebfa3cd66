"""one_file.py --build FOLDER FILE - one PE, examined in one process, beside the same by hand

One set has a key of a section, an import hash and the XXH3-128 of a file, none with a gate, so that
the library does what the loop by hand does and identity besides; the other is the shipped one.
"""
import argparse
import os
import subprocess
import tempfile

KEYS = {"section": "0" * 31 + "1:4096", "imphash": "0" * 31 + "1", "file-xxh3-128": "0" * 31 + "1"}


def write_lines(path, lines):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="ascii") as out:
        out.writelines(line + "\n" for line in lines)


def make_set(folder):
    write_lines(os.path.join(folder, "set.yaml"), ['serial: "1"', 'date: "2026-01-01"', "license: CC0-1.0"])
    write_lines(os.path.join(folder, "vendors", "somebody.yaml"), ["id: somebody", "type: vendor", "name: Somebody"])
    write_lines(os.path.join(folder, "keys", "somebody.csv"),
                ["kind,value,subject,relation,gate,size,version,file,confidence,date,source"]
                + [f"{kind},{value},somebody,,,,,,low,,a benchmark" for kind, value in KEYS.items()])


def main():
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("file")
    words.add_argument("--build", required=True, help="a release build with tests")
    options = words.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        structure = os.path.join(folder, "structure.vpdb")
        make_set(os.path.join(folder, "set"))
        subprocess.run([os.path.join(options.build, "tools", "vendorprint"), "build", "--output", structure,
                        os.path.join(folder, "set")], check=True, stdout=subprocess.DEVNULL)
        shipped = os.path.join(options.build, "signatures", "vendorprint.vpdb")
        table = subprocess.run([os.path.join(options.build, "tests", "bench", "one_file"), options.file, structure, shipped],
                               capture_output=True, text=True, check=True).stdout
    print(f"{os.path.getsize(options.file):,} bytes\n\n| what | us, median | x |\n|---|---|---|")
    print(table.replace(structure, "vendorprint, structure without gates").replace(shipped, "vendorprint, shipped set"), end="")


if __name__ == "__main__":
    main()
