/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Where documents of hearings lie: documents/HEARING/NUMBER below the data folder, each with
 * document.json, document.pdf, document.html, and document.txt for who signs it. What is being made
 * lies in documents/making and is renamed when it is whole and on the disk.
 *
 * Threads  Start-up.
 * Errors   HEARD_ERROR_STORAGE.
 */

#include <glib.h>
#include <stdbool.h>

/* The folders, and nothing left of what a crash cut off. */
bool heard_paper_new_prepare(const char *data_dir, GError **error) G_GNUC_WARN_UNUSED_RESULT;
