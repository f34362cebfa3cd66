"""scan.py - whose code lies in these folders?  Vendors, what a policy says of them, and gaps

    python3 scan.py FOLDER...
"""

import sys
from collections import Counter

import vendorprint

POLICY = "us-bod-17-01"


def main() -> int:
    vendors: Counter[str] = Counter()
    incomplete = 0
    with vendorprint.Database() as db:
        for item in vendorprint.scan(sys.argv[1:], database=db):
            if item.result is None:
                print(f"{item.path}: {item.error}", file=sys.stderr)
                incomplete += 1
                continue
            for finding in item.result.findings:
                answer = finding.judge(POLICY).answer
                how = f"{finding.relation}, {finding.level}"
                print(f"{item.path}: {finding.vendor} ({how}): {answer}")
                vendors[finding.vendor] += 1
            incomplete += not item.result.complete
    for vendor, count in vendors.most_common():
        print(f"{count} x {vendor}")
    print(f"{incomplete} not or not wholly examined")
    return 0


if __name__ == "__main__":
    sys.exit(main())
