"""Catalogs: files are looked up in them, by sessions and by scans."""

import hashlib

import pytest
import vendorprint
from vendorprint import Catalogs, Format, Session, SignatureState, Status, VendorprintError


def value(tag, *parts):
    content = b"".join(parts)
    size = len(content)
    length = bytes([size]) if size < 128 else b"\x82" + size.to_bytes(2, "big")
    return bytes([tag]) + length + content


def sequence(*parts):
    return value(0x30, *parts)


def oid(text):
    return value(0x06, bytes.fromhex(text))


SHA256 = sequence(oid("608648016503040201"))


def catalog(*contents):
    """One that lists flat files, by a signer who encloses no certificate: nobody's word."""
    members = []
    for content in contents:
        digest = sequence(SHA256, value(0x04, hashlib.sha256(content).digest()))
        indirect = sequence(sequence(oid("2b060104018237020119")), digest)
        attribute = sequence(oid("2b060104018237020104"), value(0x31, indirect))
        members.append(sequence(value(0x04, b"tag"), value(0x31, attribute)))
    trust_list = sequence(
        sequence(oid("2b0601040182370c0101")),
        value(0x17, b"200101000000Z"),
        sequence(oid("2b0601040182370c0102")),
        sequence(*members),
    )
    signer = sequence(
        value(0x02, b"\1"),
        sequence(sequence(), value(0x02, b"\1")),
        SHA256,
        sequence(oid("2a864886f70d01010b")),
        value(0x04, b"signature"),
    )
    data = sequence(
        value(0x02, b"\1"),
        value(0x31, SHA256),
        sequence(oid("2b0601040182370a01"), value(0xA0, trust_list)),
        value(0x31, signer),
    )
    return sequence(oid("2a864886f70d010702"), value(0xA0, data))


LISTED = b"; a text that a catalog lists\n"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "x.cat").write_bytes(catalog(LISTED, b"another"))
    (tmp_path / "broken.cat").write_bytes(b"no catalog")
    (tmp_path / "x.txt").write_bytes(LISTED)
    return tmp_path


def by_catalog(result):
    return [one for one in result.signatures if SignatureState.CATALOG in one.states]


def test_catalogs_are_counted(folder):
    with Catalogs(folder) as catalogs:
        info = catalogs.info
        assert (info.catalogs, info.unread, info.members, info.complete) == (1, 1, 2, True)
        assert len(info.digest) == 32
        with Catalogs(folder / "x.cat") as same:
            assert same.info.members == 2


def test_a_catalog_is_named(folder):
    with Session() as session:
        result = session.examine(folder / "x.cat")
        assert result.objects[0].format == Format.CATALOG


def test_a_session_says_which_catalog_lists_a_file(folder):
    with Catalogs(folder) as catalogs, Session(catalogs=catalogs) as session:
        (signature,) = by_catalog(session.examine(LISTED))
        assert signature.catalog == str(folder / "x.cat")
        assert signature.digest == hashlib.sha256(LISTED).hexdigest()
        assert SignatureState.BELIEVED not in signature.states
        assert not by_catalog(session.examine(LISTED + b" "))


def test_catalogs_beside_a_file_are_looked_into_until_told_otherwise(folder):
    with Catalogs.beside(folder / "x.txt") as beside, Session() as session:
        assert not by_catalog(session.examine(LISTED))
        session.set_beside(beside)
        assert by_catalog(session.examine(LISTED))
        session.set_beside()
        assert not by_catalog(session.examine(LISTED))
        with pytest.raises(VendorprintError) as raised:
            session.set_beside(beside, beside, beside)
        assert raised.value.status == Status.ARGUMENT


def test_a_scan_looks_beside_its_files_and_where_it_is_told(folder, db, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "y.txt"
    elsewhere.write_bytes(LISTED)

    def listed(paths, **how):
        scan = vendorprint.scan(paths, database=db, **how)
        return [item.path for item in scan if by_catalog(item.result)]

    assert listed(folder) == [str(folder / "x.txt")]
    assert listed(elsewhere) == []
    with Catalogs(folder) as catalogs:
        assert listed(elsewhere, catalogs=catalogs) == [str(elsewhere)]


def test_what_is_not_there_is_an_error(tmp_path):
    with pytest.raises(VendorprintError) as raised:
        Catalogs(tmp_path / "nothing")
    assert raised.value.status == Status.NOT_FOUND
