"""What the binding hands out: enumerations, records of results and databases, the exception.

Everything is immutable and owns its memory; nothing refers to the C library any more.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Optional

from ._ffi import NAMES, lib


class _Open(enum.IntEnum):
    """Numbered for ever, and open: a number that a newer library knows becomes UNKNOWN_n.

    str() gives the library's word for it, which the command's JSON uses.
    """

    @classmethod
    def _missing_(cls, value: object) -> Optional["_Open"]:
        if not isinstance(value, int):
            return None
        member = int.__new__(cls, value)
        member._name_ = f"UNKNOWN_{value}"
        member._value_ = value
        return member

    def __str__(self) -> str:
        which = NAMES.get(type(self).__name__)
        if which is None:
            return self._name_.lower()
        word: bytes = lib.vp_name(which, self)
        return word.decode()

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)


class Status(_Open):
    OK = 0
    ARGUMENT = 1
    MEMORY = 2
    IO = 3
    NOT_FOUND = 4
    DATABASE = 5
    SET = 6
    CALLBACK = 7
    CANCELLED = 8
    NOT_REGULAR = 9
    END = 10


class Format(_Open):
    OTHER = 0
    PE32 = 1
    PE32_PLUS = 2
    ELF32 = 3
    ELF64 = 4
    MACHO32 = 5
    MACHO64 = 6
    MACHO_FAT = 7
    DEX = 8
    JAVA_CLASS = 9
    GZIP = 10
    XZ = 11
    ZSTD = 12
    CATALOG = 13
    INF = 14
    MSI = 15
    CAB = 16
    SCRIPT = 17
    MSIX = 18
    COMPOUND = 19
    RPM = 20
    DEB = 21


class Role(_Open):
    OTHER = 0
    PROGRAM = 1
    LIBRARY = 2
    DRIVER = 3
    KERNEL_MODULE = 4
    FIRMWARE = 5
    INSTALLER = 6
    PACKAGE = 7
    OBJECT = 8
    CORE = 9
    DEBUG = 10


class Relation(_Open):
    """How a vendor relates to an object, strongest first."""

    PUBLISHER = 1
    COMPONENT = 2
    MEMBER = 3
    SIGNER = 4
    CLAIM = 5
    BUILDER = 6


class Level(_Open):
    POSSIBLE = 1
    PROBABLE = 2
    IDENTIFIED = 3


class Outcome(_Open):
    NOTHING = 0
    FINDINGS = 1


class NoteCode(_Open):
    TRUNCATED = 1
    MALFORMED = 2
    SIGNATURE_UNVERIFIED = 3
    SIGNATURE_UNREADABLE = 4
    CHANGED_WHILE_READ = 5
    SHARED_KEY = 6
    OVERLAY = 7
    PACKED = 8
    SIGNATURE_INVALID = 9
    SIGNATURE_UNANCHORED = 10
    SIGNATURE_UNTIMELY = 11
    SIGNATURE_REVOKED = 12
    SIGNATURE_WEAK = 13
    SIGNATURE_PADDED = 14
    SIGNATURE_OVERLAP = 15
    SIGNERS_DISAGREE = 16
    SIGNATURE_REPLACED = 17
    LISTED_IN_CATALOG = 20
    SIGNATURE_PARTIAL = 25
    PAGES_DIFFER = 26
    PUBLISHER_DIFFERS = 27
    SIGNATURE_ADHOC = 30
    SIGNATURE_REMOVED = 31
    TEAM_DIFFERS = 32
    DIRECTORIES_DIFFER = 33
    NOTARIZATION_TICKET = 34
    BUNDLE_DIFFERS = 35
    BUNDLE_HOLDS = 36
    SIGNATURE_KEY_UNKNOWN = 40
    DIGEST_DIFFERS = 41


class GapReason(_Open):
    READ_FAILED = 1
    MEMORY_LIMIT = 2
    COUNT_LIMIT = 3
    CANCELLED = 4
    DEADLINE = 5
    MEMBER_TOO_LARGE = 6
    NOT_PERMITTED = 7
    DEPTH_LIMIT = 8
    UNSUPPORTED = 9


class Answer(_Open):
    NOT_COVERED = 0
    COVERED = 1
    NEEDS_HUMAN = 2


class SubjectType(_Open):
    VENDOR = 1
    PRODUCT = 2
    ORIGIN = 3
    BUILDER = 4


class Confidence(_Open):
    LOW = 1
    MEDIUM = 2
    HIGH = 3


class VersionFrom(_Open):
    NONE = 0
    KEY = 1
    FIXED = 2
    TEXT = 3


class TimeFrom(_Open):
    """What kind of counter-signature says when something was signed."""

    NONE = 0
    PKCS9 = 1
    RFC3161 = 2


class GroupType(_Open):
    """What a group of files is."""

    DRIVER_PACKAGE = 1
    BUNDLE = 2


class GroupRole(_Open):
    """What a file is in its group."""

    INF = 1
    CATALOG = 2
    FILE = 3
    MAIN_EXECUTABLE = 4
    INFO_PLIST = 5
    CODE_RESOURCES = 6
    EXECUTABLE = 7
    BUNDLE = 8  # one in the bundle, which is a group too


class CacheState(_Open):
    """What became of the cache file when a scan started."""

    NONE = 0
    NEW = 1
    USED = 2
    OTHER = 3  # of another version, set, limits or options: not used
    DAMAGED = 4  # not used
    REFUSED = 5  # others may write it, or it can't be read: not used, not replaced


class SignatureState(_Open):
    """What is true of a signature, each apart from the others (docs/trust.md)."""

    CHECKED = 1
    DIGEST_MATCHES = 2
    VERIFIES = 4
    ANCHORED = 8
    TIMELY = 16
    CODE_SIGNING = 32
    STAMPED = 64
    REVOKED = 128
    WEAK = 256
    LIFETIME = 512
    OVERLAP = 1024
    PADDED = 2048
    PAGE_HASHES = 4096
    BELIEVED = 8192
    CATALOG = 16384
    PAGES_MATCH = 32768
    ADHOC = 65536
    TEAM_DIFFERS = 131072
    TICKET = 262144


class Digests(enum.IntFlag):
    """Whole-file digests to compute whether or not a key of the database asks for them."""

    XXH3 = 1
    MD5 = 2
    SHA1 = 4
    SHA256 = 8


class VendorprintError(Exception):
    """What the library refused or could not do; `status` says of which sort it is.

    The content of an examined file never raises: damage gives a result with notes and gaps.
    """

    def __init__(self, status: Status, text: str, system_error: int = 0) -> None:
        super().__init__(text or f"vendorprint: {status}")
        self.status = status
        self.system_error = system_error  # errno, or 0

    def __reduce__(self) -> tuple[type, tuple[Status, str, int]]:
        return type(self), (self.status, str(self), self.system_error)


@dataclass(frozen=True)
class Limits:
    """Amounts of work a top-level file, so that answers repeat; 0 is the library's default."""

    memory: int = 0  # bytes [64 MiB]
    member_memory: int = 0  # bytes of a member or pipe kept in memory [32 MiB]
    expanded: int = 0  # bytes taken out of containers [2 GiB]
    depth: int = 0  # containers in containers [8]
    members: int = 0  # objects [100,000]
    deadline_ms: int = 0  # wall clock [none]; answers then differ from run to run


@dataclass(frozen=True)
class Key:
    """XXH3-128 of a kind and a canonical value; what a database is asked for."""

    kind: str
    kind_number: int
    low: int
    high: int


@dataclass(frozen=True)
class Subject:
    """A vendor, a product of it, an open-source origin or an installer tool."""

    type: SubjectType
    id: str
    name: str
    vendor: int  # index in Database.subjects of a product's vendor, else its own
    signs_for_others: bool  # its signature never names the vendor


@dataclass(frozen=True)
class Policy:
    id: str
    title: str
    basis: str
    since: str  # YYYY-MM-DD


@dataclass(frozen=True)
class Record:
    """What a database says of a key."""

    kind: str
    subject: Subject
    vendor: Subject
    version: str  # of the product, or ""
    file: str  # original file name, or ""
    source: str
    date: str  # of the source, YYYY-MM-DD or ""
    relation: Relation  # the strongest that it may yield
    confidence: Confidence
    gated: bool


@dataclass(frozen=True)
class KindInfo:
    """One kind of key in a database."""

    kind: str
    confirm_bits: int
    keys: int
    ungated: int  # keys that demand their digest of every file


@dataclass(frozen=True)
class DatabaseInfo:
    path: Optional[str]  # None for one opened from memory
    serial: int
    digest: str
    date: str
    expires: str  # or ""
    format: tuple[int, int]
    size: int
    subjects: int
    vendors: int
    products: int
    origins: int
    builders: int
    records: int
    policies: int
    keys: int
    kinds: tuple[KindInfo, ...]
    mapped: bool


@dataclass(frozen=True)
class Object:
    """A file or a part of one; the results of a file are a tree of them."""

    parent: Optional[int]  # index in Result.objects; None for the top
    name: str  # UTF-8 with surrogateescape: encodes back to the very bytes
    offset: Optional[int]  # in the parent
    size: Optional[int]
    format: Format
    role: Role
    machine: str  # "x86-64", or ""
    description: str  # libmagic's words, or ""


@dataclass(frozen=True)
class Feature:
    """One observation of an object."""

    object: int  # index in Result.objects
    kind: str
    language: int  # Windows language id of a version text, or 0
    value: bytes  # canonical
    text: str  # the same for people; key() takes it back
    offset: Optional[int]
    size: int
    key: Key
    beside: str = ""  # path of the file beside the object in which it stands, such as an Info.plist


@dataclass(frozen=True)
class Evidence:
    feature: Feature
    kind: str
    matched: str  # what of the feature's text hit
    source: str  # where the set has the key from
    confidence: Confidence


@dataclass(frozen=True)
class Judgement:
    """What one policy says of one finding."""

    policy: str
    answer: Answer
    why: str  # a sentence, or ""


@dataclass(frozen=True)
class Finding:
    """Whose code it is, how that relates to the object, how sure we are and why."""

    object: int  # index in Result.objects
    type: SubjectType
    vendor_id: str
    vendor: str
    product_id: str  # "" when not known
    product: str  # "" when not known
    version: str  # "" when not known
    version_from: VersionFrom
    relation: Relation
    level: Level
    measured_right: int  # of this kind of evidence; 0 and 0: not measured
    measured_wrong: int
    reason: str  # one sentence
    evidence: tuple[Evidence, ...]
    judgements: tuple[Judgement, ...]  # one for each policy of the database

    def judge(self, policy: str) -> Judgement:
        """What `policy` says of this finding."""
        for judgement in self.judgements:
            if judgement.policy == policy:
                return judgement
        raise VendorprintError(Status.NOT_FOUND, f"the database has no policy {policy!r}")


@dataclass(frozen=True)
class Certificate:
    """A certificate of a signature's chain."""

    subject: str  # commonName, or else organizationName
    sha256: str
    spki_sha256: str
    key: str  # "rsa", "ec", ...
    key_bits: int
    digest_algorithm: str  # of the signature that it bears, or ""
    not_before: Optional[int]  # seconds since 1970
    not_after: Optional[int]


@dataclass(frozen=True)
class Signature:
    """One signature of an object: nested and appended ones stand beside the first."""

    object: int  # index in Result.objects
    entry: int  # of the certificate table
    layer: int  # 0 outermost; n for the n-th nested one of its entry
    states: frozenset[SignatureState]  # empty when nobody needed it verified
    signer: str  # commonName, or ""
    organization: str
    issuer: str
    certificate_sha256: str  # "" when it is not enclosed
    digest_algorithm: str
    digest: str  # of the file, as signed
    program: str  # what the signer says
    url: str
    anchor: str  # the set's name of where the chain ends, or ""
    distrust: str  # the set's name of what it distrusts, or ""
    time_from: TimeFrom
    time_verifies: bool
    time: Optional[int]  # seconds since 1970; proven only with STAMPED
    time_signer: str
    chain: tuple[Certificate, ...]  # the signer's first
    catalog: str = ""  # path of the catalog that it is of; "" for one of the object's own


@dataclass(frozen=True)
class CatalogsInfo:
    """What Catalogs() found."""

    catalogs: int
    unread: int  # called .cat or named by the caller, and none that can be read
    members: int  # with a digest that is looked up
    complete: bool  # False: a limit was reached
    digest: str  # XXH3-128 over what is in them, and where they lie


@dataclass(frozen=True)
class Note:
    """A fact about an object that is no vendor."""

    object: int
    code: NoteCode
    offset: Optional[int]
    text: str


@dataclass(frozen=True)
class Gap:
    """Something that was not examined."""

    object: int
    reason: GapReason
    what: str


@dataclass(frozen=True)
class Result:
    """What is known of one file.  `outcome` means little without `complete`."""

    outcome: Outcome
    complete: bool  # False: see the gaps
    objects: tuple[Object, ...]
    features: tuple[Feature, ...]  # () if they were not asked for; findings have theirs anyway
    findings: tuple[Finding, ...]
    signatures: tuple[Signature, ...]
    notes: tuple[Note, ...]
    gaps: tuple[Gap, ...]
    bytes_read: int
    bytes_hashed: int
    db_serial: int
    db_digest: str  # "" without a database

    def texts(self, kind: str, object: int = 0) -> tuple[str, ...]:
        """The texts of all features of one kind, such as "file-sha256", of one object."""
        return tuple(f.text for f in self.features if f.kind == kind and f.object == object)


@dataclass(frozen=True)
class ScanItem:
    """One file of a scan; `result` is None unless `status` is Status.OK."""

    path: str
    status: Status
    error: str  # "" or one line
    result: Optional[Result]
    hard_link: bool  # the result is that of an earlier path of the same file
    cached: bool  # the result is that of an earlier scan


@dataclass(frozen=True)
class GroupMember:
    """A file of a group."""

    role: GroupRole
    name: str  # below the folder, with slashes: as the INF has it, or as it was found
    path: Optional[str]  # of the file of that name that was scanned, or of a bundle's folder; None: there was none


@dataclass(frozen=True)
class Group:
    """Files that are one thing: an INF with its catalogs and files, or an Apple bundle."""

    type: GroupType
    path: str  # of the INF, or of the bundle's folder
    provider: str  # what the INF claims, or ""
    version: str  # of DriverVer, or what the Info.plist claims, or ""
    members: tuple[GroupMember, ...]  # the INF, or a main executable, first
    identifier: str  # of a bundle: what the Info.plist claims, or ""


@dataclass(frozen=True)
class CacheReport:
    """What a scan's cache was good for."""

    state: CacheState
    answers: int  # that came from it
    kept: int  # that the file has now
