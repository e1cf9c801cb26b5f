/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The mediation of a hearing as it stands: its entries from the store, told to the rules of
 * server/hearing/mediation, and what one viewer may see of it as JSON (openapi.yaml: Mediation).
 *
 * Parties are those of both sides who came; an agent is none. Who is left out of a viewer's JSON
 * (offers of the other side that were not carried, notes) leaves no gap in it: no number, no
 * count, no time.
 *
 * Ownership  deinit frees rows and documents; the texts of now are borrowed from them.
 * Threads    A store thread.
 * Errors     GError of HEARD_ERROR.
 */

#include "server/hearing/mediation.h"
#include "server/base/id.h"
#include "server/store/hearing_rows.h"
#include "server/store/participant_rows.h"

#include <glib.h>

typedef struct {
    HeardMediation now;
    GPtrArray *entries;   /* of HeardMediationEntryRow */
    GPtrArray *documents; /* of json_t, what they say */
    GPtrArray *seats, *participants;
    GPtrArray *hands; /* of HeardSignatureRow, while it is to be signed; NULL: it is not */
    char signing_id[HEARD_ID_SIZE]; /* "": none */
    bool is_over;                   /* the hearing */
} HeardMediationFile;

/* All zero before. */
bool heard_mediation_file_load(HeardStore *store, const HeardHearingRow *hearing,
                               HeardMediationFile *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void heard_mediation_file_deinit(HeardMediationFile *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HeardMediationFile, heard_mediation_file_deinit)

/* As whom a participant speaks; false: no seat of this hearing. */
bool heard_mediation_file_person(const HeardMediationFile *self, const char *participant_id,
                                 HeardMediationPerson *ret_person);
/* "" when unknown. */
const char *heard_mediation_file_name(const HeardMediationFile *self, const char *participant_id);

/* you NULL: somebody without a seat, who reads the file. viewer: HEARD_MEDIATION_TO_*. */
json_t *heard_mediation_json(const HeardMediationFile *self, const HeardMediationPerson *you,
                             unsigned viewer, int64_t wall_ms);
