/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * An office document on A4 as PDF: title, numbered headings, paragraphs, tables, lines to sign on,
 * page numbers. The only door to cairo and pango; what a document says others know.
 *
 * Pages follow from the text: heard_paper_write() has it drawn twice, first to count them.
 *
 * Units      Widths of columns are shares of the line, in thousandths.
 * Ownership  Arguments are borrowed.
 * Threads    One at a time; blocks.
 * Errors     HEARD_ERROR_CONFIG without the fonts, HEARD_ERROR_STORAGE. The file appears whole or
 *            not at all.
 */

#include "server/papers/drawing.h"

#include <glib.h>
#include <stdbool.h>

enum { HEARD_PAPER_COLUMNS_MAX = 6, HEARD_PAPER_PAGES_MAX = 400, HEARD_PAPER_SPACE = 12 };

typedef struct HeardPaper HeardPaper;
typedef void (*HeardPaperDrawFunc)(HeardPaper *self, void *data);

/* title: of the file. footer: stands at the left of each page's foot. is_english: page numbers,
 * line breaks and paragraphs as in English. */
bool heard_paper_write(const char *path, const char *title, const char *footer, bool is_english,
                       HeardPaperDrawFunc draw, void *data,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

void heard_paper_title(HeardPaper *self, const char *text);
void heard_paper_under_title(HeardPaper *self, const char *text);
void heard_paper_heading(HeardPaper *self, const char *text);
/* A paragraph, in Chinese its first line set in by two characters. */
void heard_paper_text(HeardPaper *self, const char *text);
/* The same, not set in: who it goes to. */
void heard_paper_line(HeardPaper *self, const char *text);
/* Who issues it and the day, at the right. */
void heard_paper_closing(HeardPaper *self, const char *text);
/* What belongs to a name: a row of two cells. is_code: digits for a machine, evenly spaced. */
void heard_paper_fact(HeardPaper *self, const char *name, const char *value, bool is_code);
/* A new table; its head is repeated on each page. Then rows. */
void heard_paper_table(HeardPaper *self, const char *const *heads, const unsigned *widths,
                       unsigned count);
void heard_paper_row(HeardPaper *self, const char *const *cells);
void heard_paper_space(HeardPaper *self, double points);
/* Lines to sign on, two side by side, kept together. */
void heard_paper_signatures(HeardPaper *self, const char *const *labels, unsigned count);
/* One that was given: who, when and how; the drawing beside it, nothing where it is none; below
 * them what binds it. */
void heard_paper_signed(HeardPaper *self, const char *text, const HeardDrawing *drawing,
                        const char *seal);

/* Gives back what the font library holds: before a process ends that drew. */
void heard_paper_finish(void);
