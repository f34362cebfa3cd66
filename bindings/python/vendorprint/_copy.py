"""Copies a vp_result into a Result; afterwards nothing points into the library's memory."""

from __future__ import annotations

from ctypes import Structure, byref, c_char_p, c_uint, string_at
from typing import Any, Callable, Optional, Sequence, Type, TypeVar

from . import _ffi
from ._ffi import lib
from ._types import (
    Answer,
    Certificate,
    Confidence,
    Evidence,
    Feature,
    Finding,
    Format,
    Gap,
    GapReason,
    Judgement,
    Key,
    Level,
    Note,
    NoteCode,
    Object,
    Outcome,
    Relation,
    Result,
    Role,
    Signature,
    SignatureState,
    Status,
    SubjectType,
    TimeFrom,
    VendorprintError,
    VersionFrom,
)

S = TypeVar("S", bound=Structure)


def check(status: int, error: Optional[_ffi.vp_error] = None) -> None:
    """Raises what `status` and `error` say, unless it is VP_OK."""
    if status == 0:
        return
    if error is None:
        raise VendorprintError(Status(status), "")
    raise VendorprintError(Status(status), text(error.text), error.system_error)


def text(value: Optional[bytes]) -> str:
    """The library promises UTF-8; what breaks the promise still doesn't break the caller."""
    return (value or b"").decode("utf-8", "replace")


def maybe(value: int) -> Optional[int]:
    return None if value == _ffi.VP_NONE else value


_kind_names: dict[int, str] = {}


def kind_name(number: int) -> str:
    name = _kind_names.get(number)
    if name is None:
        name = _kind_names[number] = text(lib.vp_name(_ffi.VP_NAMES_KIND, number))
    return name


def key_of(key: _ffi.vp_key) -> Key:
    return Key(kind_name(key.kind), key.kind, key.low, key.high)


def rows(count: int, struct: Type[S], get: Callable[[int, Any], int]) -> list[S]:
    """The first `count` rows that get(index, pointer) fills."""
    found = []
    for index in range(count):
        row = _ffi.new(struct)
        check(get(index, byref(row)))
        found.append(row)
    return found


def _object(row: _ffi.vp_object) -> Object:
    name = string_at(row.name, row.name_len) if row.name else b""
    return Object(
        parent=None if row.parent == _ffi.VP_NO_INDEX else row.parent,
        name=name.decode("utf-8", "surrogateescape"),
        offset=maybe(row.offset),
        size=maybe(row.bytes),
        format=Format(row.format),
        role=Role(row.role),
        machine=text(row.machine),
        description=text(row.description),
    )


def _feature(handle: int, index: int) -> Feature:
    row = _ffi.new(_ffi.vp_feature)
    check(lib.vp_result_feature(handle, index, byref(row)))
    return Feature(
        object=row.object,
        kind=kind_name(row.kind),
        language=row.language,
        value=string_at(row.value, row.value_len) if row.value else b"",
        text=text(row.text),
        offset=maybe(row.offset),
        size=row.bytes,
        key=key_of(row.key),
        beside=(row.beside or b"").decode("utf-8", "surrogateescape"),
    )


def _judge(handle: int, finding: int, policy: str) -> Judgement:
    answer, why, error = c_uint(), c_char_p(), _ffi.vp_error()
    check(
        lib.vp_policy_judge(
            handle, finding, policy.encode(), byref(answer), byref(why), byref(error)
        ),
        error,
    )
    return Judgement(policy, Answer(answer.value), text(why.value))


def _finding(
    handle: int,
    index: int,
    row: _ffi.vp_finding,
    feature: Callable[[int], Feature],
    policies: Sequence[str],
) -> Finding:
    evidence = rows(
        row.evidence,
        _ffi.vp_evidence,
        lambda i, ret: int(lib.vp_result_evidence(handle, index, i, ret)),
    )
    return Finding(
        object=row.object,
        type=SubjectType(row.type),
        vendor_id=text(row.vendor_id),
        vendor=text(row.vendor),
        product_id=text(row.product_id),
        product=text(row.product),
        version=text(row.version),
        version_from=VersionFrom(row.version_from),
        relation=Relation(row.relation),
        level=Level(row.level),
        measured_right=row.measured_right,
        measured_wrong=row.measured_wrong,
        reason=text(row.reason),
        evidence=tuple(
            Evidence(
                feature=feature(e.feature),
                kind=kind_name(e.kind),
                matched=text(e.matched),
                source=text(e.source),
                confidence=Confidence(e.confidence),
            )
            for e in evidence
        ),
        judgements=tuple(_judge(handle, index, policy) for policy in policies),
    )


def _certificate(row: _ffi.vp_certificate) -> Certificate:
    return Certificate(
        subject=text(row.subject),
        sha256=text(row.sha256),
        spki_sha256=text(row.spki_sha256),
        key=text(row.key),
        key_bits=row.key_bits,
        digest_algorithm=text(row.digest_algorithm),
        not_before=maybe(row.not_before),
        not_after=maybe(row.not_after),
    )


def _signature(handle: int, index: int, row: _ffi.vp_signature) -> Signature:
    chain = rows(
        row.chain,
        _ffi.vp_certificate,
        lambda i, ret: int(lib.vp_result_chain(handle, index, i, ret)),
    )
    return Signature(
        object=row.object,
        entry=row.entry,
        layer=row.layer,
        states=frozenset(
            SignatureState(1 << bit) for bit in range(32) if row.states >> bit & 1
        ),
        signer=text(row.signer),
        organization=text(row.organization),
        issuer=text(row.issuer),
        certificate_sha256=text(row.certificate_sha256),
        digest_algorithm=text(row.digest_algorithm),
        digest=text(row.digest),
        program=text(row.program),
        url=text(row.url),
        anchor=text(row.anchor),
        distrust=text(row.distrust),
        time_from=TimeFrom(row.time_from),
        time_verifies=bool(row.time_verifies),
        time=maybe(row.time),
        time_signer=text(row.time_signer),
        chain=tuple(_certificate(one) for one in chain),
        catalog=text(row.catalog),
    )


def result(handle: int, policies: Sequence[str], all_features: bool) -> Result:
    """The Result of the vp_result at `handle`, which stays the caller's."""
    summary = _ffi.new(_ffi.vp_summary)
    lib.vp_result_summary(handle, byref(summary))
    features: dict[int, Feature] = {}

    def feature(index: int) -> Feature:
        if index not in features:
            features[index] = _feature(handle, index)
        return features[index]

    def of(count: int, struct: Type[S], get: Callable[..., int]) -> list[S]:
        return rows(count, struct, lambda index, ret: get(handle, index, ret))

    findings = of(summary.findings, _ffi.vp_finding, lib.vp_result_finding)
    signatures = of(summary.signatures, _ffi.vp_signature, lib.vp_result_signature)
    notes = of(summary.notes, _ffi.vp_note, lib.vp_result_note)
    gaps = of(summary.gaps, _ffi.vp_gap, lib.vp_result_gap)
    objects = of(summary.objects, _ffi.vp_object, lib.vp_result_object)
    return Result(
        outcome=Outcome(summary.outcome),
        complete=bool(summary.complete),
        objects=tuple(_object(row) for row in objects),
        features=tuple(feature(i) for i in range(summary.features)) if all_features else (),
        findings=tuple(
            _finding(handle, i, row, feature, policies) for i, row in enumerate(findings)
        ),
        signatures=tuple(_signature(handle, i, row) for i, row in enumerate(signatures)),
        notes=tuple(
            Note(row.object, NoteCode(row.code), maybe(row.offset), text(row.text)) for row in notes
        ),
        gaps=tuple(Gap(row.object, GapReason(row.reason), text(row.what)) for row in gaps),
        bytes_read=summary.bytes_read,
        bytes_hashed=summary.bytes_hashed,
        db_serial=summary.db_serial,
        db_digest=text(summary.db_digest),
    )
