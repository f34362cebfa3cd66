"""Apple's requirement language as trees, so that two programs' texts can be compared

Reads what codesign and vendorprint print (requirements.grammar of Apple's Security) and what rcodesign does, which
brackets every operand, quotes every value, and puts the star of a pattern inside the quotes.
"""

from __future__ import annotations

import re

TOKEN = re.compile(
    r"""(?P<exists>/\*\ exists\ \*/) | /\*.*?\*/ | \s+
    | H"(?P<hash>[0-9a-f]*)" | "(?P<text>(?:[^"\\]|\\.)*)" | 0x(?P<digits>[0-9a-f]*)
    | (?P<bracket>\[[^\]]*\]) | (?P<sign><=|>=|[()=<>~!*;]) | (?P<word>[^\s()\[\]=<>~!*";]+)""",
    re.VERBOSE | re.DOTALL,
)
WORDS = {"never", "always", "notarized", "legacy"}


def tokens_of(text: str) -> list[tuple[str, str]]:
    found, at = [], 0
    while at < len(text):
        token = TOKEN.match(text, at)
        if not token:
            raise ValueError(f"no token: {text[at : at + 40]!r}")
        at = token.end()
        if token.lastgroup:
            found.append((token.lastgroup, re.sub(r"\\(.)", r"\1", token.group(token.lastgroup))))
    return found


class Reader:
    def __init__(self, text: str):
        self.tokens = tokens_of(text)
        self.at = 0

    def peek(self) -> tuple[str, str]:
        return self.tokens[self.at] if self.at < len(self.tokens) else ("end", "")

    def next(self) -> tuple[str, str]:
        token = self.peek()
        self.at += 1
        return token

    def take(self, *token: str) -> bool:
        taken = self.peek() == token
        self.at += taken
        return taken

    def chain(self, word: str, operand) -> tuple:
        parts = [operand()]
        while self.take("word", word):
            parts.append(operand())
        flat = [p for part in parts for p in (part[1:] if part[0] == word else (part,))]
        return flat[0] if len(flat) == 1 else (word, *flat)

    def expression(self) -> tuple:
        return self.chain("or", lambda: self.chain("and", self.primary))

    def value(self) -> str:
        star = "*" if self.take("sign", "*") else ""
        return star + self.next()[1] + ("*" if self.take("sign", "*") else "")

    def match(self) -> tuple:
        kind, text = self.peek()
        if kind == "sign" and text in ("=", "<", ">", "<=", ">=", "~"):
            self.at += 1
            return text, self.value()
        if self.take("word", "absent"):
            return ("absent",)
        self.take("exists", "/* exists */")  # it may be left out
        return ("exists",)

    def key(self) -> str:
        kind, text = self.next()
        if kind != "bracket":
            raise ValueError(f"no key: {text!r}")
        return text[1:-1].strip('"')

    def certificate(self) -> tuple:
        slot = self.next()[1]
        slot = {"leaf": "0", "root": "-1"}.get(slot, slot)
        if self.take("word", "trusted"):
            return "certificate", slot, "trusted"
        if self.take("sign", "="):
            return "certificate", slot, self.next()
        return "certificate", slot, self.key(), self.match()

    def primary(self) -> tuple:
        kind, text = self.next()
        if (kind, text) == ("sign", "("):
            inner = self.expression() if self.peek()[0] != "text" else ("named", self.next()[1])
            if not self.take("sign", ")"):
                raise ValueError("a bracket stays open")
            return inner
        if (kind, text) == ("sign", "!"):
            return "not", self.primary()
        if kind != "word":
            raise ValueError(f"no expression: {text!r}")
        if text in WORDS:
            return (text,)
        if text in ("identifier", "cdhash"):
            return text, self.next()[1]
        if text == "anchor":
            words = [self.next()[1]]
            while self.peek()[0] in ("word", "text") and self.peek()[1] not in ("and", "or"):
                words.append(self.next()[1])
            return text, *words
        if text == "certificate":
            return self.certificate()
        if text in ("info", "entitlement"):
            return text, self.key(), self.match()
        if text == "platform" and self.take("sign", "="):
            return text, self.next()[1]
        raise ValueError(f"no expression: {text!r}")


def tree_of(text: str) -> tuple:
    """Of one expression; operators of one kind in a row are one."""
    reader = Reader(text)
    tree = reader.expression()
    while reader.take("sign", ";"):
        pass
    if reader.peek()[0] != "end":
        raise ValueError(f"more than an expression: {reader.peek()[1]!r}")
    return tree


def from_vendorprint(text: str) -> tuple:
    """Of "designated => EXPRESSION"."""
    name, _, expression = text.partition(" => ")
    return name, tree_of(expression)


def from_rcodesign(text: str) -> tuple:
    """Of "designated(3): 0: EXPRESSION;"."""
    name, _, expression = text.partition("): 0: ")
    return name.split("(")[0], tree_of(expression)
