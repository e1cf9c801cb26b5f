/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/profiles.h"

#include "server/base/error.h"

#include <string.h>

enum { REGION_DIGITS_MAX = 12, FILES_MAX = 4096 };

typedef struct {
    HeardProfile *profile;
    char *text;
    char region[REGION_DIGITS_MAX + 1]; /* "": all */
} OwnProfile;

struct HeardProfiles {
    GPtrArray *own; /* OwnProfile */
};

static void own_free(void *data)
{
    OwnProfile *own = data;

    heard_profile_free(own->profile);
    g_free(own->text);
    g_free(own);
}

static bool refuse(GError **error, const char *name, const char *what)
{
    g_set_error(error, HEARD_ERROR, HEARD_ERROR_CONFIG, "profiles: %s: %s", name, what);
    return false;
}

/* KIND.json or KIND@REGION.json. */
static bool read_name(const char *name, HeardKind *ret_kind, char ret_region[], GError **error)
{
    g_autofree char *stem = g_strndup(name, strlen(name) - strlen(".json"));
    char *region = strchr(stem, '@');

    if (region)
        *region++ = '\0';
    if (!heard_kind_from_name(stem, ret_kind))
        return refuse(error, name, "is not named after a kind of hearing");
    if (region && (!*region || strlen(region) > REGION_DIGITS_MAX ||
                   strspn(region, "0123456789") != strlen(region)))
        return refuse(error, name, "behind @ stand the first digits of a region code, 12 at most");
    g_strlcpy(ret_region, region ? region : "", REGION_DIGITS_MAX + 1);
    return true;
}

static bool add_file(HeardProfiles *self, const char *folder, const char *name, GError **error)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_autoptr(GError) failure = NULL;
    OwnProfile *own = g_new0(OwnProfile, 1);
    HeardKind kind;
    gsize size;

    g_ptr_array_add(self->own, own);
    if (!read_name(name, &kind, own->region, error))
        return false;
    if (!g_file_get_contents(path, &own->text, &size, &failure) ||
        !(own->profile = heard_profile_parse(own->text, size, &failure)))
        return refuse(error, name, failure->message);
    if (own->profile->kind != kind)
        return refuse(error, name, "kind: is not what the file is named after");
    return true;
}

HeardProfiles *heard_profiles_load(const char *folder, GError **error)
{
    g_autoptr(HeardProfiles) self = g_new0(HeardProfiles, 1);
    g_autoptr(GError) failure = NULL;
    g_autoptr(GDir) entries = NULL;
    const char *name;

    self->own = g_ptr_array_new_with_free_func(own_free);
    if (!folder)
        return g_steal_pointer(&self);
    entries = g_dir_open(folder, 0, &failure);
    if (!entries) {
        refuse(error, folder, failure->message);
        return NULL;
    }
    while ((name = g_dir_read_name(entries))) {
        if (!g_str_has_suffix(name, ".json"))
            continue;
        if (self->own->len >= FILES_MAX) {
            refuse(error, folder, "more than 4096 files");
            return NULL;
        }
        if (!add_file(self, folder, name, error))
            return NULL;
    }
    return g_steal_pointer(&self);
}

void heard_profiles_free(HeardProfiles *self)
{
    if (!self)
        return;
    g_ptr_array_unref(self->own);
    g_free(self);
}

const HeardProfile *heard_profiles_find(const HeardProfiles *self, HeardKind kind,
                                        const char *region_code, const char **ret_text)
{
    const OwnProfile *best = NULL;

    for (guint i = 0; i < self->own->len; i++) {
        const OwnProfile *own = g_ptr_array_index(self->own, i);

        if (own->profile->kind == kind && g_str_has_prefix(region_code, own->region) &&
            (!best || strlen(own->region) > strlen(best->region)))
            best = own;
    }
    *ret_text = best ? best->text : heard_agenda_text(kind);
    return best ? best->profile : heard_agenda_profile(kind);
}
