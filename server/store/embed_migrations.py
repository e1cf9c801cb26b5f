#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Write migrations/NNNN_name[.engine].sql as one C table: embed_migrations.py OUT FILE…"""
import os
import re
import sys

NAME = re.compile(r'^(\d{4})_([a-z0-9_]+?)(\.sqlite|\.postgres)?\.sql$')


def quote(text):
    lines = text.splitlines(keepends=True) or ['']
    return '\n        '.join(
        '"' + l.replace('\\', '\\\\').replace('"', '\\"').replace('\n', '\\n') + '"' for l in lines)


def main():
    steps = {}
    for path in sys.argv[2:]:
        match = NAME.match(os.path.basename(path))
        if not match:
            sys.exit(f'{path}: a migration is named NNNN_name.sql')
        number, name, engine = int(match[1]), match[2], (match[3] or '.common')[1:]
        step = steps.setdefault(number, {'name': name})
        if step['name'] != name or engine in step:
            sys.exit(f'{path}: two migrations have number {number}')
        with open(path, encoding='utf-8') as file:
            step[engine] = file.read()
    if sorted(steps) != list(range(1, len(steps) + 1)):
        sys.exit('migrations: numbers must run 1, 2, 3 … without a hole')
    with open(sys.argv[1], 'w', encoding='utf-8') as out:
        out.write('/* Made by embed_migrations.py. */\n#include "server/store/migrate.h"\n\n')
        out.write('const HeardMigration heard_migrations[] = {\n')
        for number in sorted(steps):
            step = steps[number]
            parts = [quote(step.get(engine, '')) for engine in ('common', 'sqlite', 'postgres')]
            out.write(f'    {{{number}, "{step["name"]}",\n        ' + ',\n        '.join(parts))
            out.write('},\n')
        out.write(f'}};\nconst unsigned heard_migration_count = {len(steps)};\n')


main()
