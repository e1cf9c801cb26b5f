/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What stands in a document, block by block, before anybody knows how it is drawn: the PDF, the
 * page for the screen and the plain text come from the same sheet, so they can't differ.
 *
 * Bounds     HEARD_SHEET_BLOCKS_MAX blocks; what comes behind is dropped and heard_sheet_is_full()
 *            says so.
 * Units      Widths of columns are shares of the line, in thousandths.
 * Ownership  new/free. Texts are copied.
 * Threads    One at a time. write_pdf blocks (paper.h); the rest is pure.
 * Errors     write_pdf: as paper.h.
 */

#include "server/papers/document_words.h"
#include "server/papers/paper.h"

#include <glib.h>
#include <stdbool.h>

enum { HEARD_SHEET_BLOCKS_MAX = 20000 };

typedef enum {
    HEARD_BLOCK_HEADING,    /* one cell */
    HEARD_BLOCK_TEXT,       /* a paragraph */
    HEARD_BLOCK_LINE,       /* the same, not set in: who it goes to */
    HEARD_BLOCK_CLOSING,    /* at the right: who issues it, the day */
    HEARD_BLOCK_FACT,       /* name and value */
    HEARD_BLOCK_CODE,       /* the same; the value is for a machine */
    HEARD_BLOCK_TABLE,      /* heads, with widths */
    HEARD_BLOCK_ROW,        /* of the table before */
    HEARD_BLOCK_SIGNATURES, /* lines to sign on, labels */
    HEARD_BLOCK_SPACE,
    HEARD_BLOCK_SIGNED, /* a signature given: what is said of it, seal, width, height, path */
} HeardBlockKind;

typedef struct {
    HeardBlockKind kind;
    GStrv cells;
    unsigned widths[HEARD_PAPER_COLUMNS_MAX]; /* of a table */
} HeardBlock;

typedef struct HeardSheet HeardSheet;

HeardSheet *heard_sheet_new(HeardDocumentLanguage language);
void heard_sheet_free(HeardSheet *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeardSheet, heard_sheet_free)

/* number: stands below the title and at the foot of each page. */
void heard_sheet_set_title(HeardSheet *self, const char *title, const char *number,
                           const char *footer);
const char *heard_sheet_title(const HeardSheet *self);
/* cells is taken. widths NULL: no table. */
void heard_sheet_add_take(HeardSheet *self, HeardBlockKind kind, GStrv cells,
                          const unsigned *widths);
bool heard_sheet_is_full(const HeardSheet *self);

bool heard_sheet_write_pdf(const HeardSheet *self, const char *path,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* A whole page without scripts, to be looked at and printed; everything in it is escaped. */
char *heard_sheet_html(const HeardSheet *self);
/* Lines for a terminal, and for comparing in tests. */
char *heard_sheet_text(const HeardSheet *self);
/* What somebody reads who signs it: plain lines, no tables, no lines to sign on. */
char *heard_sheet_plain(const HeardSheet *self);
