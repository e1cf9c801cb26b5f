#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""tally.py meson TESTLOG.json | tally.py tap FILE STATUS: prints "PASSED FAILED".

A test program that ends badly without saying "not ok" counts as one failure."""
import json
import re
import sys


def tap(text):
    ok = len(re.findall(r"^ok\b(?!.*# SKIP)", text, re.M))
    bad = len(re.findall(r"^not ok\b", text, re.M))
    return ok, bad


def main():
    passed = failed = 0
    if sys.argv[1] == "meson":
        for line in open(sys.argv[2], encoding="utf-8"):
            row = json.loads(line)
            ok, bad = tap(row.get("stdout") or "")
            if row["result"] in ("OK", "SKIP"):
                passed += max(ok, 1 if row["result"] == "OK" else 0)
                failed += bad
            else:
                passed += ok
                failed += max(bad, 1)
    else:
        ok, bad = tap(open(sys.argv[2], encoding="utf-8", errors="replace").read())
        passed, failed = ok, bad
        if (int(sys.argv[3]) != 0 and bad == 0) or ok + bad == 0:
            failed += 1
    print(passed, failed)


if __name__ == "__main__":
    main()
