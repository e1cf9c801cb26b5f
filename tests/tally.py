#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""tally.py meson TESTLOG.json | tally.py tap FILE STATUS: prints "PASSED FAILED", and on stderr
what failed with the lines around it.

A test program that ends badly without saying "not ok" counts as one failure."""
import json
import re
import sys


def tap(text):
    ok = len(re.findall(r"^ok\b(?!.*# SKIP)", text, re.M))
    bad = len(re.findall(r"^not ok\b", text, re.M))
    return ok, bad


def tell(name, text, stderr=""):
    """The first failed line of a test program with what led to it, and how its stderr ended."""
    lines = text.splitlines()
    first = next((i for i, line in enumerate(lines) if line.startswith("not ok")), len(lines) - 1)
    for line in [f"--- {name}"] + lines[max(first - 12, 0) : first + 6] + stderr.splitlines()[-30:]:
        print(line[:300], file=sys.stderr)


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
            if bad or row["result"] not in ("OK", "SKIP"):
                tell(f"{row['name']}: {row['result']}", row.get("stdout") or "", row.get("stderr") or "")
    else:
        text = open(sys.argv[2], encoding="utf-8", errors="replace").read()
        ok, bad = tap(text)
        passed, failed = ok, bad
        if (int(sys.argv[3]) != 0 and bad == 0) or ok + bad == 0:
            failed += 1
        if failed:
            tell(f"ended with {sys.argv[3]}", text)
    print(passed, failed)


if __name__ == "__main__":
    main()
