"""scan: files that are one thing are told together."""

import os
import struct

import pytest

INF = '[Version]\nSignature="$CHICAGO$"\nProvider=Example\nCatalogFile=x.cat\nDriverVer=1/2/2020,3.4\n'
INFO = (
    "<?xml version='1.0'?><plist><dict><key>CFBundleExecutable</key><string>{}</string>"
    "<key>CFBundleIdentifier</key><string>com.example.{}</string>"
    "<key>CFBundleShortVersionString</key><string>1.2</string></dict></plist>"
)
# A header of a 64-bit program for arm64 without load commands.
MACHO = struct.pack("<8I", 0xFEEDFACF, 0x0100000C, 0, 2, 0, 0, 0, 0)


@pytest.fixture
def groups(tmp_path):
    folder = tmp_path / "groups"
    (folder / "X.app/Contents/MacOS").mkdir(parents=True)
    (folder / "X.app/Contents/Info.plist").write_text(INFO.format("prog", "thing"))
    (folder / "X.app/Contents/MacOS/prog").write_bytes(MACHO)
    (folder / "X.app/Contents/MacOS/helper").write_bytes(MACHO)
    inner = folder / "X.app/Contents/PlugIns/Y.appex"
    inner.mkdir(parents=True)
    (inner / "Info.plist").write_text(INFO.format("Y", "inner"))
    (inner / "Y").write_bytes(MACHO)
    (folder / "driver").mkdir()
    (folder / "driver/x.inf").write_text(INF)
    return folder


def check(found, folder):
    driver, bundle, inner = found
    assert (driver["type"], driver["provider"], driver["version"]) == ("driver-package", "Example", "3.4")
    assert driver["path"] == str(folder / "driver/x.inf") and "identifier" not in driver
    assert (bundle["type"], bundle["path"]) == ("bundle", str(folder / "X.app"))
    assert (bundle["provider"], bundle["identifier"], bundle["version"]) == ("", "com.example.thing", "1.2")
    assert [(one["role"], one["name"]) for one in bundle["members"]] == [
        ("main-executable", "Contents/MacOS/prog"),
        ("info-plist", "Contents/Info.plist"),
        ("executable", "Contents/MacOS/helper"),
        ("bundle", "Contents/PlugIns/Y.appex"),
    ]
    assert all(one["path"] == f"{bundle['path']}/{one['name']}" for one in bundle["members"])
    assert inner["path"] == bundle["members"][3]["path"] and inner["identifier"] == "com.example.inner"


def test_json_has_the_groups_in_its_summary(run, groups):
    check(run("scan", "-f", "json", str(groups)).document()["summary"]["groups"], groups)


def test_ndjson_ends_with_a_line_for_each_group(run, groups):
    lines = run("scan", "-q", "-f", "ndjson", str(groups)).lines()
    assert ["group" in line for line in lines] == [False] * 6 + [True] * 3
    check([line["group"] for line in lines[6:]], groups)


def test_text_counts_groups_and_lists_them_when_asked(run, groups):
    done = run("scan", str(groups))
    assert "1 driver packages\n1 bundles" not in done.out
    assert "1 driver packages\n2 bundles\n" in done.out
    done = run("scan", "--all", str(groups))
    assert f"  {groups}/driver/x.inf: Example 3.4, 1 of 2 files\n" in done.out
    assert (
        f"  {groups}/X.app: com.example.thing 1.2, a main executable, 1 other executables, 1 bundles in it\n"
        in done.out
    )


def test_a_bundle_whose_info_plist_lies_has_no_main_executable(run, groups):
    contents = groups / "X.app/Contents"
    (contents / "Info.plist").write_text(INFO.format("../../driver/x.inf", "thing"))
    (contents / "_CodeSignature").mkdir()
    (contents / "_CodeSignature/CodeResources").write_text("")
    bundle = run("scan", "-f", "json", str(groups)).document()["summary"]["groups"][1]
    assert (bundle["identifier"], bundle["version"]) == ("", "")
    assert [one["role"] for one in bundle["members"]] == [
        "info-plist", "code-resources", "executable", "executable", "bundle",
    ]  # fmt: skip
    assert "X.app: no main executable, 2 other" in run("scan", "--all", str(groups)).out


def test_names_of_any_bytes_are_lossless_in_groups(run, groups):
    path = os.fsencode(groups) + b"/X.app/Contents/MacOS/\xff"
    with open(path, "wb") as file:
        file.write(MACHO)
    (bundle,) = (
        g for g in run("scan", "-f", "json", str(groups)).document()["summary"]["groups"] if len(g["members"]) == 5
    )
    (member,) = (one for one in bundle["members"] if "name_base64" in one)
    assert member["name_base64"] == "Q29udGVudHMvTWFjT1Mv/w=="
    assert "path_base64" in member
