"""The C library: where it is, its structs, and every prototype in one table.

Names are those of include/vendorprint/vendorprint.h, so that the two read side by side; a test
compares every offset, size, enumerator and parameter with the header.
"""

from __future__ import annotations

import ctypes
import os
from ctypes import CFUNCTYPE, POINTER, Structure, c_char, c_char_p, c_int, c_size_t, c_uint
from ctypes import c_uint16, c_uint32, c_uint64, c_void_p
from pathlib import Path
from typing import Any, Optional, Type, TypeVar

VP_NONE = 2**64 - 1
VP_NO_INDEX = 2**32 - 1

VP_DB_COPY, VP_DB_MAP = 1, 2
VP_SESSION_DESCRIBE, VP_SESSION_ALL_FEATURES, VP_SESSION_BUNDLES = 1, 2, 32
VP_CATALOGS_FLAT = 1
VP_NAMES_KIND = 11

# enum vp_names, by the binding's names of the enumerations.
NAMES = {
    "Status": 1,
    "Format": 2,
    "Role": 3,
    "Relation": 4,
    "Level": 5,
    "NoteCode": 6,
    "GapReason": 7,
    "Answer": 8,
    "SubjectType": 9,
    "Confidence": 10,
    "VersionFrom": 12,
    "SignatureState": 13,
    "TimeFrom": 14,
    "CacheState": 15,
    "GroupType": 16,
    "GroupRole": 17,
}

vp_progress = CFUNCTYPE(c_int, c_void_p, c_uint64, c_uint64)
vp_read_at = CFUNCTYPE(c_int, c_void_p, c_uint64, c_void_p, c_size_t, POINTER(c_size_t))


class vp_error(Structure):
    _fields_ = [("status", c_uint), ("system_error", c_int), ("text", c_char * 256)]


class vp_key(Structure):
    _fields_ = [
        ("low", c_uint64),
        ("high", c_uint64),
        ("kind", c_uint16),
        ("reserved", c_uint16 * 3),
    ]


class vp_db_options(Structure):
    _fields_ = [("size", c_size_t), ("flags", c_uint), ("minimum_serial", c_uint64)]


class vp_db_info(Structure):
    _fields_ = [
        ("size", c_size_t),
        ("path", c_char_p),
        ("serial", c_uint64),
        ("digest", c_char * 33),
        ("date", c_char * 11),
        ("expires", c_char * 11),
        ("format_major", c_uint16),
        ("format_minor", c_uint16),
        ("bytes", c_uint64),
        ("subjects", c_uint32),
        ("vendors", c_uint32),
        ("products", c_uint32),
        ("origins", c_uint32),
        ("builders", c_uint32),
        ("records", c_uint32),
        ("policies", c_uint32),
        ("keys", c_uint64),
        ("kinds", c_uint32),
        ("mapped", c_int),
    ]


class vp_db_kind(Structure):
    _fields_ = [
        ("size", c_size_t),
        ("kind", c_uint16),
        ("confirm_bits", c_uint16),
        ("keys", c_uint64),
        ("ungated", c_uint64),
    ]


class vp_subject(Structure):
    _fields_ = [
        ("size", c_size_t),
        ("type", c_uint),
        ("id", c_char_p),
        ("name", c_char_p),
        ("vendor", c_uint32),
        ("signs_for_others", c_int),
    ]


class vp_policy(Structure):
    _fields_ = [
        ("size", c_size_t),
        ("id", c_char_p),
        ("title", c_char_p),
        ("basis", c_char_p),
        ("since", c_char_p),
    ]


class vp_hit(Structure):
    _fields_ = [("first", c_uint32), ("count", c_uint32)]


class vp_record(Structure):
    _fields_ = [
        ("size", c_size_t),
        ("subject", c_uint32),
        ("vendor", c_uint32),
        ("version", c_char_p),
        ("file", c_char_p),
        ("source", c_char_p),
        ("date", c_char_p),
        ("relation", c_uint),
        ("confidence", c_uint),
        ("gated", c_int),
    ]


class vp_limits(Structure):
    _fields_ = [
        ("memory", c_uint64),
        ("member_memory", c_uint64),
        ("expanded", c_uint64),
        ("depth", c_uint32),
        ("members", c_uint32),
        ("deadline_ms", c_uint32),
        ("reserved", c_uint64 * 4),
    ]


class vp_session_options(Structure):
    _fields_ = [
        ("size", c_size_t),
        ("flags", c_uint),
        ("digests", c_uint),
        ("limits", vp_limits),
        ("progress", vp_progress),
        ("context", c_void_p),
        ("magic_file", c_char_p),
        ("spool_folder", c_char_p),
        ("anchors_file", c_char_p),
        ("catalogs", c_void_p),
    ]


class vp_catalogs_options(Structure):
    _fields_ = [
        ("size", c_size_t),
        ("flags", c_uint),
        ("catalogs", c_uint32),
        ("memory", c_uint64),
    ]


class vp_catalogs_info(Structure):
    _fields_ = [
        ("size", c_size_t),
        ("catalogs", c_uint32),
        ("unread", c_uint32),
        ("members", c_uint64),
        ("complete", c_int),
        ("digest", c_char * 33),
    ]


class vp_source(Structure):
    _fields_ = [
        ("size", c_size_t),
        ("context", c_void_p),
        ("bytes", c_uint64),
        ("read_at", vp_read_at),
    ]


class vp_known_feature(Structure):
    _fields_ = [("size", c_size_t), ("kind", c_uint16), ("text", c_char_p), ("len", c_size_t)]


class vp_summary(Structure):
    _fields_ = [
        ("size", c_size_t),
        ("outcome", c_uint),
        ("complete", c_int),
        ("objects", c_uint32),
        ("features", c_uint32),
        ("findings", c_uint32),
        ("notes", c_uint32),
        ("gaps", c_uint32),
        ("bytes_read", c_uint64),
        ("bytes_hashed", c_uint64),
        ("db_serial", c_uint64),
        ("db_digest", c_char_p),
        ("signatures", c_uint32),
        ("beside", c_uint32),
    ]


class vp_object(Structure):
    _fields_ = [
        ("size", c_size_t),
        ("parent", c_uint32),
        ("name", c_void_p),  # bytes with a length: no c_char_p, which stops at a NUL
        ("name_len", c_size_t),
        ("offset", c_uint64),
        ("bytes", c_uint64),
        ("format", c_uint),
        ("role", c_uint),
        ("machine", c_char_p),
        ("description", c_char_p),
    ]


class vp_feature(Structure):
    _fields_ = [
        ("size", c_size_t),
        ("object", c_uint32),
        ("kind", c_uint16),
        ("language", c_uint16),
        ("value", c_void_p),
        ("value_len", c_size_t),
        ("text", c_char_p),
        ("offset", c_uint64),
        ("bytes", c_uint64),
        ("key", vp_key),
        ("beside", c_char_p),
    ]


class vp_finding(Structure):
    _fields_ = [
        ("size", c_size_t),
        ("object", c_uint32),
        ("subject", c_uint32),
        ("vendor_id", c_char_p),
        ("vendor", c_char_p),
        ("product_id", c_char_p),
        ("product", c_char_p),
        ("version", c_char_p),
        ("version_from", c_uint),
        ("type", c_uint),
        ("relation", c_uint),
        ("level", c_uint),
        ("measured_right", c_uint32),
        ("measured_wrong", c_uint32),
        ("evidence", c_uint32),
        ("reason", c_char_p),
    ]


class vp_evidence(Structure):
    _fields_ = [
        ("size", c_size_t),
        ("feature", c_uint32),
        ("kind", c_uint16),
        ("matched", c_char_p),
        ("source", c_char_p),
        ("confidence", c_uint),
    ]


class vp_note(Structure):
    _fields_ = [
        ("size", c_size_t),
        ("object", c_uint32),
        ("code", c_uint),
        ("offset", c_uint64),
        ("text", c_char_p),
    ]


class vp_gap(Structure):
    _fields_ = [
        ("size", c_size_t),
        ("object", c_uint32),
        ("reason", c_uint),
        ("what", c_char_p),
    ]


class vp_signature(Structure):
    _fields_ = [
        ("size", c_size_t),
        ("object", c_uint32),
        ("entry", c_uint32),
        ("layer", c_uint32),
        ("states", c_uint),
        ("signer", c_char_p),
        ("organization", c_char_p),
        ("issuer", c_char_p),
        ("certificate_sha256", c_char_p),
        ("digest_algorithm", c_char_p),
        ("digest", c_char_p),
        ("program", c_char_p),
        ("url", c_char_p),
        ("anchor", c_char_p),
        ("distrust", c_char_p),
        ("time_from", c_uint),
        ("time_verifies", c_int),
        ("time", c_uint64),
        ("time_signer", c_char_p),
        ("chain", c_uint32),
        ("catalog", c_char_p),
    ]


class vp_certificate(Structure):
    _fields_ = [
        ("size", c_size_t),
        ("subject", c_char_p),
        ("sha256", c_char_p),
        ("spki_sha256", c_char_p),
        ("key", c_char_p),
        ("key_bits", c_uint32),
        ("digest_algorithm", c_char_p),
        ("not_before", c_uint64),
        ("not_after", c_uint64),
    ]


class vp_scan_options(Structure):
    _fields_ = [
        ("size", c_size_t),
        ("session", POINTER(vp_session_options)),
        ("jobs", c_uint),
        ("unordered", c_int),
        ("one_file_system", c_int),
        ("cache_file", c_char_p),
    ]


class vp_scan_item(Structure):
    _fields_ = [
        ("size", c_size_t),
        ("path", c_void_p),
        ("path_len", c_size_t),
        ("status", c_uint),
        ("error", c_char_p),
        ("result", c_void_p),
        ("hard_link", c_int),
        ("cached", c_int),
    ]


class vp_group(Structure):
    _fields_ = [
        ("size", c_size_t),
        ("type", c_uint),
        ("path", c_void_p),
        ("path_len", c_size_t),
        ("provider", c_char_p),
        ("version", c_char_p),
        ("members", c_uint32),
        ("identifier", c_char_p),
    ]


class vp_group_member(Structure):
    _fields_ = [
        ("size", c_size_t),
        ("role", c_uint),
        ("name", c_char_p),
        ("path", c_void_p),
        ("path_len", c_size_t),
    ]


class vp_scan_cache(Structure):
    _fields_ = [
        ("size", c_size_t),
        ("state", c_uint),
        ("answers", c_uint64),
        ("kept", c_uint64),
    ]


# Opaque handles (vp_db, vp_session, vp_result, vp_scan, vp_catalogs) are plain addresses.
_db = _session = _result = _scan = _catalogs = c_void_p
_err = POINTER(vp_error)
_ret = POINTER(c_void_p)
_status = c_uint

PROTOTYPES: dict[str, tuple[Any, list[Any]]] = {
    "vp_version": (c_char_p, []),
    "vp_name": (c_char_p, [c_uint, c_uint]),
    "vp_kind_from_name": (c_uint, [c_char_p]),
    "vp_kind_at": (c_uint, [c_size_t]),
    "vp_value_parse": (
        _status,
        [c_uint, c_char_p, c_size_t, c_void_p, c_size_t, POINTER(c_size_t), _err],
    ),
    "vp_key_make": (vp_key, [c_uint, c_char_p, c_size_t]),
    "vp_db_open": (_status, [c_char_p, POINTER(vp_db_options), _ret, _err]),
    "vp_db_open_memory": (_status, [c_char_p, c_size_t, POINTER(vp_db_options), _ret, _err]),
    "vp_db_ref": (_db, [_db]),
    "vp_db_unref": (None, [_db]),
    "vp_db_verify": (_status, [_db, _err]),
    "vp_db_info": (None, [_db, POINTER(vp_db_info)]),
    "vp_db_kind_at": (_status, [_db, c_uint32, POINTER(vp_db_kind)]),
    "vp_db_subject_at": (_status, [_db, c_uint32, POINTER(vp_subject)]),
    "vp_db_policy_at": (_status, [_db, c_uint32, POINTER(vp_policy)]),
    "vp_lookup_batch": (_status, [_db, POINTER(vp_key), c_size_t, POINTER(vp_hit)]),
    "vp_db_record_at": (_status, [_db, vp_hit, c_uint32, POINTER(vp_record)]),
    "vp_session_new": (_status, [_db, POINTER(vp_session_options), _ret, _err]),
    "vp_session_free": (None, [_session]),
    "vp_session_set_beside": (_status, [_session, POINTER(_catalogs), c_size_t, _err]),
    "vp_catalogs_open": (
        _status,
        [POINTER(c_char_p), c_size_t, POINTER(vp_catalogs_options), _ret, _err],
    ),
    "vp_catalogs_beside": (_status, [c_char_p, _ret, _err]),
    "vp_catalogs_ref": (_catalogs, [_catalogs]),
    "vp_catalogs_unref": (None, [_catalogs]),
    "vp_catalogs_info": (None, [_catalogs, POINTER(vp_catalogs_info)]),
    "vp_examine_path": (_status, [_session, c_char_p, _ret, _err]),
    "vp_examine_fd": (_status, [_session, c_int, c_char_p, _ret, _err]),
    "vp_examine_memory": (_status, [_session, c_void_p, c_size_t, c_char_p, _ret, _err]),
    "vp_examine_source": (_status, [_session, POINTER(vp_source), c_char_p, _ret, _err]),
    "vp_examine_features": (
        _status,
        [_session, POINTER(vp_known_feature), c_size_t, c_char_p, _ret, _err],
    ),
    "vp_result_ref": (_result, [_result]),
    "vp_result_unref": (None, [_result]),
    "vp_result_summary": (None, [_result, POINTER(vp_summary)]),
    "vp_result_object": (_status, [_result, c_uint32, POINTER(vp_object)]),
    "vp_result_feature": (_status, [_result, c_uint32, POINTER(vp_feature)]),
    "vp_result_finding": (_status, [_result, c_uint32, POINTER(vp_finding)]),
    "vp_result_evidence": (_status, [_result, c_uint32, c_uint32, POINTER(vp_evidence)]),
    "vp_result_note": (_status, [_result, c_uint32, POINTER(vp_note)]),
    "vp_result_gap": (_status, [_result, c_uint32, POINTER(vp_gap)]),
    "vp_result_signature": (_status, [_result, c_uint32, POINTER(vp_signature)]),
    "vp_result_chain": (_status, [_result, c_uint32, c_uint32, POINTER(vp_certificate)]),
    "vp_policy_judge": (
        _status,
        [_result, c_uint32, c_char_p, POINTER(c_uint), POINTER(c_char_p), _err],
    ),
    "vp_scan_start": (
        _status,
        [_db, POINTER(c_char_p), c_size_t, POINTER(vp_scan_options), _ret, _err],
    ),
    "vp_scan_next": (_status, [_scan, POINTER(vp_scan_item), _err]),
    # Results of Python are copies already: pickle keeps them.
    "vp_result_save": (_status, [_result, c_void_p, c_size_t, POINTER(c_size_t)]),
    "vp_result_load": (_status, [_db, c_void_p, c_size_t, POINTER(_result), _err]),
    "vp_scan_group": (_status, [_scan, c_uint32, POINTER(vp_group)]),
    "vp_scan_group_member": (_status, [_scan, c_uint32, c_uint32, POINTER(vp_group_member)]),
    "vp_scan_save_cache": (_status, [_scan, POINTER(vp_scan_cache), _err]),
    "vp_scan_free": (None, [_scan]),
}

_DATA = Path(__file__).parent / "_data"


def packaged(name: str) -> Optional[Path]:
    """The wheel's own file called `name`, or None where the system is to provide it."""
    path = _DATA / name
    return path if path.exists() else None


def load() -> ctypes.CDLL:
    """Opens VENDORPRINT_LIBRARY, else the wheel's own library, else the system's."""
    chosen = os.environ.get("VENDORPRINT_LIBRARY") or packaged("libvendorprint.so.0")
    try:
        library = ctypes.CDLL(str(chosen or "libvendorprint.so.0"))
        for name, (result, parameters) in PROTOTYPES.items():
            function = getattr(library, name)
            function.restype = result
            function.argtypes = parameters
    except (OSError, AttributeError) as error:
        raise ImportError(f"vendorprint: the C library can't be used: {error}") from error
    return library


S = TypeVar("S", bound=Structure)


def new(struct: Type[S]) -> S:
    """A struct whose first member says how large it is, as the library asks of its callers."""
    made = struct()
    made.size = ctypes.sizeof(struct)
    return made


def assign(struct: Structure, **members: int) -> None:
    """Sets integer members; ctypes alone would cut what doesn't fit without a word."""
    for name, value in members.items():
        setattr(struct, name, value)
        if getattr(struct, name) != value:
            raise ValueError(f"{name} is out of range: {value}")


lib = load()
