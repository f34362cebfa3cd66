"""documents.py SOURCE - links between our documents lead somewhere"""
import os
import re
import sys

LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


def documents(source):
    for root, folders, files in os.walk(source):
        # Build folders and hidden ones are not ours.
        folders[:] = [
            name for name in folders
            if not name.startswith(".") and not os.path.exists(os.path.join(root, name, "meson-private"))
        ]
        for name in files:
            if name.endswith(".md"):
                yield os.path.join(root, name)


def main():
    source = sys.argv[1]
    wrong = []
    for path in sorted(documents(source)):
        with open(path, encoding="utf-8") as text:
            # Code is no link.
            plain = re.sub(r"```.*?```|`[^`\n]*`", "", text.read(), flags=re.DOTALL)
        for target in LINK.findall(plain):
            if "://" in target or target.startswith("mailto:"):
                continue
            if not os.path.exists(os.path.join(os.path.dirname(path), target)):
                wrong.append(f"{os.path.relpath(path, source)}: {target} does not exist")
    for line in wrong:
        print(line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
