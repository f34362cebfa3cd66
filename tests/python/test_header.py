"""The binding says what the header says: structs, enumerators, functions."""

import ctypes
import enum
import json
import os
import re
import subprocess

import pytest
import vendorprint
from vendorprint import _ffi

import header

HEADER = header.Header(os.environ["VENDORPRINT_TEST_HEADER"])
# Without LD_PRELOAD, which is Python's: a sanitized program brings its own runtime.
LAYOUT = json.loads(
    subprocess.check_output(
        [os.environ["VENDORPRINT_TEST_LAYOUT"]],
        env={name: value for name, value in os.environ.items() if name != "LD_PRELOAD"},
    )
)

# Enumerations that the binding spells as options instead, and where C has a shorter prefix.
OPTIONS = {"vp_db_flags", "vp_session_flags", "vp_catalogs_flags", "vp_names"}
PYTHON = {"vp_note_code": "NoteCode", "vp_gap_reason": "GapReason", "vp_digests": "Digests"}
PREFIX = {
    "vp_status": ("VP_E_", "VP_"),
    "vp_note_code": ("VP_NOTE_",),
    "vp_gap_reason": ("VP_GAP_",),
    "vp_subject_type": ("VP_SUBJECT_",),
    "vp_digests": ("VP_DIGEST_",),
    "vp_signature_state": ("VP_SIGNATURE_",),
    "vp_time_from": ("VP_TIME_",),
    "vp_cache_state": ("VP_CACHE_",),
    "vp_version_from": ("VP_VERSION_FROM_", "VP_VERSION_"),
}


def test_the_header_was_read_to_its_end():
    assert len(HEADER.functions) == HEADER.declared
    assert len(HEADER.structs) > 15 and len(HEADER.enums) > 10


def test_every_struct_of_the_binding_is_one_of_the_header_and_none_is_missing():
    ours = {
        name
        for name, value in vars(_ffi).items()
        if isinstance(value, type) and issubclass(value, ctypes.Structure) and name != "Structure"
    }
    assert ours == set(HEADER.structs)


@pytest.mark.parametrize("name", HEADER.structs)
def test_each_member_stands_where_the_compiler_puts_it(name):
    struct = getattr(_ffi, name)
    size, members = LAYOUT["structs"][name]
    assert {
        field: [getattr(struct, field).offset, getattr(struct, field).size]
        for field, _ in struct._fields_
    } == members
    assert ctypes.sizeof(struct) == size


def test_every_function_of_the_header_has_a_prototype():
    assert set(_ffi.PROTOTYPES) == set(HEADER.functions)


def accepts(c, python):
    """Whether ctypes type `python` is what C type `c` needs."""
    c = c.replace("const ", "").replace(" const", "").replace(" ", "")
    plain = {
        "void": None,
        "unsigned": ctypes.c_uint,
        "int": ctypes.c_int,
        "size_t": ctypes.c_size_t,
        "uint16_t": ctypes.c_uint16,
        "uint32_t": ctypes.c_uint32,
        "uint64_t": ctypes.c_uint64,
        "char*": ctypes.c_char_p,
        "char**": ctypes.POINTER(ctypes.c_char_p),
        "char*const*": ctypes.POINTER(ctypes.c_char_p),
        "size_t*": ctypes.POINTER(ctypes.c_size_t),
        "uint8_t*": ctypes.c_void_p,
    }
    if c in plain:
        return python is plain[c]
    if c == "void*":
        return python in (ctypes.c_void_p, ctypes.c_char_p)
    if c.startswith("enum"):
        return python is (ctypes.POINTER(ctypes.c_uint) if c.endswith("*") else ctypes.c_uint)
    assert c.startswith("struct"), c
    name = c[len("struct") :].rstrip("*")
    of = getattr(_ffi, name) if name in HEADER.structs else ctypes.c_void_p
    depth = c.count("*") - (name not in HEADER.structs)
    return python is (ctypes.POINTER(of) if depth else of)


@pytest.mark.parametrize("name", HEADER.functions)
def test_each_prototype_is_that_of_the_header(name):
    result, parameters = HEADER.functions[name]
    ours_result, ours = _ffi.PROTOTYPES[name]
    assert accepts(result, ours_result)
    assert len(parameters) == len(ours)
    for c, python in zip(parameters, ours):
        assert accepts(c, python), f"{c} is not {python}"


def python_enum(name):
    return getattr(vendorprint, PYTHON.get(name) or name[3:].title().replace("_", ""))


@pytest.mark.parametrize("name", sorted(set(HEADER.enums) - OPTIONS))
def test_each_enumeration_has_the_same_names_and_numbers(name):
    prefixes = PREFIX.get(name) or (name.upper() + "_",)
    theirs = {}
    for c_name in HEADER.enums[name]:
        prefix = next(p for p in prefixes if c_name.startswith(p))
        theirs[c_name[len(prefix) :]] = LAYOUT["enumerators"][c_name]
    assert {member.name: member.value for member in python_enum(name)} == theirs


def test_str_gives_the_word_of_the_library():
    names = {"NOTE": "NoteCode", "GAP": "GapReason"}
    prefix = "VP_NAMES_"
    numbers = {
        name[len(prefix) :]: number
        for name, number in LAYOUT["enumerators"].items()
        if name.startswith(prefix)
    }
    theirs = {
        names.get(word) or word.title().replace("_", ""): number
        for word, number in numbers.items()
        if word != "KIND"
    }
    assert _ffi.NAMES == theirs
    for name in theirs:
        for member in getattr(vendorprint, name):
            word = str(member)
            assert word == f"{member}" and word != "unknown"
            if name != "Status":  # which is told in other words than its name
                assert word.replace("from-", "") == member.name.lower().replace("_", "-")


def test_an_enumerator_of_a_newer_library_is_unknown_and_keeps_its_number():
    new = vendorprint.Relation(4711)
    assert new == 4711 and new.name == "UNKNOWN_4711" and str(new) == "unknown"
    assert isinstance(new, vendorprint.Relation)
    assert len(vendorprint.Relation) == 6
    with pytest.raises(ValueError):
        vendorprint.Relation("publisher")


@pytest.mark.parametrize("name", [n for n in vars(_ffi) if re.match("VP_[A-Z]", n)])
def test_each_constant_is_that_of_the_header(name):
    special = {"VP_NONE": 2**64 - 1, "VP_NO_INDEX": 2**32 - 1}
    assert getattr(_ffi, name) == {**LAYOUT["enumerators"], **special}[name]


def test_enumerations_of_the_binding_are_integers():
    for name in set(HEADER.enums) - OPTIONS:
        assert issubclass(python_enum(name), enum.IntEnum) or name == "vp_digests"
