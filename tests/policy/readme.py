"""readme.py SOURCE BUILD FIXTURE - the command lines in README.md do what they say

Each is run with a fixture that claims to be Kaspersky's in place of avp.exe and /mnt/image.
"""
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile


def block(text, language, word):
    """The first block of code in `language` that has `word`."""
    for code in re.findall(rf"```{language}\n(.*?)```", text, flags=re.DOTALL):
        if word in code:
            return code
    sys.exit(f"README.md has no {language} code with {word}")


def run(command, folder, environment, good=(0,)):
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode not in good:
        sys.exit(f"{command} ended with status {done.returncode}: {done.stderr}")
    return done.stdout


def expect(text, words):
    if words not in text:
        sys.exit(f"expected {words!r} in {text!r}")


def check_shell(readme, folder, environment):
    with open(os.path.join(folder, "avp.exe"), "rb") as fixture:
        digest = hashlib.sha256(fixture.read()).hexdigest()
    with open(os.path.join(folder, "digests.txt"), "w", encoding="ascii") as out:
        out.write(digest + "\n")
    for line in block(readme, "sh", "vendorprint scan").splitlines():
        # A sum of 1, something found, and 2, something not examined.
        out = run(["sh", "-c", line.replace("/mnt/image", ".")], folder, environment, good=(0, 1, 2, 3))
        if "lookup" not in line:
            expect(out, "Kaspersky")


def main():
    source, build, fixture = sys.argv[1:4]
    if not os.path.exists(fixture):
        print("the fixture's tools are not here")
        return 77
    with open(os.path.join(source, "README.md"), encoding="utf-8") as text:
        readme = text.read()
    environment = dict(os.environ, VENDORPRINT_DATABASE=os.path.join(build, "signatures", "vendorprint.vpdb"),
                       PATH=os.path.join(build, "tools") + os.pathsep + os.environ["PATH"])
    with tempfile.TemporaryDirectory() as folder:
        shutil.copyfile(fixture, os.path.join(folder, "avp.exe"))
        check_shell(readme, folder, environment)
    return 0


if __name__ == "__main__":
    sys.exit(main())
