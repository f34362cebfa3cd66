"""company_names.py - two spellings of a company"""
import re
import unicodedata

FORMS = set("inc incorporated ltd limited llc corp corporation co company gmbh ag srl sro plc bv pte".split())


def short(name):
    """A company's name without its legal form, accents and punctuation, to compare two spellings."""
    name = re.sub(r"\((r|tm|c)\)", "", unicodedata.normalize("NFKD", name).casefold())
    name = "".join(c for c in name if not unicodedata.combining(c)).replace("s.r.o", "sro").replace("'", "")
    words = re.findall(r"\w+", name)
    while len(words) > 1 and words[-1] in FORMS:
        words.pop()
    return " ".join(words)
