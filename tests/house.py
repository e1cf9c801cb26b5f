#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The rules of the house that no compiler checks: who may include whom (DESIGN 2), sizes
(STYLE 1), one door for each outside library, licence lines. Prints TAP."""
import os
import re
import subprocess
import sys

ROOT = sys.argv[1]
ALLOWED = {
    "server/base": set(),
    "server/hearing": {"server/base"},
    "server/store": {"server/base", "server/hearing"},
    "server/papers": {"server/base"},
    "media": {"server/base"},
    "signaling": {"server/base", "server/hearing"},
    "recordings": {"server/base", "server/papers", "media"},
    "server/app": {"server/base", "server/hearing", "server/store", "server/papers", "media", "signaling",
                   "recordings"},
}
# header prefix -> files that may include it
DOORS = {
    "stun/": r"media/front/", "nice/": r"server/app/bench/|tests/bench/",
    "openssl/ssl": r"media/transport/dtls|server/app/bench/|server/app/tls_|tests/unit/app/test_tls",
    "seccomp": r"recordings/sandbox", "linux/landlock": r"recordings/sandbox",
    "srtp2/": r"media/transport/(srtp|cipher)", "gst/": r"recordings/",
    "microhttpd": r"server/app/http", "wslay/": r"signaling/ws_stream",
    "cairo": r"server/papers/paper", "pango/": r"server/papers/paper|recordings/plate",
    "sqlite3": r"server/store/", "libpq": r"server/store/",
}
LINES_MAX, FUNCTION_MAX, COLUMNS_MAX = 600, 70, 100


def tracked():
    out = subprocess.run(["git", "-C", ROOT, "ls-files", "--cached", "--others", "--exclude-standard"],
                         capture_output=True, text=True)
    if out.returncode:  # a source tree without git
        return [os.path.relpath(os.path.join(d, f), ROOT) for d, _, fs in os.walk(ROOT) for f in fs]
    return [p for p in out.stdout.splitlines() if os.path.isfile(os.path.join(ROOT, p))]


def room(path):
    best = ""
    for name in ALLOWED:
        if path.startswith(name + "/") and len(name) > len(best):
            best = name
    return best


def functions(text):
    """Start and length of each body that opens with '{' in column 0."""
    start = None
    for i, line in enumerate(text.split("\n"), 1):
        if line == "{":
            start = i
        elif line.startswith("}") and start:
            yield start, i - start - 1
            start = None


def check():
    files = [p for p in tracked() if p.startswith(("server/", "media/", "signaling/", "recordings/", "web/", "tests/", ".ci/"))]
    code = [p for p in files if p.endswith((".c", ".h", ".ts", ".py", ".mjs", ".css", ".sh", ".sql"))]
    problems = {"includes": [], "doors": [], "sizes": [], "licence": [], "words": [], "top": []}
    for path in code:
        text = open(os.path.join(ROOT, path), encoding="utf-8").read()
        lines = text.split("\n")
        if len(lines) - 1 > LINES_MAX:
            problems["sizes"].append(f"{path}: {len(lines) - 1} lines")
        if path.endswith((".c", ".h", ".ts")) and "SPDX-License-Identifier: Apache-2.0" not in "\n".join(lines[:3]):
            problems["licence"].append(path)
        if path != "tests/house.py" and re.search(r"\b(TODO|FIXME|XXX)\b|not implemented", text):
            problems["words"].append(path)
        if not path.endswith((".c", ".h")):
            continue
        for i, line in enumerate(lines, 1):
            if len(line) > COLUMNS_MAX:
                problems["sizes"].append(f"{path}:{i}: {len(line)} columns")
        for line, size in functions(text):
            if size > FUNCTION_MAX:
                problems["sizes"].append(f"{path}:{line}: function of {size} lines")
        me = room(path)
        for inc in re.findall(r'#include "([^"]+)"', text):
            to = room(inc)
            if me and to and to != me and to not in ALLOWED[me]:
                problems["includes"].append(f"{path} includes {inc}")
            if me == "recordings" and to == "media" and not inc.startswith(("media/sink.h", "media/rtp/", "media/codec/")):
                problems["includes"].append(f"{path} includes {inc}")
        if me:
            for inc in re.findall(r"#include <([^>]+)>", text):
                for prefix, door in DOORS.items():
                    if inc.startswith(prefix) and not re.match(door, path):
                        problems["doors"].append(f"{path} includes <{inc}>")
    top = {p.split("/")[0] for p in tracked()}
    known = {"server", "media", "signaling", "web", "recordings", "tests", "meson.build", "meson_options.txt",
             "README.md", "CHANGELOG.md", "LICENSE"}
    problems["top"] = sorted(t for t in top if t not in known and not t.startswith("."))
    return problems


def main():
    problems = check()
    print(f"1..{len(problems)}")
    for n, (name, found) in enumerate(problems.items(), 1):
        for row in found:
            print(f"# {row}")
        print(f"{'not ok' if found else 'ok'} {n} - {name}")
    return any(problems.values())


if __name__ == "__main__":
    sys.exit(main())
