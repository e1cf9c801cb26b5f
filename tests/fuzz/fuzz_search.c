/* SPDX-License-Identifier: Apache-2.0 */

/* No question escapes its quotes, and no text makes more than the bounded number of tokens. */
#include "server/store/search.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned count_of(const char *text, char wanted)
{
    unsigned count = 0;

    for (; *text; text++)
        count += *text == wanted;
    return count;
}

/* "a b" AND "c"*: outside of quotes stands only what search.c writes. */
static void check_query(const char *query)
{
    g_auto(GStrv) parts = g_strsplit(query, "\"", -1);
    unsigned part_count = g_strv_length(parts);

    g_assert(count_of(query, '"') % 2 == 0);
    for (unsigned i = 0; i < part_count; i += 2)
        g_assert(!*parts[i] || !strcmp(parts[i], " AND ") || !strcmp(parts[i], "* AND ") ||
                 !strcmp(parts[i], "*"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *text = g_strndup((const char *)data, size);
    g_autofree char *index = heard_search_index_text(text);
    g_autofree char *query = heard_search_query_fts5(text);

    g_assert(g_utf8_validate(index, -1, NULL));
    g_assert(count_of(index, ' ') < HEARD_SEARCH_TOKENS_MAX);
    g_assert(!strstr(index, "  ") && !g_str_has_prefix(index, " "));
    if (query)
        check_query(query);
    return 0;
}
