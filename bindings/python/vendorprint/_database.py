"""Handles, keys, and the Database."""

from __future__ import annotations

import os
import weakref
from ctypes import byref, c_size_t, c_void_p, create_string_buffer
from typing import Any, Callable, Iterable, Optional, TypeVar, Union

from . import _copy, _ffi
from ._copy import check, key_of, kind_name, text
from ._ffi import lib
from ._types import (
    Confidence,
    DatabaseInfo,
    Key,
    KindInfo,
    Policy,
    Record,
    Relation,
    Status,
    Subject,
    SubjectType,
    VendorprintError,
)

Path = Union[str, "os.PathLike[str]", "os.PathLike[bytes]"]
H = TypeVar("H", bound="Handle")


def library_version() -> str:
    """The version of the C library in use, "0.1.0"."""
    return text(lib.vp_version())


def kinds() -> dict[str, int]:
    """Every kind of feature that the library knows, by name, in the order of their numbers."""
    found: dict[str, int] = {}
    while number := lib.vp_kind_at(len(found)):
        found[kind_name(number)] = number
    return found


def key(kind: str, value: str) -> Key:
    """The key of a value, written as Feature.text has it: hexadecimal digits or text."""
    return key_of(_key(kind_number(kind), value))


def kind_number(kind: str) -> int:
    number: int = lib.vp_kind_from_name(c_string(kind.encode()))
    if not number:
        raise VendorprintError(Status.NOT_FOUND, f"no kind is called {kind!r}")
    return number


def _key(number: int, value: str) -> _ffi.vp_key:
    data = value.encode("utf-8")
    # NFKC makes at most 11 bytes of one; the rest is for the empty text.
    canonical, length = create_string_buffer(12 * len(data) + 64), c_size_t()
    error = _ffi.vp_error()
    status = lib.vp_value_parse(
        number, data, len(data), canonical, len(canonical), byref(length), byref(error)
    )
    check(status, error)
    made: _ffi.vp_key = lib.vp_key_make(number, canonical.raw[: length.value], length.value)
    return made


def c_string(value: bytes) -> bytes:
    if b"\0" in value:
        raise ValueError("embedded null byte")
    return value


def path_bytes(path: Path) -> bytes:
    return c_string(os.fsencode(path))


class Handle:
    """Owns one C object and frees it once: by close(), by `with`, or when collected."""

    def __init__(self, handle: Optional[int], free: Callable[[Optional[int]], None]) -> None:
        self._address = handle
        self._finalizer = weakref.finalize(self, _free, free, handle, os.getpid())

    @property
    def _handle(self) -> Optional[int]:
        if not self._finalizer.alive:
            raise VendorprintError(Status.ARGUMENT, f"the {type(self).__name__} is closed")
        return self._address

    def close(self) -> None:
        """Frees it now; again does nothing."""
        self._finalizer()

    def __enter__(self: H) -> H:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _free(free: Callable[[Optional[int]], None], handle: Optional[int], process: int) -> None:
    # A forked child owns none of its parent's threads and must not wait for them.
    if os.getpid() == process:
        free(handle)


class Database(Handle):
    """A compiled signature set.  Immutable; any number of threads may share it."""

    def __init__(
        self,
        path: Optional[Path] = None,
        *,
        copy: bool = False,
        map: bool = False,
        minimum_serial: int = 0,
    ) -> None:
        """Opens `path`; None: VENDORPRINT_DATABASE, the wheel's own database, or the installed one.

        `copy` reads it into memory, `map` maps it even where others may write to it (by default
        that decides); a database older than `minimum_serial` is refused.
        """
        if path is None and not os.environ.get("VENDORPRINT_DATABASE"):
            path = _ffi.packaged("vendorprint.vpdb")
        options = _ffi.new(_ffi.vp_db_options)
        flags = (_ffi.VP_DB_COPY if copy else 0) | (_ffi.VP_DB_MAP if map else 0)
        _ffi.assign(options, flags=flags, minimum_serial=minimum_serial)
        handle, error = c_void_p(), _ffi.vp_error()
        where = None if path is None else path_bytes(path)
        check(lib.vp_db_open(where, byref(options), byref(handle), byref(error)), error)
        super().__init__(handle.value, lib.vp_db_unref)

    @classmethod
    def from_bytes(cls, data: bytes, *, minimum_serial: int = 0) -> "Database":
        """Like Database(), but takes the bytes, which are copied."""
        options = _ffi.new(_ffi.vp_db_options)
        _ffi.assign(options, minimum_serial=minimum_serial)
        handle, error = c_void_p(), _ffi.vp_error()
        status = lib.vp_db_open_memory(
            data, len(data), byref(options), byref(handle), byref(error)
        )
        check(status, error)
        made = cls.__new__(cls)
        Handle.__init__(made, handle.value, lib.vp_db_unref)
        return made

    def verify(self) -> None:
        """Reads every byte and compares the checksums; raises if one differs."""
        error = _ffi.vp_error()
        check(lib.vp_db_verify(self._handle, byref(error)), error)

    @property
    def info(self) -> DatabaseInfo:
        row = _ffi.new(_ffi.vp_db_info)
        lib.vp_db_info(self._handle, byref(row))
        listed = _copy.rows(row.kinds, _ffi.vp_db_kind, self._getter(lib.vp_db_kind_at))
        return DatabaseInfo(
            path=None if row.path is None else os.fsdecode(row.path),
            serial=row.serial,
            digest=text(row.digest),
            date=text(row.date),
            expires=text(row.expires),
            format=(row.format_major, row.format_minor),
            size=row.bytes,
            subjects=row.subjects,
            vendors=row.vendors,
            products=row.products,
            origins=row.origins,
            builders=row.builders,
            records=row.records,
            policies=row.policies,
            keys=row.keys,
            kinds=tuple(
                KindInfo(kind_name(k.kind), k.confirm_bits, k.keys, k.ungated) for k in listed
            ),
            mapped=bool(row.mapped),
        )

    @property
    def subjects(self) -> tuple[Subject, ...]:
        count, get = self.info.subjects, self._getter(lib.vp_db_subject_at)
        return tuple(map(_subject, _copy.rows(count, _ffi.vp_subject, get)))

    @property
    def policies(self) -> tuple[Policy, ...]:
        count = self.info.policies
        listed = _copy.rows(count, _ffi.vp_policy, self._getter(lib.vp_db_policy_at))
        return tuple(
            Policy(text(row.id), text(row.title), text(row.basis), text(row.since))
            for row in listed
        )

    def lookup(self, value: str, kind: Optional[str] = None) -> tuple[Record, ...]:
        """What the set says of one value; see lookup_batch."""
        return self.lookup_batch([value if kind is None else (kind, value)])[0]

    def lookup_batch(
        self, values: Iterable[Union[str, tuple[str, str], Key]]
    ) -> list[tuple[Record, ...]]:
        """The records of each value, () for a miss.  Any thread.

        A value is a Key, a pair (kind, text), or a bare digest, which is looked up under every
        kind of file digest of its length.
        """
        wanted: list[_ffi.vp_key] = []
        owners: list[int] = []
        count = 0
        for value in values:
            found = _keys(value)
            wanted += found
            owners += [count] * len(found)
            count += 1
        keys = (_ffi.vp_key * len(wanted))(*wanted)
        hits = (_ffi.vp_hit * len(wanted))()
        check(lib.vp_lookup_batch(self._handle, keys, len(wanted), hits))
        records: list[tuple[Record, ...]] = [()] * count
        for owner, made, hit in zip(owners, wanted, hits):
            if hit.count:
                records[owner] += self._records(kind_name(made.kind), hit)
        return records

    def _records(self, kind: str, hit: _ffi.vp_hit) -> tuple[Record, ...]:
        def get(index: int, ret: Any) -> int:
            return int(lib.vp_db_record_at(self._handle, hit, index, ret))

        return tuple(
            Record(
                kind=kind,
                subject=self._subject(row.subject),
                vendor=self._subject(row.vendor),
                version=text(row.version),
                file=text(row.file),
                source=text(row.source),
                date=text(row.date),
                relation=Relation(row.relation),
                confidence=Confidence(row.confidence),
                gated=bool(row.gated),
            )
            for row in _copy.rows(hit.count, _ffi.vp_record, get)
        )

    def _subject(self, index: int) -> Subject:
        row = _ffi.new(_ffi.vp_subject)
        check(lib.vp_db_subject_at(self._handle, index, byref(row)))
        return _subject(row)

    def _getter(self, function: Callable[..., int]) -> Callable[[int, Any], int]:
        return lambda index, ret: function(self._handle, index, ret)


def _subject(row: _ffi.vp_subject) -> Subject:
    return Subject(
        SubjectType(row.type), text(row.id), text(row.name), row.vendor, bool(row.signs_for_others)
    )


def _keys(value: Union[str, tuple[str, str], Key]) -> list[_ffi.vp_key]:
    if isinstance(value, Key):
        return [_ffi.vp_key(value.low, value.high, value.kind_number)]
    if not isinstance(value, str):
        kind, of = value
        return [_key(kind_number(kind), of)]
    found = []
    for number in kinds().values():
        if number >> 8 == 1:  # the block of whole-file digests
            try:
                found.append(_key(number, value))
            except VendorprintError as error:
                if error.status is not Status.ARGUMENT:
                    raise
    return found
