"""count.py FOLDER... - what passed and failed in the test logs of several builds

Counts every subtest where a program reports them (TAP), else the program.  A build without a log
(it did not compile) and a program that died counts as one failure.  The last line is
`N passed, N failed`; the exit status says whether anything failed.
"""
import json
import os
import sys
import xml.etree.ElementTree as xml

GOOD = {"OK", "EXPECTEDFAIL"}


def read_folder(folder):
    """(passed, [names that failed], [names that were skipped]) of one build."""
    logs = os.path.join(folder, "meson-logs")
    try:
        with open(os.path.join(logs, "testlog.json"), encoding="utf-8") as log:
            programs = {row["name"]: row["result"] for row in map(json.loads, log)}
        suites = xml.parse(os.path.join(logs, "testlog.junit.xml")).getroot()
    except (OSError, ValueError, xml.ParseError):
        return 0, ["the build has no test log"], []
    passed, failed, skipped = 0, [], []
    for case in suites.iter("testcase"):
        name = f"{case.get('classname', '')} {case.get('name', '')}".strip()
        if case.find("skipped") is not None:
            skipped.append(name)
        elif case.find("failure") is not None or case.find("error") is not None:
            failed.append(name)
        else:
            passed += 1
    bad = [name for name, result in programs.items() if result not in GOOD | {"SKIP"}]
    # A program can die after its last good subtest.
    if len(bad) > len(failed):
        failed = bad
    return passed, failed, skipped


def main():
    passed = failures = 0
    for folder in sys.argv[1:]:
        good, failed, skipped = read_folder(folder)
        passed += good
        failures += len(failed)
        build = os.path.basename(folder)
        for name in failed:
            print(f"{build}: failed: {name}")
        for name in skipped:
            print(f"{build}: skipped: {name}")
    print(f"{passed} passed, {failures} failed")
    return 1 if failures or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
