/* SPDX-License-Identifier: Apache-2.0 */
#include "recordings/away.h"
#include "recordings/commands.h"
#include "recordings/disk.h"
#include "recordings/statement.h"
#include "recordings/survey.h"
#include "server/base/clock.h"
#include "server/base/error.h"
#include "server/papers/paper.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

enum { TIMELINE_BYTES_MAX = 256 << 20 };

typedef struct {
    char *recording, *key_path, *out, *kind, *number, *title, *office, *attendance, *language;
} Options;

static void options_clear(Options *self)
{
    g_free(self->recording);
    g_free(self->key_path);
    g_free(self->out);
    g_free(self->kind);
    g_free(self->number);
    g_free(self->title);
    g_free(self->office);
    g_free(self->attendance);
    g_free(self->language);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

/* NULL without error: there is no such file. */
static json_t *read_json(const char *path, json_type type, GError **error)
{
    g_autofree char *text = NULL;
    g_autoptr(GError) why = NULL;
    json_t *found;
    size_t size;

    text = heard_disk_read(path, TIMELINE_BYTES_MAX, &size, &why);
    if (!text && heard_error_code(why) == HEARD_ERROR_NOT_FOUND)
        return NULL;
    found = text ? json_loadb(text, size, 0, NULL) : NULL;
    if (found && json_typeof(found) == type)
        return found;
    json_decref(found);
    g_set_error(error, HEARD_ERROR, HEARD_ERROR_CORRUPT, "%s: not readable", path);
    return NULL;
}

/* What heard derive made of it. */
static json_t *read_derived(const char *recording, GError **error)
{
    g_autofree char *path = g_build_filename(recording, "derived", "timeline.json", NULL);

    return read_json(path, JSON_OBJECT, error);
}

static json_t *read_log(const Options *options, int64_t duration_us, GError **error)
{
    g_autoptr(HeardOrgKey) key = heard_org_key_load(options->key_path, error);
    g_autoptr(HeardLogReader) reader =
        key ? heard_log_reader_open(options->recording, key, error) : NULL;
    g_autoptr(HeardSurvey) survey = NULL;
    HeardLogRecord record;

    if (!reader)
        return NULL;
    survey = heard_survey_new();
    while (heard_log_reader_next(reader, &record))
        heard_survey_record(survey, &record);
    return heard_timeline_finish(survey->timeline, duration_us,
                                 heard_log_reader_info(reader)->started_wall_ms);
}

static void digest(const char *bytes, size_t size, const EVP_MD *method, char ret_hex[static 65])
{
    uint8_t hash[EVP_MAX_MD_SIZE];
    unsigned length = 0;

    ret_hex[0] = '\0';
    if (EVP_Digest(bytes, size, hash, &length, method, NULL) != 1 || length != 32)
        return;
    heard_chain_to_hex(ret_hex, hash);
}

static void hash_seal(const char *recording, HeardDocumentFacts *facts)
{
    g_autofree char *path = g_build_filename(recording, "seal.json", NULL);
    g_autofree char *bytes = NULL;
    size_t size;

    bytes = heard_disk_read(path, HEARD_SEAL_MAX, &size, NULL);
    if (!bytes)
        return;
    digest(bytes, size, EVP_sha256(), facts->seal_sha256);
    digest(bytes, size, EVP_sm3(), facts->seal_sm3);
}

static bool make(const Options *options, HeardDocumentKind kind, GError **error)
{
    g_autoptr(HeardVerifyReport) report = heard_verify(options->recording, NULL, error);
    g_autoptr(GError) why = NULL;
    bool is_english = g_strcmp0(options->language, "en") == 0;
    HeardDocumentFacts facts = {.language = is_english ? HEARD_DOCUMENT_EN : HEARD_DOCUMENT_ZH,
                                .report = report,
                                .title = options->title,
                                .office = options->office,
                                .made_ms = heard_clock_wall_ms()};
    json_t *timeline;
    json_t *attendance = NULL;
    bool made;

    if (!report)
        return false;
    if (heard_excerpt_is_some(&report->excerpt)) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_CONFLICT,
                    "%s: is an excerpt; what is stated is the whole recording", options->recording);
        return false;
    }
    if (report->result == HEARD_VERIFY_ELSEWHERE) /* it says what a check of all of it found */
        return heard_away_is_all_here(options->recording, error);
    timeline = read_derived(options->recording, &why);
    if (!timeline && !why && options->key_path && report->destroyed_ms == 0)
        timeline = read_log(options, report->duration_us, &why);
    if (!why && options->attendance)
        attendance = read_json(options->attendance, JSON_ARRAY, &why);
    if (why) {
        g_propagate_error(error, g_steal_pointer(&why));
        json_decref(timeline);
        return false;
    }
    facts.timeline = timeline;
    facts.attendance = attendance;
    facts.number = options->number ? options->number : report->recording;
    hash_seal(options->recording, &facts);
    made = heard_document_write(options->out, kind, &facts, error);
    json_decref(timeline);
    json_decref(attendance);
    return made;
}

/* NULL: not given. */
static bool is_one_of(const char *value, const char *one, const char *other)
{
    return !value || strcmp(value, one) == 0 || strcmp(value, other) == 0;
}

int heard_statement_main(int argc, char **argv)
{
    g_auto(Options) options = {0};
    GOptionEntry entries[] = {
        {"recording", 0, 0, G_OPTION_ARG_FILENAME, &options.recording, "the recording's folder",
         "DIR"},
        {"out", 0, 0, G_OPTION_ARG_FILENAME, &options.out, "PDF to make (statement.pdf)", "FILE"},
        {"kind", 0, 0, G_OPTION_ARG_STRING, &options.kind, "statement or certificate", "KIND"},
        {"key", 0, 0, G_OPTION_ARG_FILENAME, &options.key_path,
         "the organisation key, where nothing was derived", "FILE"},
        {"number", 0, 0, G_OPTION_ARG_STRING, &options.number, "number of the recording", "TEXT"},
        {"title", 0, 0, G_OPTION_ARG_STRING, &options.title, "what the hearing was about", "TEXT"},
        {"office", 0, 0, G_OPTION_ARG_STRING, &options.office, "who held it", "TEXT"},
        {"attendance", 0, 0, G_OPTION_ARG_FILENAME, &options.attendance,
         "who was there: [{name, role, unit, joined_ms, left_ms}]", "FILE"},
        {"language", 0, 0, G_OPTION_ARG_STRING, &options.language, "zh or en", "zh"},
        {NULL, 0, 0, 0, NULL, NULL, NULL}};
    g_autoptr(GOptionContext) context =
        g_option_context_new("- documents of a recording for the case file");
    g_autoptr(GError) error = NULL;
    bool is_certificate, made;

    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, &argc, &argv, &error) || argc != 1 || !options.recording ||
        !is_one_of(options.kind, "statement", "certificate") ||
        !is_one_of(options.language, "zh", "en")) {
        fprintf(stderr, "heard statement: %s\n",
                error ? error->message
                      : "usage: heard statement --recording DIR [--out FILE.pdf] "
                        "[--kind statement|certificate] [--key FILE] [--language zh|en]");
        return 2;
    }
    is_certificate = g_strcmp0(options.kind, "certificate") == 0;
    if (!options.out)
        options.out = g_strdup(is_certificate ? "certificate.pdf" : "statement.pdf");
    made = make(&options, is_certificate ? HEARD_DOCUMENT_CERTIFICATE : HEARD_DOCUMENT_STATEMENT,
                &error);
    heard_paper_finish();
    if (made)
        return 0;
    fprintf(stderr, "heard statement: %s: %s\n", heard_error_name(heard_error_code(error)),
            error->message);
    return 1;
}
