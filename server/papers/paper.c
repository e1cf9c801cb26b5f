/* SPDX-License-Identifier: Apache-2.0 */
#include "server/papers/paper.h"

#include "server/base/error.h"

#include <cairo-pdf.h>
#include <glib/gstdio.h>
#include <pango/pangocairo.h>
#include <string.h>

#define MM(value) ((value)*72.0 / 25.4)
/* Margins after GB/T 9704, which offices know their paper by. */
#define PAGE_WIDTH           MM(210)
#define PAGE_HEIGHT          MM(297)
#define LEFT                 MM(28)
#define RIGHT                MM(26)
#define TOP                  MM(33)
#define BOTTOM               MM(30)
#define LINE_WIDTH           (PAGE_WIDTH - LEFT - RIGHT)
#define CELL_PAD             MM(1.6)
#define SIGN_HEIGHT          MM(12)
#define DRAWN_HEIGHT         MM(17)
#define DRAWN_SHARE          0.36
#define DRAWN_STROKE         1.3
#define LINE_SPACING         1.55F
#define ENGLISH_SCALE        0.92  /* the same says itself in more letters */
#define LINE_SPACING_ENGLISH 1.35F /* letters have no square of their own to fill */
#define FONT_FAMILY          "Noto Serif CJK SC"
#define TITLE_FAMILY         "Noto Sans CJK SC"
#define CODE_FAMILY          "Noto Sans Mono CJK SC"
#define TITLE_SIZE           20.0
#define HEADING_SIZE         13.0
#define TEXT_SIZE            11.5
#define TABLE_SIZE           10.0
#define CODE_SIZE            9.0
#define FOOT_SIZE            8.0 /* number, time and zone stay on one line */
#define FOOT_SHARE           0.82
#define FACT_NAME            210U /* thousandths of the line */

struct HeardPaper {
    cairo_surface_t *surface;
    cairo_t *cairo;
    const char *footer;
    bool is_english;
    double y;
    unsigned page, page_count;
    char *heads[HEARD_PAPER_COLUMNS_MAX];
    unsigned widths[HEARD_PAPER_COLUMNS_MAX], columns;
    bool is_head, is_table; /* the next row goes on with a table */
};

typedef struct {
    const char *family;
    double size;
    bool is_bold;
    PangoAlignment align;
} Face;

static const Face title_face = {TITLE_FAMILY, TITLE_SIZE, true, PANGO_ALIGN_CENTER};
static const Face under_face = {FONT_FAMILY, TABLE_SIZE, false, PANGO_ALIGN_CENTER};
static const Face heading_face = {TITLE_FAMILY, HEADING_SIZE, true, PANGO_ALIGN_LEFT};
static const Face text_face = {FONT_FAMILY, TEXT_SIZE, false, PANGO_ALIGN_LEFT};
static const Face cell_face = {FONT_FAMILY, TABLE_SIZE, false, PANGO_ALIGN_LEFT};
static const Face head_face = {FONT_FAMILY, TABLE_SIZE, true, PANGO_ALIGN_LEFT};
static const Face code_face = {CODE_FAMILY, CODE_SIZE, false, PANGO_ALIGN_LEFT};
static const Face foot_face = {FONT_FAMILY, FOOT_SIZE, false, PANGO_ALIGN_LEFT};

static PangoLayout *lay_out(HeardPaper *self, const Face *face, const char *text, double width)
{
    PangoLayout *layout = pango_cairo_create_layout(self->cairo);
    PangoFontDescription *font = pango_font_description_new();
    g_autofree char *valid = g_utf8_make_valid(text, -1);

    pango_font_description_set_family_static(font, face->family);
    pango_font_description_set_absolute_size(
        font, face->size * (self->is_english ? ENGLISH_SCALE : 1) * PANGO_SCALE);
    pango_font_description_set_weight(font,
                                      face->is_bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
    pango_context_set_language(pango_layout_get_context(layout),
                               pango_language_from_string(self->is_english ? "en" : "zh-CN"));
    pango_layout_set_width(layout, (int)(width * PANGO_SCALE));
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_alignment(layout, face->align);
    /* Noto's own line is 1.448. */
    pango_layout_set_line_spacing(layout, (self->is_english ? LINE_SPACING_ENGLISH : LINE_SPACING) /
                                              1.448F);
    pango_layout_set_text(layout, valid, -1);
    return layout;
}

static double height_of(PangoLayout *layout)
{
    int height;

    pango_layout_get_size(layout, NULL, &height);
    return (double)height / PANGO_SCALE;
}

static void show(HeardPaper *self, PangoLayout *layout, double x, double y)
{
    cairo_move_to(self->cairo, x, y);
    pango_cairo_show_layout(self->cairo, layout);
}

static void rule(HeardPaper *self, double x1, double y1, double x2, double y2, double width)
{
    cairo_set_line_width(self->cairo, width);
    cairo_move_to(self->cairo, x1, y1);
    cairo_line_to(self->cairo, x2, y2);
    cairo_stroke(self->cairo);
}

static void draw_foot(HeardPaper *self)
{
    double y = PAGE_HEIGHT - MM(20);
    g_autofree char *number =
        self->page_count > 0
            ? g_strdup_printf(self->is_english ? "Page %u of %u" : "第 %u 页　共 %u 页", self->page,
                              self->page_count)
            : g_strdup("");
    Face right = foot_face;
    PangoLayout *layout;

    right.align = PANGO_ALIGN_RIGHT;
    rule(self, LEFT, y - MM(2), PAGE_WIDTH - RIGHT, y - MM(2), 0.4);
    layout = lay_out(self, &foot_face, self->footer, LINE_WIDTH * FOOT_SHARE);
    show(self, layout, LEFT, y);
    g_object_unref(layout);
    layout = lay_out(self, &right, number, LINE_WIDTH * (1 - FOOT_SHARE));
    show(self, layout, LEFT + LINE_WIDTH * FOOT_SHARE, y);
    g_object_unref(layout);
}

static void end_page(HeardPaper *self)
{
    draw_foot(self);
    cairo_show_page(self->cairo);
}

static void draw_cells(HeardPaper *self, const char *const *cells, const Face *const *faces);

/* True: a new page began. */
static bool make_room(HeardPaper *self, double height)
{
    if (self->y + height <= PAGE_HEIGHT - BOTTOM || self->y <= TOP ||
        self->page >= HEARD_PAPER_PAGES_MAX)
        return false;
    end_page(self);
    self->page++;
    self->y = TOP;
    self->is_table = false; /* what goes on here begins with a line */
    return true;
}

static void put(HeardPaper *self, const Face *face, const char *text, double before, double after)
{
    PangoLayout *layout = lay_out(self, face, text, LINE_WIDTH);

    self->is_table = false;
    self->y += self->y > TOP ? before : 0;
    make_room(self, height_of(layout));
    show(self, layout, LEFT, self->y);
    self->y += height_of(layout) + after;
    g_object_unref(layout);
}

void heard_paper_title(HeardPaper *self, const char *text)
{
    put(self, &title_face, text, 0, MM(2));
}

void heard_paper_under_title(HeardPaper *self, const char *text)
{
    put(self, &under_face, text, 0, MM(5));
}

void heard_paper_heading(HeardPaper *self, const char *text)
{
    make_room(self, MM(28)); /* not alone at the foot of a page */
    put(self, &heading_face, text, MM(5), MM(1.5));
}

/* A long paragraph goes over pages line by line. */
static void put_paragraph(HeardPaper *self, const char *text, bool is_set_in)
{
    PangoLayout *layout = lay_out(self, &text_face, text, LINE_WIDTH);
    PangoLayoutIter *lines;

    self->y += self->is_table ? MM(2) : 0;
    self->is_table = false;
    pango_layout_set_indent(
        layout, self->is_english || !is_set_in ? 0 : (int)(2 * TEXT_SIZE * PANGO_SCALE));
    pango_layout_set_justify(layout, !self->is_english);
    lines = pango_layout_get_iter(layout);
    do {
        PangoRectangle logical;
        double height;
        pango_layout_iter_get_line_extents(lines, NULL, &logical);
        height = (double)logical.height / PANGO_SCALE;
        make_room(self, height);
        cairo_move_to(self->cairo, LEFT + (double)logical.x / PANGO_SCALE,
                      self->y + (double)(pango_layout_iter_get_baseline(lines) - logical.y) /
                                    PANGO_SCALE);
        pango_cairo_show_layout_line(self->cairo, pango_layout_iter_get_line_readonly(lines));
        self->y += height;
    } while (pango_layout_iter_next_line(lines));
    pango_layout_iter_free(lines);
    g_object_unref(layout);
    self->y += MM(1);
}

void heard_paper_text(HeardPaper *self, const char *text)
{
    put_paragraph(self, text, true);
}

void heard_paper_line(HeardPaper *self, const char *text)
{
    make_room(self, MM(14)); /* it is about what follows */
    put_paragraph(self, text, false);
}

void heard_paper_closing(HeardPaper *self, const char *text)
{
    Face face = text_face;

    face.align = PANGO_ALIGN_RIGHT;
    put(self, &face, text, 0, MM(1));
}

static void draw_head(HeardPaper *self)
{
    const Face *faces[HEARD_PAPER_COLUMNS_MAX] = {NULL};

    for (unsigned i = 0; i < self->columns; i++)
        faces[i] = &head_face;
    self->is_table = false;
    draw_cells(self, (const char *const *)self->heads, faces);
}

/* Where the text of a cell has to go on when it may be so high; its end: all of it fits. */
static size_t cut_at(PangoLayout *layout, double height_max)
{
    PangoLayoutIter *lines = pango_layout_get_iter(layout);
    size_t at = strlen(pango_layout_get_text(layout));

    do {
        PangoRectangle logical;
        pango_layout_iter_get_line_extents(lines, NULL, &logical);
        if ((double)(logical.y + logical.height) / PANGO_SCALE > height_max) {
            at = (size_t)pango_layout_iter_get_line_readonly(lines)->start_index;
            break;
        }
    } while (pango_layout_iter_next_line(lines));
    pango_layout_iter_free(lines);
    return at;
}

/* A row that is higher than a page: as much as fits, then the rest of each cell. */
static void draw_in_parts(HeardPaper *self, PangoLayout *const *layouts, const Face *const *faces)
{
    const double height_max = PAGE_HEIGHT - BOTTOM - TOP - MM(20);
    char *first[HEARD_PAPER_COLUMNS_MAX] = {NULL};
    char *rest[HEARD_PAPER_COLUMNS_MAX] = {NULL};

    for (unsigned i = 0; i < self->columns; i++) {
        const char *text = pango_layout_get_text(layouts[i]);
        size_t at = cut_at(layouts[i], height_max);
        first[i] = g_strndup(text, at);
        rest[i] = g_strdup(text + at);
    }
    draw_cells(self, (const char *const *)first, faces);
    draw_cells(self, (const char *const *)rest, faces);
    for (unsigned i = 0; i < self->columns; i++) {
        g_free(first[i]);
        g_free(rest[i]);
    }
}

static void draw_row(HeardPaper *self, PangoLayout *const *layouts, double height)
{
    double x = LEFT;

    if (!self->is_table)
        rule(self, LEFT, self->y, PAGE_WIDTH - RIGHT, self->y, 0.8);
    for (unsigned i = 0; i < self->columns; i++) {
        show(self, layouts[i], x + CELL_PAD, self->y + CELL_PAD * 0.7);
        rule(self, x, self->y, x, self->y + height, 0.4);
        x += LINE_WIDTH * self->widths[i] / 1000.0;
    }
    rule(self, PAGE_WIDTH - RIGHT, self->y, PAGE_WIDTH - RIGHT, self->y + height, 0.4);
    self->y += height;
    rule(self, LEFT, self->y, PAGE_WIDTH - RIGHT, self->y, 0.4);
    self->is_table = true;
}

static void draw_cells(HeardPaper *self, const char *const *cells, const Face *const *faces)
{
    PangoLayout *layouts[HEARD_PAPER_COLUMNS_MAX] = {NULL};
    double height = 0;

    for (unsigned i = 0; i < self->columns; i++) {
        layouts[i] =
            lay_out(self, faces[i], cells[i], LINE_WIDTH * self->widths[i] / 1000.0 - 2 * CELL_PAD);
        height = MAX(height, height_of(layouts[i]) + 2 * CELL_PAD * 0.7);
    }
    if (height > PAGE_HEIGHT - BOTTOM - TOP - MM(12) && self->page < HEARD_PAPER_PAGES_MAX) {
        draw_in_parts(self, layouts, faces);
    } else {
        if (make_room(self, height) && self->is_head && cells != (const char *const *)self->heads)
            draw_head(self);
        draw_row(self, layouts, height);
    }
    for (unsigned i = 0; i < self->columns; i++)
        g_object_unref(layouts[i]);
}

static void clear_table(HeardPaper *self)
{
    for (unsigned i = 0; i < HEARD_PAPER_COLUMNS_MAX; i++)
        g_clear_pointer(&self->heads[i], g_free);
    self->is_head = false;
    self->columns = 0;
}

void heard_paper_table(HeardPaper *self, const char *const *heads, const unsigned *widths,
                       unsigned count)
{
    clear_table(self);
    self->columns = MIN(count, (unsigned)HEARD_PAPER_COLUMNS_MAX);
    for (unsigned i = 0; i < self->columns; i++) {
        self->heads[i] = g_strdup(heads[i]);
        self->widths[i] = widths[i];
    }
    self->y += self->is_table ? MM(2.5) : 0;
    make_room(self, MM(20));
    draw_head(self);
    self->is_head = true;
}

void heard_paper_row(HeardPaper *self, const char *const *cells)
{
    const Face *faces[HEARD_PAPER_COLUMNS_MAX] = {NULL};

    for (unsigned i = 0; i < self->columns; i++)
        faces[i] = &cell_face;
    draw_cells(self, cells, faces);
}

void heard_paper_fact(HeardPaper *self, const char *name, const char *value, bool is_code)
{
    const char *const cells[HEARD_PAPER_COLUMNS_MAX] = {name, value};
    const Face *const faces[HEARD_PAPER_COLUMNS_MAX] = {&head_face,
                                                        is_code ? &code_face : &cell_face};

    if (self->is_head || self->columns != 2)
        clear_table(self);
    self->columns = 2;
    self->widths[0] = FACT_NAME;
    self->widths[1] = 1000 - FACT_NAME;
    draw_cells(self, cells, faces);
}

void heard_paper_space(HeardPaper *self, double points)
{
    self->is_table = false;
    self->y += points;
}

void heard_paper_signatures(HeardPaper *self, const char *const *labels, unsigned count)
{
    double column = LINE_WIDTH / 2;
    unsigned rows = (count + 1) / 2;

    self->is_table = false;
    make_room(self, rows * SIGN_HEIGHT + MM(4));
    self->y += MM(4);
    for (unsigned i = 0; i < count; i++) {
        unsigned row = i / 2;
        double x = LEFT + (i % 2) * column;
        double y = self->y + row * SIGN_HEIGHT;
        PangoLayout *layout = lay_out(self, &text_face, labels[i], column);
        PangoRectangle extents;
        pango_layout_get_extents(layout, NULL, &extents);
        show(self, layout, x, y);
        rule(self, x + (double)extents.width / PANGO_SCALE + MM(1), y + height_of(layout),
             x + column - MM(6), y + height_of(layout), 0.5);
        g_object_unref(layout);
    }
    self->y += rows * SIGN_HEIGHT;
}

/* As large as it fits, in the middle of a box; strokes of one width however it was scaled. */
static void draw_signature(HeardPaper *self, const HeardDrawing *drawing, double x, double y,
                           double width, double height)
{
    const char *at = drawing->path;
    HeardDrawingStep step;
    int wide, high;
    double scale, left, top, x0 = 0, y0 = 0;

    if (!heard_drawing_is_good(drawing, &wide, &high))
        return;
    scale = MIN(width / wide, height / high);
    left = x + (width - wide * scale) / 2;
    top = y + (height - high * scale) / 2;
    cairo_save(self->cairo);
    cairo_set_line_cap(self->cairo, CAIRO_LINE_CAP_ROUND);
    cairo_set_line_join(self->cairo, CAIRO_LINE_JOIN_ROUND);
    cairo_set_line_width(self->cairo, DRAWN_STROKE);
    while (heard_drawing_next(&at, &step)) {
        double x1 = left + step.x * scale, y1 = top + step.y * scale;
        double bend_x = left + step.bend_x * scale, bend_y = top + step.bend_y * scale;
        if (step.kind == 'M')
            cairo_move_to(self->cairo, x1, y1);
        else if (step.kind == 'L')
            cairo_line_to(self->cairo, x1, y1);
        else /* cairo has cubic curves only */
            cairo_curve_to(self->cairo, x0 + (bend_x - x0) * 2 / 3, y0 + (bend_y - y0) * 2 / 3,
                           x1 + (bend_x - x1) * 2 / 3, y1 + (bend_y - y1) * 2 / 3, x1, y1);
        x0 = x1;
        y0 = y1;
    }
    cairo_stroke(self->cairo);
    cairo_restore(self->cairo);
}

void heard_paper_signed(HeardPaper *self, const char *text, const HeardDrawing *drawing,
                        const char *seal)
{
    double box = LINE_WIDTH * DRAWN_SHARE;
    PangoLayout *words = lay_out(self, &cell_face, text, LINE_WIDTH - box - MM(4));
    PangoLayout *code = lay_out(self, &code_face, seal, LINE_WIDTH);
    double height = MAX(height_of(words), DRAWN_HEIGHT);

    self->is_table = false;
    make_room(self, height + height_of(code) + MM(5));
    self->y += MM(2);
    show(self, words, LEFT, self->y + (height - height_of(words)) / 2);
    draw_signature(self, drawing, PAGE_WIDTH - RIGHT - box, self->y, box, height);
    self->y += height + MM(1);
    show(self, code, LEFT, self->y);
    self->y += height_of(code) + MM(1);
    rule(self, LEFT, self->y, PAGE_WIDTH - RIGHT, self->y, 0.4);
    self->y += MM(1);
    g_object_unref(words);
    g_object_unref(code);
}

/* ---- the file ---- */

static bool has_fonts(GError **error)
{
    static const char *const wanted[] = {FONT_FAMILY, TITLE_FAMILY, CODE_FAMILY};
    PangoFontMap *map = pango_cairo_font_map_get_default();
    PangoFontFamily **families = NULL;
    unsigned found = 0;
    int count = 0;

    pango_font_map_list_families(map, &families, &count);
    for (int i = 0; i < count; i++)
        for (unsigned j = 0; j < G_N_ELEMENTS(wanted); j++)
            found += strcmp(pango_font_family_get_name(families[i]), wanted[j]) == 0;
    g_free(families);
    if (found >= G_N_ELEMENTS(wanted))
        return true;
    g_set_error(error, HEARD_ERROR, HEARD_ERROR_CONFIG,
                "the fonts of Chinese documents are missing: install fonts-noto-cjk");
    return false;
}

/* path NULL: drawn for nobody. Returns the pages, 0: failed. */
static unsigned draw_on(const char *path, const char *title, const HeardPaper *look,
                        unsigned page_count, HeardPaperDrawFunc draw, void *data)
{
    HeardPaper self = {.footer = look->footer,
                       .is_english = look->is_english,
                       .y = TOP,
                       .page = 1,
                       .page_count = page_count};
    bool done;

    self.surface = path ? cairo_pdf_surface_create(path, PAGE_WIDTH, PAGE_HEIGHT)
                        : cairo_pdf_surface_create_for_stream(NULL, NULL, PAGE_WIDTH, PAGE_HEIGHT);
    cairo_pdf_surface_set_metadata(self.surface, CAIRO_PDF_METADATA_TITLE, title);
    cairo_pdf_surface_set_metadata(self.surface, CAIRO_PDF_METADATA_CREATOR, "heard");
    self.cairo = cairo_create(self.surface);
    cairo_set_source_rgb(self.cairo, 0, 0, 0);
    draw(&self, data);
    end_page(&self);
    clear_table(&self);
    cairo_destroy(self.cairo);
    cairo_surface_finish(self.surface);
    done = cairo_surface_status(self.surface) == CAIRO_STATUS_SUCCESS;
    cairo_surface_destroy(self.surface);
    return done ? self.page : 0;
}

bool heard_paper_write(const char *path, const char *title, const char *footer, bool is_english,
                       HeardPaperDrawFunc draw, void *data, GError **error)
{
    g_autofree char *beside = g_strconcat(path, ".new", NULL);
    const HeardPaper look = {.footer = footer, .is_english = is_english};
    unsigned pages;

    if (!has_fonts(error))
        return false;
    pages = draw_on(NULL, title, &look, 0, draw, data);
    if (pages > 0 && draw_on(beside, title, &look, pages, draw, data) == pages &&
        g_rename(beside, path) == 0)
        return true;
    g_unlink(beside);
    g_set_error(error, HEARD_ERROR, HEARD_ERROR_STORAGE, "write %s: the document is not made",
                path);
    return false;
}

void heard_paper_finish(void)
{
    pango_cairo_font_map_set_default(NULL);
}
