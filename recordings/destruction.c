/* SPDX-License-Identifier: Apache-2.0 */
#include "recordings/destruction.h"

#include "recordings/disk.h"
#include "recordings/recover.h"
#include "server/base/error.h"

#include <string.h>
#include <sys/stat.h>

#define SIGNED_LABEL "heard destruction 1"
enum {
    SIGNED_SIZE = sizeof SIGNED_LABEL - 1 + HEARD_LOG_ID_SIZE + HEARD_LOG_HASH_SIZE,
    FOLDER_DEPTH_MAX = 4,
    LOG_JSON_BYTES_MAX = 64 * 1024,
};

static void signed_bytes(const uint8_t log_id[static HEARD_LOG_ID_SIZE], const char *line,
                         size_t size, uint8_t ret_bytes[static SIGNED_SIZE])
{
    size_t at = sizeof SIGNED_LABEL - 1;

    memcpy(ret_bytes, SIGNED_LABEL, at);
    memcpy(ret_bytes + at, log_id, HEARD_LOG_ID_SIZE);
    heard_chain_sha256(ret_bytes + at + HEARD_LOG_ID_SIZE, line, size);
}

/* ---- made before anything is touched ---- */

static void count_files(const char *path, unsigned depth, json_int_t *count, json_int_t *bytes)
{
    g_autoptr(GDir) entries = depth < FOLDER_DEPTH_MAX ? g_dir_open(path, 0, NULL) : NULL;
    const char *name;

    while (entries && (name = g_dir_read_name(entries))) {
        g_autofree char *file = g_build_filename(path, name, NULL);
        struct stat info;
        if (lstat(file, &info) != 0)
            continue;
        if (S_ISDIR(info.st_mode))
            count_files(file, depth + 1, count, bytes);
        *count += S_ISREG(info.st_mode) ? 1 : 0;
        *bytes += S_ISREG(info.st_mode) ? (json_int_t)info.st_size : 0;
    }
}

static char *hash_of(const char *path, const char *name, size_t max, GError **error)
{
    g_autofree char *file = g_build_filename(path, name, NULL);
    g_autofree char *bytes = NULL;
    size_t size;

    bytes = heard_disk_read(file, max, &size, error);
    return bytes ? g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)bytes, size)
                 : NULL;
}

/* log.json without what opens the log. */
static json_t *read_log(const char *path, GError **error)
{
    g_autofree char *file = g_build_filename(path, "log.json", NULL);
    g_autofree char *text = NULL;
    size_t size;
    json_t *log;

    text = heard_disk_read(file, LOG_JSON_BYTES_MAX, &size, error);
    if (!text)
        return NULL;
    log = json_loadb(text, size, JSON_REJECT_DUPLICATES, NULL);
    json_object_del(json_object_get(log, "key"), "wrapped");
    if (!json_is_object(log)) {
        json_decref(log);
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_CORRUPT, "log.json: not readable");
        return NULL;
    }
    return log;
}

static json_t *describe(const char *path, const json_t *order, bool keeps_ciphertext,
                        GError **error)
{
    g_autofree char *log_hash = hash_of(path, "log.json", LOG_JSON_BYTES_MAX, error);
    g_autofree char *seal_hash =
        log_hash ? hash_of(path, "seal.json", HEARD_SEAL_MAX, error) : NULL;
    json_int_t count = 0, bytes = 0;
    HeardRecoverReport report;
    json_t *log;

    if (!seal_hash) {
        g_prefix_error(error, "only a closed recording is destroyed: ");
        return NULL;
    }
    heard_recover_log(path, NULL, &report); /* it is closed: only reads */
    log = read_log(path, error);
    if (!log)
        return NULL;
    count_files(path, 0, &count, &bytes);
    return json_pack("{s:s, s:i, s:o, s:s, s:s, s:s, s:I, s:I, s:I, s:b, s:O}", "format",
                     "heard-destruction", "version", 1, "log", log, "log_sha256", log_hash,
                     "seal_sha256", seal_hash, "chain_head", report.chain_head, "duration_ms",
                     (json_int_t)report.recorded_ms, "files", count, "bytes", bytes,
                     "keeps_ciphertext", keeps_ciphertext, "order", order);
}

char *heard_destruction_make(const char *path, const json_t *order, bool keeps_ciphertext,
                             const HeardSigner *signer, GError **error)
{
    json_t *certificate = describe(path, order, keeps_ciphertext, error);
    json_t *proof;
    uint8_t bytes[SIGNED_SIZE];
    HeardLogInfo info;
    g_autofree char *signature = NULL;
    char *line, *second, *text = NULL;

    if (!certificate)
        return NULL;
    line = json_dumps(certificate, JSON_COMPACT | JSON_SORT_KEYS);
    json_decref(certificate);
    if (heard_log_info_read(&info, path, error)) {
        signed_bytes(info.log_id, line, strlen(line), bytes);
        heard_log_info_clear(&info);
        signature = heard_signer_sign(signer, bytes, sizeof bytes);
        if (!signature)
            g_set_error(error, HEARD_ERROR, HEARD_ERROR_CRYPTO, "the certificate can't be signed");
    }
    if (signature) {
        proof = json_pack("{s:s, s:s}", "certificate", heard_signer_certificate(signer),
                          "signature", signature);
        second = json_dumps(proof, JSON_COMPACT | JSON_SORT_KEYS);
        json_decref(proof);
        text = g_strconcat(line, "\n", second, "\n", NULL);
        free(second);
    }
    free(line);
    return text;
}

/* ---- read afterwards ---- */

static bool corrupt(GError **error, const char *what)
{
    g_set_error(error, HEARD_ERROR, HEARD_ERROR_CORRUPT, HEARD_DESTRUCTION_FILE ": %s", what);
    return false;
}

static bool take_log(HeardDestruction *self, GError **error)
{
    const char *hash = json_string_value(json_object_get(self->certificate, "log_sha256"));
    json_t *log = json_object_get(self->certificate, "log");
    char *text = json_is_object(log) ? json_dumps(log, JSON_COMPACT) : NULL;
    bool done = text && heard_log_info_parse(&self->info, text, strlen(text), NULL);

    free(text);
    if (!done || !hash || strlen(hash) != 2 * HEARD_LOG_HASH_SIZE ||
        !heard_chain_from_hex(self->info.hash, hash))
        return corrupt(error, "does not say what log it was");
    /* The chain begins with the hash of what is gone. */
    self->info.journal.count = 0;
    memcpy(self->info.journal.head, self->info.hash, HEARD_LOG_HASH_SIZE);
    return true;
}

static bool check_proof(HeardDestruction *self, const char *line, size_t size, const json_t *proof,
                        GError **error)
{
    const char *certificate = json_string_value(json_object_get(proof, "certificate"));
    const char *signature = json_string_value(json_object_get(proof, "signature"));
    uint8_t bytes[SIGNED_SIZE];

    if (!certificate || !signature)
        return corrupt(error, "nobody signed it");
    self->signatory = heard_signatory_new(certificate, error);
    if (!self->signatory)
        return false;
    signed_bytes(self->info.log_id, line, size, bytes);
    if (heard_signatory_check(self->signatory, bytes, sizeof bytes, signature) &&
        heard_signatory_is_valid_at(self->signatory, self->confirmed_ms))
        return true;
    g_set_error(error, HEARD_ERROR, HEARD_ERROR_CRYPTO,
                HEARD_DESTRUCTION_FILE ": its signature is wrong");
    return false;
}

static bool parse(HeardDestruction *self, const char *text, size_t size, GError **error)
{
    const char *end = memchr(text, '\n', size);
    const char *second = end ? end + 1 : NULL;
    size_t left = end ? size - (size_t)(second - text) : 0;
    const json_t *order;
    json_t *proof;
    bool done;

    if (left < 2 || memchr(second, '\n', left) != second + left - 1)
        return corrupt(error, "not two lines");
    self->certificate = json_loadb(text, (size_t)(end - text), JSON_REJECT_DUPLICATES, NULL);
    if (g_strcmp0(json_string_value(json_object_get(self->certificate, "format")),
                  "heard-destruction") != 0 ||
        json_integer_value(json_object_get(self->certificate, "version")) != 1)
        return corrupt(error, "not of a version that this program knows");
    order = json_object_get(self->certificate, "order");
    self->confirmed_ms = json_integer_value(json_object_get(order, "confirmed_ms"));
    self->keeps_ciphertext = json_is_true(json_object_get(self->certificate, "keeps_ciphertext"));
    if (!take_log(self, error))
        return false;
    proof = json_loadb(second, left, JSON_REJECT_DUPLICATES, NULL);
    done = check_proof(self, text, (size_t)(end - text), proof, error);
    json_decref(proof);
    return done;
}

bool heard_destruction_parse(HeardDestruction *ret_destruction, const char *text, size_t size,
                             GError **error)
{
    g_auto(HeardDestruction) self = {0};

    if (!parse(&self, text, size, error))
        return false;
    *ret_destruction = self;
    memset(&self, 0, sizeof self);
    return true;
}

bool heard_destruction_read(HeardDestruction *ret_destruction, const char *path, GError **error)
{
    g_autofree char *file = g_build_filename(path, HEARD_DESTRUCTION_FILE, NULL);
    g_autofree char *text = NULL;
    size_t size;

    text = heard_disk_read(file, HEARD_DESTRUCTION_BYTES_MAX, &size, error);
    return text && heard_destruction_parse(ret_destruction, text, size, error);
}

void heard_destruction_clear(HeardDestruction *self)
{
    json_decref(self->certificate);
    heard_log_info_clear(&self->info);
    heard_signatory_free(self->signatory);
    memset(self, 0, sizeof *self);
}
