"""Editors' schemas and lint say the same of the same file.

Each file of cases/ begins with a comment, `# good` or `# bad: why`, and is named ROOM-what.yaml.  It is
put into a small set, and asked of both.  So is every file of the real set.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

import jsonschema
import yaml

SET = 'serial: "1"\ndate: "2026-11-22"\nlicense: Apache-2.0\n'
VENDOR = "id: acme\ntype: vendor\nname: Acme\n"
PRODUCT = "id: acme/anvil\nvendor: acme\nname: Anvil\n"
PLACES = {
    "set": "set.yaml",
    "vendor": "vendors/acme.yaml",
    "product": "products/acme/anvil.yaml",
    "policy": "policies/us-acme.yaml",
    "gates": "gates.yaml",
}


class Strict(yaml.BaseLoader):
    """Every scalar a string, and no field twice."""

    def construct_mapping(self, node, deep=False):
        keys = [key.value for key, _ in node.value]
        if len(keys) != len(set(keys)):
            raise yaml.YAMLError("a field stands twice")
        return super().construct_mapping(node, deep)


def schema_accepts(validator, text):
    try:
        return validator.is_valid(yaml.load(text, Loader=Strict))
    except yaml.YAMLError:
        return False


def lint_accepts(command, place, text):
    with tempfile.TemporaryDirectory() as folder:
        files = {"set.yaml": SET, PLACES["vendor"]: VENDOR, PLACES["product"]: PRODUCT, place: text}
        for path, content in files.items():
            file = pathlib.Path(folder, path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content, encoding="utf-8")
        done = subprocess.run(
            [command, "lint", "--format", "json", folder], capture_output=True, text=True, check=False
        )
        if done.returncode not in (0, 1) or "error" not in done.stdout:
            raise SystemExit(f"lint failed: {done.returncode} {done.stdout} {done.stderr}")
        return done.returncode == 0, done.stdout


def main():
    command, cases, signatures = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    validators = {}
    for room in PLACES:
        schema = json.loads((signatures / "schema" / f"{room}.schema.json").read_text("utf-8"))
        jsonschema.Draft202012Validator.check_schema(schema)
        validators[room] = jsonschema.Draft202012Validator(schema)
    wrong = good = bad = 0
    for case in sorted(cases.glob("*.yaml")):
        room = case.name.split("-")[0]
        text = case.read_text("utf-8")
        expected = text.startswith("# good")
        if not expected and not text.startswith("# bad: "):
            raise SystemExit(f"{case.name} says neither good nor bad")
        schema = schema_accepts(validators[room], text)
        lint, said = lint_accepts(command, PLACES[room], text)
        good += expected
        bad += not expected
        if (schema, lint) != (expected, expected):
            wrong += 1
            print(f"{case.name}: expected {expected}, schema {schema}, lint {lint}\n{said}")
    for room, pattern in (
        ("set", "set.yaml"),
        ("vendor", "vendors/*.yaml"),
        ("product", "products/*/*.yaml"),
        ("policy", "policies/*.yaml"),
        ("gates", "gates.yaml"),
    ):
        for file in sorted(signatures.glob(pattern)):
            if not schema_accepts(validators[room], file.read_text("utf-8")):
                wrong += 1
                print(f"{file.relative_to(signatures)}: its schema refuses it")
    print(f"{good} good and {bad} bad cases, {wrong} wrong")
    return 1 if wrong or not good or not bad else 0


if __name__ == "__main__":
    sys.exit(main())
