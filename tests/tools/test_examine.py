"""identify, features and explain: one file at a time."""

import csv
import hashlib
import io
import os
import shutil
import subprocess

import pytest

import pe
from conftest import SET


def test_identify_names_format_role_and_machine(run, tree):
    done = run("identify", str(tree / "claim.dll"))
    assert done.status == 0
    assert done.out.startswith(f"{tree}/claim.dll: pe32 library, x86, ")


def test_identify_needs_no_database(run, tree):
    done = run("identify", str(tree / "claim.dll"), env={"VENDORPRINT_DATABASE": "/nonexistent"})
    assert done.status == 0


def test_identify_uses_libmagics_words_for_the_rest(run, tree):
    done = run("identify", "-f", "json", str(tree / "text.txt"))
    (result,) = done.document()["results"]
    assert "text" in result["objects"][0]["description"]
    assert "outcome" not in result and "findings" not in result


def test_identify_prints_the_digests_asked_for(run, tree):
    for name in ("claim.dll", "text.txt"):
        data = (tree / name).read_bytes()
        done = run("identify", "--digests", "sha256,md5", str(tree / name))
        assert f"  md5     {hashlib.md5(data).hexdigest()}\n" in done.out
        assert f"  sha256  {hashlib.sha256(data).hexdigest()}\n" in done.out
        assert "sha1" not in done.out
        rows = csv.DictReader(io.StringIO(run("identify", "-g", "sha1,xxh3", "-f", "csv",
                                              str(tree / name)).out))
        (row,) = rows
        assert row["sha1"] == hashlib.sha1(data).hexdigest() and len(row["xxh3"]) == 32


def test_files_that_cannot_be_read_are_said(run, tree):
    for command in ("identify", "features", "explain"):
        missing = run(command, str(tree / "missing"))
        assert missing.status == 2 and "not examined" in missing.out
        folder = run(command, "-f", "json", str(tree))
        assert folder.status == 2
        assert folder.document()["results"][0]["status"] == "not-regular"
        os.symlink(tree / "claim.dll", tree / f"link-{command}")
        assert run(command, str(tree / f"link-{command}")).status == 2


def test_standard_input_is_a_file(run, tree):
    data = (tree / "claim.dll").read_bytes()
    piped = run("explain", "-", stdin=data)
    assert piped.status == 1 and "Examplesoft Incorporated" in piped.out
    assert run("identify", "-", stdin=data).out.startswith("-: pe32 library, x86")


def test_features_of_every_kind_validate(run, tree):
    done = run("features", "--all", "-f", "json", str(tree / "claim.dll"))
    assert done.status == 0
    kinds = {feature["kind"] for feature in done.document()["results"][0]["features"]}
    assert {"company-name", "product-name", "fixed-file-version", "section", "file-name"} <= kinds
    assert "company-name" in run("features", str(tree / "claim.dll")).out


def test_features_read_back_by_lookup(run, tree):
    features = run("features", "-a", "-f", "csv", str(tree / "claim.dll"))
    rows = list(csv.DictReader(io.StringIO(features.out)))
    assert rows
    again = run("lookup", "-a", "-f", "json", "-", stdin=features.bytes).document()
    assert again["summary"]["invalid"] == 0
    assert again["summary"]["values"] == len(rows)


def test_explain_tells_evidence_source_and_completeness(run, tree):
    done = run("explain", str(tree / "claim.dll"))
    assert done.status == 1
    for words in ("finding 1: Examplesoft Incorporated", "relation: claim", "level: possible",
                  "company-name", "matched: ", "source: made up (confidence high)",
                  "policy none-of-that: covered: it is forbidden",
                  "policy all-is-well: not-covered", "everything was examined"):
        assert words in done.out, words
    asked = run("explain", "-p", "all-is-well", str(tree / "claim.dll"))
    assert asked.status == 0 and "none-of-that" not in asked.out


def sign(folder, data):
    """The program signed by a throw-away authority: its path, and that of the authority."""
    if not shutil.which("osslsigncode") or not shutil.which("openssl"):
        pytest.skip("no osslsigncode and openssl to sign with")
    (folder / "plain.dll").write_bytes(data)
    (folder / "leaf.cnf").write_text("extendedKeyUsage=codeSigning\n")
    for command in (
        "openssl req -x509 -newkey rsa:2048 -nodes -keyout root.key -out root.pem -subj /O=Throwaway -days 9000",
        "openssl req -newkey rsa:2048 -nodes -keyout leaf.key -out leaf.csr -subj /O=Examplesoft/CN=Examplesoft",
        "openssl x509 -req -in leaf.csr -CA root.pem -CAkey root.key -out leaf.pem -days 9000 -extfile leaf.cnf"
        " -CAcreateserial",
        "osslsigncode sign -h sha256 -n Setup -certs leaf.pem -key leaf.key -in plain.dll -out signed.dll",
    ):
        environment = {k: v for k, v in os.environ.items() if k != "LD_PRELOAD"}
        done = subprocess.run(command.split(), cwd=folder, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    return folder / "signed.dll", folder / "root.pem"


def test_explain_tells_signers_states_and_chains(run, tmp_path):
    signed, root = sign(tmp_path, pe.pe32({"CompanyName": "Examplesoft"}))
    unverified = run("explain", str(signed)).out
    assert 'signature 1: "Examplesoft" of "Examplesoft", object 0' in unverified
    assert "not verified: no key of the set needed it" in unverified and "states: none" in unverified
    # What the set knows of the certificate asks for verification.
    certificate = subprocess.run(["openssl", "x509", "-in", tmp_path / "leaf.pem", "-outform", "der"],
                                 stdout=subprocess.PIPE, check=True).stdout
    folder = tmp_path / "set"
    for name, text in {"set.yaml": SET["set.yaml"], "vendors/signer.yaml":
                       "id: signer\ntype: vendor\nname: Signer\nkeys:\n  - kind: certificate-sha256\n    value: "
                       f"\"{hashlib.sha256(certificate).hexdigest()}\"\n    confidence: high\n    source: made up\n"}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    assert run("build", str(folder), "-o", str(tmp_path / "signer.vpdb")).status == 0
    good = run("explain", "-d", str(tmp_path / "signer.vpdb"), "--anchors", str(root), str(signed)).out
    for words in ("finding 1: Signer", "relation: signer", "believed: it is of this content",
                  "states: checked digest-matches verifies anchored timely code-signing believed",
                  'chain: "Examplesoft" (rsa 2048) < "Throwaway" (rsa 2048)', 'calls it "Setup"'):
        assert words in good, words
    data = bytearray(signed.read_bytes())
    data[0x1C] ^= 1  # of the DOS header: covered, and nobody reads it
    (tmp_path / "changed.dll").write_bytes(data)
    bad = run("explain", "-d", str(tmp_path / "signer.vpdb"), "--anchors", str(root), str(tmp_path / "changed.dll")).out
    assert "not believed: it is of other content\n" in bad and "relation: claim" in bad
    unknown = run("explain", "-d", str(tmp_path / "signer.vpdb"), str(signed)).out
    assert "not believed: its chain ends at nobody whom the set trusts\n" in unknown


def test_explain_says_nothing_only_of_what_was_examined(run, tree):
    done = run("explain", str(tree / "plain.dll"))
    assert done.status == 0
    assert "nothing was found in what was examined" in done.out
    assert "everything was examined" in done.out


def test_text_of_a_file_is_escaped(run, tmp_path):
    (tmp_path / "bad.dll").write_bytes(pe.pe32({"CompanyName": "Examplesoft \x1b]0;x\x07 \u202egnp"}))
    for command in ("explain", "features", "scan"):
        done = run(command, str(tmp_path / "bad.dll"))
        assert "\x1b" not in done.out and "\x07" not in done.out and "\u202e" not in done.out
    run("features", "-a", "-f", "json", str(tmp_path / "bad.dll")).document()
