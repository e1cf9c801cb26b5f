/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/signing_subjects.h"

#include "server/app/mediation_signing.h"
#include "server/app/minutes_course.h"

static const HeardSigningSubject subjects[HEARD_SIGNED_KIND_COUNT] = {
    [HEARD_SIGNED_MINUTES] = {heard_minutes_settled},
    [HEARD_SIGNED_AGREEMENT] = {heard_mediation_settled},
    [HEARD_SIGNED_DELIBERATION_RECORD] = {NULL},
    [HEARD_SIGNED_HEARING_REPORT] = {NULL},
};

const HeardSigningSubject *heard_signing_subject(HeardSignedKind kind)
{
    return &subjects[kind];
}
