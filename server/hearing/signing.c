/* SPDX-License-Identifier: Apache-2.0 */
#include "server/hearing/signing.h"

#include <glib.h>
#include <string.h>

static const char *const kinds[HEARD_SIGNED_KIND_COUNT] = {
    [HEARD_SIGNED_MINUTES] = "minutes",
    [HEARD_SIGNED_AGREEMENT] = "agreement",
    [HEARD_SIGNED_DELIBERATION_RECORD] = "deliberation_record",
    [HEARD_SIGNED_HEARING_REPORT] = "hearing_report",
};
static const char *const signing_states[HEARD_SIGNING_STATE_COUNT] = {
    [HEARD_SIGNING_OPEN] = "open",
    [HEARD_SIGNING_SETTLED] = "settled",
    [HEARD_SIGNING_WITHDRAWN] = "withdrawn",
};
static const char *const signature_states[HEARD_SIGNATURE_STATE_COUNT] = {
    [HEARD_SIGNATURE_WAITING] = "waiting",
    [HEARD_SIGNATURE_SIGNED] = "signed",
    [HEARD_SIGNATURE_REFUSED] = "refused",
};
static const char *const strengths[HEARD_SIGNATURE_STRENGTH_COUNT] = {
    [HEARD_SIGNATURE_SIMPLE] = "simple",
    [HEARD_SIGNATURE_RELIABLE] = "reliable",
};

typedef struct {
    HeardError error;
    const char *text;
} AnswerRow;

static const AnswerRow answers[HEARD_SIGNING_ANSWER_COUNT] = {
    [HEARD_SIGNING_OK] = {HEARD_ERROR_INTERNAL, ""},
    [HEARD_SIGNING_WRONG_ROLE] = {HEARD_ERROR_WRONG_ROLE, "you are not to sign this"},
    [HEARD_SIGNING_ENDED] = {HEARD_ERROR_CONFLICT, "the signing is over"},
    [HEARD_SIGNING_ALREADY] = {HEARD_ERROR_CONFLICT, "it is signed or refused already"},
    [HEARD_SIGNING_NOT_IDENTIFIED] = {HEARD_ERROR_FORBIDDEN, "the identity was not checked"},
    [HEARD_SIGNING_NOT_HERE] = {HEARD_ERROR_UNAVAILABLE, "no page of yours is in the hearing"},
    [HEARD_SIGNING_ALTERED] = {HEARD_ERROR_TEXT_ALTERED, "another text than the one to sign"},
    [HEARD_SIGNING_NO_CODE] = {HEARD_ERROR_CODE_EXPIRED, "ask for a code first"},
    [HEARD_SIGNING_CODE_EXPIRED] = {HEARD_ERROR_CODE_EXPIRED, "ask for another code"},
    [HEARD_SIGNING_CODE_WRONG] = {HEARD_ERROR_CODE_WRONG, "another code was told"},
    [HEARD_SIGNING_CODES_SPENT] = {HEARD_ERROR_TOO_MANY, "too many codes for one signature"},
    [HEARD_SIGNING_NOT_DUE] = {HEARD_ERROR_NOT_DUE, "there is still time to sign"},
};

static int find_name(const char *const *names, int count, const char *name)
{
    for (int i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    return -1;
}

/* domain.md 3.8: who advances a hearing or keeps its record answers for a refusal being noted. The
 * clerk reads nothing of a deliberation once it is over. */
static bool may_note(HeardSignedKind kind, HeardRole role)
{
    if (kind == HEARD_SIGNED_DELIBERATION_RECORD)
        return role == HEARD_ROLE_PRESIDING;
    return role == HEARD_ROLE_PRESIDING || role == HEARD_ROLE_MEDIATOR || role == HEARD_ROLE_CLERK;
}

bool heard_signing_sees(HeardSignedKind kind, HeardRole role, bool is_signer, bool is_removed)
{
    if (kind == HEARD_SIGNED_DELIBERATION_RECORD)
        return is_signer && !is_removed;
    return is_signer || may_note(kind, role);
}

static bool is_of_panel(HeardSignedKind kind)
{
    return kind == HEARD_SIGNED_DELIBERATION_RECORD || kind == HEARD_SIGNED_HEARING_REPORT;
}

HeardSigningAnswer heard_signing_sign(const HeardSigningMoment *moment)
{
    if (!moment->is_own || heard_role_permit(moment->role, HEARD_MAY_SIGN) == HEARD_PERMIT_NO ||
        (moment->is_removed && is_of_panel(moment->kind)))
        return HEARD_SIGNING_WRONG_ROLE;
    if (moment->signing != HEARD_SIGNING_OPEN)
        return HEARD_SIGNING_ENDED;
    if (moment->signature == HEARD_SIGNATURE_SIGNED)
        return HEARD_SIGNING_ALREADY;
    return moment->is_identified ? HEARD_SIGNING_OK : HEARD_SIGNING_NOT_IDENTIFIED;
}

HeardSigningAnswer heard_signing_refuse(const HeardSigningMoment *moment)
{
    if (!moment->is_own && !may_note(moment->kind, moment->role))
        return HEARD_SIGNING_WRONG_ROLE;
    if (moment->signing != HEARD_SIGNING_OPEN)
        return HEARD_SIGNING_ENDED;
    if (moment->signature != HEARD_SIGNATURE_WAITING)
        return HEARD_SIGNING_ALREADY;
    return moment->is_not_due && !moment->is_own ? HEARD_SIGNING_NOT_DUE : HEARD_SIGNING_OK;
}

HeardSigningAnswer heard_signing_code_check(const HeardSigningCode *code, int64_t wall_ms)
{
    if (code->made_ms == 0)
        return HEARD_SIGNING_NO_CODE;
    /* A clock that was set back makes no code last longer. */
    if (wall_ms < code->made_ms || wall_ms - code->made_ms >= HEARD_SIGNING_CODE_MS ||
        code->tries >= HEARD_SIGNING_CODE_TRIES_MAX)
        return HEARD_SIGNING_CODE_EXPIRED;
    return HEARD_SIGNING_OK;
}

void heard_signing_code_text(uint32_t number, char ret_text[static HEARD_SIGNING_CODE_DIGITS + 1])
{
    for (unsigned i = HEARD_SIGNING_CODE_DIGITS; i > 0; i--) {
        ret_text[i - 1] = (char)('0' + number % 10);
        number /= 10;
    }
    ret_text[HEARD_SIGNING_CODE_DIGITS] = '\0';
}

void heard_signing_sha256(const char *text, char ret_sha256[static HEARD_SHA256_SIZE])
{
    g_autofree char *digest = g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);

    memcpy(ret_sha256, digest, HEARD_SHA256_SIZE);
}

void heard_signing_seal(const HeardSigningBond *bond, char ret_sha256[static HEARD_SHA256_SIZE])
{
    char evidence[HEARD_SHA256_SIZE];
    g_autofree char *lines = NULL;

    heard_signing_sha256(bond->evidence, evidence);
    lines = g_strdup_printf("heard signature 1\n%s\n%s\n%s\n%s\n%s\n%s\n%" G_GINT64_FORMAT "\n",
                            bond->signing_id, bond->text_sha256, bond->participant_id, bond->role,
                            bond->method, evidence, bond->at_ms);
    heard_signing_sha256(lines, ret_sha256);
}

HeardError heard_signing_answer_error(HeardSigningAnswer answer)
{
    return answers[answer].error;
}

const char *heard_signing_answer_text(HeardSigningAnswer answer)
{
    return answers[answer].text;
}

const char *heard_signed_kind_name(HeardSignedKind kind)
{
    return kinds[kind];
}

bool heard_signed_kind_from_name(const char *name, HeardSignedKind *ret_kind)
{
    int index = find_name(kinds, HEARD_SIGNED_KIND_COUNT, name);

    if (index < 0)
        return false;
    *ret_kind = (HeardSignedKind)index;
    return true;
}

const char *heard_signing_state_name(HeardSigningState state)
{
    return signing_states[state];
}

bool heard_signing_state_from_name(const char *name, HeardSigningState *ret_state)
{
    int index = find_name(signing_states, HEARD_SIGNING_STATE_COUNT, name);

    if (index < 0)
        return false;
    *ret_state = (HeardSigningState)index;
    return true;
}

const char *heard_signature_state_name(HeardSignatureState state)
{
    return signature_states[state];
}

bool heard_signature_state_from_name(const char *name, HeardSignatureState *ret_state)
{
    int index = find_name(signature_states, HEARD_SIGNATURE_STATE_COUNT, name);

    if (index < 0)
        return false;
    *ret_state = (HeardSignatureState)index;
    return true;
}

const char *heard_signature_strength_name(HeardSignatureStrength strength)
{
    return strengths[strength];
}
