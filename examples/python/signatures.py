"""signatures.py - who signed this file, and can it be believed?  python3 signatures.py FILE [ANCHORS]"""

import sys
from datetime import datetime, timezone

import vendorprint
from vendorprint import SignatureState

anchors = sys.argv[2] if len(sys.argv) > 2 else None
with vendorprint.Database() as db, vendorprint.Session(db, all_features=True, anchors_file=anchors) as session:
    result = session.examine(sys.argv[1])

for signature in result.signatures:
    believed = SignatureState.BELIEVED in signature.states
    print(f"{signature.signer}: {'' if believed else 'not '}believed")
    print("  states:", *sorted(str(state) for state in signature.states))
    print("  chain:", " < ".join(certificate.subject for certificate in signature.chain))
    if SignatureState.STAMPED in signature.states:
        print("  signed at", datetime.fromtimestamp(signature.time, timezone.utc).isoformat())
for note in result.notes:
    print(f"{note.code}: {note.text}")
