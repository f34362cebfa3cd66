"""scan(): many files, in C threads."""

import gc
import os
import time

import pytest
import vendorprint
from vendorprint import CacheReport, CacheState, Outcome, ScanItem, Status, VendorprintError


@pytest.fixture
def tree(tmp_path, program):
    for number in range(40):
        folder = tmp_path / f"{number % 4}"
        folder.mkdir(exist_ok=True)
        data = program if number % 3 == 0 else b"text %d" % number
        (folder / f"{number:02}.bin").write_bytes(data)
    return tmp_path


def test_every_regular_file_is_an_item(db, tree):
    items = list(vendorprint.scan(tree, database=db, jobs=4))
    assert all(isinstance(i, ScanItem) and i.status is Status.OK and not i.error for i in items)
    expected = {str(p) for p in tree.rglob("*.bin")}
    assert {i.path for i in items} == expected and len(items) == 40
    for item in items:
        program = int(item.path[-6:-4]) % 3 == 0
        assert (item.result.outcome is Outcome.FINDINGS) == program


def test_the_order_does_not_depend_on_the_number_of_threads(db, tree):
    one = [(i.path, i.result) for i in vendorprint.scan([tree], database=db, jobs=1)]
    four = [(i.path, i.result) for i in vendorprint.scan([tree], database=db, jobs=4)]
    assert one == four
    free = vendorprint.scan([tree], database=db, jobs=4, ordered=False)
    assert sorted(i.path for i in free) == sorted(path for path, _ in one)


def test_a_scan_agrees_with_a_session(db, session, tree):
    for item in vendorprint.scan(tree, database=db, features=True):
        alone = session.examine(item.path)
        assert item.result.findings == alone.findings
        assert item.result.features == alone.features


def test_features_are_copied_only_when_asked_for(db, tree):
    for item in vendorprint.scan(tree, database=db):
        assert item.result.features == ()
        for finding in item.result.findings:
            assert all(e.feature.text for e in finding.evidence)


def test_the_default_database_is_opened_when_none_is_given(tree):
    assert any(i.result.findings for i in vendorprint.scan(str(tree)))


def test_links_are_not_followed_and_hard_links_are_listed_each(db, tmp_path, program):
    (tmp_path / "a.exe").write_bytes(program)
    os.link(tmp_path / "a.exe", tmp_path / "b.exe")
    os.symlink("a.exe", tmp_path / "c.exe")
    os.mkfifo(tmp_path / "d.exe")
    items = {os.path.basename(i.path): i for i in vendorprint.scan(tmp_path, database=db)}
    assert items["a.exe"].result.findings and items["b.exe"].result.findings
    assert [items[n].hard_link for n in ("a.exe", "b.exe")] == [False, True]
    assert all(items[n].result is None for n in items if n in ("c.exe", "d.exe"))


def test_a_path_that_is_not_there_is_an_item_or_an_error(db, tmp_path):
    try:
        items = list(vendorprint.scan(tmp_path / "none", database=db))
    except VendorprintError as error:
        assert error.status in (Status.NOT_FOUND, Status.IO)
    else:
        assert [i.result for i in items] == [None] and items[0].error


def test_a_path_of_any_bytes_comes_back(db, tmp_path, program):
    path = os.path.join(os.fsencode(tmp_path), b"\xff.exe")
    with open(path, "wb") as file:
        file.write(program)
    assert [os.fsencode(i.path) for i in vendorprint.scan(tmp_path, database=db)] == [path]


def test_leaving_early_cancels_the_rest(db, tree):
    for _ in vendorprint.scan(tree, database=db, jobs=4):
        break
    gc.collect()
    with vendorprint.scan(tree, database=db, jobs=4) as scan:
        next(scan)
    with pytest.raises(VendorprintError):
        next(scan)


def test_a_scan_that_ended_stays_ended(db, tree):
    scan = vendorprint.scan(tree, database=db)
    assert len(list(scan)) == 40 and list(scan) == []


def test_options_that_do_not_fit_are_refused_at_once(db, tree):
    with pytest.raises(ValueError):
        vendorprint.scan(tree, database=db, jobs=-1)
    with pytest.raises(ValueError):
        vendorprint.scan("a\0b", database=db)


def test_a_cache_answers_for_unchanged_files(db, tree, tmp_path_factory):
    cache = tmp_path_factory.mktemp("cache") / "answers"
    time.sleep(2.2)  # what changed just now is not kept
    scan = vendorprint.scan(tree, database=db, cache_file=cache)
    with pytest.raises(VendorprintError):
        scan.save_cache()
    first = list(scan)
    report = scan.save_cache()
    assert report == CacheReport(CacheState.NEW, 0, 40)
    scan = vendorprint.scan(tree, database=db, cache_file=cache)
    second = list(scan)
    assert scan.save_cache() == CacheReport(CacheState.USED, 40, 40)
    assert not any(i.cached for i in first) and all(i.cached for i in second)
    for before, after in zip(first, second):
        assert before.result.findings == after.result.findings
