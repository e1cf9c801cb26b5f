/* SPDX-License-Identifier: Apache-2.0 */
#include "server/papers/template_private.h"

#include "server/base/error.h"
#include "server/papers/wording.h"

#include <string.h>

typedef struct {
    const HeardTemplate *of;
    HeardScope scope;
    unsigned depth;
} Check;

static bool refuse(GError **error, const char *what, const char *why)
{
    g_set_error(error, HEARD_ERROR, HEARD_ERROR_CONFIG, "template: %s: %s", what, why);
    return false;
}

static bool check_text(const Check *check, const char *where, const json_t *text, GError **error)
{
    g_autoptr(GError) failure = NULL;

    return heard_wording_check(text, &check->scope, check->of->parts, &failure) ||
           refuse(error, where, failure->message);
}

static bool check_condition(const Check *check, const json_t *condition, GError **error)
{
    const char *text = json_string_value(condition);
    g_auto(GStrv) halves = g_strsplit(text ? text : "", "=", 2);

    if (!condition)
        return true;
    return (text && heard_scope_type(&check->scope, check->of->parts, halves[0])) ||
           refuse(error, text ? text : "if", "names no fact of this kind");
}

/* The items of a list, as one more level; false: it is none. */
static bool enter(const Check *check, const char *list, Check *ret_inner, GError **error)
{
    const json_t *type = heard_scope_type(&check->scope, check->of->parts, list);
    const json_t *item = json_array_get(type, 0);
    const char *part = json_string_value(item);

    *ret_inner = *check;
    if (part && *part == '@')
        item = json_object_get(check->of->parts, part + 1);
    if (!json_is_object(item))
        return refuse(error, list, "is no list of this kind");
    if (ret_inner->depth++ >= HEARD_TEMPLATE_DEPTH_MAX ||
        !heard_scope_push(&ret_inner->scope, item))
        return refuse(error, list, "lists are nested too deep");
    return true;
}

static bool check_blocks(const Check *check, const json_t *blocks, GError **error);

static bool check_table(const Check *check, const json_t *block, const char *list, GError **error)
{
    const json_t *columns = json_object_get(block, "columns");
    const json_t *none = json_object_get(block, "none");
    json_int_t width = 0;
    Check inner;

    if (!enter(check, list, &inner, error))
        return false;
    if (json_array_size(columns) < 1 || json_array_size(columns) > HEARD_PAPER_COLUMNS_MAX)
        return refuse(error, list, "a table has 1 to 6 columns");
    for (size_t i = 0; i < json_array_size(columns); i++) {
        const json_t *column = json_array_get(columns, i);
        width += json_integer_value(json_object_get(column, "width"));
        if (!check_text(check, list, json_object_get(column, "head"), error) ||
            !check_text(&inner, list, json_object_get(column, "cell"), error))
            return false;
    }
    if (width != 1000)
        return refuse(error, list, "the widths of the columns make 1000 together");
    return !none || check_text(check, list, none, error);
}

static bool check_signatures(const Check *check, const json_t *block, const json_t *labels,
                             GError **error)
{
    const char *of = json_string_value(json_object_get(block, "of"));
    Check inner = *check;

    if (of && !enter(check, of, &inner, error))
        return false;
    if (json_array_size(labels) < 1 || json_array_size(labels) > HEARD_SIGNATURES_A_BLOCK_MAX)
        return refuse(error, "signatures", "1 to 8 labels");
    for (size_t i = 0; i < json_array_size(labels); i++)
        if (!check_text(&inner, "signatures", json_array_get(labels, i), error))
            return false;
    return true;
}

/* Exactly one of these says what a block is. */
static const char *const block_names[] = {"heading", "text",  "line", "closing",
                                          "fact",    "table", "each", "signatures",
                                          "signed",  "space", "use",  NULL};
static const char *const other_names[] = {"if",   "unless", "value", "code", "columns",
                                          "none", "do",     "of",    NULL};

static const char *name_of(const json_t *block, GError **error)
{
    const char *found = NULL;
    const char *name;
    json_t *member;

    json_object_foreach((json_t *)block, name, member)
    {
        if (g_strv_contains(other_names, name))
            continue;
        if (found || !g_strv_contains(block_names, name)) {
            refuse(error, name, found ? "two blocks in one" : "there is no such block");
            return NULL;
        }
        found = name;
    }
    if (!found)
        refuse(error, "blocks", "a block that says nothing");
    return found;
}

static bool check_each(const Check *check, const json_t *block, const char *list, GError **error)
{
    Check inner;

    return enter(check, list, &inner, error) &&
           check_blocks(&inner, json_object_get(block, "do"), error);
}

static bool check_block(const Check *check, const json_t *block, GError **error)
{
    const char *name = json_is_object(block) ? name_of(block, error) : NULL;
    const json_t *value = name ? json_object_get(block, name) : NULL;
    const char *text = json_string_value(value);

    if (!name)
        return json_is_object(block) ? false : refuse(error, "blocks", "an object each");
    if (!check_condition(check, json_object_get(block, "if"), error) ||
        !check_condition(check, json_object_get(block, "unless"), error))
        return false;
    if (strcmp(name, "table") == 0)
        return check_table(check, block, text ? text : "", error);
    if (strcmp(name, "each") == 0)
        return check_each(check, block, text ? text : "", error);
    if (strcmp(name, "signatures") == 0)
        return check_signatures(check, block, value, error);
    if (strcmp(name, "space") == 0)
        return true;
    if (strcmp(name, "use") == 0) {
        Check inner = *check;
        /* Shared blocks that use themselves end here. */
        return (inner.depth++ < HEARD_TEMPLATE_DEPTH_MAX &&
                json_object_get(check->of->shared, text))
                   ? check_blocks(&inner, json_object_get(check->of->shared, text), error)
                   : refuse(error, "use", "names no shared blocks");
    }
    if (strcmp(name, "signed") == 0 &&
        (!heard_scope_type(&check->scope, check->of->parts, "seal") ||
         !heard_scope_type(&check->scope, check->of->parts, "drawing.path")))
        return refuse(error, name, "stands within a list of signatures");
    return check_text(check, name, value, error) &&
           (strcmp(name, "fact") != 0 ||
            check_text(check, name, json_object_get(block, "value"), error));
}

static bool check_blocks(const Check *check, const json_t *blocks, GError **error)
{
    if (json_array_size(blocks) == 0)
        return refuse(error, "blocks", "a list of blocks is wanted");
    for (size_t i = 0; i < json_array_size(blocks); i++)
        if (!check_block(check, json_array_get(blocks, i), error))
            return false;
    return true;
}

static bool check_members(const json_t *text, const HeardTemplate *facts_of, GError **error)
{
    static const char *const known[] = {"kind", "title", "blocks", "facts", NULL};
    const char *name;
    json_t *member;

    json_object_foreach(
        (json_t *)text, name,
        member) if (!g_strv_contains(known, name) ||
                    (facts_of &&
                     strcmp(name, "facts") ==
                         0)) return refuse(error, name,
                                           facts_of
                                               ? "an office's wording has kind, title and blocks"
                                               : "kind, title, facts and blocks");
    return json_is_string(json_object_get(text, "kind")) || refuse(error, "kind", "is missing");
}

static bool check_all(HeardTemplate *self, const HeardTemplate *facts_of, GError **error)
{
    Check check = {.of = self};
    g_autoptr(GError) failure = NULL;

    if (!check_members(self->text, facts_of, error))
        return false;
    if (facts_of && strcmp(heard_template_kind(self), heard_template_kind(facts_of)) != 0)
        return refuse(error, "kind", "is not that of the file's name");
    if (!heard_facts_check_schema(self->schema, self->parts, self->words, &failure))
        return refuse(error, "facts", failure->message);
    return heard_scope_push(&check.scope, self->schema) &&
           check_text(&check, "title", self->title, error) &&
           check_blocks(&check, self->blocks, error);
}

HeardTemplate *heard_template_parse(const char *text, size_t size, const json_t *common,
                                    const HeardTemplate *facts_of, GError **error)
{
    g_autoptr(HeardTemplate) self = g_new0(HeardTemplate, 1);
    g_autoptr(GError) failure = NULL;

    self->text = heard_json_parse_object(text, size, &failure);
    if (!self->text) {
        refuse(error, "JSON", failure->message);
        return NULL;
    }
    self->sha256 = g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)text, size);
    self->schema = facts_of ? facts_of->schema : json_object_get(self->text, "facts");
    self->blocks = json_object_get(self->text, "blocks");
    self->title = json_object_get(self->text, "title");
    self->parts = json_object_get(common, "parts");
    self->words = json_object_get(common, "words");
    self->shared = json_object_get(common, "blocks");
    return check_all(self, facts_of, error) ? g_steal_pointer(&self) : NULL;
}

void heard_template_free(HeardTemplate *self)
{
    if (!self)
        return;
    json_decref(self->text);
    g_free(self->sha256);
    g_free(self);
}

const char *heard_template_kind(const HeardTemplate *self)
{
    return json_string_value(json_object_get(self->text, "kind"));
}

const char *heard_template_sha256(const HeardTemplate *self)
{
    return self->sha256;
}

const char *heard_template_title(const HeardTemplate *self, HeardDocumentLanguage language)
{
    return heard_wording_in(self->title, language);
}

const json_t *heard_template_schema(const HeardTemplate *self)
{
    return self->schema;
}

bool heard_template_check(const HeardTemplate *self, const json_t *facts, GError **error)
{
    return heard_facts_check(facts, self->schema, self->parts, error);
}
