/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A mediation beside its live hearing: who is told that it changed, and that nobody goes on from
 * the mediator's opening before all agreed. Nothing of it goes into the recording's log: that is
 * played by both sides.
 */

#include "server/app/live_private.h"

#include "server/app/mediation.h"

#include <string.h>

void heard_live_mediation_changed(HeardLive *self, const char *id, unsigned audience,
                                  bool is_agreed)
{
    HeardLiveHearing *hearing = heard_live_find(self, id);

    if (!hearing || hearing->loading || hearing->is_load)
        return;
    hearing->mediation_agreed = is_agreed;
    for (unsigned i = 0; i < hearing->rules.person_count; i++) {
        const HeardPerson *person = &hearing->rules.people[i];

        if (heard_mediation_viewer(person->role, person->side) & audience)
            heard_live_tell(hearing, (uint16_t)i, "mediation.changed", json_object());
    }
}

/* Only a command that the rules would do is held up: others have their own refusal. */
bool heard_live_mediation_take(HeardLiveHearing *hearing, HeardLiveCommand *command)
{
    const HeardProfile *profile = hearing->rules.config.profile;
    const HeardCommand *asked = &command->command;
    uint16_t actor =
        asked->actor ? heard_hearing_find(&hearing->rules, asked->actor) : HEARD_NOBODY;
    int to;

    if (hearing->is_load || asked->verb != HEARD_VERB_ADVANCE || hearing->mediation_agreed ||
        profile->kind != HEARD_KIND_MEDIATION || hearing->rules.phase != profile->opening)
        return false;
    if (actor == HEARD_NOBODY ||
        !(heard_hearing_may(&hearing->rules, actor) & (UINT64_C(1) << HEARD_VERB_ADVANCE)))
        return false;
    to = heard_profile_find_phase(profile, asked->phase);
    /* Without an agreement it may end, and be put on record. */
    if (to <= (int)profile->opening || strcmp(asked->phase, "end_without") == 0)
        return false;
    heard_live_refuse_take(hearing, command, HEARD_ANSWER_MEDIATION_NOT_AGREED, NULL, NULL);
    return true;
}

bool heard_live_mediation_load(HeardStore *store, const HeardHearingRow *row, bool *ret_agreed,
                               GError **error)
{
    HeardMediationFile *file;
    bool good;

    if (strcmp(row->kind, heard_kind_name(HEARD_KIND_MEDIATION)) != 0)
        return true;
    file = g_new0(HeardMediationFile, 1);
    good = heard_mediation_file_load(store, row, file, error);
    if (good)
        *ret_agreed = heard_mediation_is_agreed(&file->now);
    heard_mediation_file_deinit(file);
    g_free(file);
    return good;
}
