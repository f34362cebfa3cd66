"""one.py - what is known of one file: python3 one.py FILE"""

import sys

import vendorprint
from vendorprint import Digests

with vendorprint.Database() as db, vendorprint.Session(db, digests=Digests.SHA256) as session:
    result = session.examine(sys.argv[1])

print(result.objects[0].format, result.objects[0].role, *result.texts("file-sha256"))
for finding in result.findings:
    print(f"{finding.vendor} is a {finding.relation}, {finding.level}: {finding.reason}")
    for evidence in finding.evidence:
        print(f"  {evidence.kind}: {evidence.matched}")
if not result.complete:
    print("not examined:", "; ".join(gap.what for gap in result.gaps))
