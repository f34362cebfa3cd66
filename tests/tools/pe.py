"""A PE file with a version resource, built field by field; nothing in it runs."""

import struct

FILE_ALIGNMENT = 0x200
SECTION_RVA = 0x1000


def _aligned(data, to=4):
    return data + b"\0" * (-len(data) % to)


def _block(key, value=b"", children=b"", value_length=None, text=False):
    """A node of VS_VERSIONINFO: length, value length, type, key, value, children."""
    body = _aligned(b"\0" * 6 + key.encode("utf-16-le") + b"\0\0")
    body = _aligned(body + value) + children
    length = len(value) if value_length is None else value_length
    return _aligned(struct.pack("<HHH", len(body), length, int(text)) + body[6:])


def version_resource(strings, version=(1, 2, 3, 4), language=0x0409):
    high, low = version[0] << 16 | version[1], version[2] << 16 | version[3]
    fixed = struct.pack("<13I", 0xFEEF04BD, 0x10000, high, low, high, low, 0x3F, 0, 0x40004, 1, 0, 0, 0)
    entries = b"".join(
        _block(key, (text + "\0").encode("utf-16-le"), value_length=len(text) + 1, text=True)
        for key, text in strings.items()
    )
    table = _block(f"{language:04x}04b0", children=entries, text=True)
    return _block("VS_VERSION_INFO", fixed, _block("StringFileInfo", children=table, text=True))


def _directory(identifier, offset, is_folder):
    entry = struct.pack("<II", identifier, offset | (0x80000000 if is_folder else 0))
    return struct.pack("<IIHHHH", 0, 0, 0, 0, 0, 1) + entry


def resource_section(data, language=0x0409):
    """Three levels of one entry each, the data entry, the data."""
    folders = _directory(16, 24, True) + _directory(1, 48, True) + _directory(language, 72, False)
    return folders + struct.pack("<IIII", SECTION_RVA + 88, len(data), 0, 0) + data


def pe32(strings, version=(1, 2, 3, 4), padding=0):
    section = resource_section(version_resource(strings, version)) + b"\0" * padding
    raw = section + b"\0" * (-len(section) % FILE_ALIGNMENT)
    dos = b"MZ" + b"\0" * 58 + struct.pack("<I", 64)
    coff = struct.pack("<HHIIIHH", 0x14C, 1, 0, 0, 0, 224, 0x2102)  # i386, a library
    optional = struct.pack("<HBBIIIII", 0x10B, 14, 0, 0, len(raw), 0, 0, SECTION_RVA)
    optional += struct.pack("<III", SECTION_RVA, 0x10000000, 0x1000) + struct.pack("<I", FILE_ALIGNMENT)
    optional += struct.pack("<HHHHHHI", 6, 0, 0, 0, 6, 0, 0)
    image_size = SECTION_RVA + (len(section) + 0xFFF & ~0xFFF)
    optional += struct.pack("<IIIHH", image_size, FILE_ALIGNMENT, 0, 2, 0)
    optional += struct.pack("<IIIIII", 0x100000, 0x1000, 0x100000, 0x1000, 0, 16)
    directories = [(0, 0)] * 16
    directories[2] = (SECTION_RVA, len(section))
    optional += b"".join(struct.pack("<II", *directory) for directory in directories)
    assert len(optional) == 224
    header = struct.pack("<8sIIIIIIHHI", b".rsrc", len(section), SECTION_RVA, len(raw),
                         FILE_ALIGNMENT, 0, 0, 0, 0, 0x40000040)
    head = dos + b"PE\0\0" + coff + optional + header
    return head + b"\0" * (FILE_ALIGNMENT - len(head)) + raw
