"""lookup: values as people have them."""

import csv
import io

import pytest

from conftest import MD5, SHA1, SHA256


def test_digests_are_found_by_their_length(run):
    done = run("lookup", SHA256, SHA1.upper(), MD5)
    assert done.status == 1
    assert "file-sha256: Examplesoft Incorporated, Example Tool 1.2.3; " in done.out
    assert "file-sha1: Examplesoft Incorporated, Example Tool 1.2.4; " in done.out
    assert "file-md5: Examplesoft Incorporated; publisher; confidence medium; made up, too" in done.out
    assert "3 values: 3 found, 0 not in the database, 0 not understood" in done.out


def test_names_are_found_in_any_case_and_width(run):
    for name in ("examplesoft", "ＥＸＡＭＰＬＥＳＯＦＴ", "company-name:Examplesoft", "Examplesoft®"):
        done = run("lookup", name)
        assert done.status == 1, name
        assert "company-name" in done.out


def test_misses_are_counted_and_listed_with_all(run):
    miss = "f" * 64
    done = run("lookup", miss)
    assert done.status == 0
    assert done.out == "1 values: 0 found, 1 not in the database, 0 not understood\n"
    assert f"{miss}: not in the database\n" in run("lookup", "--all", miss).out


def test_prefixes_narrow_the_kinds(run):
    for value in (f"sha256:{SHA256}", f"file-sha256:{SHA256}", f"SHA-256:{SHA256}"):
        (line,) = run("lookup", "-f", "ndjson", value).lines()
        assert line["kinds"] == ["file-sha256"]
    bare = run("lookup", "-f", "ndjson", SHA256).lines()[0]["kinds"]
    assert "file-sha256" in bare and "authenticode-sha256" in bare and "company-name" not in bare


@pytest.mark.parametrize("value", ["sha256:abcd", f"sha265:{SHA256}", "file-name:®"])
def test_what_is_no_value_is_said(run, value):
    done = run("lookup", "--", value)
    assert done.status == 2
    assert "value 1: no " in done.err
    assert "1 not understood" in done.out


def test_standard_input_is_read_line_by_line(run):
    lines = f"# a comment\n\n{SHA256}\r\n{'e' * 40}\nmd5:{MD5}\nExamplesoft".encode()
    for arguments in ([], ["-"]):
        done = run("lookup", "-f", "json", *arguments, stdin=lines)
        document = done.document()
        assert done.status == 1
        assert [result["line"] for result in document["results"]] == [3, 5, 6]
        assert document["summary"] == {"values": 4, "found": 3, "not_found": 1, "invalid": 0}


def test_lines_of_sha256sum_keep_their_file_name(run):
    done = run("lookup", "-f", "ndjson", "-", stdin=f"{SHA256}  a b.exe\n{MD5} *c.exe\n".encode())
    assert [line["label"] for line in done.lines()] == ["a b.exe", "c.exe"]
    assert f"{SHA256} (a b.exe): " in run("lookup", stdin=f"{SHA256}  a b.exe\n".encode()).out


def test_csv_with_kind_and_value(run):
    text = f"name,kind,value\r\n\"x,\"\"y\n\",sha256,{SHA256}\r\nz,company-name,\"Examplesoft\"\r\n"
    done = run("lookup", "-f", "json", "-", stdin=text.encode())
    assert [r["line"] for r in done.document()["results"]] == [2, 4]
    assert done.document()["summary"]["values"] == 2


def test_csv_with_columns_of_digests(run):
    text = f'\ufeff"SHA-1","MD5","FileName"\n"{SHA1.upper()}","{"0" * 32}","x"\n,"{MD5}",\n'
    summary = run("lookup", "-f", "json", "-", stdin=text.encode()).document()["summary"]
    assert summary == {"values": 3, "found": 2, "not_found": 1, "invalid": 0}
    one = run("lookup", "-f", "json", stdin=f"sha256\n{SHA256}\n".encode()).document()
    assert one["summary"]["found"] == 1


def test_csv_reads_back_what_it_wrote(run):
    lines = f"sha256:{SHA256}\n{SHA1}\nExamplesoft\n{'d' * 32}\n".encode()
    first = run("lookup", "-a", "-f", "csv", stdin=lines)
    second = run("lookup", "-a", "-f", "csv", stdin=first.bytes)
    rows, again = (list(csv.DictReader(io.StringIO(done.out))) for done in (first, second))
    assert [row["found"] for row in rows] == ["true", "true", "true", "false"]
    for row in (*rows, *again):
        row.pop("line")
    assert rows == again


def test_unknown_kinds_in_csv_are_said(run):
    done = run("lookup", stdin=f"kind,value\nshaa,{SHA256}\n,{SHA256}\n".encode())
    assert done.status == 3
    assert "line 2: no such kind" in done.err


def test_many_values_are_batched(run):
    lines = "".join(f"{i:064x}\n" for i in range(5000)) + SHA256 + "\n"
    done = run("lookup", "-f", "json", stdin=lines.encode())
    assert done.document()["summary"] == {
        "values": 5001, "found": 1, "not_found": 5000, "invalid": 0}
    assert done.document()["results"][0]["line"] == 5001


def test_hostile_lines_are_survived(run):
    lines = b"\0\n" + b"x" * 100000 + b"\n\xff\xfe\n\x1b[31m\n\"\n" + SHA256.encode() + b"\n"
    done = run("lookup", "-a", stdin=lines)
    assert done.status == 3
    assert "line 2: longer than 65536 bytes" in done.err
    assert "\x1b" not in done.out
    run("lookup", "-a", "-f", "json", stdin=lines).document()


def test_a_stray_quote_does_not_swallow_the_rest(run):
    text = f'kind,value\ncompany-name,5" disk\nsha256,{SHA256}\n'
    assert run("lookup", "-f", "json", stdin=text.encode()).document()["summary"]["found"] == 1


def test_complaints_are_few(run):
    done = run("lookup", stdin=b"sha256:zz\n" * 1000)
    assert done.status == 2
    assert len(done.err.splitlines()) < 15
    assert "1000 not understood" in done.out


def test_columns_of_public_lists_will_do(run):
    text = f"package,hash_type,hash,source\nx,sha256,{SHA256},y\nx,sha512,{'a' * 128},y\n"
    done = run("lookup", "-f", "json", stdin=text.encode())
    assert done.status == 3
    assert done.document()["results"][0]["kinds"] == ["file-sha256"]


@pytest.mark.parametrize("line", [f'a file,"{SHA256}",1', f"{SHA256}\tx", f"x;{SHA256}"])
def test_digests_in_a_table_without_a_known_header_are_found(run, line):
    done = run("lookup", "-f", "json", stdin=f"name,what\n{line}\n".encode())
    assert done.document()["summary"]["found"] == 1
