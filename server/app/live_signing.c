/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/live_private.h"

static HeardLiveHearing *find_alive(HeardLive *self, const char *id)
{
    HeardLiveHearing *hearing = heard_live_find(self, id);

    return hearing && !hearing->loading && !hearing->is_load ? hearing : NULL;
}

/* Who may see which signing the list says; here only that it is another. */
void heard_live_signing_changed(HeardLive *self, const char *id, const json_t *event)
{
    HeardLiveHearing *hearing = find_alive(self, id);
    g_autoptr(json_t) data = json_object();

    if (!hearing)
        return;
    heard_live_tell_all(hearing, "signings.changed", data);
    if (event)
        heard_live_record_event(hearing, "signature", json_copy((json_t *)event));
}

bool heard_live_signing_code(HeardLive *self, const char *id, const char *participant,
                             const char *signing, const char *code, int64_t until_ms)
{
    HeardLiveHearing *hearing = find_alive(self, id);
    uint16_t person = hearing ? heard_hearing_find(&hearing->rules, participant) : HEARD_NOBODY;
    const HeardLiveLink *link = person == HEARD_NOBODY ? NULL : hearing->people[person].link;

    if (!link || !link->ready)
        return false;
    heard_live_tell(hearing, person, "signing.code",
                    json_pack("{s:s, s:s, s:I}", "signing", signing, "code", code, "until_ms",
                              (json_int_t)until_ms));
    return true;
}
