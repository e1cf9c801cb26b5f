/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/links.h"

#include "server/store/participant_rows.h"
#include "server/store/password.h"

int64_t heard_links_expiry(int64_t planned_start_ms, int64_t wall_ms)
{
    return MAX(planned_start_ms, wall_ms) + HEARD_LINK_LIFE_MS;
}

char *heard_links_url(const char *public_url, const char *token)
{
    return g_strdup_printf("%s/j/%s", public_url, token);
}

char *heard_links_renew(HeardStore *store, const char *public_url, const char *participant_id,
                        int64_t expires_ms, GError **error)
{
    char token[HEARD_TOKEN_SIZE];
    char hash[HEARD_TOKEN_HASH_SIZE];

    heard_token_new(token);
    heard_token_hash(token, hash);
    if (!heard_participant_rows_set_token(store, participant_id, hash, expires_ms, error))
        return NULL;
    return heard_links_url(public_url, token);
}
