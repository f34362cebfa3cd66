"""layers.py SOURCE CC [FLAGS...] - each folder of lib/ compiles against what lies before it

For every folder a tree of links is made that holds only the headers it may include, so that a wrong
include is a missing file, however it is reached.
"""
import os
import subprocess
import sys
import tempfile

ORDER = "base crypto io format container trust feature db verdict engine".split()
DEFINES = ["-std=c11", "-D_POSIX_C_SOURCE=200809L", "-D_FILE_OFFSET_BITS=64"]
DEFINES += ['-DVPI_DATABASE_DEFAULT="/"', '-DVPI_VERSION="0"']


def allowed(folder):
    """What `folder` may include, as paths below lib/."""
    if folder == "scan":
        return ["scan"]
    if folder == "set":
        # The compiler writes what lib/db reads: rows, and where a key's bucket is.
        return ORDER[: ORDER.index("db") + 1] + ["set"]
    return ORDER[: ORDER.index(folder) + 1]


def check_folder(source, folder, compiler):
    lib = os.path.join(source, "lib")
    wrong = []
    with tempfile.TemporaryDirectory() as tree:
        for path in allowed(folder):
            if os.path.exists(os.path.join(lib, path)):
                os.makedirs(os.path.dirname(os.path.join(tree, path)), exist_ok=True)
                os.symlink(os.path.join(lib, path), os.path.join(tree, path))
        for root, _, files in os.walk(os.path.join(lib, folder)):
            for name in sorted(files):
                path = os.path.join(root, name)
                if not name.endswith(".c"):
                    continue
                # Read from standard input: a file beside the source is not found by accident.
                with open(path, "rb") as text:
                    done = subprocess.run(
                        compiler + DEFINES + ["-fsyntax-only", "-w", "-xc", "-I", tree]
                        + ["-I", os.path.join(source, "include"), "-"],
                        stdin=text, capture_output=True, text=True, cwd=tree, check=False,
                    )
                if done.returncode:
                    lines = [line for line in done.stderr.splitlines() if "error" in line]
                    wrong.append(f"lib/{os.path.relpath(path, lib)}: {lines[0] if lines else done.stderr}")
    return wrong


def main():
    source, compiler = sys.argv[1], sys.argv[2:]
    folders = sorted(
        name for name in os.listdir(os.path.join(source, "lib"))
        if os.path.isdir(os.path.join(source, "lib", name))
    )
    unknown = [name for name in folders if name not in ORDER + ["scan", "set"]]
    print(f"1..{len(folders)}")
    for number, folder in enumerate(folders, 1):
        wrong = [f"{folder} has no place in the order"] if folder in unknown else check_folder(source, folder, compiler)
        print(f"{'not ok' if wrong else 'ok'} {number} - lib/{folder} includes only what lies before it")
        for line in wrong:
            print("#", line)
            print(line, file=sys.stderr)


if __name__ == "__main__":
    main()
