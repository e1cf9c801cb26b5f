/* SPDX-License-Identifier: Apache-2.0 */
#include "server/papers/papers.h"

#include "server/base/error.h"
#include "server/papers/wording.h"

#include <string.h>

enum { REGION_DIGITS_MAX = 12, FILES_MAX = 4096 };

typedef struct {
    HeardTemplate *template;
    char region[REGION_DIGITS_MAX + 1]; /* "": all */
} Entry;

struct HeardPapers {
    json_t *common;
    GPtrArray *entries; /* the built-in ones first */
};

static void entry_free(void *data)
{
    Entry *entry = data;

    heard_template_free(entry->template);
    g_free(entry);
}

static bool refuse(GError **error, const char *name, const char *what)
{
    g_set_error(error, HEARD_ERROR, HEARD_ERROR_CONFIG, "papers: %s: %s", name, what);
    return false;
}

static bool add(HeardPapers *self, const char *name, const char *text, size_t size,
                const HeardTemplate *facts_of, const char *region, GError **error)
{
    g_autoptr(GError) failure = NULL;
    Entry *entry = g_new0(Entry, 1);

    g_ptr_array_add(self->entries, entry);
    g_strlcpy(entry->region, region, sizeof entry->region);
    entry->template = heard_template_parse(text, size, self->common, facts_of, &failure);
    return entry->template || refuse(error, name, failure->message);
}

static bool add_built_in(HeardPapers *self, GError **error)
{
    const HeardPapersText *text = heard_papers_texts;

    self->common = heard_json_parse_object(text->text, strlen(text->text), error);
    if (!self->common)
        return false;
    for (text++; text->name; text++)
        if (!add(self, text->name, text->text, strlen(text->text), NULL, "", error))
            return false;
    return true;
}

static const HeardTemplate *find_built_in(const HeardPapers *self, const char *kind)
{
    for (guint i = 0; i < self->entries->len; i++) {
        const Entry *entry = g_ptr_array_index(self->entries, i);
        if (entry->template && strcmp(heard_template_kind(entry->template), kind) == 0)
            return entry->template;
    }
    return NULL;
}

/* KIND.json or KIND@REGION.json. */
static bool add_file(HeardPapers *self, const char *folder, const char *name, GError **error)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_autofree char *stem = g_strndup(name, strlen(name) - strlen(".json"));
    char *region = strchr(stem, '@');
    const HeardTemplate *built_in;
    g_autoptr(GError) failure = NULL;
    g_autofree char *text = NULL;
    gsize size;

    if (region)
        *region++ = '\0';
    built_in = find_built_in(self, stem);
    if (!built_in)
        return refuse(error, name, "is not named after a kind of document");
    if (region && (!*region || strlen(region) > REGION_DIGITS_MAX ||
                   strspn(region, "0123456789") != strlen(region)))
        return refuse(error, name, "behind @ stand the first digits of a region code, 12 at most");
    if (!g_file_get_contents(path, &text, &size, &failure))
        return refuse(error, name, failure->message);
    return add(self, name, text, size, built_in, region ? region : "", error);
}

static bool add_folder(HeardPapers *self, const char *folder, GError **error)
{
    g_autoptr(GError) failure = NULL;
    g_autoptr(GDir) files = g_dir_open(folder, 0, &failure);
    const char *name;

    if (!files)
        return refuse(error, folder, failure->message);
    while ((name = g_dir_read_name(files))) {
        if (!g_str_has_suffix(name, ".json"))
            continue;
        if (self->entries->len >= FILES_MAX)
            return refuse(error, folder, "more than 4096 files");
        if (!add_file(self, folder, name, error))
            return false;
    }
    return true;
}

HeardPapers *heard_papers_load(const char *folder, GError **error)
{
    g_autoptr(HeardPapers) self = g_new0(HeardPapers, 1);

    self->entries = g_ptr_array_new_with_free_func(entry_free);
    if (!add_built_in(self, error) || (folder && !add_folder(self, folder, error)))
        return NULL;
    return g_steal_pointer(&self);
}

void heard_papers_free(HeardPapers *self)
{
    if (!self)
        return;
    g_ptr_array_unref(self->entries);
    json_decref(self->common);
    g_free(self);
}

const HeardTemplate *heard_papers_find(const HeardPapers *self, const char *kind,
                                       const char *region_code)
{
    const Entry *best = NULL;

    for (guint i = 0; i < self->entries->len; i++) {
        const Entry *entry = g_ptr_array_index(self->entries, i);
        if (strcmp(heard_template_kind(entry->template), kind) == 0 &&
            g_str_has_prefix(region_code, entry->region) &&
            (!best || strlen(entry->region) >= strlen(best->region)))
            best = entry;
    }
    return best ? best->template : NULL;
}

const char *heard_papers_word(const HeardPapers *self, const char *table,
                              HeardDocumentLanguage language, const char *code)
{
    return heard_wording_word(json_object_get(self->common, "words"), table, language, code);
}
