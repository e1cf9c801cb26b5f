/* SPDX-License-Identifier: Apache-2.0 */
#include "server/papers/sheet_private.h"

#include "server/base/error.h"

static void block_free(void *data)
{
    HeardBlock *block = data;

    g_strfreev(block->cells);
    g_free(block);
}

HeardSheet *heard_sheet_new(HeardDocumentLanguage language)
{
    HeardSheet *self = g_new0(HeardSheet, 1);

    self->language = language;
    self->blocks = g_ptr_array_new_with_free_func(block_free);
    return self;
}

void heard_sheet_free(HeardSheet *self)
{
    if (!self)
        return;
    g_ptr_array_unref(self->blocks);
    g_free(self->title);
    g_free(self->number);
    g_free(self->footer);
    g_free(self);
}

void heard_sheet_set_title(HeardSheet *self, const char *title, const char *number,
                           const char *footer)
{
    g_free(self->title);
    g_free(self->number);
    g_free(self->footer);
    self->title = g_strdup(title);
    self->number = g_strdup(number);
    self->footer = g_strdup(footer);
}

const char *heard_sheet_title(const HeardSheet *self)
{
    return self->title;
}

bool heard_sheet_is_full(const HeardSheet *self)
{
    return self->is_full;
}

void heard_sheet_add_take(HeardSheet *self, HeardBlockKind kind, GStrv cells,
                          const unsigned *widths)
{
    HeardBlock *block = g_new0(HeardBlock, 1);

    block->kind = kind;
    block->cells = cells;
    for (unsigned i = 0; widths && i < MIN(g_strv_length(cells), HEARD_PAPER_COLUMNS_MAX); i++)
        block->widths[i] = widths[i];
    if (self->blocks->len < HEARD_SHEET_BLOCKS_MAX) {
        g_ptr_array_add(self->blocks, block);
        return;
    }
    self->is_full = true;
    block_free(block);
}

HeardDrawing heard_block_drawing(const HeardBlock *block)
{
    return (HeardDrawing){
        .width = block->cells[2], .height = block->cells[3], .path = block->cells[4]};
}

/* ---- as PDF ---- */

static void draw_block(HeardPaper *paper, const HeardBlock *block)
{
    const char *const *cells = (const char *const *)block->cells;
    unsigned count = g_strv_length(block->cells);
    HeardDrawing drawing;

    switch (block->kind) {
    case HEARD_BLOCK_HEADING:
        heard_paper_heading(paper, cells[0]);
        return;
    case HEARD_BLOCK_TEXT:
        heard_paper_text(paper, cells[0]);
        return;
    case HEARD_BLOCK_LINE:
        heard_paper_line(paper, cells[0]);
        return;
    case HEARD_BLOCK_CLOSING:
        heard_paper_closing(paper, cells[0]);
        return;
    case HEARD_BLOCK_FACT:
    case HEARD_BLOCK_CODE:
        heard_paper_fact(paper, cells[0], cells[1], block->kind == HEARD_BLOCK_CODE);
        return;
    case HEARD_BLOCK_TABLE:
        heard_paper_table(paper, cells, block->widths, count);
        return;
    case HEARD_BLOCK_ROW:
        heard_paper_row(paper, cells);
        return;
    case HEARD_BLOCK_SIGNATURES:
        heard_paper_signatures(paper, cells, count);
        return;
    case HEARD_BLOCK_SPACE:
        heard_paper_space(paper, HEARD_PAPER_SPACE);
        return;
    case HEARD_BLOCK_SIGNED:
        drawing = heard_block_drawing(block);
        heard_paper_signed(paper, cells[0], &drawing, cells[1]);
        return;
    }
}

static void draw(HeardPaper *paper, void *data)
{
    const HeardSheet *self = data;

    heard_paper_title(paper, self->title);
    heard_paper_under_title(paper, self->number);
    for (guint i = 0; i < self->blocks->len; i++)
        draw_block(paper, g_ptr_array_index(self->blocks, i));
}

bool heard_sheet_write_pdf(const HeardSheet *self, const char *path, GError **error)
{
    if (self->is_full) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_TOO_LARGE, "document: more than %d paragraphs",
                    HEARD_SHEET_BLOCKS_MAX);
        return false;
    }
    return heard_paper_write(path, self->title, self->footer, self->language == HEARD_DOCUMENT_EN,
                             draw, (void *)self, error);
}

/* ---- as a page ---- */

static const char page_head[] =
    "<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<style>\n"
    "body{max-width:46em;margin:0 auto;padding:1.2em;color:#111;background:#fff;"
    "font:16px/1.75 'Noto Serif CJK SC','Songti SC',SimSun,serif;overflow-wrap:anywhere}\n"
    "h1{font-size:1.55em;text-align:center;margin:.4em 0 .2em}\n"
    "h2{font-size:1.1em;margin:1.4em 0 .4em}\n"
    "h1,h2{font-family:'Noto Sans CJK SC','Heiti SC',SimHei,sans-serif}\n"
    ".number{text-align:center;margin:0 0 1.6em;color:#555}\n"
    "p{margin:.35em 0}\n"
    "p.text:lang(zh){text-indent:2em}\n"
    ".closing{text-align:right}\n"
    "table{border-collapse:collapse;width:100%;margin:.6em 0;font-size:.92em}\n"
    "th,td{border:1px solid #888;padding:.3em .5em;text-align:left;vertical-align:top}\n"
    ".facts th{width:21%}\n"
    "code{font-size:.88em;white-space:pre-wrap}\n"
    ".sign{display:flex;flex-wrap:wrap;gap:1.6em 2em;margin:2em 0}\n"
    ".sign span{flex:1 1 14em;border-bottom:1px solid #111;min-height:2em}\n"
    ".signed{display:flex;flex-wrap:wrap;gap:.3em 2em;align-items:center;padding:.6em 0;"
    "border-bottom:1px solid #888;break-inside:avoid}\n"
    ".signed div{flex:1 1 16em}\n"
    ".signed svg{flex:0 1 15em;max-height:6em;fill:none;stroke:#111;stroke-linecap:round;"
    "stroke-linejoin:round}\n"
    ".signed code{flex:1 0 100%}\n"
    "footer{margin-top:2.5em;border-top:1px solid #aaa;color:#555;font-size:.8em}\n"
    "@media print{body{max-width:none;padding:0;font-size:11.5pt}h2{break-after:avoid}"
    "tr{break-inside:avoid}}\n"
    "</style>\n";

static void put(GString *out, const char *before, const char *text, const char *after)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    g_autofree char *escaped = g_markup_escape_text(valid, -1);

    g_string_append_printf(out, "%s%s%s", before, escaped, after);
}

static void put_cells(GString *out, const HeardBlock *block, const char *tag)
{
    g_string_append(out, "<tr>");
    for (unsigned i = 0; block->cells[i]; i++) {
        g_string_append_printf(out, "<%s>", tag);
        put(out, "", block->cells[i], "");
        g_string_append_printf(out, "</%s>", tag);
    }
    g_string_append(out, "</tr>\n");
}

typedef enum { TABLE_NONE, TABLE_FACTS, TABLE_ROWS } OpenTable;

static OpenTable table_of(HeardBlockKind kind)
{
    switch (kind) {
    case HEARD_BLOCK_FACT:
    case HEARD_BLOCK_CODE:
        return TABLE_FACTS;
    case HEARD_BLOCK_TABLE:
    case HEARD_BLOCK_ROW:
        return TABLE_ROWS;
    case HEARD_BLOCK_HEADING:
    case HEARD_BLOCK_TEXT:
    case HEARD_BLOCK_LINE:
    case HEARD_BLOCK_CLOSING:
    case HEARD_BLOCK_SIGNATURES:
    case HEARD_BLOCK_SPACE:
    case HEARD_BLOCK_SIGNED:
        return TABLE_NONE;
    }
    return TABLE_NONE;
}

/* Paragraphs within a text are line feeds in it. */
static void put_paragraphs(GString *out, const char *tag, const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    for (unsigned i = 0; lines[i]; i++)
        if (*lines[i])
            put(out, tag, lines[i], "</p>\n");
}

/* The path was read, so that it is a path and nothing else. */
static void put_signed(GString *out, const HeardBlock *block)
{
    HeardDrawing drawing = heard_block_drawing(block);
    int width, height;

    g_string_append(out, "<div class=\"signed\"><div>\n");
    put_paragraphs(out, "<p>", block->cells[0]);
    g_string_append(out, "</div>");
    if (heard_drawing_is_good(&drawing, &width, &height))
        g_string_append_printf(out,
                               "<svg viewBox=\"0 0 %d %d\" aria-hidden=\"true\">"
                               "<path stroke-width=\"%d\" d=\"%s\"/></svg>",
                               width, height, MAX(width / 80, 2), drawing.path);
    put(out, "<code>", block->cells[1], "</code></div>\n");
}

static void put_block(GString *out, const HeardBlock *block)
{
    switch (block->kind) {
    case HEARD_BLOCK_HEADING:
        put(out, "<h2>", block->cells[0], "</h2>\n");
        return;
    case HEARD_BLOCK_TEXT:
        put_paragraphs(out, "<p class=\"text\">", block->cells[0]);
        return;
    case HEARD_BLOCK_LINE:
        put_paragraphs(out, "<p>", block->cells[0]);
        return;
    case HEARD_BLOCK_CLOSING:
        put(out, "<p class=\"closing\">", block->cells[0], "</p>\n");
        return;
    case HEARD_BLOCK_FACT:
        put(out, "<tr><th scope=\"row\">", block->cells[0], "</th>");
        put(out, "<td>", block->cells[1], "</td></tr>\n");
        return;
    case HEARD_BLOCK_CODE:
        put(out, "<tr><th scope=\"row\">", block->cells[0], "</th>");
        put(out, "<td><code>", block->cells[1], "</code></td></tr>\n");
        return;
    case HEARD_BLOCK_TABLE:
        put_cells(out, block, "th");
        return;
    case HEARD_BLOCK_ROW:
        put_cells(out, block, "td");
        return;
    case HEARD_BLOCK_SIGNATURES:
        g_string_append(out, "<div class=\"sign\">");
        for (unsigned i = 0; block->cells[i]; i++)
            put(out, "<span>", block->cells[i], "</span>");
        g_string_append(out, "</div>\n");
        return;
    case HEARD_BLOCK_SPACE:
        g_string_append(out, "<p>&#160;</p>\n");
        return;
    case HEARD_BLOCK_SIGNED:
        put_signed(out, block);
        return;
    }
}

char *heard_sheet_html(const HeardSheet *self)
{
    GString *out = g_string_new("<!doctype html>\n");
    OpenTable open = TABLE_NONE;

    g_string_append_printf(out, "<html lang=\"%s\">\n%s", HEARD_SAY(self->language, "zh-CN", "en"),
                           page_head);
    put(out, "<title>", self->title, "</title>\n");
    put(out, "<h1>", self->title, "</h1>\n");
    put(out, "<p class=\"number\">", self->number, "</p>\n");
    for (guint i = 0; i < self->blocks->len; i++) {
        const HeardBlock *block = g_ptr_array_index(self->blocks, i);
        OpenTable wanted = table_of(block->kind);

        if (open != TABLE_NONE && (wanted != open || block->kind == HEARD_BLOCK_TABLE))
            g_string_append(out, "</table>\n");
        if (wanted != TABLE_NONE && (wanted != open || block->kind == HEARD_BLOCK_TABLE))
            g_string_append(out, wanted == TABLE_FACTS ? "<table class=\"facts\">\n" : "<table>\n");
        open = wanted;
        put_block(out, block);
    }
    if (open != TABLE_NONE)
        g_string_append(out, "</table>\n");
    put(out, "<footer>", self->footer, "</footer>\n</html>\n");
    return g_string_free(out, FALSE);
}

/* ---- as text ---- */

char *heard_sheet_text(const HeardSheet *self)
{
    static const char *const marks[] = {"\n## ", "",   "",    "> ", "",   "",
                                        "|| ",   "| ", "__ ", "",   "~~ "};
    GString *out = g_string_new(NULL);

    g_string_append_printf(out, "# %s\n%s\n", self->title, self->number);
    for (guint i = 0; i < self->blocks->len; i++) {
        const HeardBlock *block = g_ptr_array_index(self->blocks, i);
        bool is_fact = block->kind == HEARD_BLOCK_FACT || block->kind == HEARD_BLOCK_CODE;
        g_autofree char *joined = g_strjoinv(is_fact ? " = " : " | ", block->cells);

        g_string_append_printf(out, "%s%s\n", marks[block->kind], joined);
    }
    g_string_append_printf(out, "-- %s\n", self->footer);
    return g_string_free(out, FALSE);
}
