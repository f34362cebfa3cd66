"""Catalogs: lists of digests, each signed by one who vouches for the files."""

from __future__ import annotations

from ctypes import byref, c_char_p, c_void_p
from typing import Optional

from . import _ffi
from ._copy import check, text
from ._database import Handle, Path, path_bytes
from ._ffi import lib
from ._types import CatalogsInfo


class Catalogs(Handle):
    """Windows catalogs (.cat) at `paths`, for Session() and scan() to look files up in.

    Immutable; any number of threads may share it.  A path is a file or a folder, such as a CatRoot;
    with `flat` no folders below it are read.  `most` catalogs and `memory` bytes of index at most
    (0: the library's defaults).
    """

    def __init__(self, *paths: Path, flat: bool = False, most: int = 0, memory: int = 0) -> None:
        options = _ffi.new(_ffi.vp_catalogs_options)
        flags = _ffi.VP_CATALOGS_FLAT if flat else 0
        _ffi.assign(options, flags=flags, catalogs=most, memory=memory)
        array = (c_char_p * len(paths))(*[path_bytes(path) for path in paths])
        handle, error = c_void_p(), _ffi.vp_error()
        status = lib.vp_catalogs_open(
            array, len(paths), byref(options), byref(handle), byref(error)
        )
        check(status, error)
        super().__init__(handle.value, lib.vp_catalogs_unref)

    @classmethod
    def beside(cls, path: Path) -> "Catalogs":
        """Those in the folder of `path` and in the one above it, as a scan finds them."""
        handle, error = c_void_p(), _ffi.vp_error()
        check(lib.vp_catalogs_beside(path_bytes(path), byref(handle), byref(error)), error)
        catalogs = cls.__new__(cls)
        Handle.__init__(catalogs, handle.value, lib.vp_catalogs_unref)
        return catalogs

    @property
    def info(self) -> CatalogsInfo:
        row = _ffi.new(_ffi.vp_catalogs_info)
        lib.vp_catalogs_info(self._handle, byref(row))
        return CatalogsInfo(
            catalogs=row.catalogs,
            unread=row.unread,
            members=row.members,
            complete=bool(row.complete),
            digest=text(row.digest),
        )


def handle_of(catalogs: Optional[Catalogs]) -> Optional[int]:
    return None if catalogs is None else catalogs._handle
