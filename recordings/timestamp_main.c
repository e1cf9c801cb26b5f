/* SPDX-License-Identifier: Apache-2.0 */
#include "recordings/commands.h"
#include "recordings/chain.h"
#include "recordings/disk.h"
#include "recordings/log_reader.h"
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

/* What is stamped now, and where the answer goes. */
typedef struct {
    uint8_t hash[HEARD_LOG_HASH_SIZE];
    char *path;  /* of the file */
    bool is_end; /* over seal.json: the recording is closed */
} Wanted;

static void wanted_clear(Wanted *self)
{
    g_free(self->path);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Wanted, wanted_clear)

/* The last signed line: a checkpoint, or the segment's line when nobody signs. */
static bool find_checkpoint(const char *recording, const HeardLogInfo *info, uint8_t *ret_hash,
                            uint32_t *ret_segment, GError **error)
{
    g_autofree char *file = g_build_filename(recording, "journal.jsonl", NULL);
    const char *wanted = info->signer ? "checkpoint" : "segment";
    HeardJournalState journal = info->journal;
    size_t size = 0;
    g_autofree char *text = heard_disk_read(file, HEARD_JOURNAL_BYTES_MAX, &size, error);
    const char *why = NULL;

    for (char *line = text, *end; line && (end = memchr(line, '\n', size - (size_t)(line - text)));
         line = end + 1) {
        json_t *fields = NULL;
        const char *kind;
        if (!heard_journal_check(&journal, line, (size_t)(end - line), &fields, &why)) {
            g_set_error(error, HEARD_ERROR, HEARD_ERROR_CORRUPT,
                        "%s: line %" G_GUINT64_FORMAT ": %s", file, (guint64)journal.count + 1,
                        why);
            return false;
        }
        kind = json_string_value(json_object_get(fields, "kind"));
        if (kind && strcmp(kind, "segment") == 0)
            *ret_segment = (uint32_t)json_integer_value(json_object_get(fields, "segment"));
        if (kind && strcmp(kind, wanted) == 0)
            memcpy(ret_hash, journal.head, HEARD_LOG_HASH_SIZE);
        json_decref(fields);
    }
    return text != NULL;
}

/* A power cut must not take back what was stamped. */
static bool sync_up_to(const char *recording, uint32_t segment, GError **error)
{
    g_autofree char *journal = g_build_filename(recording, "journal.jsonl", NULL);
    g_autofree char *file = heard_log_segment_path(recording, segment);

    return heard_disk_sync_file(file, error) && heard_disk_sync_file(journal, error) &&
           heard_disk_sync_folder(recording, error);
}

/* Its file: the newest if it stamps this already, else the next number. */
static bool choose_hourly_file(const char *recording, Wanted *ret, GError **error)
{
    g_autoptr(GDir) entries = g_dir_open(recording, 0, NULL);
    unsigned last = 0;
    const char *name;

    while (entries && (name = g_dir_read_name(entries)))
        last = MAX(last, heard_timestamp_hourly_number(name));
    if (last > 0) {
        g_autofree char *newest = heard_timestamp_hourly_name(last);
        g_autofree char *path = g_build_filename(recording, newest, NULL);
        size_t size = 0;
        g_autofree char *bytes = heard_disk_read(path, HEARD_TIMESTAMP_MAX, &size, NULL);
        uint8_t imprint[HEARD_LOG_HASH_SIZE];
        if (bytes && heard_timestamp_imprint(bytes, size, imprint) &&
            memcmp(imprint, ret->hash, sizeof imprint) == 0) {
            ret->path = g_steal_pointer(&path);
            return true;
        }
    }
    if (last == HEARD_TIMESTAMP_HOURLY_MAX) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_TOO_LARGE, "%s: too many time-stamps",
                    recording);
        return false;
    }
    g_autofree char *next = heard_timestamp_hourly_name(last + 1);
    ret->path = g_build_filename(recording, next, NULL);
    return true;
}

static bool want_hourly(const char *recording, Wanted *ret, GError **error)
{
    static const uint8_t none[HEARD_LOG_HASH_SIZE];
    HeardLogInfo info = {0};
    uint32_t segment = 0;
    bool done;

    if (!heard_log_info_read(&info, recording, error))
        return false;
    done = find_checkpoint(recording, &info, ret->hash, &segment, error);
    heard_log_info_clear(&info);
    if (!done)
        return false;
    if (segment == 0 || memcmp(ret->hash, none, sizeof none) == 0) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_NOT_FOUND, "%s: no checkpoint yet", recording);
        return false;
    }
    return sync_up_to(recording, segment, error) && choose_hourly_file(recording, ret, error);
}

static bool want(const char *recording, Wanted *ret, GError **error)
{
    g_autofree char *seal_path = g_build_filename(recording, "seal.json", NULL);
    g_autofree char *seal = NULL;
    g_autoptr(GError) why = NULL;
    size_t size;

    seal = heard_disk_read(seal_path, HEARD_SEAL_MAX, &size, &why);
    if (!seal && heard_error_code(why) == HEARD_ERROR_NOT_FOUND)
        return want_hourly(recording, ret, error);
    if (!seal) {
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    ret->is_end = true;
    ret->path = g_build_filename(recording, HEARD_TIMESTAMP_FILE, NULL);
    heard_chain_sha256(ret->hash, seal, size);
    return true;
}

static bool stamp(const Wanted *wanted, const char *url, HeardTimestamp *ret, GError **error)
{
    g_autofree char *kept = NULL;
    g_autoptr(GByteArray) answer = g_byte_array_new();
    g_autoptr(GBytes) request = NULL;
    size_t kept_size;

    kept = heard_disk_read(wanted->path, HEARD_TIMESTAMP_MAX, &kept_size, NULL);
    if (kept && heard_timestamp_check(kept, kept_size, wanted->hash, NULL, ret, NULL))
        return true; /* the first one is the earliest */
    request = heard_timestamp_request(wanted->hash, error);
    return request && ask(url, request, answer, error) &&
           heard_timestamp_answers(request, answer->data, answer->len, error) &&
           heard_timestamp_check(answer->data, answer->len, wanted->hash, NULL, ret, error) &&
           heard_disk_replace(wanted->path, answer->data, answer->len, error);
}

int heard_timestamp_main(int argc, char **argv)
{
    g_autofree char *recording = NULL;
    g_autofree char *url = NULL;
    g_autofree char *name = NULL;
    GOptionEntry options[] = {
        {"recording", 0, 0, G_OPTION_ARG_FILENAME, &recording, "the recording's folder", "DIR"},
        {"url", 0, 0, G_OPTION_ARG_STRING, &url, "of the time-stamping authority (RFC 3161)",
         "URL"},
        {NULL, 0, 0, 0, NULL, NULL, NULL}};
    g_autoptr(GOptionContext) context =
        g_option_context_new("- have a recording time-stamped: its end, or as far as it is");
    g_autoptr(GError) error = NULL;
    g_auto(Wanted) wanted = {0};
    HeardTimestamp timestamp;

    g_option_context_add_main_entries(context, options, NULL);
    if (!g_option_context_parse(context, &argc, &argv, &error) || argc != 1 || !recording || !url) {
        fprintf(stderr, "heard timestamp: %s\n",
                error ? error->message : "usage: heard timestamp --recording DIR --url URL");
        return 2;
    }
    curl_global_init(CURL_GLOBAL_DEFAULT);
    if (!want(recording, &wanted, &error) || !stamp(&wanted, url, &timestamp, &error)) {
        heard_command_fail("timestamp", error);
        return 1;
    }
    name = g_path_get_basename(wanted.path);
    printf("{\"complete\":%s,\"file\":\"%s\",\"timestamp_ms\":%" G_GINT64_FORMAT "}\n",
           wanted.is_end ? "true" : "false", name, timestamp.wall_ms);
    return 0;
}
