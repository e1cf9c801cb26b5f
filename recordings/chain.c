/* SPDX-License-Identifier: Apache-2.0 */
#include "recordings/chain.h"

#include <openssl/evp.h>
#include <string.h>

static void free_digest(void *ctx)
{
    EVP_MD_CTX_free(ctx);
}

/* One a thread, kept: making it costs more than a hash. */
static GPrivate digest_key = G_PRIVATE_INIT(free_digest);

static void digest_two(uint8_t *ret_hash, int prefix, const void *first, size_t first_size,
                       const void *second, size_t second_size)
{
    EVP_MD_CTX *ctx = g_private_get(&digest_key);
    uint8_t byte = (uint8_t)prefix;
    int done;

    if (!ctx) {
        ctx = EVP_MD_CTX_new();
        g_private_set(&digest_key, ctx);
    }
    done = EVP_DigestInit_ex(ctx, EVP_sha256(), NULL);
    if (prefix >= 0)
        done = done && EVP_DigestUpdate(ctx, &byte, 1);
    done = done && EVP_DigestUpdate(ctx, first, first_size);
    if (second_size > 0)
        done = done && EVP_DigestUpdate(ctx, second, second_size);
    done = done && EVP_DigestFinal_ex(ctx, ret_hash, NULL);
    g_assert(done);
}

void heard_chain_sha256(uint8_t ret_hash[static HEARD_LOG_HASH_SIZE], const void *bytes,
                        size_t size)
{
    digest_two(ret_hash, -1, bytes, size, NULL, 0);
}

void heard_chain_leaf(uint8_t ret_hash[static HEARD_LOG_HASH_SIZE], const void *bytes, size_t size)
{
    digest_two(ret_hash, 0, bytes, size, NULL, 0);
}

void heard_chain_to_hex(char ret_hex[static HEARD_CHAIN_HEX_SIZE],
                        const uint8_t hash[static HEARD_LOG_HASH_SIZE])
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < HEARD_LOG_HASH_SIZE; i++) {
        ret_hex[2 * i] = digits[hash[i] >> 4];
        ret_hex[2 * i + 1] = digits[hash[i] & 15];
    }
    ret_hex[2 * HEARD_LOG_HASH_SIZE] = '\0';
}

bool heard_chain_from_hex(uint8_t ret_hash[static HEARD_LOG_HASH_SIZE], const char *hex)
{
    for (size_t i = 0; i < 2 * HEARD_LOG_HASH_SIZE; i++)
        if (!g_ascii_isxdigit(hex[i]) || g_ascii_isupper(hex[i])) /* stops at the NUL */
            return false;
    for (size_t i = 0; i < HEARD_LOG_HASH_SIZE; i++)
        ret_hash[i] =
            (uint8_t)(g_ascii_xdigit_value(hex[2 * i]) << 4 | g_ascii_xdigit_value(hex[2 * i + 1]));
    return true;
}

void heard_chain_root(uint8_t ret_root[static HEARD_LOG_HASH_SIZE], const uint8_t *leaves,
                      size_t count)
{
    uint8_t left[HEARD_LOG_HASH_SIZE], right[HEARD_LOG_HASH_SIZE];
    size_t split = 1;

    g_assert(count > 0);
    if (count == 1) {
        memcpy(ret_root, leaves, HEARD_LOG_HASH_SIZE);
        return;
    }
    while (split * 2 < count)
        split *= 2;
    heard_chain_root(left, leaves, split); /* depth ≤ log2(HEARD_LOG_CHUNKS_MAX) */
    heard_chain_root(right, leaves + split * HEARD_LOG_HASH_SIZE, count - split);
    digest_two(ret_root, 1, left, sizeof left, right, sizeof right);
}

void heard_journal_init(HeardJournalState *self, const void *log_json, size_t size)
{
    self->count = 0;
    heard_chain_sha256(self->head, log_json, size);
}

char *heard_journal_line(HeardJournalState *self, json_t *fields_take)
{
    char prev[HEARD_CHAIN_HEX_SIZE];
    char *text, *line;

    heard_chain_to_hex(prev, self->head);
    json_object_set_new(fields_take, "n", json_integer((json_int_t)(self->count + 1)));
    json_object_set_new(fields_take, "prev", json_string(prev));
    text = json_dumps(fields_take, JSON_COMPACT | JSON_SORT_KEYS);
    json_decref(fields_take);
    g_assert(text && strlen(text) < HEARD_JOURNAL_LINE_MAX);
    heard_chain_sha256(self->head, text, strlen(text));
    self->count++;
    line = g_strconcat(text, "\n", NULL);
    free(text);
    return line;
}

bool heard_journal_check(HeardJournalState *self, const char *line, size_t size,
                         json_t **ret_fields, const char **ret_why)
{
    uint8_t prev[HEARD_LOG_HASH_SIZE];
    const char *hex;
    json_t *fields;

    if (size == 0 || size >= HEARD_JOURNAL_LINE_MAX) {
        *ret_why = "a line is empty or too long";
        return false;
    }
    fields = json_loadb(line, size, JSON_REJECT_DUPLICATES, NULL);
    hex = json_string_value(json_object_get(fields, "prev"));
    if (!hex) {
        *ret_why = "a line is not a journal entry";
    } else if (strlen(hex) != 2 * HEARD_LOG_HASH_SIZE || !heard_chain_from_hex(prev, hex) ||
               memcmp(prev, self->head, sizeof prev) != 0) {
        *ret_why = "a line does not follow the one before it";
    } else if (json_integer_value(json_object_get(fields, "n")) != (json_int_t)(self->count + 1)) {
        *ret_why = "a line has the wrong number";
    } else {
        heard_chain_sha256(self->head, line, size);
        self->count++;
        *ret_fields = fields;
        return true;
    }
    json_decref(fields);
    return false;
}

void heard_journal_checkpoint(const HeardJournalState *self,
                              const uint8_t log_id[static HEARD_LOG_ID_SIZE],
                              uint8_t ret_bytes[static HEARD_CHECKPOINT_SIZE])
{
    static const char purpose[] = "heard checkpoint 1";
    uint8_t *at = ret_bytes;

    memcpy(at, purpose, sizeof(purpose) - 1);
    at += sizeof(purpose) - 1;
    memcpy(at, log_id, HEARD_LOG_ID_SIZE);
    at += HEARD_LOG_ID_SIZE;
    for (unsigned i = 0; i < sizeof(self->count); i++)
        *at++ = (uint8_t)(self->count >> 8 * i);
    memcpy(at, self->head, HEARD_LOG_HASH_SIZE);
}

char *heard_journal_seal_text(const HeardJournalState *self, const char *signature,
                              const char *certificate)
{
    char head[HEARD_CHAIN_HEX_SIZE];
    json_t *root;
    char *text, *line;

    heard_chain_to_hex(head, self->head);
    root = json_pack("{s:s, s:I, s:i}", "chain_head", head, "lines", (json_int_t)self->count,
                     "version", 1);
    if (signature)
        json_object_set_new(root, "signature", json_string(signature));
    if (signature && certificate)
        json_object_set_new(root, "certificate", json_string(certificate));
    text = json_dumps(root, JSON_COMPACT | JSON_SORT_KEYS);
    json_decref(root);
    g_assert(text);
    line = g_strconcat(text, "\n", NULL);
    free(text);
    return line;
}
