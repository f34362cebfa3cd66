"""Session and Scan: bytes in, Result out."""

from __future__ import annotations

import os
import threading
from ctypes import byref, c_char, c_char_p, c_void_p, sizeof, string_at
from typing import Any, BinaryIO, Callable, Iterable, Iterator, Optional, Sequence, Union

from . import _copy, _ffi, _source
from ._catalogs import Catalogs, handle_of
from ._copy import check, text
from ._database import Database, Handle, Path, kind_number, path_bytes
from ._ffi import lib
from ._source import Source
from ._types import CacheReport, CacheState, Digests, Group, GroupMember, GroupRole, GroupType
from ._types import Limits, Result, ScanItem, Status, VendorprintError

Progress = Callable[[int, Optional[int]], object]


def _session_options(
    *,
    digests: Digests = Digests(0),
    describe: bool = False,
    all_features: bool = False,
    bundles: bool = False,
    limits: Limits = Limits(),
    magic_file: Optional[Path] = None,
    anchors_file: Optional[Path] = None,
    spool_folder: Optional[Path] = None,
    catalogs: Optional[Catalogs] = None,
) -> _ffi.vp_session_options:
    options = _ffi.new(_ffi.vp_session_options)
    flags = _ffi.VP_SESSION_DESCRIBE if describe else 0
    flags |= _ffi.VP_SESSION_ALL_FEATURES if all_features else 0
    flags |= _ffi.VP_SESSION_BUNDLES if bundles else 0
    _ffi.assign(options, flags=flags, digests=int(digests))
    _ffi.assign(options.limits, **vars(limits))
    if magic_file is None and not os.environ.get("MAGIC"):
        magic_file = _ffi.packaged("magic.mgc")
    options.magic_file = None if magic_file is None else path_bytes(magic_file)
    options.anchors_file = None if anchors_file is None else path_bytes(anchors_file)
    options.spool_folder = None if spool_folder is None else path_bytes(spool_folder)
    options.catalogs = handle_of(catalogs)
    return options


def _policy_ids(database: Optional[Database]) -> Sequence[str]:
    return () if database is None else [policy.id for policy in database.policies]


class Session(Handle):
    """Examines one file after another.  One thread at a time.

    database      None: features without findings
    digests       whole-file digests to compute whether or not a key asks for them
    describe      name unknown formats in libmagic's words
    all_features  also compute what no key of the database asks for
    limits        how much work a file may cost
    progress      called with (bytes done, total or None) between blocks; what it returns as true
                  cancels: the result is then incomplete.  What it raises reaches the caller
    magic_file    libmagic's compiled data; None: MAGIC, the wheel's, or the system's
    anchors_file  certificates (PEM, or one DER) to trust beside those of the database
    spool_folder  where what exceeds limits.member_memory may be kept, unlinked; None: nowhere
    catalogs      in which files are looked up: an unsigned one may have a signer there
    """

    def __init__(
        self,
        database: Optional[Database] = None,
        *,
        digests: Digests = Digests(0),
        describe: bool = False,
        all_features: bool = False,
        limits: Limits = Limits(),
        progress: Optional[Progress] = None,
        magic_file: Optional[Path] = None,
        anchors_file: Optional[Path] = None,
        spool_folder: Optional[Path] = None,
        catalogs: Optional[Catalogs] = None,
    ) -> None:
        options = _session_options(
            digests=digests,
            describe=describe,
            all_features=all_features,
            limits=limits,
            magic_file=magic_file,
            anchors_file=anchors_file,
            spool_folder=spool_folder,
            catalogs=catalogs,
        )
        self._options = options  # its strings live as long as the session
        self._busy = threading.Lock()
        self._kept = _source.Kept()
        self._policies = _policy_ids(database)
        if progress is not None:
            options.progress = self._progress = _progress(progress, self._kept)
        handle, error = c_void_p(), _ffi.vp_error()
        db = None if database is None else database._handle
        check(lib.vp_session_new(db, byref(options), byref(handle), byref(error)), error)
        super().__init__(handle.value, lib.vp_session_free)

    def examine(
        self,
        source: Union[Path, bytes, bytearray, memoryview, BinaryIO, Source],
        name: Optional[str] = None,
    ) -> Result:
        """Whose code is in `source`?

        A str or os.PathLike is the path of a regular file; bytes and other buffers are content;
        a file object must be binary and seekable, unless it is a plain open file or pipe, and
        keeps its position; any object with `size` and `read_at` is asked for what is needed.
        What it raises reaches the caller as that same exception.  `name` is evidence, as a file's
        name is; by default it is that of the path or of the file object, else there is none.
        """
        if isinstance(source, (str, os.PathLike)):
            if name is not None:
                raise TypeError("a path is its own name")
            path = path_bytes(source)
            return self._run(lambda *ret: lib.vp_examine_path(self._handle, path, *ret))
        if isinstance(source, (bytes, bytearray, memoryview)):
            return self._examine_buffer(memoryview(source), _name(name))
        if isinstance(source, Source):
            return self._examine_source(source.size, source.read_at, _name(name))
        if name is None and isinstance(getattr(source, "name", None), (str, bytes)):
            name = os.path.basename(os.fsdecode(source.name))
        if (fd := _source.descriptor(source)) is not None:
            called = _name(name)
            return self._run(lambda *ret: lib.vp_examine_fd(self._handle, fd, called, *ret))
        position = source.tell()
        try:
            return self._examine_source(*_source.of_file(source), _name(name))
        finally:
            source.seek(position)

    def set_beside(self, *catalogs: Catalogs) -> None:
        """Looks the next files up in these, too, because they lie beside them; none: no more."""
        if not self._busy.acquire(blocking=False):
            raise VendorprintError(Status.ARGUMENT, "the Session is in use")
        try:
            array = (c_void_p * len(catalogs))(*[one._handle for one in catalogs])
            error = _ffi.vp_error()
            status = lib.vp_session_set_beside(self._handle, array, len(catalogs), byref(error))
            check(status, error)
        finally:
            self._busy.release()

    def examine_features(
        self, features: Iterable[tuple[str, str]], name: Optional[str] = None
    ) -> Result:
        """Judges pairs (kind, text) without their file, such as the rows of a table of facts."""
        pairs = [(kind_number(kind), value.encode("utf-8")) for kind, value in features]
        rows = (_ffi.vp_known_feature * len(pairs))()
        for row, (number, data) in zip(rows, pairs):
            row.size, row.kind = sizeof(row), number
            row.text, row.len = data, len(data)
        called = _name(name)
        return self._run(
            lambda *ret: lib.vp_examine_features(self._handle, rows, len(rows), called, *ret)
        )

    def _examine_buffer(self, view: memoryview, name: Optional[bytes]) -> Result:
        view = view.cast("B")
        if isinstance(view.obj, bytes) and len(view) == len(view.obj):
            data: Any = c_char_p(view.obj)
        elif not view.readonly and len(view):
            data = byref((c_char * len(view)).from_buffer(view))
        else:
            return self._examine_source(*_source.of_buffer(view), name)
        return self._run(
            lambda *ret: lib.vp_examine_memory(self._handle, data, len(view), name, *ret)
        )

    def _examine_source(self, size: int, read: _source.ReadAt, name: Optional[bytes]) -> Result:
        source = _source.make(size, read, self._kept)
        return self._run(
            lambda *ret: lib.vp_examine_source(self._handle, byref(source), name, *ret)
        )

    def _run(self, call: Callable[[Any, Any], int]) -> Result:
        if not self._busy.acquire(blocking=False):
            raise VendorprintError(Status.ARGUMENT, "the Session is in use")
        try:
            handle, error = c_void_p(), _ffi.vp_error()
            status = call(byref(handle), byref(error))
            try:
                self._kept.release()
                check(status, error)
                return _copy.result(handle.value or 0, self._policies, True)
            finally:
                lib.vp_result_unref(handle)
        finally:
            self._busy.release()

    def close(self) -> None:
        """Frees it now; again does nothing."""
        if not self._busy.acquire(blocking=False):
            raise VendorprintError(Status.ARGUMENT, "the Session is in use")
        try:
            super().close()
        finally:
            self._busy.release()


def _name(name: Optional[str]) -> Optional[bytes]:
    return None if name is None else path_bytes(name)


def _progress(function: Progress, kept: _source.Kept) -> Any:
    def progress(_: Any, done: int, total: int) -> int:
        try:
            return 1 if function(done, _copy.maybe(total)) else 0
        except BaseException as error:
            return kept.keep(error)

    return _ffi.vp_progress(progress)


class Scan(Handle):
    """The files of a scan under way: an iterator of ScanItem.  See scan()."""

    def __init__(
        self,
        paths: Sequence[bytes],
        database: Optional[Database],
        options: _ffi.vp_scan_options,
        features: bool,
    ) -> None:
        self._options = options  # its strings live as long as the scan
        self._next = threading.Lock()
        self._features = features
        self._policies = _policy_ids(database)
        array = (c_char_p * len(paths))(*paths)
        handle, error = c_void_p(), _ffi.vp_error()
        db = None if database is None else database._handle
        status = lib.vp_scan_start(
            db, array, len(paths), byref(options), byref(handle), byref(error)
        )
        check(status, error)
        super().__init__(handle.value, lib.vp_scan_free)

    def __iter__(self) -> Iterator[ScanItem]:
        return self

    def __next__(self) -> ScanItem:
        with self._next:
            row, error = _ffi.new(_ffi.vp_scan_item), _ffi.vp_error()
            status = lib.vp_scan_next(self._handle, byref(row), byref(error))
            if status == Status.END:
                raise StopIteration
            check(status, error)
            try:
                return self._item(row)
            finally:
                lib.vp_result_unref(row.result)

    def _item(self, row: _ffi.vp_scan_item) -> ScanItem:
        return ScanItem(
            path=os.fsdecode(string_at(row.path, row.path_len)),
            status=Status(row.status),
            error=text(row.error),
            result=_copy.result(row.result, self._policies, self._features) if row.result else None,
            hard_link=bool(row.hard_link),
            cached=bool(row.cached),
        )

    def groups(self) -> list[Group]:
        """The driver packages and Apple bundles among the files that were scanned.  After the last item."""
        with self._next:
            found: list[Group] = []
            row = _ffi.new(_ffi.vp_group)
            while lib.vp_scan_group(self._handle, len(found), byref(row)) == Status.OK:
                members = [self._member(len(found), index) for index in range(row.members)]
                found.append(
                    Group(
                        type=GroupType(row.type),
                        path=os.fsdecode(string_at(row.path, row.path_len)),
                        provider=text(row.provider),
                        version=text(row.version),
                        members=tuple(members),
                        identifier=text(row.identifier),
                    )
                )
            return found

    def _member(self, group: int, index: int) -> GroupMember:
        row = _ffi.new(_ffi.vp_group_member)
        check(lib.vp_scan_group_member(self._handle, group, index, byref(row)), _ffi.vp_error())
        path = os.fsdecode(string_at(row.path, row.path_len))
        return GroupMember(GroupRole(row.role), os.fsdecode(row.name), path or None)

    def save_cache(self) -> CacheReport:
        """Replaces the cache file with one that has the answers of this scan too.

        After the last item.  What is kept, and for what it stands: vp_scan_save_cache in
        vendorprint.h.
        """
        with self._next:
            row, error = _ffi.new(_ffi.vp_scan_cache), _ffi.vp_error()
            check(lib.vp_scan_save_cache(self._handle, byref(row), byref(error)), error)
            return CacheReport(CacheState(row.state), row.answers, row.kept)

    def close(self) -> None:
        """Cancels what is under way and frees; waits for a thread that is in next()."""
        with self._next:
            super().close()


def scan(
    paths: Union[Path, Iterable[Path]],
    *,
    database: Optional[Database] = None,
    jobs: int = 0,
    ordered: bool = True,
    one_file_system: bool = False,
    cache_file: Optional[Path] = None,
    features: bool = False,
    digests: Digests = Digests(0),
    describe: bool = False,
    all_features: bool = False,
    bundles: bool = False,
    limits: Limits = Limits(),
    magic_file: Optional[Path] = None,
    anchors_file: Optional[Path] = None,
    spool_folder: Optional[Path] = None,
    catalogs: Optional[Catalogs] = None,
) -> Scan:
    """Examines files and folders with `jobs` threads (0: one a processor), in C, without the GIL.

    Links are not followed and only regular files are read.  Items come in the order of the walk
    unless `ordered` is false.  `cache_file` may have answers of earlier scans about files that
    did not change; Scan.save_cache() keeps those of this one there.  `features` copies all features into the results (findings have
    those that they rest on in any case).  `bundles` compares the files that signed bundles list,
    which reads them all.  `database` None: the default one.  The rest as for
    Session.  Leaving the loop early cancels the rest when the iterator is closed or collected.
    """
    if isinstance(paths, (str, os.PathLike)):
        paths = [paths]
    session = _session_options(
        digests=digests,
        describe=describe,
        all_features=all_features,
        bundles=bundles,
        limits=limits,
        magic_file=magic_file,
        anchors_file=anchors_file,
        spool_folder=spool_folder,
        catalogs=catalogs,
    )
    options = _ffi.new(_ffi.vp_scan_options)
    options.session = type(options.session)(session)
    _ffi.assign(options, jobs=jobs, unordered=not ordered, one_file_system=bool(one_file_system))
    if cache_file is not None:
        options.cache_file = path_bytes(cache_file)
    listed = [path_bytes(path) for path in paths]
    if database is not None:
        return Scan(listed, database, options, features)
    with Database() as default:
        return Scan(listed, default, options, features)
