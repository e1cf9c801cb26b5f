/* SPDX-License-Identifier: Apache-2.0 */

/* A template with its facts in it becomes a sheet. */

#include "server/papers/template_private.h"
#include "server/papers/wording.h"

#include <string.h>

typedef struct {
    const HeardTemplate *of;
    HeardWordingContext words;
    HeardSheet *sheet;
    unsigned *heading; /* the last one's number */
} Fill;

static void add_take(const Fill *fill, HeardBlockKind kind, char *first, char *second)
{
    char **cells = g_new0(char *, 3);

    cells[0] = first;
    cells[1] = second;
    heard_sheet_add_take(fill->sheet, kind, cells, NULL);
}

static void add_heading(const Fill *fill, const json_t *text)
{
    static const char *const digits[] = {"",   "一", "二", "三", "四", "五",
                                         "六", "七", "八", "九", "十"};
    g_autofree char *words = heard_wording_fill(&fill->words, text);
    unsigned number = ++*fill->heading;

    add_take(fill, HEARD_BLOCK_HEADING,
             fill->words.language == HEARD_DOCUMENT_EN
                 ? g_strdup_printf("%u. %s", number, words)
                 : g_strdup_printf("%s%s%s、%s", number > 19 ? digits[number / 10 % 10] : "",
                                   number > 10 ? digits[10] : "",
                                   digits[number == 10 ? 10 : number % 10], words),
             NULL);
}

/* What a list's item adds to the scope. */
static Fill within(const Fill *fill, const char *list, const json_t *item)
{
    const json_t *type = heard_scope_type(&fill->words.schema, fill->of->parts, list);
    const json_t *inner = json_array_get(type, 0);
    const char *part = json_string_value(inner);
    Fill deeper = *fill;

    if (part)
        inner = json_object_get(fill->of->parts, part + 1);
    if (!heard_scope_push(&deeper.words.schema, inner) ||
        !heard_scope_push(&deeper.words.facts, item))
        g_assert_not_reached(); /* the check of the template has counted */
    return deeper;
}

static void add_row(const Fill *fill, const json_t *columns, const char *member,
                    HeardBlockKind kind)
{
    size_t count = json_array_size(columns);
    char **cells = g_new0(char *, count + 1);
    unsigned widths[HEARD_PAPER_COLUMNS_MAX] = {0};

    for (size_t i = 0; i < count; i++) {
        const json_t *column = json_array_get(columns, i);
        cells[i] = heard_wording_fill(&fill->words, json_object_get(column, member));
        widths[i] = (unsigned)json_integer_value(json_object_get(column, "width"));
    }
    heard_sheet_add_take(fill->sheet, kind, cells, widths);
}

static void add_table(const Fill *fill, const json_t *block, const char *list)
{
    const json_t *items = heard_scope_value(&fill->words.facts, list);
    const json_t *columns = json_object_get(block, "columns");
    const json_t *none = json_object_get(block, "none");

    if (json_array_size(items) == 0) {
        if (none)
            add_take(fill, HEARD_BLOCK_TEXT, heard_wording_fill(&fill->words, none), NULL);
        return;
    }
    add_row(fill, columns, "head", HEARD_BLOCK_TABLE);
    for (size_t i = 0; i < json_array_size(items); i++) {
        Fill row = within(fill, list, json_array_get(items, i));
        add_row(&row, columns, "cell", HEARD_BLOCK_ROW);
    }
}

static void add_labels(const Fill *fill, const json_t *labels, GPtrArray *cells)
{
    for (size_t i = 0; i < json_array_size(labels); i++)
        g_ptr_array_add(cells, heard_wording_fill(&fill->words, json_array_get(labels, i)));
}

/* So many together as stay on one page. */
static void add_signatures(const Fill *fill, const json_t *block, const json_t *labels)
{
    const char *of = json_string_value(json_object_get(block, "of"));
    const json_t *items = of ? heard_scope_value(&fill->words.facts, of) : NULL;
    g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(g_free);

    if (!of)
        add_labels(fill, labels, all);
    for (size_t i = 0; i < json_array_size(items); i++) {
        Fill one = within(fill, of, json_array_get(items, i));
        add_labels(&one, labels, all);
    }
    for (guint i = 0; i < all->len; i += HEARD_SIGNATURES_A_BLOCK_MAX) {
        guint count = MIN(all->len - i, (guint)HEARD_SIGNATURES_A_BLOCK_MAX);
        char **cells = g_new0(char *, count + 1);
        for (guint j = 0; j < count; j++)
            cells[j] = g_strdup(all->pdata[i + j]);
        heard_sheet_add_take(fill->sheet, HEARD_BLOCK_SIGNATURES, cells, NULL);
    }
}

static char *number_of(const Fill *fill, const char *path)
{
    return g_strdup_printf("%" JSON_INTEGER_FORMAT,
                           json_integer_value(heard_scope_value(&fill->words.facts, path)));
}

static char *text_of(const Fill *fill, const char *path)
{
    const char *text = json_string_value(heard_scope_value(&fill->words.facts, path));

    return g_strdup(text ? text : "");
}

/* The signature that the scope is at: "seal" and "drawing" of it. */
static void add_signed(const Fill *fill, const json_t *text)
{
    char **cells = g_new0(char *, 6);

    cells[0] = heard_wording_fill(&fill->words, text);
    cells[1] = text_of(fill, "seal");
    cells[2] = number_of(fill, "drawing.width");
    cells[3] = number_of(fill, "drawing.height");
    cells[4] = text_of(fill, "drawing.path");
    heard_sheet_add_take(fill->sheet, HEARD_BLOCK_SIGNED, cells, NULL);
}

static void add_blocks(const Fill *fill, const json_t *blocks);

static void add_each(const Fill *fill, const json_t *block, const char *list)
{
    const json_t *items = heard_scope_value(&fill->words.facts, list);

    for (size_t i = 0; i < json_array_size(items); i++) {
        Fill one = within(fill, list, json_array_get(items, i));
        add_blocks(&one, json_object_get(block, "do"));
    }
}

/* One of those that hold a text and nothing else. */
static bool add_words(const Fill *fill, const json_t *block)
{
    static const struct {
        const char *name;
        HeardBlockKind kind;
    } plain[] = {
        {"text", HEARD_BLOCK_TEXT}, {"line", HEARD_BLOCK_LINE}, {"closing", HEARD_BLOCK_CLOSING}};

    for (unsigned i = 0; i < G_N_ELEMENTS(plain); i++) {
        const json_t *text = json_object_get(block, plain[i].name);
        if (!text)
            continue;
        add_take(fill, plain[i].kind, heard_wording_fill(&fill->words, text), NULL);
        return true;
    }
    return false;
}

static void add_fact(const Fill *fill, const json_t *block, const json_t *name)
{
    g_autofree char *value = heard_wording_fill(&fill->words, json_object_get(block, "value"));
    bool is_code = json_is_true(json_object_get(block, "code"));

    add_take(fill, is_code ? HEARD_BLOCK_CODE : HEARD_BLOCK_FACT,
             heard_wording_fill(&fill->words, name),
             is_code ? heard_document_grouped(value) : g_strdup(value));
}

static void add_block(const Fill *fill, const json_t *block)
{
    const char *holds = json_string_value(json_object_get(block, "if"));
    const char *unless = json_string_value(json_object_get(block, "unless"));
    const char *list = json_string_value(json_object_get(block, "table"));
    const char *each = json_string_value(json_object_get(block, "each"));
    const char *use = json_string_value(json_object_get(block, "use"));
    const json_t *heading = json_object_get(block, "heading");
    const json_t *fact = json_object_get(block, "fact");
    const json_t *labels = json_object_get(block, "signatures");
    const json_t *given = json_object_get(block, "signed");

    if ((holds && !heard_wording_holds(&fill->words, holds)) ||
        (unless && heard_wording_holds(&fill->words, unless)))
        return;
    if (heading)
        add_heading(fill, heading);
    else if (fact)
        add_fact(fill, block, fact);
    else if (list)
        add_table(fill, block, list);
    else if (each)
        add_each(fill, block, each);
    else if (labels)
        add_signatures(fill, block, labels);
    else if (given)
        add_signed(fill, given);
    else if (use)
        add_blocks(fill, json_object_get(fill->of->shared, use));
    else if (!add_words(fill, block))
        heard_sheet_add_take(fill->sheet, HEARD_BLOCK_SPACE, g_new0(char *, 1), NULL);
}

static void add_blocks(const Fill *fill, const json_t *blocks)
{
    for (size_t i = 0; i < json_array_size(blocks); i++)
        add_block(fill, json_array_get(blocks, i));
}

HeardSheet *heard_template_fill(const HeardTemplate *self, const json_t *facts,
                                HeardDocumentLanguage language, const char *number, int64_t made_ms)
{
    unsigned heading = 0;
    HeardSheet *sheet = heard_sheet_new(language);
    Fill fill = {.of = self,
                 .words = {language, self->parts, self->words, {.count = 0}, {.count = 0}},
                 .sheet = sheet,
                 .heading = &heading};
    g_autofree char *made = heard_document_wall(language, made_ms);
    g_autofree char *zone = heard_document_zone(made_ms);
    g_autofree char *footer = g_strdup_printf(
        HEARD_SAY(language, "%s　生成于 %s（%s）", "%s · made on %s (%s)"), number, made, zone);
    g_autofree char *title = NULL;

    if (!heard_scope_push(&fill.words.schema, self->schema) ||
        !heard_scope_push(&fill.words.facts, facts))
        g_assert_not_reached();
    title = heard_wording_fill(&fill.words, self->title);
    heard_sheet_set_title(sheet, title, number, footer);
    add_blocks(&fill, self->blocks);
    if (language == HEARD_DOCUMENT_EN)
        add_take(&fill, HEARD_BLOCK_TEXT,
                 g_strdup("Names and what people said stand as they were written. The Chinese "
                          "document is the authoritative one."),
                 NULL);
    return sheet;
}
