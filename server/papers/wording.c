/* SPDX-License-Identifier: Apache-2.0 */
#include "server/papers/wording.h"

#include "server/base/error.h"

#include <string.h>

#define NOTHING "—"

static const char name_letters[] = "abcdefghijklmnopqrstuvwxyz0123456789_.";

const char *heard_wording_in(const json_t *text, HeardDocumentLanguage language)
{
    if (json_is_string(text))
        return json_string_value(text);
    return json_string_value(json_object_get(text, HEARD_SAY(language, "zh", "en")));
}

/* ---- "{name|filter}" ---- */

typedef struct {
    char *name, *filter; /* filter "": none */
} Hole;

static void hole_clear(Hole *self)
{
    g_free(self->name);
    g_free(self->filter);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Hole, hole_clear)

/* at: behind the brace. Returns what comes behind the closing one; NULL: it is none. */
static const char *read_hole(const char *at, Hole *ret_hole)
{
    size_t name = strspn(at, name_letters);
    const char *filter = at[name] == '|' ? at + name + 1 : at + name;
    size_t size = strspn(filter, name_letters);

    if (name == 0 || filter[filter == at + name ? 0 : size] != '}')
        return NULL;
    ret_hole->name = g_strndup(at, name);
    ret_hole->filter = filter == at + name ? g_strdup("") : g_strndup(filter, size);
    return filter + (filter == at + name ? 0 : size) + 1;
}

static bool suits(const json_t *type, const char *filter)
{
    static const char *const of_time[] = {"", "date", "clock", "minute", NULL};
    static const char *const of_number[] = {"", "length", "size", NULL};
    const char *name = json_string_value(type);

    if (json_is_array(type))
        return strcmp(filter, "count") == 0 ||
               (strcmp(filter, "join") == 0 && json_is_string(json_array_get(type, 0)));
    if (!name)
        return false;
    if (strcmp(name, "time") == 0)
        return g_strv_contains(of_time, filter);
    if (strcmp(name, "number") == 0)
        return g_strv_contains(of_number, filter);
    return !*filter || (strcmp(name, "text") == 0 && strcmp(filter, "opt") == 0);
}

static bool check_one(const char *text, const HeardScope *schema, const json_t *parts,
                      GError **error)
{
    for (const char *at = strpbrk(text, "{}"); at; at = strpbrk(at, "{}")) {
        g_auto(Hole) hole = {NULL, NULL};
        const json_t *type;

        at = *at == '{' ? read_hole(at + 1, &hole) : NULL;
        type = at ? heard_scope_type(schema, parts, hole.name) : NULL;
        if (type && suits(type, hole.filter))
            continue;
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_BAD_FIELD, "\"%.60s\": %s", text,
                    !at     ? "a brace that is not {name} or {name|form}"
                    : !type ? "names no fact of this kind"
                            : "that form is not for this fact");
        return false;
    }
    return true;
}

bool heard_wording_check(const json_t *text, const HeardScope *schema, const json_t *parts,
                         GError **error)
{
    for (HeardDocumentLanguage language = HEARD_DOCUMENT_ZH; language <= HEARD_DOCUMENT_EN;
         language++) {
        const char *one = heard_wording_in(text, language);

        if (!one) {
            g_set_error(error, HEARD_ERROR, HEARD_ERROR_BAD_FIELD,
                        "a text is wanted: \"…\" or {\"zh\": …, \"en\": …}");
            return false;
        }
        if (!check_one(one, schema, parts, error))
            return false;
    }
    return true;
}

/* ---- what goes in ---- */

const char *heard_wording_word(const json_t *words, const char *table,
                               HeardDocumentLanguage language, const char *code)
{
    const json_t *pair = json_object_get(json_object_get(words, table), code);
    const char *word = json_string_value(json_array_get(pair, language == HEARD_DOCUMENT_EN));

    return word ? word : code;
}

static char *minute_text(HeardDocumentLanguage language, GDateTime *at)
{
    return g_strdup_printf(HEARD_SAY(language, "%d时%02d分", "%02d:%02d"), g_date_time_get_hour(at),
                           g_date_time_get_minute(at));
}

static char *date_text(HeardDocumentLanguage language, int64_t wall_ms)
{
    char *text = heard_document_wall(language, wall_ms);
    char *end = strpbrk(text, HEARD_SAY(language, " ", ","));

    if (end)
        *end = '\0';
    return text;
}

/* Without the seconds: nobody is invited to one. */
static char *time_text(HeardDocumentLanguage language, int64_t wall_ms, const char *filter)
{
    g_autoptr(GDateTime) at = g_date_time_new_from_unix_local(wall_ms / 1000);
    g_autofree char *date = at ? date_text(language, wall_ms) : NULL;
    g_autofree char *minute = at ? minute_text(language, at) : NULL;

    if (!at)
        return g_strdup(NOTHING);
    if (strcmp(filter, "clock") == 0)
        return g_date_time_format(at, "%H:%M:%S");
    if (strcmp(filter, "minute") == 0)
        return g_steal_pointer(&minute);
    if (strcmp(filter, "date") == 0)
        return g_steal_pointer(&date);
    return g_strdup_printf(HEARD_SAY(language, "%s%s", "%s, %s"), date, minute);
}

static char *number_text(HeardDocumentLanguage language, int64_t number, const char *filter)
{
    if (strcmp(filter, "length") == 0)
        return heard_document_length(language, number);
    if (strcmp(filter, "size") == 0)
        return heard_document_size(number);
    return g_strdup_printf("%" G_GINT64_FORMAT, number);
}

static char *list_text(HeardDocumentLanguage language, const json_t *list, const char *filter)
{
    g_autoptr(GPtrArray) texts = g_ptr_array_new();

    if (strcmp(filter, "count") == 0)
        return g_strdup_printf("%zu", json_array_size(list));
    for (size_t i = 0; i < json_array_size(list); i++)
        if (json_is_string(json_array_get(list, i)))
            g_ptr_array_add(texts, (char *)json_string_value(json_array_get(list, i)));
    g_ptr_array_add(texts, NULL);
    return texts->len > 1 ? g_strjoinv(HEARD_SAY(language, "、", ", "), (char **)texts->pdata)
                          : g_strdup(NOTHING);
}

static char *value_text(const HeardWordingContext *self, const Hole *hole)
{
    const json_t *type = heard_scope_type(&self->schema, self->parts, hole->name);
    const json_t *value = heard_scope_value(&self->facts, hole->name);
    const char *name = json_string_value(type);

    if (json_is_array(value))
        return list_text(self->language, value, hole->filter);
    if (json_is_boolean(value))
        return g_strdup(json_is_true(value) ? HEARD_SAY(self->language, "是", "yes")
                                            : HEARD_SAY(self->language, "否", "no"));
    if (json_is_integer(value))
        return g_strcmp0(name, "time") == 0
                   ? time_text(self->language, json_integer_value(value), hole->filter)
                   : number_text(self->language, json_integer_value(value), hole->filter);
    if (!json_is_string(value) || json_string_length(value) == 0)
        return g_strdup(strcmp(hole->filter, "opt") == 0 ? "" : NOTHING);
    if (name && g_str_has_prefix(name, "word:"))
        return g_strdup(heard_wording_word(self->words, name + strlen("word:"), self->language,
                                           json_string_value(value)));
    return g_strdup(json_string_value(value));
}

/* What parted a name from one that is not there goes with it. */
static char *trimmed(const char *text)
{
    static const char *const parting[] = {" ", ",", "　", NULL};
    g_autofree char *copy = g_strdup(text);
    char *start = copy;

    for (unsigned i = 0; parting[i]; i++) {
        if (!g_str_has_prefix(start, parting[i]))
            continue;
        start += strlen(parting[i]);
        i = (unsigned)-1;
    }
    for (unsigned i = 0; parting[i]; i++) {
        if (!g_str_has_suffix(start, parting[i]))
            continue;
        start[strlen(start) - strlen(parting[i])] = '\0';
        i = (unsigned)-1;
    }
    return g_strdup(*start ? start : NOTHING);
}

char *heard_wording_fill(const HeardWordingContext *self, const json_t *text)
{
    bool has_gaps = false;
    const char *at = heard_wording_in(text, self->language);
    GString *out = g_string_new(NULL);

    while (at && *at) {
        g_auto(Hole) hole = {NULL, NULL};
        g_autofree char *value = NULL;
        size_t plain = strcspn(at, "{");

        g_string_append_len(out, at, (gssize)plain);
        at += plain;
        if (!*at)
            break;
        at = read_hole(at + 1, &hole);
        if (!at)
            break;
        value = value_text(self, &hole);
        has_gaps = has_gaps || !*value;
        g_string_append(out, value);
    }
    if (has_gaps) {
        g_autofree char *whole = g_string_free(out, FALSE);
        return trimmed(whole);
    }
    return g_string_free(out, FALSE);
}

bool heard_wording_holds(const HeardWordingContext *self, const char *condition)
{
    const char *equal = strchr(condition, '=');
    g_autofree char *name =
        equal ? g_strndup(condition, (gsize)(equal - condition)) : g_strdup(condition);
    const json_t *value = heard_scope_value(&self->facts, name);

    if (equal) {
        g_auto(GStrv) any = g_strsplit(equal + 1, "|", -1);
        return json_is_string(value) &&
               g_strv_contains((const char *const *)any, json_string_value(value));
    }
    if (json_is_array(value))
        return json_array_size(value) > 0;
    if (json_is_string(value))
        return json_string_length(value) > 0;
    return json_is_true(value) || json_is_object(value) ||
           (json_is_integer(value) && json_integer_value(value) != 0);
}
