/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/urn.h"

#include "server/base/log.h"
#include "server/store/field_cipher.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

static const HeardLogTopic topic = {"ballot"};

static char *path_of(const char *data_dir, const char *ballot_id)
{
    return g_strdup_printf("%s/urns/%s.key", data_dir, ballot_id);
}

static bool make_folder(const char *data_dir, GError **error)
{
    g_autofree char *folder = g_build_filename(data_dir, "urns", NULL);

    if (g_mkdir(folder, 0700) == 0 || errno == EEXIST)
        return true;
    g_set_error(error, HEARD_ERROR, HEARD_ERROR_STORAGE, "create %s: %s", folder,
                g_strerror(errno));
    return false;
}

char *heard_urn_seal(const char *data_dir, const char *ballot_id, const HeardBallotCount *count,
                     GError **error)
{
    g_autofree char *path = path_of(data_dir, ballot_id);
    g_autofree char *context = g_strdup_printf("ballot.urn:%s", ballot_id);
    g_autoptr(HeardFieldCipher) cipher = NULL;
    char urn[HEARD_BALLOT_URN_SIZE];

    if (!make_folder(data_dir, error))
        return NULL;
    cipher = heard_field_cipher_new(path, error);
    if (!cipher)
        return NULL;
    heard_ballot_urn_write(count, urn);
    return heard_field_cipher_seal(cipher, context, urn);
}

/* heard_field_cipher_new() would make another key where ours is gone. */
static HeardFieldCipher *cipher_of(const char *data_dir, const char *ballot_id, GError **error)
{
    g_autofree char *path = path_of(data_dir, ballot_id);

    if (g_access(path, F_OK) == 0)
        return heard_field_cipher_new(path, error);
    g_set_error(error, HEARD_ERROR, HEARD_ERROR_CRYPTO,
                "the key of this vote is gone: withdraw the question and put it again");
    return NULL;
}

bool heard_urn_open(const char *data_dir, const HeardBallotRow *row, unsigned marked,
                    HeardBallotCount *count, GError **error)
{
    g_autofree char *context = g_strdup_printf("ballot.urn:%s", row->id);
    g_autoptr(HeardFieldCipher) cipher = cipher_of(data_dir, row->id, error);
    g_autofree char *urn =
        cipher ? heard_field_cipher_open(cipher, context, row->urn ? row->urn : "", error) : NULL;

    if (!urn)
        return false;
    if (heard_ballot_urn_read(urn, count) && heard_ballot_given(count) == marked)
        return true;
    g_set_error(error, HEARD_ERROR, HEARD_ERROR_CORRUPT,
                "the urn of this vote does not fit its voters: withdraw the question");
    return false;
}

void heard_urn_forget(const char *data_dir, const char *ballot_id)
{
    g_autofree char *path = path_of(data_dir, ballot_id);

    if (g_unlink(path) != 0 && errno != ENOENT)
        heard_log(&topic, HEARD_LOG_WARN, "urn-key-stays ballot=%s text=\"%s\"", ballot_id,
                  g_strerror(errno));
}

static bool is_open(const GPtrArray *open, const char *name)
{
    for (guint i = 0; i < open->len; i++) {
        const HeardBallotRow *row = g_ptr_array_index(open, i);
        g_autofree char *key = g_strconcat(row->id, ".key", NULL);

        if (strcmp(key, name) == 0)
            return true;
    }
    return false;
}

bool heard_urn_sweep(HeardStore *store, const char *data_dir, GError **error)
{
    g_autofree char *folder = g_build_filename(data_dir, "urns", NULL);
    g_autoptr(GDir) entries = g_dir_open(folder, 0, NULL);
    g_autoptr(GPtrArray) open = entries ? heard_ballot_rows_list_open(store, error) : NULL;
    const char *name;

    if (!entries) /* nobody has voted secretly yet */
        return true;
    while (open && (name = g_dir_read_name(entries))) {
        g_autofree char *path = g_build_filename(folder, name, NULL);

        if (g_str_has_suffix(name, ".key") && !is_open(open, name))
            g_unlink(path);
    }
    return open != NULL;
}
