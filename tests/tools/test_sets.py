"""lint, build, db, and the serial that the command remembers."""

import shutil

import pytest


@pytest.fixture
def broken(signatures, tmp_path):
    folder = tmp_path / "broken"
    shutil.copytree(signatures, folder)
    (folder / "vendors" / "other.yaml").write_text(
        "id: other\ntype: vendor\nname: Other\nnonsense: 1\nnames: []\nkeys: []\n")
    return folder


def test_a_good_set_has_no_errors(run, signatures):
    done = run("lint", str(signatures))
    assert done.status == 0
    document = run("lint", "-f", "json", str(signatures)).document()
    assert document["summary"]["errors"] == 0


def test_errors_name_file_line_and_column(run, broken):
    done = run("lint", str(broken))
    assert done.status == 1
    assert f"{broken}/vendors/other.yaml:4:1: error: " in done.out
    document = run("lint", "-f", "json", str(broken)).document()
    (error,) = (r for r in document["results"] if r["severity"] == "error")
    assert (error["line"], error["column"]) == (4, 1)
    assert document["summary"]["errors"] == 1
    assert error in run("lint", "-f", "ndjson", str(broken)).lines()
    assert run("lint", "-f", "csv", str(broken)).out.startswith("file,line,column,severity,text\n")


def test_a_set_with_errors_is_not_built(run, broken, tmp_path):
    done = run("build", str(broken), "-o", str(tmp_path / "x.vpdb"))
    assert done.status == 70
    assert "other.yaml:4:1: error: " in done.err
    assert not (tmp_path / "x.vpdb").exists()


def test_a_missing_set_fails(run, tmp_path):
    assert run("lint", str(tmp_path / "missing")).status == 70
    assert run("build", str(tmp_path / "missing"), "-o", str(tmp_path / "x")).status == 70


def test_the_same_set_gives_the_same_bytes(run, signatures, database, tmp_path):
    assert run("build", str(signatures), "-o", str(tmp_path / "x.vpdb")).status == 0
    assert (tmp_path / "x.vpdb").read_bytes() == database.read_bytes()


def test_a_failed_write_leaves_the_old_database(run, signatures, tmp_path):
    assert run("build", str(signatures), "-o", str(tmp_path / "no" / "x.vpdb")).status == 70
    assert not list(tmp_path.glob("no*"))


def test_db_info_says_what_a_database_holds(run, database):
    done = run("db", "info")
    assert done.status == 0
    assert "serial    2026010203" in done.out
    assert "price     1 bytes hashed for each byte scanned" in done.out
    for arguments in ([str(database)], ["--database", str(database)]):
        document = run("db", "info", "-f", "json", *arguments).document()
        (info,) = document["results"]
        assert info["products"] == 1 and info["vendors"] == 1
        kinds = {kind["kind"]: kind for kind in info["kinds"]}
        assert kinds["file-sha256"]["keys"] == 1 and kinds["file-sha256"]["ungated"] == 0
        assert kinds["file-md5"]["ungated"] == 1
        assert info["bytes_hashed_per_byte"] == 1
        assert [policy["id"] for policy in info["policies"]] == ["all-is-well", "none-of-that"]
    assert run("db", "info", "-f", "csv").out.startswith("kind,keys,")
    run("db", "info", "-f", "ndjson").lines()


def test_db_verify_sees_a_flipped_byte(run, database, tmp_path):
    assert run("db", "verify").status == 0
    run("db", "verify", "-f", "json").document()
    data = bytearray(database.read_bytes())
    data[len(data) // 2] ^= 1
    (tmp_path / "bad.vpdb").write_bytes(data)
    done = run("db", "verify", "-f", "json", str(tmp_path / "bad.vpdb"))
    assert done.status == 70 and done.err != ""


def test_a_missing_or_foreign_database_fails(run, tree):
    for path in (tree / "missing", tree / "text.txt", tree):
        done = run("scan", "-d", str(path), str(tree))
        assert done.status == 70
        assert done.err.startswith("vendorprint: ") and done.out == ""


def test_an_expired_database_answers_and_says_so(run, signatures, tree, tmp_path):
    shutil.copytree(signatures, tmp_path / "old")
    with open(tmp_path / "old" / "set.yaml", "a") as file:
        file.write('expires: "2026-01-03"\n')
    assert run("build", str(tmp_path / "old"), "-o", str(tmp_path / "old.vpdb")).status == 0
    done = run("scan", "-d", str(tmp_path / "old.vpdb"), str(tree))
    assert done.status == 1
    assert "expired on 2026-01-03" in done.err


def test_a_database_that_is_named_leaves_no_serial(run, tmp_path):
    assert run("db", "info").status == 0
    assert not (tmp_path / "state").exists()


def add_vendor(folder, name, serial):
    (folder / "vendors").mkdir(parents=True)
    (folder / "set.yaml").write_text(f'serial: "{serial}"\ndate: "2026-01-02"\nlicense: MIT\n')
    (folder / "vendors" / f"{name}.yaml").write_text(
        f"id: {name}\ntype: vendor\nname: {name}\nkeys:\n"
        f"  - kind: imphash\n    value: {serial:032x}\n    confidence: high\n    source: a book\n")


def test_sets_and_databases_are_merged_in_any_order(run, tmp_path):
    for number, name in enumerate(["bolt", "nut"], 1):
        add_vendor(tmp_path / name, name, number)
        assert run("build", str(tmp_path / name), "-o", str(tmp_path / f"{name}.vpdb")).status == 0
    folders = [str(tmp_path / "bolt"), str(tmp_path / "nut")]
    files = [folder + ".vpdb" for folder in folders]
    made = []
    for backwards in (1, -1):
        out = tmp_path / f"out{backwards}"
        assert run("build", "-m", "1M", "-j", "2", *folders[::backwards], "-o", str(out)).status == 0
        made.append(out.read_bytes())
        assert run("db", "merge", *files[::backwards], "-o", str(out), "-j", "3").status == 0
        made.append(out.read_bytes())
    assert made == made[:1] * 4
    assert run("lookup", "-d", str(tmp_path / "out1"), f"imphash:{2:032x}").status == 1


def test_what_contradicts_itself_is_not_merged(run, tmp_path):
    add_vendor(tmp_path / "a", "bolt", 1)
    add_vendor(tmp_path / "b", "bolt", 2)
    folders = [str(tmp_path / "a"), str(tmp_path / "b")]
    done = run("lint", *folders)
    assert done.status == 1
    assert f"{folders[1]}/vendors/bolt.yaml:1:5: error: id: 'bolt' is also in {folders[0]}" in done.out
    text = (tmp_path / "b" / "vendors" / "bolt.yaml").read_text()
    (tmp_path / "b" / "vendors" / "bolt.yaml").write_text(text.replace("name: bolt", "name: Bolt"))
    for folder in folders:
        assert run("build", folder, "-o", folder + ".vpdb").status == 0
    done = run("db", "merge", folders[0] + ".vpdb", folders[1] + ".vpdb", "-o", str(tmp_path / "out"))
    assert done.status == 70 and "'bolt' is not the same" in done.err
    assert not (tmp_path / "out").exists()
