#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Write templates/NAME.json as one C table of names and texts: embed_templates.py OUT FILE…"""
import os
import sys


def quote(text):
    return '\n        '.join(
        '"' + l.replace('\\', '\\\\').replace('"', '\\"').replace('\n', '\\n') + '"' for l in text.splitlines(keepends=True))


def main():
    with open(sys.argv[1], 'w', encoding='utf-8') as out:
        out.write('/* Made by embed_templates.py. */\n#include "server/papers/papers.h"\n\n')
        out.write('const HeardPapersText heard_papers_texts[] = {\n')
        for path in sys.argv[2:]:
            name = os.path.splitext(os.path.basename(path))[0]
            with open(path, encoding='utf-8') as file:
                out.write(f'    {{"{name}",\n        {quote(file.read())}}},\n')
        out.write('    {NULL, NULL},\n};\n')


main()
