#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Write profiles/NAME.json as one C table, in the order of the names: embed_profiles.py OUT FILE…"""
import sys


def quote(text):
    return '\n        '.join(
        '"' + l.replace('\\', '\\\\').replace('"', '\\"').replace('\n', '\\n') + '"' for l in text.splitlines(keepends=True))


def main():
    with open(sys.argv[1], 'w', encoding='utf-8') as out:
        out.write('/* Made by embed_profiles.py. */\n#include "server/hearing/agenda.h"\n\n')
        out.write('extern const char *const heard_profile_texts[HEARD_KIND_COUNT];\n')
        out.write('const char *const heard_profile_texts[HEARD_KIND_COUNT] = {\n')
        for path in sys.argv[2:]:
            with open(path, encoding='utf-8') as file:
                out.write(f'    {quote(file.read())},\n')
        out.write('};\n')


main()
