"""references.py - what other people's programs say about a PE file

`everything` gives a dict of sorted lists in the form in which the command prints the same facts, or
of a text that says why the reference has no answer.  pefile defines imphash and the Rich hash;
LIEF, osslsigncode and hashlib are independent implementations.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import mmap
import os
import re
import struct
import subprocess
import tempfile
import unicodedata

import lief
import pefile

lief.logging.disable()

# pefile's own limits exist to survive hostile files; these let it read honest large ones whole.
EXPORTS_MOST = 0x10000
NB10 = 0x3031424E

DIRECTORIES = {
    name: pefile.DIRECTORY_ENTRY["IMAGE_DIRECTORY_ENTRY_" + name]
    for name in ("EXPORT", "IMPORT", "RESOURCE", "DEBUG", "SECURITY")
}

DIGEST_OIDS = {
    "sha1": bytes.fromhex("06052b0e03021a"),
    "sha256": bytes.fromhex("0609608648016503040201"),
}

# The strings that have a kind of their own, whatever their case; the others are version-other.
VERSION_KINDS = {
    "companyname": "company-name",
    "productname": "product-name",
    "filedescription": "file-description",
    "legalcopyright": "legal-copyright",
    "legaltrademarks": "legal-trademarks",
    "comments": "comments",
    "internalname": "internal-name",
    "originalfilename": "original-filename",
    "fileversion": "file-version",
    "productversion": "product-version",
}

FIXED_KINDS = {"fixed-file-version": "FileVersion", "fixed-product-version": "ProductVersion"}


def is_pe(head: bytes) -> bool:
    """Whether a file that begins with `head` (4 KiB) is a PE file."""
    if head[:2] != b"MZ" or len(head) < 0x40:
        return False
    (offset,) = struct.unpack_from("<I", head, 0x3C)
    return head[offset : offset + 4] == b"PE\0\0"


def printed_bytes(name: bytes) -> str:
    """Bytes as the command prints them."""
    return "".join(
        chr(b) if 0x20 <= b < 0x7F and b != 0x5C else f"\\x{b:02x}" for b in name
    )


def decode(text: bytes) -> str:
    return text.decode("utf-8", "replace")


def printed_text(text: str) -> str:
    """Text as the command prints it: control characters are spaces."""
    return "".join(" " if unicodedata.category(c) == "Cc" else c for c in text)


def digests(path: str) -> dict[str, set[str]]:
    result = {}
    for name in ("md5", "sha1", "sha256"):
        with open(path, "rb") as file:
            result["file-" + name] = {hashlib.file_digest(file, name).hexdigest()}
    return result


# ---- pefile


class Pefile:
    """One file, parsed once."""

    def __init__(self, path: str):
        self.pe = pefile.PE(
            path,
            fast_load=True,
            max_symbol_exports=EXPORTS_MOST,
            max_repeated_symbol=EXPORTS_MOST,
        )
        self.pe.parse_data_directories(
            [DIRECTORIES[d] for d in ("EXPORT", "IMPORT", "RESOURCE", "DEBUG")]
        )

    def close(self):
        self.pe.close()

    def imphash(self) -> set[str]:
        value = self.pe.get_imphash()
        return {value} if value else set()

    def rich_hash(self) -> set[str]:
        """What get_rich_header_hash gives after a full load."""
        header = self.pe.parse_rich_header()
        return {hashlib.md5(header["clear_data"]).hexdigest()} if header else set()

    def exports(self) -> set[str]:
        directory = getattr(self.pe, "DIRECTORY_ENTRY_EXPORT", None)
        if directory is None:
            return set()
        return {printed_bytes(s.name) for s in directory.symbols if s.name}

    def version_texts(self) -> set[tuple[int, str, str]]:
        """(language, kind, value) of each string of each table, as the command prints them; a blank
        value says nothing."""
        found = set()
        for info in getattr(self.pe, "FileInfo", []):
            for part in info:
                for table in getattr(part, "StringTable", []):
                    language = table_language(table.LangID)
                    for key, value in table.entries.items():
                        name, text = decode(key), printed_text(decode(value))
                        if not text.strip():
                            continue
                        kind = VERSION_KINDS.get(name.lower(), "version-other")
                        if kind == "version-other":
                            text = printed_text(name) + ": " + text
                        found.add((language, kind, text))
        return found

    def fixed_versions(self, field: str) -> set[str]:
        """The numbers of the fixed part, of the first version resource, which is the one that
        Windows shows; zeros are no version."""
        found = set()
        for fixed in getattr(self.pe, "VS_FIXEDFILEINFO", [])[:1]:
            high, low = getattr(fixed, field + "MS"), getattr(fixed, field + "LS")
            found.add(f"{high >> 16}.{high & 0xFFFF}.{low >> 16}.{low & 0xFFFF}")
        return found - {"0.0.0.0"}

    def pdb_records(self) -> list[tuple[bytes, bytes]]:
        """(GUID and age as they stand there, path).  NB10 has a time instead of the GUID."""
        found = []
        for entry in getattr(self.pe, "DIRECTORY_ENTRY_DEBUG", []):
            record = entry.entry
            if record and getattr(record, "CvSignature", b"") == b"RSDS":
                number = record.__pack__()[4:24]
            elif record and getattr(record, "CvHeaderSignature", 0) == NB10:
                number = struct.pack("<I12xI", record.Signature, record.Age)
            else:
                continue
            found.append((number, getattr(record, "PdbFileName", b"").split(b"\0")[0]))
        return found

    def pdb_paths(self) -> set[str]:
        return {printed_text(decode(path)) for _, path in self.pdb_records()} - {""}

    def pdb_ids(self) -> set[str]:
        """A GUID of zeros is none."""
        return {number.hex() for number, _ in self.pdb_records() if any(number[:16])}


def table_language(name: bytes) -> int:
    """"040904b0": language and code page in hexadecimal."""
    match = re.match(rb"[0-9a-fA-F]{4}", name)
    return int(match.group(), 16) if match else 0


# ---- Authenticode


def plain_authenticode(path: str) -> dict[str, set[str]]:
    """Our own few lines: the file without checksum, security entry and certificate table, with and
    without the zeros that a signer adds to a file that has no certificate table."""
    with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        (pe,) = struct.unpack_from("<I", data, 0x3C)
        optional = pe + 24
        (magic,) = struct.unpack_from("<H", data, optional)
        checksum = optional + 64
        security = optional + (144 if magic == 0x20B else 128)
        (directories,) = struct.unpack_from("<I", data, optional + (108 if magic == 0x20B else 92))
        offset, length = (0, 0)
        if directories > 4:
            offset, length = struct.unpack_from("<II", data, security)
        end, padding = len(data), -len(data) % 8
        if offset and length and offset <= len(data):
            end, padding = offset, 0
        result = {}
        for name in ("sha1", "sha256"):
            digest = hashlib.new(name)
            digest.update(data[:checksum])
            if directories > 4:
                digest.update(data[checksum + 4 : security])
                digest.update(data[security + 8 : end])
            else:
                digest.update(data[checksum + 4 : end])
            if end == offset and length:
                digest.update(data[offset + length :])
            values = {digest.hexdigest()}
            if padding:
                digest.update(bytes(padding))
                values.add(digest.hexdigest())
            result[name] = values
        return result


def osslsigncode_authenticode(path: str, algorithm: str, scratch: str) -> str:
    """The digest that osslsigncode would sign: it writes a SpcIndirectDataContent with it."""
    if os.path.exists(scratch):
        os.remove(scratch)  # it doesn't overwrite
    command = ["osslsigncode", "extract-data", "-h", algorithm, "-in", path, "-out", scratch]
    run = subprocess.run(command, capture_output=True, check=False)
    if run.returncode != 0:
        raise ValueError((run.stdout + run.stderr).decode(errors="replace").strip())
    with open(scratch, "rb") as file:
        content = file.read()
    length = hashlib.new(algorithm).digest_size
    # DigestInfo: the end of the algorithm's SEQUENCE is NULL, then the OCTET STRING.
    before = DIGEST_OIDS[algorithm] + bytes((0x05, 0x00, 0x04, length))
    at = content.find(before)
    if at < 0:
        raise ValueError("no digest in its answer")
    return content[at + len(before) :][:length].hex()


def certificate_table(path: str) -> list[bytes]:
    """The content of each WIN_CERTIFICATE."""
    with open(path, "rb") as file:
        data = file.read()
    (pe,) = struct.unpack_from("<I", data, 0x3C)
    (magic,) = struct.unpack_from("<H", data, pe + 24)
    security = pe + 24 + (144 if magic == 0x20B else 128)
    at, length = struct.unpack_from("<II", data, security)
    end, blobs = min(at + length, len(data)), []
    while at and at + 8 <= end:
        (size,) = struct.unpack_from("<I", data, at)
        if size < 8:
            break
        blobs.append(data[at + 8 : min(at + size, end)])
        at += (size + 7) & ~7
    return blobs


def openssl_certificates(path: str) -> set[bytes]:
    """By OpenSSL's PKCS#7 reader: LIEF refuses a signature whose SpcIndirectDataContent names
    another type than a PE image, as sbsigntool writes it."""
    found = set()
    for blob in certificate_table(path):
        run = subprocess.run(
            ["openssl", "pkcs7", "-inform", "DER", "-print_certs"],
            input=blob, capture_output=True, check=False,
        )
        for body in re.findall(rb"-----BEGIN CERTIFICATE-----(.*?)-----END", run.stdout, re.S):
            found.add(base64.b64decode(body))
    return found


class Lief:
    """Signatures and digests by LIEF."""

    def __init__(self, path: str):
        self.path = path
        config = lief.PE.ParserConfig()
        config.parse_exports = config.parse_imports = config.parse_reloc = False
        config.parse_rsrc = False
        self.pe = lief.PE.parse(path, config)
        if self.pe is None:
            raise ValueError("LIEF refuses it")

    def authenticode(self) -> dict[str, str]:
        return {
            "sha1": self.pe.authentihash(lief.PE.ALGORITHMS.SHA_1).hex(),
            "sha256": self.pe.authentihash(lief.PE.ALGORITHMS.SHA_256).hex(),
        }

    def certificates(self) -> set[bytes]:
        """The DER of each distinct certificate, those of nested signatures included."""
        found, work = set(), list(self.pe.signatures)
        if not work:
            return openssl_certificates(self.path)
        for signature in work:
            found.update(bytes(c.raw) for c in signature.certificates)
            for signer in signature.signers:
                for attribute in signer.unauthenticated_attributes:
                    if isinstance(attribute, lief.PE.MsSpcNestedSignature):
                        work.append(attribute.signature)
        return found


# ---- all of them


def attempt(result: dict, name: str, reference):
    """Enters what `reference` says, or that it failed."""
    try:
        result[name] = sorted(reference())
    except Exception as error:  # theirs, whatever it is
        result[name] = f"{type(error).__name__}: {error}"[:200]


def everything(path: str) -> dict[str, list | str]:
    result = {name: sorted(values) for name, values in digests(path).items()}
    try:
        parsed = Pefile(path)
    except Exception as error:  # theirs, whatever it is
        result["pefile"] = f"{type(error).__name__}: {error}"[:200]
    else:
        with contextlib.closing(parsed):
            attempt(result, "imphash", parsed.imphash)
            attempt(result, "rich-hash", parsed.rich_hash)
            attempt(result, "export", parsed.exports)
            attempt(result, "versioninfo", parsed.version_texts)
            for kind, field in FIXED_KINDS.items():
                attempt(result, kind, lambda field=field: parsed.fixed_versions(field))
            attempt(result, "pdb-path", parsed.pdb_paths)
            attempt(result, "pdb-id", parsed.pdb_ids)
    for name, values in plain_authenticode(path).items():
        result[f"authenticode-{name} (padded and not)"] = sorted(values)
    with tempfile.TemporaryDirectory() as folder:
        scratch = os.path.join(folder, "content")
        for name in ("sha1", "sha256"):
            attempt(
                result,
                f"authenticode-{name} (osslsigncode)",
                lambda name=name: {osslsigncode_authenticode(path, name, scratch)},
            )
    try:
        binary = Lief(path)
    except Exception as error:  # theirs, whatever it is
        result["LIEF"] = f"{type(error).__name__}: {error}"[:200]
        return result
    for name in ("sha1", "sha256"):
        attempt(
            result,
            f"authenticode-{name} (LIEF)",
            lambda name=name: {binary.authenticode()[name]},
        )
        attempt(
            result,
            f"certificate-{name}",
            lambda name=name: {hashlib.new(name, c).hexdigest() for c in binary.certificates()},
        )
    return result
