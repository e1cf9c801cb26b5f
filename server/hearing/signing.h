/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Signing (签名) of a document of a hearing: which kinds there are, who may sign, refuse and note
 * a refusal, and how long a one-time code is good. The text is frozen before anybody is asked,
 * and known by its SHA-256; whoever signs names the hash of what he has seen.
 *
 * A drawn signature with a one-time code is the weaker kind of the Electronic Signature Law
 * (domain.md 2.5): its strength is "simple", and it says so wherever it is shown.
 *
 * Units      *_ms UTC. sha256: 64 lower-case hexadecimal digits.
 * Ownership  Plain structs.
 * Threads    Pure; any thread.
 * Errors     A refusal is an answer; an unknown name is false.
 */

#include "server/base/error.h"
#include "server/hearing/role.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    HEARD_SIGNING_TEXT_BYTES_MAX = 1024 * 1024,
    HEARD_SIGNING_TITLE_CHARS_MAX = 200,
    HEARD_SIGNING_REASON_CHARS_MAX = 500,
    HEARD_SIGNING_DEVICE_CHARS_MAX = 200,
    HEARD_SIGNING_OF_HEARING_MAX = 200, /* with those withdrawn */
    HEARD_SIGNING_CODE_DIGITS = 6,
    HEARD_SIGNING_CODE_MS = 5 * 60 * 1000,
    HEARD_SIGNING_CODE_TRIES_MAX = 5,
    HEARD_SIGNING_CODES_MAX = 30, /* of one signature */
    HEARD_SHA256_SIZE = 65,
};

/* What is signed (domain.md 3.10). Another kind is a name here, in the migration and in
 * server/app/signing_subjects.c. */
typedef enum {
    HEARD_SIGNED_MINUTES,
    HEARD_SIGNED_AGREEMENT,
    HEARD_SIGNED_DELIBERATION_RECORD,
    HEARD_SIGNED_HEARING_REPORT,
    HEARD_SIGNED_KIND_COUNT
} HeardSignedKind;

typedef enum {
    HEARD_SIGNING_OPEN,
    HEARD_SIGNING_SETTLED,   /* each one signed or refused */
    HEARD_SIGNING_WITHDRAWN, /* the text is another now */
    HEARD_SIGNING_STATE_COUNT
} HeardSigningState;

typedef enum {
    HEARD_SIGNATURE_WAITING,
    HEARD_SIGNATURE_SIGNED,
    HEARD_SIGNATURE_REFUSED,
    HEARD_SIGNATURE_STATE_COUNT
} HeardSignatureState;

typedef enum {
    HEARD_SIGNATURE_SIMPLE,   /* whoever disputes it is answered with evidence around it */
    HEARD_SIGNATURE_RELIABLE, /* Electronic Signature Law 13: by a licensed CA */
    HEARD_SIGNATURE_STRENGTH_COUNT
} HeardSignatureStrength;

typedef enum {
    HEARD_SIGNING_OK,
    HEARD_SIGNING_WRONG_ROLE,     /* neither a signer, nor one who may note a refusal */
    HEARD_SIGNING_ENDED,          /* settled or withdrawn */
    HEARD_SIGNING_ALREADY,        /* this one signed, or refused before */
    HEARD_SIGNING_NOT_IDENTIFIED, /* the identity was not checked at this hearing */
    HEARD_SIGNING_NOT_HERE,       /* no live page that could be told the code */
    HEARD_SIGNING_ALTERED,        /* another text than the frozen one */
    HEARD_SIGNING_NO_CODE,        /* none was asked for, or it was used */
    HEARD_SIGNING_CODE_EXPIRED,   /* too old, or tried too often */
    HEARD_SIGNING_CODE_WRONG,
    HEARD_SIGNING_CODES_SPENT, /* too many codes for one signature */
    HEARD_SIGNING_NOT_DUE,     /* nobody's silence is a refusal before the last day */
    HEARD_SIGNING_ANSWER_COUNT
} HeardSigningAnswer;

/* One signature of a signing, and who asks about it. */
typedef struct {
    HeardSignedKind kind;
    HeardSigningState signing;
    HeardSignatureState signature;
    HeardRole role;     /* of who asks */
    bool is_own;        /* who asks is its signer */
    bool is_identified; /* the signer's identity was checked, or he is on duty */
    bool is_removed;    /* the signer was sent out for good: nobody of the panel any more */
    bool is_not_due;    /* the hearing is over, and the last day to sign is not */
} HeardSigningMoment;

/* Sign, or ask for the code to. Who refused may still sign while it is open. */
HeardSigningAnswer heard_signing_sign(const HeardSigningMoment *moment);
/* Refuse for oneself; or note that somebody else won't: presiding, mediator, clerk, of a
 * deliberation the presiding officer alone; who is gone has his days first. */
HeardSigningAnswer heard_signing_refuse(const HeardSigningMoment *moment);
/* Who learns of it: its signers, and who may note a refusal; of a deliberation only signers who
 * were not sent out since. */
bool heard_signing_sees(HeardSignedKind kind, HeardRole role, bool is_signer, bool is_removed);

typedef struct {
    int64_t made_ms; /* 0: none */
    int64_t tries;   /* wrong ones since */
} HeardSigningCode;

/* May it be compared at all? */
HeardSigningAnswer heard_signing_code_check(const HeardSigningCode *code, int64_t wall_ms);
/* number below 10^6 as digits. */
void heard_signing_code_text(uint32_t number, char ret_text[static HEARD_SIGNING_CODE_DIGITS + 1]);

void heard_signing_sha256(const char *text, char ret_sha256[static HEARD_SHA256_SIZE]);

/* What binds one signature to its text, person, means and time. */
typedef struct {
    const char *signing_id, *text_sha256;
    const char *participant_id;
    const char *role;     /* wire name */
    const char *method;   /* of the provider */
    const char *evidence; /* of the provider: the drawing */
    int64_t at_ms;
} HeardSigningBond;

/* SHA-256 over "heard signature 1" and the members, a line each; of the evidence its SHA-256. */
void heard_signing_seal(const HeardSigningBond *bond, char ret_sha256[static HEARD_SHA256_SIZE]);

HeardError heard_signing_answer_error(HeardSigningAnswer answer);
const char *heard_signing_answer_text(HeardSigningAnswer answer);

const char *heard_signed_kind_name(HeardSignedKind kind);
bool heard_signed_kind_from_name(const char *name, HeardSignedKind *ret_kind);
const char *heard_signing_state_name(HeardSigningState state);
bool heard_signing_state_from_name(const char *name, HeardSigningState *ret_state);
const char *heard_signature_state_name(HeardSignatureState state);
bool heard_signature_state_from_name(const char *name, HeardSignatureState *ret_state);
const char *heard_signature_strength_name(HeardSignatureStrength strength);
