/* SPDX-License-Identifier: Apache-2.0 */
#include "recordings/commands.h"
#include "recordings/chain.h"
#include "recordings/disk.h"
#include "recordings/signer.h"
#include "recordings/timestamp.h"
#include "server/base/error.h"

#include <curl/curl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { TIMEOUT_S = 30, CONNECT_S = 10, HTTP_OK = 200 };

static size_t take(char *bytes, size_t one, size_t count, void *data)
{
    GByteArray *answer = data;

    if (answer->len + one * count > HEARD_TIMESTAMP_MAX)
        return 0;
    g_byte_array_append(answer, (const guint8 *)bytes, (guint)(one * count));
    return one * count;
}

/* RFC 3161 3.4. */
static bool ask(const char *url, GBytes *request, GByteArray *ret_answer, GError **error)
{
    CURL *curl = curl_easy_init();
    struct curl_slist *headers =
        curl_slist_append(NULL, "Content-Type: application/timestamp-query");
    gsize size;
    const void *bytes = g_bytes_get_data(request, &size);
    long status = 0;
    CURLcode result;

    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, bytes);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)size);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, ret_answer);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)TIMEOUT_S);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_S);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    result = curl_easy_perform(curl);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);
    if (result == CURLE_OK && status == HTTP_OK)
        return true;
    if (result != CURLE_OK)
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_UNAVAILABLE, "the authority: %s",
                    curl_easy_strerror(result));
    else
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_UNAVAILABLE, "the authority answers HTTP %ld",
                    status);
    return false;
}

static bool stamp(const char *recording, const char *url, HeardTimestamp *ret, GError **error)
{
    g_autofree char *seal_path = g_build_filename(recording, "seal.json", NULL);
    g_autofree char *path = g_build_filename(recording, HEARD_TIMESTAMP_FILE, NULL);
    g_autofree char *seal = NULL;
    g_autofree char *kept = NULL;
    g_autoptr(GByteArray) answer = g_byte_array_new();
    g_autoptr(GBytes) request = NULL;
    uint8_t hash[HEARD_LOG_HASH_SIZE];
    size_t size, kept_size;

    seal = heard_disk_read(seal_path, HEARD_SEAL_MAX, &size, error);
    if (!seal)
        return false;
    heard_chain_sha256(hash, seal, size);
    kept = heard_disk_read(path, HEARD_TIMESTAMP_MAX, &kept_size, NULL);
    if (kept && heard_timestamp_check(kept, kept_size, hash, NULL, ret, NULL))
        return true; /* the first one is the earliest */
    request = heard_timestamp_request(hash, error);
    return request && ask(url, request, answer, error) &&
           heard_timestamp_answers(request, answer->data, answer->len, error) &&
           heard_timestamp_check(answer->data, answer->len, hash, NULL, ret, error) &&
           heard_disk_replace(path, answer->data, answer->len, error);
}

int heard_timestamp_main(int argc, char **argv)
{
    g_autofree char *recording = NULL;
    g_autofree char *url = NULL;
    GOptionEntry options[] = {
        {"recording", 0, 0, G_OPTION_ARG_FILENAME, &recording, "the recording's folder", "DIR"},
        {"url", 0, 0, G_OPTION_ARG_STRING, &url, "of the time-stamping authority (RFC 3161)",
         "URL"},
        {NULL, 0, 0, 0, NULL, NULL, NULL}};
    g_autoptr(GOptionContext) context =
        g_option_context_new("- have a closed recording time-stamped");
    g_autoptr(GError) error = NULL;
    HeardTimestamp timestamp;

    g_option_context_add_main_entries(context, options, NULL);
    if (!g_option_context_parse(context, &argc, &argv, &error) || argc != 1 || !recording || !url) {
        fprintf(stderr, "heard timestamp: %s\n",
                error ? error->message : "usage: heard timestamp --recording DIR --url URL");
        return 2;
    }
    curl_global_init(CURL_GLOBAL_DEFAULT);
    if (!stamp(recording, url, &timestamp, &error)) {
        heard_command_fail("timestamp", error);
        return 1;
    }
    printf("{\"timestamp_ms\":%" G_GINT64_FORMAT "}\n", timestamp.wall_ms);
    return 0;
}
