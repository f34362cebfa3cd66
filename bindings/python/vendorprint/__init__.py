"""vendorprint: whose code is in this file?

    import vendorprint

    with vendorprint.Database() as db, vendorprint.Session(db) as session:
        for finding in session.examine("setup.exe").findings:
            print(finding.vendor, finding.product, finding.version, finding.relation, finding.level)

A Database may be shared by all threads; a Session belongs to one thread at a time, and the GIL is
free while it works.  Everything handed out is a frozen dataclass that owns its memory.  Whatever
goes wrong with the machine, the arguments or a database is a VendorprintError; the content of a
file never is.  Handles are freed with close(), at the end of a `with` block, or when collected.
"""

from __future__ import annotations

from ._catalogs import Catalogs
from ._database import Database, key, kinds, library_version
from ._session import Scan, Session, scan
from ._source import Source
from ._types import (
    Answer,
    CacheReport,
    CacheState,
    CatalogsInfo,
    Certificate,
    Confidence,
    DatabaseInfo,
    Digests,
    Evidence,
    Feature,
    Finding,
    Format,
    Gap,
    GapReason,
    Group,
    GroupMember,
    GroupRole,
    GroupType,
    Judgement,
    Key,
    KindInfo,
    Level,
    Limits,
    Note,
    NoteCode,
    Object,
    Outcome,
    Policy,
    Record,
    Relation,
    Result,
    Role,
    ScanItem,
    Signature,
    SignatureState,
    Status,
    Subject,
    SubjectType,
    TimeFrom,
    VendorprintError,
    VersionFrom,
)

__all__ = [
    "Answer", "CacheReport", "CacheState", "Catalogs", "CatalogsInfo", "Certificate", "Confidence", "Database", "DatabaseInfo", "Digests", "Evidence",
    "Feature", "Finding", "Format", "Gap", "GapReason", "Group", "GroupMember", "GroupRole", "GroupType", "Judgement", "Key", "KindInfo", "Level",
    "Limits", "Note", "NoteCode", "Object", "Outcome", "Policy", "Record", "Relation", "Result",
    "Role", "Scan", "ScanItem", "Session", "Signature", "SignatureState", "Source", "Status",
    "Subject", "SubjectType", "TimeFrom", "VendorprintError", "VersionFrom", "key", "kinds", "library_version", "scan",
]  # fmt: skip
