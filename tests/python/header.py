"""Reads vendorprint.h: what its structs, enumerations and functions are called.

Run as a program it writes a C program that prints the layout of every struct and the number of
every enumerator as JSON, so that the compiler says what the binding is compared with.
"""

import re
import sys
from pathlib import Path


class Header:
    def __init__(self, path):
        text = Path(path).read_text()
        text = re.sub(r"/\*.*?\*/", " ", text, flags=re.S)
        text = "\n".join(line for line in text.split("\n") if not line.startswith("#"))
        self.structs = {
            name: _members(body)
            for name, body in re.findall(r"struct (\w+) \{(.*?)\};", text, re.S)
        }
        self.enums = {
            name: re.findall(r"(\w+)\s*=", body)
            for name, body in re.findall(r"enum (\w+) \{(.*?)\};", text, re.S)
        }
        self.functions = {
            name: (" ".join(result.split()), _parameters(parameters))
            for result, name, parameters in re.findall(
                r"VP_API\s+([\w\s]+?[\s*]+)(\w+)\(([^()]*)\);", text
            )
        }
        self.declared = text.count("VP_API ")


def _members(body):
    members = []
    for declaration in filter(str.strip, body.split(";")):
        function = re.search(r"\(\*(\w+)\)", declaration)
        if function:
            members.append(function.group(1))
            continue
        for declarator in declaration.split(","):
            members.append(re.search(r"(\w+)\s*(\[\w+\])?\s*$", declarator).group(1))
    return members


def _parameters(text):
    """The C type of each parameter, without its name."""
    if text.strip() == "void":
        return []
    return [" ".join(re.sub(r"\w+\s*$", "", one).split()) for one in text.split(",")]


def program(header):
    lines = ["#include <stddef.h>", "#include <stdio.h>", "#include <vendorprint/vendorprint.h>"]
    lines += ["int main(void)", "{", 'puts("{\\"structs\\": {");']
    separator = ""
    for struct, members in header.structs.items():
        lines.append(f'printf("{separator}\\"{struct}\\": [%zu, {{", sizeof(struct {struct}));')
        comma = ""
        for member in members:
            lines.append(
                f'printf("{comma}\\"{member}\\": [%zu, %zu]", offsetof(struct {struct}, {member}),'
                f" sizeof(((struct {struct} *)0)->{member}));"
            )
            comma = ", "
        lines.append('puts("}]");')
        separator = ","
    lines.append('puts("}, \\"enumerators\\": {");')
    separator = ""
    for enumerators in header.enums.values():
        for name in enumerators:
            lines.append(f'printf("{separator}\\"{name}\\": %d\\n", (int)({name}));')
            separator = ","
    lines += ['puts("}}");', "return 0;", "}"]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    Path(sys.argv[2]).write_text(program(Header(sys.argv[1])))
