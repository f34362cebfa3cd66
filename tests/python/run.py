"""run.py FILE... - runs pytest and says on standard output, in TAP, what passed"""

import os
import sys

import pytest


class Tap:
    def __init__(self, stream):
        self.stream = stream
        self.count = 0

    def line(self, text):
        print(text, file=self.stream, flush=True)

    def pytest_collection_finish(self, session):
        self.line(f"1..{len(session.items)}")

    def pytest_runtest_logreport(self, report):
        name = report.nodeid.split("::", 1)[-1].replace("#", "")
        if report.when == "teardown" and report.failed:
            self.line(f"Bail out! {name}: teardown failed")
        elif report.when == "call" or (report.when == "setup" and not report.passed):
            self.count += 1
            verdict = "not ok" if report.failed else "ok"
            why = f" # SKIP {report.longrepr[2]}" if report.skipped else ""
            self.line(f"{verdict} {self.count} - {name}{why}")


def main():
    # What pytest says goes where people look for it; TAP alone is for the machine.
    stream = os.fdopen(os.dup(1), "w", encoding="utf-8")
    sys.stdout = sys.stderr
    arguments = ["-p", "no:cacheprovider", "-q", "--tb=short", *sys.argv[1:]]
    return pytest.main(arguments, plugins=[Tap(stream)])


if __name__ == "__main__":
    sys.exit(main())
