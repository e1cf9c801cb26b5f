/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What stands in the lines of a request: ranges, cookies, tokens, origins, tags, paths and
 * their routes. The first line is the name or the word, the second the header or the path.
 */
#include "server/app/http_text.h"
#include "server/app/route_table.h"
#include "server/app/static_files.h"
#include "server/base/id.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_header(const char *word, const char *header)
{
    static const uint64_t sizes[] = {0, 1, 1000, UINT64_MAX};
    uint64_t first, count;
    char value[64];

    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++)
        if (heard_http_range(header, sizes[i], &first, &count) == HEARD_RANGE_PART)
            g_assert(count > 0 && first < sizes[i] && count <= sizes[i] - first);
    if (heard_http_cookie(header, word, value, sizeof(value)))
        g_assert(*value && strlen(value) < sizeof(value) && strstr(header, value));
    if (heard_http_bearer(header))
        g_assert(*heard_http_bearer(header));
    (void)heard_http_same_origin(header, word, true);
    (void)heard_http_etag_matches(header, word);
    if (*word && heard_http_list_has(header, word))
        g_assert(strstr(header, word));
    g_assert(!heard_id_is_valid(header) || strlen(header) == HEARD_ID_SIZE - 1);
    (void)heard_number_is_valid(header);
}

static void check_param(const char *param)
{
    g_assert(*param && strlen(param) < HEARD_ROUTE_PARAM_SIZE);
    g_assert(!strchr(param, '/') && strcmp(param, "..") != 0);
}

static void read_path(const char *path)
{
    for (unsigned method = 0; method <= HEARD_HTTP_OPTIONS; method++) {
        char *params[HEARD_ROUTE_PARAMS_MAX] = {NULL};
        const HeardRoute *route = NULL;
        g_autofree char *allow = NULL;

        if (heard_route_match((HeardHttpMethod)method, path, &route, params, &allow) ==
            HEARD_MATCH_FOUND)
            g_assert(route);
        for (unsigned i = 0; i < HEARD_ROUTE_PARAMS_MAX; i++) {
            if (params[i])
                check_param(params[i]);
            g_free(params[i]);
        }
        g_assert(heard_route_body_max((HeardHttpMethod)method, path) <= HEARD_ROUTE_SDP_BYTES_MAX);
    }
    (void)heard_static_files_is_page(path);
    (void)heard_static_files_is_hashed(path);
    g_assert(heard_static_files_media_type(path));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *text = g_strndup((const char *)data, size);
    char *header = strchr(text, '\n');

    if (!header)
        return 0;
    *header++ = '\0';
    read_header(text, header);
    read_path(header);
    return 0;
}
