"""scan: findings, summary, exit status, paths that nobody wants."""

import base64
import csv
import hashlib
import io
import os
import shutil
import subprocess
import tempfile
import time

import pytest

import pe
from conftest import COMMAND


def test_a_claim_is_found_and_summed_up(run, tree):
    done = run("scan", str(tree))
    assert done.status == 1
    assert str(tree / "claim.dll") in done.out
    assert "possible" in done.out and "Examplesoft Incorporated" in done.out
    assert str(tree / "plain.dll") not in done.out
    assert "3 files seen: 2 examined, 1 of other formats" in done.out
    assert done.err == ""


def test_all_lists_what_has_nothing(run, tree):
    done = run("scan", "--all", str(tree))
    assert str(tree / "plain.dll") in done.out and str(tree / "text.txt") in done.out


def test_nothing_is_said_with_completeness(run, tmp_path):
    (tmp_path / "empty").mkdir()
    done = run("scan", str(tmp_path / "empty"))
    assert done.status == 0
    assert "nothing found; everything was examined" in done.out


def test_missing_paths_are_not_examined(run, tree):
    done = run("scan", str(tree / "missing"), str(tree / "plain.dll"))
    assert done.status == 2
    assert "not examined" in done.out
    assert "nothing found in what was examined" in done.out
    assert run("scan", str(tree), str(tree / "missing")).status == 3


def test_json_says_what_text_says(run, tree):
    done = run("scan", "--format", "json", str(tree))
    document = done.document()
    assert document["tool"]["command"] == "scan"
    assert document["tool"]["database"]["serial"] == 2026010203
    results = {os.path.basename(r["path"]): r for r in document["results"]}
    assert sorted(results) == ["claim.dll", "plain.dll", "text.txt"]
    (finding,) = results["claim.dll"]["findings"]
    assert finding["vendor_id"] == "examplesoft"
    assert (finding["relation"], finding["level"]) == ("claim", "possible")
    assert finding["evidence"][0]["kind"] == "company-name"
    assert finding["evidence"][0]["source"] == "made up"
    assert results["plain.dll"]["outcome"] == "nothing" and results["plain.dll"]["complete"]
    assert results["text.txt"]["objects"][0]["format"] == "other"
    summary = document["summary"]
    assert (summary["files"], summary["examined"], summary["other"]) == (3, 2, 1)
    assert summary["vendors"][0]["possible"] == 1


def test_ndjson_is_a_result_a_line(run, tree):
    done = run("scan", "--format", "ndjson", str(tree))
    assert [line["outcome"] for line in done.lines()] == ["findings", "nothing", "nothing"]
    assert "3 files seen" in done.err
    assert run("scan", "-q", "--format", "ndjson", str(tree)).err == ""


def test_features_are_listed_when_asked_for(run, tree):
    (line,) = run("scan", "--features", "-f", "ndjson", str(tree / "claim.dll")).lines()
    feature = line["features"][line["findings"][0]["evidence"][0]["feature"]]
    assert feature["kind"] == "company-name"
    assert feature["text"].casefold() == "examplesoft inc."


def test_digests_are_computed_when_asked_for(run, tree):
    data = (tree / "claim.dll").read_bytes()
    done = run("scan", "-g", "md5,sha1,sha256", "-f", "ndjson", str(tree / "claim.dll"))
    assert done.lines()[0]["objects"][0]["digests"] == {
        name: hashlib.new(name, data).hexdigest() for name in ("md5", "sha1", "sha256")
    }


def test_csv_has_a_row_a_finding_and_one_for_nothing(run, tree):
    done = run("scan", "--format", "csv", str(tree))
    rows = list(csv.DictReader(io.StringIO(done.out)))
    assert [row["outcome"] for row in rows] == ["findings", "nothing", "nothing"]
    assert rows[0]["vendor"] == "Examplesoft Incorporated"
    assert rows[0]["evidence"].startswith("company-name: ")
    assert rows[1]["vendor"] == "" and rows[1]["complete"] == "true"
    assert all(None not in row and None not in row.values() for row in rows)


def test_a_policy_decides_what_found_means(run, tree):
    covered = run("scan", "-f", "ndjson", "-p", "none-of-that", str(tree))
    assert covered.status == 1
    policy = covered.lines()[0]["findings"][0]["policy"]
    assert policy == {"id": "none-of-that", "answer": "covered", "why": "it is forbidden"}
    allowed = run("scan", "-p", "all-is-well", str(tree))
    assert allowed.status == 0
    assert "[all-is-well: not-covered]" in allowed.out


def test_an_unknown_policy_is_wrong_usage(run, tree):
    done = run("scan", "-p", "nonsense", str(tree))
    assert done.status == 64
    assert "none-of-that" in done.err and "all-is-well" in done.err


HOSTILE = [b"line\nfeed.dll", b"\x1b[31mred.dll", b"invalid\xff\xfe.dll", b"bi\xe2\x80\xaedi.dll",
           b"back\\slash.dll", b"c1\xc2\x9b31m.dll", b"-dash.dll", "卡巴.dll".encode()]


@pytest.fixture
def hostile(tmp_path):
    folder = os.fsencode(tmp_path / "hostile")
    os.mkdir(folder)
    for name in HOSTILE:
        with open(os.path.join(folder, name), "wb") as file:
            file.write(pe.pe32({"CompanyName": "Examplesoft\x1b[31m"}))
    return folder


def test_hostile_names_do_not_reach_a_terminal(run, hostile):
    for arguments in (["scan"], ["explain"], ["identify"], ["features"]):
        paths = [hostile] if arguments == ["scan"] else [os.path.join(hostile, n) for n in HOSTILE]
        done = run(*arguments, *paths)
        assert not set(done.out) & {chr(c) for c in (*range(9), *range(11, 32), 127, 0x9B, 0x202E)}
        assert "line\\nfeed.dll" in done.out
        assert "\\x1b[31mred.dll" in done.out
        assert "invalid\\xff\\xfe.dll" in done.out
        assert "bi\\u{202e}di.dll" in done.out
        assert "back\\\\slash.dll" in done.out
        assert "卡巴.dll" in done.out


def test_paths_are_lossless_in_json(run, hostile):
    done = run("scan", "--format", "ndjson", hostile)
    paths = set()
    for line in done.lines():
        if "path_base64" in line:
            assert "\ufffd" in line["path"]
            paths.add(base64.b64decode(line["path_base64"]))
        else:
            paths.add(line["path"].encode())
    assert paths == {os.path.join(hostile, name) for name in HOSTILE}
    assert b"\x1b" not in done.bytes and "\u202e" not in done.out


def test_paths_are_lossless_in_csv(run, hostile):
    done = run("scan", "--format", "csv", hostile)
    paths = set()
    for row in csv.DictReader(io.StringIO(done.out, newline="")):
        encoded = row["path_base64"]
        paths.add(base64.b64decode(encoded) if encoded else row["path"].encode())
    assert paths == {os.path.join(hostile, name) for name in HOSTILE}


def test_links_and_pipes_are_not_read(run, tree):
    os.symlink(tree / "claim.dll", tree / "link.dll")
    os.mkfifo(tree / "pipe")
    done = run("scan", str(tree))
    assert done.status == 1
    assert "2 examined" in done.out
    assert run("scan", str(tree / "pipe")).status == 2


def test_unreadable_files_are_not_examined(run, database, tree):
    """Root may read everything, so somebody else asks."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        shutil.copy(database, folder)
        shutil.copy(tree / "claim.dll", folder)
        os.chmod(os.path.join(folder, "claim.dll"), 0)
        other = {"user": 65534, "group": 65534, "extra_groups": []} if os.getuid() == 0 else {}
        try:
            done = run("scan", "-f", "json", "-d", os.path.join(folder, database.name), folder,
                       **other)
        except PermissionError:
            pytest.skip("nobody else may run the command here")
    assert done.status == 2
    document = done.document()
    assert document["summary"]["failed"] == 1 and not document["summary"]["complete"]
    assert document["results"][0]["status"] == "io-failed"


def test_hard_links_are_each_listed(run, tree):
    os.link(tree / "claim.dll", tree / "other.dll")
    lines = run("scan", "-f", "ndjson", str(tree)).lines()
    assert sum(line["outcome"] == "findings" for line in lines) == 2


def test_jobs_and_order_change_nothing(run, tmp_path):
    folder = tmp_path / "many"
    folder.mkdir()
    for i in range(40):
        (folder / f"{i:02}.dll").write_bytes(pe.pe32({"CompanyName": "Examplesoft"}, padding=64 * i))
    one = run("scan", "-f", "ndjson", "-j", "1", str(folder))
    many = run("scan", "-f", "ndjson", "-j", "4", str(folder))
    loose = run("scan", "-f", "ndjson", "-j", "4", "--unordered", str(folder))
    assert len(one.lines()) == 40
    assert one.out == many.out
    assert sorted(one.out.splitlines()) == sorted(loose.out.splitlines())


@pytest.mark.parametrize("format", ["text", "json", "ndjson", "csv"])
def test_a_pipe_closed_early_is_no_crash(database, tree, format):
    """Whether SIGPIPE ends the command or a failed write does: nothing is said of it."""
    for i in range(50):
        os.link(tree / "claim.dll", tree / f"{i}.dll")
    for restore in (True, False):
        # Closed before the command starts, or it may have written everything by then.
        reader, writer = os.pipe()
        os.close(reader)
        process = subprocess.Popen(
            [COMMAND, "scan", "-q", "-f", format, "-d", str(database), str(tree)],
            stdout=writer, stderr=subprocess.PIPE, restore_signals=restore,
        )
        os.close(writer)
        message = process.stderr.read()
        assert process.wait(60) == (-13 if restore else 70)
        assert message == b""
        process.stderr.close()


def test_a_full_disk_is_said(run, tree, database):
    with open("/dev/full", "wb") as full:
        done = subprocess.run([COMMAND, "scan", "-d", str(database), str(tree)], stdout=full,
                              stderr=subprocess.PIPE, check=False)
    assert done.returncode == 70
    assert b"No space left" in done.stderr


def test_a_closed_standard_output_is_said(tree, database):
    done = subprocess.run(["/bin/sh", "-c", 'exec "$@" >&-', "sh", COMMAND, "scan", "-d",
                           str(database), str(tree)], stderr=subprocess.PIPE, check=False)
    assert done.returncode == 70
    assert b"standard output" in done.stderr


def test_a_memory_limit_leaves_a_gap(run, tree):
    done = run("scan", "--limit-memory", "1K", "-f", "ndjson", str(tree / "claim.dll"))
    (line,) = done.lines()
    assert done.status & 2
    assert line["status"] != "ok" or not line["complete"] and line["gaps"]


def test_unchanged_files_are_answered_from_the_cache(run, tree, tmp_path):
    cache = str(tmp_path / "answers")
    for path in tree.iterdir():  # older than what a clock's tick could hide
        os.utime(path)
    time.sleep(2.2)
    first = run("scan", "--cache", cache, "-f", "json", str(tree)).document()
    assert first["summary"]["cached"] == 0
    second = run("scan", "--cache", cache, "-f", "json", str(tree)).document()
    assert second["summary"]["cached"] == 3 and second["summary"]["bytes_read"] == 0
    for before, after in zip(first["results"], second["results"]):
        assert after.pop("cached") is True
        assert before == after
    done = run("scan", "--cache", cache, str(tree))
    assert "; 3 answers are from the cache" in done.out and done.err == ""
    with open(cache, "r+b") as file:
        file.seek(30)
        file.write(b"x")
    done = run("scan", "--cache", cache, str(tree))
    assert "answers are from" not in done.out
    assert "the cache is damaged: begun anew" in done.err and done.status == 1
