"""Writes the JSON schemas of the text set, or with --check says whether they are up to date.

The schemas are for editors; lint is the authority, and a test compares both.  Kinds come from
lib/feature/list.h, so that a new kind is still one line.
"""

import json
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
LIST = HERE.parent.parent / "lib" / "feature" / "list.h"
ID = "[a-z0-9][a-z0-9-]{0,63}"
MONTH = "(0[1-9]|1[0-2])"
DAY = "(0[1-9]|[12][0-9]|3[01])"


def string(pattern):
    return {"type": "string", "pattern": f"^{pattern}$"}


def words(*values):
    return {"enum": list(values)}


def ref(name):
    return {"$ref": f"#/$defs/{name}"}


def refs(name):
    return {"type": "array", "items": ref(name)}


def fields(required, **properties):
    return {
        "type": "object",
        "additionalProperties": False,
        "required": required.split(),
        "properties": {name.replace("_", "-"): value for name, value in properties.items()},
    }


def read_kinds():
    """(name, class, form, bytes) of every kind that can be looked up."""
    row = re.compile(r'^KIND\(0x\w+, \w+, "([^"]+)", (\w+), (\w+)(?:\((\d+)\))?\)', re.M)
    kinds = [(m[1], m[2], m[3], int(m[4] or 0)) for m in row.finditer(LIST.read_text("utf-8"))]
    return [kind for kind in kinds if kind[1] != "VERSION"]


def value_pattern(form, width):
    return {
        "HEX": f"[0-9a-fA-F]{{{2 * width}}}",
        "ANYHEX": "([0-9a-fA-F]{2})+",
        "SIZED": "[0-9a-fA-F]{32}:[0-9]{1,19}",
    }.get(form)


def key_rules(kinds):
    """The value that each kind wants, and that only digests have gates."""
    patterns = {}
    for name, _, form, width in kinds:
        if value_pattern(form, width):
            patterns.setdefault(value_pattern(form, width), []).append(name)
    rules = [
        {
            "if": {"properties": {"kind": words(*names)}, "required": ["kind"]},
            "then": {"properties": {"value": {"pattern": f"^{pattern}$"}}},
        }
        for pattern, names in patterns.items()
    ]
    gated = {"anyOf": [{"required": ["gate"]}, {"required": ["size"]}]}
    return [*rules, {"if": gated, "then": {"properties": {"kind": ref("digest-kind")}}}]


def definitions():
    kinds = read_kinds()
    definition = {
        "text": {"type": "string", "minLength": 1, "maxLength": 4096},
        "id": string(ID),
        "product-id": string(f"{ID}/{ID}"),
        "subject": string(f"{ID}(/{ID})?"),
        "digits": string("[0-9]{1,19}"),
        "date": string(f"(19[7-9][0-9]|[2-9][0-9]{{3}})-{MONTH}-{DAY}"),
        "partial-date": string(f"[0-9]{{4}}(-{MONTH}(-{DAY})?)?"),
        "size": string("[0-9]{1,19}(-[0-9]{1,19})?"),
        "prefix": string("([0-9a-fA-F]{2}){1,16}"),
        "language": string("[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*"),
        "kind": words(*[kind[0] for kind in kinds]),
        "text-kind": words(*[kind[0] for kind in kinds if kind[2] in ("TEXT", "NAME")]),
        "digest-kind": words(*[kind[0] for kind in kinds if kind[1] == "EXACT"]),
        "confidence": words("low", "medium", "high"),
        "relation": words("publisher", "component", "member", "signer", "claim", "builder"),
        "format": words(
            "other", "pe32", "pe32-plus", "elf32", "elf64", "macho32", "macho64", "macho-fat", "dex", "java-class",
            "gzip", "xz", "zstd", "catalog", "inf", "msi", "cab", "script", "msix", "compound", "rpm", "deb",
        ),
        "role": words(
            "other", "program", "library", "driver", "kernel-module", "firmware", "installer", "package",
            "object", "core", "debug",
        ),
        "level": words("possible", "probable", "identified"),
        "answer": words("not-covered", "covered", "needs-human"),
    }
    dates = {"from": ref("partial-date"), "to": ref("partial-date")}
    provenance = {"confidence": ref("confidence"), "source": ref("text")}
    affiliation = ("parent", "subsidiary", "successor", "predecessor", "affiliate", "licensee")
    definition["name"] = fields(
        "value type confidence source",
        value=ref("text"),
        type=words("legal", "brand"),
        language=ref("language"),
        kinds=refs("text-kind"),
        **dates,
        **provenance,
    )
    definition["affiliate"] = fields(
        "name relation confidence source",
        name=ref("text"),
        relation=words(*affiliation),
        **dates,
        **provenance,
    )
    definition["gate"] = fields(
        "source",
        format=refs("format"),
        role=refs("role"),
        size=ref("size"),
        prefix=ref("prefix"),
        requires=ref("id"),
        has=ref("kind"),
        value=ref("text"),
        lookup_only=words("no", "yes"),
        source=ref("text"),
    )
    definition["gate"]["dependentRequired"] = {"value": ["has"]}
    definition["gate"]["not"] = {"required": ["value", "prefix"]}
    # What never opens has no condition, and what may open has one.
    definition["gate"]["if"] = {"properties": {"lookup-only": words("yes")}, "required": ["lookup-only"]}
    definition["gate"]["then"] = {"maxProperties": 2}
    definition["gate"]["else"] = {
        "if": {"required": ["lookup-only"]},
        "then": {"minProperties": 3},
        "else": {"minProperties": 2},
    }
    definition["key"] = fields(
        "kind value confidence source",
        kind=ref("kind"),
        value=ref("text"),
        relation=ref("relation"),
        gate=ref("id"),
        size=ref("digits"),
        version=ref("text"),
        file=ref("text"),
        signed=words("yes", "no"),
        date=ref("partial-date"),
        **provenance,
    )
    definition["key"]["allOf"] = key_rules(kinds)
    definition["rule"] = fields(
        "subject answer why source",
        subject=ref("subject"),
        relations=refs("relation"),
        levels=refs("level"),
        answer=ref("answer"),
        why=ref("text"),
        source=ref("text"),
    )
    return definition


def used(tree, definition, found):
    """The definitions that `tree` needs, found without recursion."""
    work = [tree]
    while work:
        item = work.pop()
        if isinstance(item, list):
            work.extend(item)
        elif isinstance(item, dict):
            name = item.get("$ref", "").rpartition("/")[2]
            if name and name not in found:
                found.add(name)
                work.append(definition[name])
            work.extend(item.values())
    return {name: definition[name] for name in definition if name in found}


def schemas():
    subject = {
        "name": ref("text"),
        "status": words("active", "deprecated"),
        "signs_for_others": words("yes", "no"),
        "names": refs("name"),
        "affiliates": refs("affiliate"),
        "gates": {
            "type": "object",
            "propertyNames": ref("id"),
            "additionalProperties": ref("gate"),
        },
        "keys": refs("key"),
    }
    vendor = fields(
        "id type name", id=ref("id"), type=words("vendor", "origin", "builder"), owner=ref("id"), **subject
    )
    product = fields("id vendor name", id=ref("product-id"), vendor=ref("id"), **subject)
    policy = fields(
        "id title basis since source rules",
        id=ref("id"),
        title=ref("text"),
        basis=ref("text"),
        since=ref("date"),
        source=ref("text"),
        rules=refs("rule"),
    )
    head = fields(
        "serial date license",
        serial=ref("digits"),
        date=ref("date"),
        expires=ref("date"),
        license=ref("text"),
    )
    yield "vendor", "A vendor, an origin or a builder: vendors/ID.yaml", vendor
    yield "product", "A product of a vendor: products/VENDOR/ID.yaml", product
    yield "policy", "A rule that turns findings into answers: policies/ID.yaml", policy
    gates = fields("gates", gates=subject["gates"])
    yield "gates", "Gates that every subject may name: gates.yaml", gates
    yield "set", "The head of a signature set: set.yaml", head


def main():
    check = sys.argv[1:] == ["--check"]
    definition = definitions()
    stale = 0
    for name, title, body in schemas():
        schema = {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": title,
            "$comment": "Written by make.py for editors. Every scalar is read as a string.",
            **body,
            "$defs": used(body, definition, set()),
        }
        text = json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
        path = HERE / f"{name}.schema.json"
        if check and path.read_text("utf-8") != text:
            print(f"{path.name}: run signatures/schema/make.py")
            stale += 1
        elif not check:
            path.write_text(text, encoding="utf-8")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
