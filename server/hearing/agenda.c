/* SPDX-License-Identifier: Apache-2.0 */
#include "server/hearing/agenda.h"

#include "server/base/error.h"

#include <pthread.h>
#include <string.h>

/* Made by embed_profiles.py, in the order of HeardKind. */
extern const char *const heard_profile_texts[HEARD_KIND_COUNT];

static HeardProfile *profiles[HEARD_KIND_COUNT];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static GHashTable *kept; /* text → HeardProfile */
static pthread_mutex_t kept_lock = PTHREAD_MUTEX_INITIALIZER;

static void read_all(void)
{
    for (unsigned i = 0; i < HEARD_KIND_COUNT; i++) {
        g_autoptr(GError) error = NULL;

        profiles[i] =
            heard_profile_parse(heard_profile_texts[i], strlen(heard_profile_texts[i]), &error);
        if (!profiles[i] || profiles[i]->kind != i)
            g_error("built-in profile of %s: %s", heard_kind_name((HeardKind)i),
                    error ? error->message : "of another kind");
    }
}

const HeardProfile *heard_agenda_profile(HeardKind kind)
{
    pthread_once(&once, read_all);
    return profiles[kind];
}

const char *heard_agenda_text(HeardKind kind)
{
    return heard_profile_texts[kind];
}

static const HeardProfile *keep(const char *text, GError **error)
{
    HeardProfile *profile;

    if (!kept)
        kept = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                     (GDestroyNotify)heard_profile_free);
    profile = g_hash_table_lookup(kept, text);
    if (profile)
        return profile;
    if (g_hash_table_size(kept) >= HEARD_AGENDA_PROFILES_MAX) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_TOO_MANY, "%d profiles are in use",
                    HEARD_AGENDA_PROFILES_MAX);
        return NULL;
    }
    profile = heard_profile_parse(text, strlen(text), error);
    if (profile)
        g_hash_table_insert(kept, g_strdup(text), profile);
    return profile;
}

const HeardProfile *heard_agenda_keep(const char *text, GError **error)
{
    const HeardProfile *profile;

    pthread_mutex_lock(&kept_lock);
    profile = keep(text, error);
    pthread_mutex_unlock(&kept_lock);
    return profile;
}
