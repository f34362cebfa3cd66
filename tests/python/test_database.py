"""Database: opening, looking up, and what refuses."""

import os
import threading

import pytest
import vendorprint
from vendorprint import Database, Key, Status, SubjectType, VendorprintError

# Of the public lists; see signatures/hashes.
NO_DIGEST = "0" * 64


def a_digest(kind):
    """Some digest that the set has, as its text says."""
    folder = os.path.join(os.environ["VENDORPRINT_TEST_SOURCE"], "signatures", "hashes")
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), encoding="utf-8") as rows:
            for row in rows:
                if row.startswith(kind + ","):
                    return row.split(",")[1]
    raise AssertionError(f"the set has no {kind}")


def test_info_counts_what_the_lists_hold(db):
    info = db.info
    assert info.path == os.environ["VENDORPRINT_DATABASE"]
    assert info.serial > 0 and len(info.digest) == 32 and info.size > 0
    assert info.subjects == len(db.subjects) > 20
    assert info.policies == len(db.policies) >= 3
    assert info.keys == sum(kind.keys for kind in info.kinds) > 1000
    assert info.vendors == sum(s.type is SubjectType.VENDOR for s in db.subjects)


def test_a_product_knows_its_vendor(db):
    products = [s for s in db.subjects if s.id == "kaspersky/kvrt"]
    assert [db.subjects[p.vendor].id for p in products] == ["kaspersky"]


def test_a_policy_has_a_title_and_a_basis(db):
    policy = next(p for p in db.policies if p.id == "us-bod-17-01")
    assert policy.title and policy.basis and policy.since.startswith("2017")


def test_verify_accepts_the_database(db):
    db.verify()


def test_a_digest_is_found_bare_with_its_kind_and_as_a_key(db):
    digest = a_digest("file-sha256")
    bare = db.lookup(digest)
    assert bare and all(r.kind == "file-sha256" and r.source for r in bare)
    assert db.lookup(digest.upper(), "file-sha256") == bare
    key = vendorprint.key("file-sha256", digest)
    assert isinstance(key, Key) and key.kind == "file-sha256"
    assert db.lookup_batch([key]) == [bare]
    assert bare[0].vendor.type is SubjectType.VENDOR


def test_a_batch_answers_in_the_order_of_its_values(db):
    digest = a_digest("file-sha256")
    batch = [NO_DIGEST, digest, ("company-name", "AO Kaspersky Lab"), "no digest at all"]
    answers = db.lookup_batch(batch * 500)
    assert len(answers) == 2000
    assert answers[:4] * 500 == answers
    assert [bool(a) for a in answers[:4]] == [False, True, True, False]
    assert db.lookup_batch([]) == []


def test_text_is_found_in_any_form_of_it(db):
    assert db.lookup("ＡＯ　kaspersky LAB", "company-name")


def test_an_unknown_kind_and_a_malformed_value_are_refused(db):
    with pytest.raises(VendorprintError) as caught:
        db.lookup("x", "file-sha257")
    assert caught.value.status is Status.NOT_FOUND
    with pytest.raises(VendorprintError) as caught:
        db.lookup("abc", "file-sha256")
    assert caught.value.status is Status.ARGUMENT
    with pytest.raises(ValueError):
        vendorprint.key("file-sha256\0", NO_DIGEST)


def test_kinds_are_in_the_order_of_their_numbers():
    numbers = list(vendorprint.kinds().values())
    assert numbers == sorted(numbers) and vendorprint.kinds()["file-sha256"] == 0x0101


def test_a_file_that_is_not_there_and_one_that_is_no_database_are_told_apart(tmp_path):
    with pytest.raises(VendorprintError) as caught:
        Database(tmp_path / "none.vpdb")
    assert caught.value.status in (Status.NOT_FOUND, Status.IO)
    other = tmp_path / "other.vpdb"
    other.write_bytes(b"no database" * 100)
    with pytest.raises(VendorprintError) as caught:
        Database(other)
    assert caught.value.status is Status.DATABASE and str(caught.value)


def test_an_older_database_than_the_caller_accepts_is_refused(db):
    Database(minimum_serial=db.info.serial).close()
    with pytest.raises(VendorprintError) as caught:
        Database(minimum_serial=db.info.serial + 1)
    assert caught.value.status is Status.DATABASE
    with pytest.raises(ValueError):
        Database(minimum_serial=2**64)


def test_a_copy_and_one_from_bytes_answer_alike(db):
    with open(db.info.path, "rb") as file:
        data = file.read()
    with Database(copy=True) as copy, Database.from_bytes(data) as memory:
        assert copy.info.digest == memory.info.digest == db.info.digest
        assert memory.info.path is None and not copy.info.mapped
        assert memory.lookup(a_digest("file-sha1")) == db.lookup(a_digest("file-sha1"))
        memory.verify()


def test_a_closed_database_refuses_and_may_be_closed_again():
    database = Database()
    database.close()
    database.close()
    with pytest.raises(VendorprintError) as caught:
        database.info
    assert caught.value.status is Status.ARGUMENT and "closed" in str(caught.value)


def test_threads_share_a_database(db):
    digest, found = a_digest("file-sha256"), []

    def look():
        found.append([db.lookup(digest) for _ in range(50)])

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [[db.lookup(digest)] * 50] * 4
