/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Entry points of the subcommands of `heard` that live here; argv[0] is the
 * subcommand's name. Each returns the process's exit status and prints its own errors.
 *
 * Threads  Called once, from a fresh process.
 */

/* heard export --recording DIR --key FILE --pcapng FILE
 * 0: the file is there; stdout: one JSON object with what it holds, and what could not be read.
 * 1: failed, nothing was made. 2: usage. */
int heard_export_main(int argc, char **argv);

/* heard timestamp --recording DIR --url URL
 * 0: DIR/timestamp.tsr is there, asked for now or before; stdout: one JSON object. 1: failed,
 * ask again later. 2: usage. */
int heard_timestamp_main(int argc, char **argv);

/* heard verify DIR [--json] [--lang zh|en] [--ca FILE] [--tsa FILE]
 * 0: intact. 1: altered or incomplete. 2: could not be checked (usage, unreadable).
 * 3: destroyed, by a certificate that is good. */
int heard_verify_main(int argc, char **argv);

/* heard statement --recording DIR [--out FILE.pdf] [--kind statement|certificate] [--key FILE]
 *                 [--number TEXT] [--title TEXT] [--office TEXT] [--attendance FILE]
 * 0: the PDF is there. 1: failed, nothing was made. 2: usage. */
int heard_statement_main(int argc, char **argv);

/* heard derive --recording DIR --key FILE --out DIR
 * 0: --out is complete. 1: failed, --out untouched. 2: usage.
 * stdout: one JSON object a line, {"progress": 0 … 1000} and at the end {"ready": {…}}. */
int heard_derive_main(int argc, char **argv);
