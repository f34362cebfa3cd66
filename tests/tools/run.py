"""run.py FOLDER... - runs pytest; standard output is TAP, what pytest says goes to standard error"""

import os
import sys

import pytest


class Tap:
    def __init__(self, stream):
        self.stream = stream
        self.count = 0

    def pytest_runtest_logreport(self, report):
        # A call that passed can still fail in its teardown: that is one more failure.
        if report.passed and report.when != "call":
            return
        self.count += 1
        verdict = "not ok" if report.failed else "ok"
        skip = " # SKIP" if report.skipped else ""
        name = report.nodeid.split("::", 1)[-1].encode("ascii", "replace").decode()
        print(verdict, self.count, "-", name.replace("#", "") + skip, file=self.stream)

    def pytest_sessionfinish(self, session, exitstatus):
        print(f"1..{self.count}", file=self.stream, flush=True)


def main():
    stream = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    arguments = ["-p", "no:cacheprovider", "-q", "--tb=short", *sys.argv[1:]]
    return pytest.main(arguments, plugins=[Tap(stream)])


if __name__ == "__main__":
    sys.exit(main())
