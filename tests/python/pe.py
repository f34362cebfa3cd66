"""The smallest PE32+ program that says who made it, for tests that have no mingw-w64."""

import struct

ALIGN = 0x200
RVA = 0x1000


def _padded(data, to=4):
    return data + bytes(-len(data) % to)


def _block(key, value=b"", children=b"", text=False):
    """A node of VERSIONINFO: length, value length (in characters for text), type, key, value."""
    body = _padded(b"\0" * 6 + (key + "\0").encode("utf-16-le")) + value
    if children:
        body = _padded(body) + children
    size = len(value) // 2 if text else len(value)
    return struct.pack("<HHH", len(body), size, text) + body[6:]


def version_info(texts, language=0x0409):
    numbers = (21 << 16 | 3, 0, 21 << 16, 0)
    fixed = struct.pack("<13I", 0xFEEF04BD, 0x10000, *numbers, 0x3F, 0, 4, 1, 0, 0, 0)
    strings = b""
    for key, value in texts.items():
        strings += _padded(_block(key, (value + "\0").encode("utf-16-le"), text=True))
    table = _block(f"{language:04x}04b0", children=strings, text=True)
    info = _block("StringFileInfo", children=table, text=True)
    var = _block("Translation", struct.pack("<HH", language, 0x4B0))
    both = _padded(info) + _block("VarFileInfo", children=var, text=True)
    return _block("VS_VERSION_INFO", fixed, both)


def _resources(version, language):
    """Three levels of one entry each: type 16, name 1, language; then the data entry."""
    tree = b""
    for level, number in enumerate((16, 1, language)):
        offset = 24 * (level + 1) | (1 << 31 if level < 2 else 0)
        tree += struct.pack("<IIHHHHII", 0, 0, 0, 0, 0, 1, number, offset)
    return tree + struct.pack("<IIII", RVA + len(tree) + 16, len(version), 0, 0) + version


def program(company, language=0x0409, **texts):
    """Bytes of a program whose VERSIONINFO says CompanyName=`company` and `texts`."""
    version = version_info({"CompanyName": company, **texts}, language)
    section = _padded(_resources(version, language), ALIGN)
    dos = b"MZ".ljust(60, b"\0") + struct.pack("<I", 64)
    coff = struct.pack("<HHIIIHH", 0x8664, 1, 0, 0, 0, 240, 0x22)
    optional = struct.pack("<HBBIIIII", 0x20B, 14, 0, 0, len(section), 0, RVA, RVA)
    optional += struct.pack("<QIIHHHHHHI", 0x140000000, 0x1000, ALIGN, 6, 0, 0, 0, 6, 0, 0)
    optional += struct.pack("<IIIHH", RVA + 0x1000, ALIGN, 0, 3, 0)
    optional += struct.pack("<QQQQII", 1 << 20, 1 << 12, 1 << 20, 1 << 12, 0, 16)
    directories = [(0, 0)] * 16
    directories[2] = (RVA, len(section))
    optional += b"".join(struct.pack("<II", *one) for one in directories)
    header = struct.pack(
        "<8sIIIIIIHHI", b".rsrc", len(section), RVA, len(section), ALIGN, 0, 0, 0, 0, 0x40000040
    )
    return (dos + b"PE\0\0" + coff + optional + header).ljust(ALIGN, b"\0") + section
