/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Entry points of the subcommands of `heard` that live here; argv[0] is the
 * subcommand's name. Each returns the process's exit status and prints its own errors.
 *
 * Threads  Called once, from a fresh process.
 */

#include <glib.h>

/* heard export --recording DIR --key FILE --pcapng FILE
 * 0: the file is there; stdout: one JSON object with what it holds, and what could not be read.
 * 1: failed, nothing was made. 2: usage. */
int heard_export_main(int argc, char **argv);

/* heard package --recording DIR --out FILE|- [--page FILE]
 * 0: FILE is complete; stdout: one JSON object, or the zip itself (-). A damaged recording is
 * packed all the same, and the package says so. 1: failed; FILE is untouched, what went out by
 * - is no zip. 2: usage. */
int heard_package_main(int argc, char **argv);

/* heard timestamp --recording DIR --url URL
 * 0: it is stamped, now or before: the end in DIR/timestamp.tsr, or, while there is none, the last
 * checkpoint in DIR/timestamp-NNNN.tsr; stdout: one JSON object, "complete" for the end. 1: failed,
 * ask again later. 2: usage. */
int heard_timestamp_main(int argc, char **argv);

/* heard copy --recording DIR --to PLACE [--credentials FILE] [--region NAME]
 *            [--check|--release|--restore]
 * --release: the segments here are gone, after everything was read back from there. --restore: they
 * are here again, and verified.
 * 0: all that is closed is there, read back; stdout: {"progress": …} lines and at the end one
 * JSON object, "complete" when the recording is closed. 1: failed, call again. 2: usage. */
int heard_copy_main(int argc, char **argv);

/* How jobs end that fail: the reason for people on stderr, {"failed": …} for the queue. */
void heard_command_fail(const char *command, const GError *error);

/* heard verify DIR [--json] [--lang zh|en] [--ca FILE] [--tsa FILE]
 * 0: intact. 1: altered or incomplete. 2: could not be checked (usage, unreadable).
 * 3: destroyed, by a certificate that is good. 4: what is here is intact, segments are at the
 * second place. */
int heard_verify_main(int argc, char **argv);

/* heard statement --recording DIR [--out FILE.pdf] [--kind statement|certificate] [--key FILE]
 *                 [--number TEXT] [--title TEXT] [--office TEXT] [--attendance FILE]
 * 0: the PDF is there. 1: failed, nothing was made. 2: usage. */
int heard_statement_main(int argc, char **argv);

/* heard derive --recording DIR --key FILE --out DIR [--follow]
 * 0: --out is complete. 1: failed, --out untouched. 2: usage.
 * stdout: one JSON object a line, {"progress": 0 … 1000} and at the end {"ready": {…}}. */
int heard_derive_main(int argc, char **argv);

/* heard composite --recording DIR --key FILE --out FILE [--layout WORD] [--from MS --to MS]
 * 0: --out is there and was opened again. 1: failed, --out untouched. 2: usage.
 * stdout: as derive; ready: {file, size, sha256, duration_ms, tool, derived_from, …}. */
int heard_composite_main(int argc, char **argv);
