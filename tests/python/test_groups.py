"""Groups: files of a scan that are one thing."""

import os
import struct

import vendorprint

INF = b'[Version]\nSignature="$CHICAGO$"\nProvider=Example\nCatalogFile=x.cat\nDriverVer=1/2/2020,3.4\n'


def test_a_driver_package_is_a_group(tmp_path, db):
    folder = tmp_path
    (folder / "x.cat").write_bytes(b"no catalog")
    (folder / "x.txt").write_bytes(b"text")
    (folder / "x.inf").write_bytes(INF + b"[SourceDisksFiles]\nx.txt=1\ngone.sys=1\n")
    with vendorprint.scan(folder, database=db) as scan:
        assert all(item.result for item in scan)
        (group,) = scan.groups()
    assert group.type == vendorprint.GroupType.DRIVER_PACKAGE
    assert (group.path, group.provider, group.version) == (str(folder / "x.inf"), "Example", "3.4")
    assert [(str(one.role), one.name, one.path) for one in group.members] == [
        ("inf", "x.inf", str(folder / "x.inf")),
        ("catalog", "x.cat", str(folder / "x.cat")),
        ("file", "x.txt", str(folder / "x.txt")),
        ("file", "gone.sys", None),
    ]


INFO = (
    "<?xml version='1.0'?><plist><dict><key>CFBundleExecutable</key><string>prog</string>"
    "<key>CFBundleIdentifier</key><string>com.example.thing</string>"
    "<key>CFBundleVersion</key><string>7</string></dict></plist>"
)


def test_a_bundle_is_a_group(tmp_path, db):
    contents = tmp_path / "X.app" / "Contents"
    (contents / "MacOS").mkdir(parents=True)
    (contents / "Info.plist").write_text(INFO)
    (contents / "MacOS" / "prog").write_bytes(struct.pack("<8I", 0xFEEDFACF, 0x0100000C, 0, 2, 0, 0, 0, 0))
    odd = os.fsencode(contents) + b"/MacOS/\xff"
    os.link(contents / "MacOS" / "prog", odd)
    with vendorprint.scan(tmp_path, database=db) as scan:
        assert all(item.result for item in scan)
        (group,) = scan.groups()
    assert group.type == vendorprint.GroupType.BUNDLE
    assert (group.path, group.identifier, group.version) == (str(tmp_path / "X.app"), "com.example.thing", "7")
    assert [(one.role, one.name) for one in group.members] == [
        (vendorprint.GroupRole.MAIN_EXECUTABLE, "Contents/MacOS/prog"),
        (vendorprint.GroupRole.INFO_PLIST, "Contents/Info.plist"),
        (vendorprint.GroupRole.EXECUTABLE, os.fsdecode(b"Contents/MacOS/\xff")),
    ]
    assert all(one.path == f"{group.path}/{one.name}" for one in group.members)
