"""check_labels.py COMMAND DATABASE FOLDER - labels.py counts what the fixtures' labels say

With true labels every file of a vendor in the set is right; with one label changed to another vendor
the same answer is counted as wrong, and --check reports it.
"""
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))


def evaluate(labels, command, database, folder):
    done = subprocess.run(
        [sys.executable, os.path.join(HERE, "labels.py"), "--labels", labels, "--corpus", folder, "--check",
         "--command", f"env VENDORPRINT_DATABASE='{database}' '{command}'"],
        capture_output=True, text=True, check=False,
    )
    return done.returncode, done.stdout + done.stderr


def main():
    command, database, folder = sys.argv[1:]
    source = os.path.join(HERE, "fixtures.csv")
    if not os.path.exists(os.path.join(folder, "signed", "signed-dual.exe")):
        print("the tools that make the fixtures are not here")
        return 77
    status, text = evaluate(source, command, database, folder)
    if status or "| high | yes | 4 | 4 | 0 | 0 | 0 | 0 | 0 | 100.0 % |" not in text or "| high | no | 2 |" not in text:
        print(text)
        return 1
    with tempfile.TemporaryDirectory() as scratch:
        changed = os.path.join(scratch, "labels.csv")
        with open(source, encoding="utf-8") as rows, open(changed, "w", encoding="utf-8") as out:
            out.write(rows.read().replace("PE32+,Kaspersky,", "PE32+,Microsoft,", 1))
        status, text = evaluate(changed, command, database, folder)
    if status != 1 or "| high | yes | 4 | 3 | 0 | 0 | 1 | 0 | 0 | 75.0 % |" not in text or "PROMISE BROKEN" not in text:
        print(text)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
