/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/signature_provider.h"
#include "server/base/random.h"
#include "server/hearing/strokes.h"

#include <sodium.h>
#include <string.h>

enum { HEARD_CODES = 1000000 };

static void make_code(char ret_code[static HEARD_SIGNING_CODE_DIGITS + 1])
{
    const uint32_t fair = UINT32_MAX - UINT32_MAX % HEARD_CODES; /* above it some come oftener */
    uint32_t number;

    do
        number = heard_random_u32();
    while (number >= fair);
    heard_signing_code_text(number % HEARD_CODES, ret_code);
}

/* Keyed by the field key: whoever has the database alone can't try all million codes. */
static void hash_code(const HeardSignatureRequest *request, const char *code,
                      char ret_hash[static HEARD_FIELD_HASH_SIZE])
{
    g_autofree char *text = g_strdup_printf("%s %s", request->signature->id, code);

    heard_field_cipher_hash(request->app->cipher, "signature.code", text, ret_hash);
}

static void challenge(const HeardSignatureRequest *request, HeardSignatureChallenge *ret)
{
    char hash[HEARD_FIELD_HASH_SIZE];

    make_code(ret->told);
    hash_code(request, ret->told, hash);
    g_strlcpy(ret->kept, hash, sizeof ret->kept);
}

static HeardSigningAnswer check_code(const HeardSignatureRequest *request, const char *code)
{
    const HeardSignatureRow *row = request->signature;
    const char *kept_hash = row->code_hash ? row->code_hash : "";
    const HeardSigningCode kept = {*kept_hash ? row->code_ms : 0, row->code_tries};
    HeardSigningAnswer answer = heard_signing_code_check(&kept, request->wall_ms);
    char hash[HEARD_FIELD_HASH_SIZE];

    if (answer != HEARD_SIGNING_OK)
        return answer;
    hash_code(request, code, hash);
    if (strlen(kept_hash) != sizeof hash - 1 ||
        sodium_memcmp(hash, kept_hash, sizeof hash - 1) != 0)
        return HEARD_SIGNING_CODE_WRONG;
    return HEARD_SIGNING_OK;
}

/* The drawing first: what is no drawing costs no try. */
static bool check(const HeardSignatureRequest *request, const json_t *body,
                  HeardSigningAnswer *ret_answer, char **ret_evidence, GError **error)
{
    g_autofree HeardStrokes *strokes = g_new(HeardStrokes, 1);
    const char *code = NULL;

    if (!heard_json_text(body, "code", HEARD_SIGNING_CODE_DIGITS, false, &code, error) ||
        !heard_strokes_read(json_object_get(body, "drawing"), strokes, error))
        return false;
    *ret_answer = check_code(request, code);
    if (*ret_answer == HEARD_SIGNING_OK)
        *ret_evidence = heard_strokes_text(strokes);
    return true;
}

static json_t *show(const char *evidence)
{
    g_autofree HeardStrokes *strokes = g_new(HeardStrokes, 1);
    g_autoptr(json_t) drawing = json_loads(evidence, 0, NULL);
    g_autofree char *path = NULL;

    if (!heard_strokes_read(drawing, strokes, NULL))
        return NULL;
    path = heard_strokes_path(strokes);
    return json_pack("{s:i, s:i, s:s}", "width", strokes->width, "height", strokes->height, "path",
                     path);
}

const HeardSignatureProvider heard_drawn_code = {
    .method = "drawn_code",
    .strength = HEARD_SIGNATURE_SIMPLE,
    .challenge = challenge,
    .check = check,
    .show = show,
};
