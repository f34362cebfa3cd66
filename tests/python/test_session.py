"""Session: every sort of source gives the same answer, and exceptions come back as they were."""

import dataclasses
import gc
import gzip
import hashlib
import io
import mmap
import os
import pickle
import threading

import pytest
import vendorprint
from vendorprint import Answer, Digests, Level, Limits, Outcome, Relation, Session, Status
from vendorprint import VendorprintError

import pe


class Store:
    """A Source of the caller."""

    def __init__(self, data):
        self.data = data
        self.size = len(data)

    def read_at(self, offset, length):
        # Short answers are allowed before the end: the binding asks again.
        return self.data[offset : offset + min(length, 1000)]


def seen(result):
    """What must not depend on the way the bytes came; the name is evidence of its own."""
    return (
        [dataclasses.replace(o, name="") for o in result.objects],
        [f for f in result.features if f.kind != "file-name"],
        [(f.vendor, f.relation, f.level, f.version) for f in result.findings],
        result.complete,
    )


def test_a_claim_is_found_with_its_evidence_and_judged(session, program):
    result = session.examine(program)
    assert result.outcome is Outcome.FINDINGS and result.complete
    assert result.objects[0].format is vendorprint.Format.PE32_PLUS
    assert result.objects[0].parent is None and result.objects[0].size == len(program)
    finding = next(f for f in result.findings if f.vendor_id == "kaspersky")
    assert finding.relation is Relation.CLAIM and finding.level is Level.POSSIBLE
    assert finding.reason and finding.evidence
    for evidence in finding.evidence:
        assert evidence.feature in result.features and evidence.kind == evidence.feature.kind
        assert evidence.matched and evidence.source
    assert isinstance(finding.judge("us-bod-17-01").answer, Answer)
    with pytest.raises(VendorprintError):
        finding.judge("no-such-policy")


@pytest.mark.parametrize("name", ["latin", "chinese", "cyrillic", "fullwidth", "lower", "among"])
def test_real_programs_are_claims(session, fixtures, name):
    result = session.examine(os.path.join(fixtures, f"kaspersky-{name}.exe"))
    assert [(f.vendor_id, f.relation, f.level) for f in result.findings] == [
        ("kaspersky", Relation.CLAIM, Level.POSSIBLE)
    ]


def test_nothing_is_said_with_its_completeness(session):
    result = session.examine(pe.program("Nobody Anybody Knows"))
    assert result.outcome is Outcome.NOTHING and result.complete and result.findings == ()


def test_content_is_never_an_error(session, program):
    for length in (0, 1, 63, 64, 70, 200, 511, 600):
        assert session.examine(program[:length]).objects


def test_every_source_gives_the_same_answer(session, program, program_file, tmp_path):
    expected = seen(session.examine(program))
    assert seen(session.examine(str(program_file))) == expected
    assert seen(session.examine(program_file)) == expected
    around = memoryview(b"before" + program + b"after")
    for source in (
        bytearray(program),
        memoryview(program),
        memoryview(bytearray(program)),
        around[6:-5],
        io.BytesIO(program),
        Store(program),
    ):
        assert seen(session.examine(source)) == expected
    with open(program_file, "rb") as buffered, open(program_file, "rb", buffering=0) as raw:
        with mmap.mmap(raw.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
            assert seen(session.examine(buffered)) == expected
            assert seen(session.examine(raw)) == expected
            assert seen(session.examine(mapped)) == expected
    packed = tmp_path / "packed.gz"
    packed.write_bytes(gzip.compress(program))
    with gzip.open(packed) as unpacked:
        assert seen(session.examine(unpacked)) == expected


def test_what_was_written_to_a_file_object_is_seen(session, program, tmp_path):
    with open(tmp_path / "new", "w+b") as file:
        file.write(program)
        assert seen(session.examine(file)) == seen(session.examine(program))


def test_a_pipe_is_read_to_its_end(session, program):
    reader, writer = os.pipe()
    thread = threading.Thread(target=lambda: (os.write(writer, program), os.close(writer)))
    thread.start()
    with open(reader, "rb", buffering=0) as pipe:
        result = session.examine(pipe)
    thread.join()
    assert seen(result)[2] == seen(session.examine(program))[2]


def test_a_file_object_keeps_its_position(session, program, program_file):
    file = io.BytesIO(program)
    file.seek(77)
    session.examine(file)
    assert file.tell() == 77
    with open(program_file, "rb") as buffered:
        buffered.read(5)
        session.examine(buffered)
        assert buffered.read(5) == program[5:10]


def test_an_empty_source_is_examined(session):
    for empty in (b"", bytearray(), memoryview(b""), io.BytesIO(), Store(b"")):
        assert session.examine(empty).objects[0].size == 0


def test_a_name_is_evidence_only_when_there_is_one(session, program, program_file):
    assert session.examine(program).texts("file-name") == ()
    assert session.examine(program, "AVP.exe").objects[0].name == "AVP.exe"
    assert session.examine(program_file).objects[0].name.endswith("avp.exe")
    with open(program_file, "rb") as file:
        assert session.examine(file).objects[0].name == "avp.exe"
    with pytest.raises(TypeError):
        session.examine(program_file, "other.exe")


def test_a_path_of_any_bytes_is_examined(session, program, tmp_path):
    path = os.path.join(os.fsencode(tmp_path), b"caf\xe9.exe")
    with open(path, "wb") as file:
        file.write(program)
    result = session.examine(os.fsdecode(path))
    assert os.fsencode(result.objects[0].name).endswith(b"caf\xe9.exe")


def test_paths_that_cannot_be_examined_raise(session, tmp_path):
    with pytest.raises(ValueError):
        session.examine("avp.exe\0.txt")
    with pytest.raises(VendorprintError) as caught:
        session.examine(tmp_path / "none")
    assert caught.value.status in (Status.NOT_FOUND, Status.IO) and str(caught.value)
    with pytest.raises(VendorprintError) as caught:
        session.examine(tmp_path)
    assert caught.value.status is Status.NOT_REGULAR
    with pytest.raises(AttributeError):
        session.examine(42)


def test_digests_are_those_of_hashlib(db, program):
    wanted = Digests.MD5 | Digests.SHA1 | Digests.SHA256
    with Session(db, digests=wanted) as session:
        result = session.examine(program)
    for name in ("md5", "sha1", "sha256"):
        assert result.texts("file-" + name) == (hashlib.new(name, program).hexdigest(),)


def test_a_session_without_a_database_has_features_and_no_findings(program):
    with Session(digests=Digests.SHA256) as session:
        result = session.examine(program)
    assert result.findings == () and result.db_digest == ""
    assert result.texts("company-name") == ("AO Kaspersky Lab",)
    assert b"ao kaspersky lab" in [f.value for f in result.features]


def test_unknown_formats_are_described_on_demand(db, session):
    text = b"%PDF-1.4\n" + b"x" * 100
    assert session.examine(text).objects[0].description == ""
    with Session(db, describe=True) as describing:
        assert "PDF" in describing.examine(text).objects[0].description


def test_features_are_judged_without_their_file(session):
    result = session.examine_features([("company-name", "AO Kaspersky Lab")])
    assert [f.vendor_id for f in result.findings] == ["kaspersky"]
    with pytest.raises(VendorprintError):
        session.examine_features([("no-kind", "x")])


class Broken(Exception):
    pass


@pytest.mark.parametrize("error", [Broken("disk on fire"), KeyboardInterrupt(), SystemExit(3)])
def test_an_exception_of_a_source_reaches_the_caller_as_the_same(session, program, error):
    class Failing(Store):
        def read_at(self, offset, length):
            raise error

    with pytest.raises(type(error)) as caught:
        session.examine(Failing(program))
    assert caught.value is error
    assert session.examine(program).findings, "the session goes on"


def test_an_exception_of_a_file_object_reaches_the_caller_as_the_same(session, program):
    class Failing(io.BytesIO):
        def read(self, *_):
            raise error

    error = Broken("gone")
    file = Failing(program)
    with pytest.raises(Broken) as caught:
        session.examine(file)
    assert caught.value is error and file.tell() == 0


def test_what_no_source_may_answer_raises_and_harms_nothing(session, program):
    answers = {
        ValueError: lambda offset, length: b"x" * (length + 1),
        TypeError: lambda offset, length: "text",
        BlockingIOError: lambda offset, length: None,
    }
    for expected, answer in answers.items():
        store = Store(program)
        store.read_at = answer
        with pytest.raises(expected):
            session.examine(store)
    with pytest.raises(TypeError):
        session.examine(io.StringIO("text"))


def test_progress_is_told_and_what_it_raises_reaches_the_caller(db, program):
    big, calls = program + bytes(3 << 20), []
    with Session(db, digests=Digests.SHA256, progress=lambda *a: calls.append(a)) as session:
        assert session.examine(big).complete
    assert max(done for done, _ in calls) > 2 << 20
    assert {total for _, total in calls} == {len(big)}
    error = Broken("stop")

    def fail(done, total):
        raise error

    with Session(db, digests=Digests.SHA256, progress=fail) as session:
        with pytest.raises(Broken) as caught:
            session.examine(big)
        assert caught.value is error


def test_a_cancelled_result_is_incomplete_and_says_why(db, program):
    cancel = {"now": True}
    with Session(db, digests=Digests.SHA256, progress=lambda *_: cancel["now"]) as session:
        result = session.examine(program + bytes(3 << 20))
        assert not result.complete
        assert vendorprint.GapReason.CANCELLED in [gap.reason for gap in result.gaps]
        cancel["now"] = False
        assert session.examine(program).complete


def test_a_session_that_is_at_work_refuses_more(db, program):
    errors = []

    def again(done, total):
        for call in (lambda: session.examine(program), session.close):
            with pytest.raises(VendorprintError) as caught:
                call()
            errors.append(caught.value.status)

    with Session(db, digests=Digests.SHA256, progress=again) as session:
        assert session.examine(program + bytes(1 << 20)).complete
    assert errors and set(errors) == {Status.ARGUMENT}


def test_a_closed_session_refuses(db, program):
    session = Session(db)
    session.close()
    with pytest.raises(VendorprintError):
        session.examine(program)


def test_limits_are_passed_on_and_those_that_do_not_fit_are_refused(db, program):
    with Session(db, limits=Limits(memory=1 << 14)) as session:
        tiny = session.examine(program + bytes(1 << 20))
        assert vendorprint.GapReason.MEMORY_LIMIT in [gap.reason for gap in tiny.gaps]
    for bad in (Limits(depth=2**32), Limits(memory=-1)):
        with pytest.raises(ValueError):
            Session(db, limits=bad)


def test_a_result_outlives_everything_and_can_be_pickled(program):
    with vendorprint.Database() as database:
        session = Session(database)
    result = session.examine(program)
    session.close()
    gc.collect()
    assert result.findings[0].vendor
    assert pickle.loads(pickle.dumps(result)) == result
    with pytest.raises(dataclasses.FrozenInstanceError):
        result.complete = False
    error = pickle.loads(pickle.dumps(VendorprintError(Status.IO, "no", 5)))
    assert (error.status, str(error), error.system_error) == (Status.IO, "no", 5)


def test_threads_examine_at_once(db):
    """Each examination asks for progress only when the other one has begun: without both, neither ends."""
    big, digests = os.urandom(1 << 20), []
    both = threading.Barrier(2, timeout=60)

    def examine():
        waited = []

        def meet(done, total):
            if not waited:
                waited.append(both.wait())

        with Session(db, digests=Digests.SHA256, progress=meet) as session:
            digests.append(session.examine(big).texts("file-sha256"))

    threads = [threading.Thread(target=examine) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert digests == [(hashlib.sha256(big).hexdigest(),)] * 2


def test_a_forked_child_may_drop_what_its_parent_owns(db, program):
    session = Session(db)
    scan = vendorprint.scan([os.devnull], database=db)
    child = os.fork()
    if child == 0:
        session.close()
        scan.close()
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    assert session.examine(program).findings
    assert list(scan) is not None
    session.close()
