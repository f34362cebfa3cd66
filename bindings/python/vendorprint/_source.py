"""Python sources: what has read() or read_at() becomes a vp_source.

An exception must not pass through C frames.  It is kept, the C call is told to fail, and the
caller of the C call raises the very same exception again.
"""

from __future__ import annotations

import ctypes
import io
import os
from typing import Any, Callable, Optional, Protocol, Union, runtime_checkable

from . import _ffi

ReadAt = Callable[[int, int], Any]


@runtime_checkable
class Source(Protocol):
    """Bytes that only the caller can reach, such as an object of a remote store.

    read_at returns up to `length` bytes at `offset`, fewer only at the end.
    """

    size: int

    def read_at(self, offset: int, length: int) -> bytes: ...


class Kept:
    """The first exception of a callback, until the C call has returned."""

    def __init__(self) -> None:
        self.error: Optional[BaseException] = None

    def keep(self, error: BaseException) -> int:
        if self.error is None:
            self.error = error
        return 1

    def release(self) -> None:
        """Raises the exception, if there is one."""
        error, self.error = self.error, None
        if error is not None:
            raise error


def of_file(file: Any) -> tuple[int, ReadAt]:
    """Size and reader of a seekable binary file object."""
    file.seek(0, os.SEEK_END)
    size = file.tell()

    def read_at(offset: int, length: int) -> Any:
        file.seek(offset)
        return file.read(length)

    return size, read_at


def of_buffer(view: memoryview) -> tuple[int, ReadAt]:
    """Size and reader of a buffer whose address ctypes can't take, because it is read-only."""
    return len(view), lambda offset, length: view[offset : offset + length]


def descriptor(file: Any) -> Optional[int]:
    """The descriptor of a plain open file, else None.

    Exact types only: a GzipFile has a fileno() too, but that one reads compressed bytes.
    """
    raw = file.raw if type(file) in (io.BufferedReader, io.BufferedRandom) else file
    if type(raw) is not io.FileIO:
        return None
    if type(file) is io.BufferedRandom:
        file.flush()
    return raw.fileno()


def make(size: int, read: ReadAt, kept: Kept) -> _ffi.vp_source:
    """A vp_source over read(offset, length); what `read` raises goes to `kept`."""

    def read_at(_: Any, offset: int, buffer: int, length: int, ret_len: Any) -> int:
        try:
            done = 0
            while done < length:
                chunk: Union[bytes, memoryview] = read(offset + done, length - done)
                if chunk is None:
                    raise BlockingIOError("the file has no bytes yet")
                view = memoryview(chunk).cast("B")
                if len(view) > length - done:
                    raise ValueError(f"asked for {length - done} bytes and got {len(view)}")
                if not len(view):
                    break
                ctypes.memmove(buffer + done, view.tobytes(), len(view))
                done += len(view)
            ret_len[0] = done
            return 0
        except BaseException as error:
            return kept.keep(error)

    source = _ffi.new(_ffi.vp_source)
    _ffi.assign(source, bytes=size)
    source.read_at = _ffi.vp_read_at(read_at)
    return source
