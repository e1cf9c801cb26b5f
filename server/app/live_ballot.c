/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/live_private.h"

static HeardLiveHearing *find_alive(HeardLive *self, const char *id)
{
    HeardLiveHearing *hearing = self ? heard_live_find(self, id) : NULL; /* NULL: it stops */

    return hearing && !hearing->loading && !hearing->is_load ? hearing : NULL;
}

static void tell_room(HeardLiveHearing *hearing, HeardRoomKind room, const char *type)
{
    for (unsigned i = 0; i < hearing->rules.person_count; i++)
        if (heard_hearing_room_of(&hearing->rules, (uint16_t)i) == room)
            heard_live_tell(hearing, (uint16_t)i, type, json_object());
}

/* The event says only that there is news: what it is, each one asks for with his own rights. */
void heard_live_deliberation_changed(HeardLive *self, const char *id, const char *sha256)
{
    HeardLiveHearing *hearing = find_alive(self, id);

    if (!hearing)
        return;
    tell_room(hearing, HEARD_ROOM_DELIBERATION, "deliberation.changed");
    if (sha256)
        heard_live_record_event(hearing, "deliberation",
                                json_pack("{s:s, s:s}", "act", "sealed", "sha256", sha256));
}

void heard_live_deliberation_released(HeardLive *self, const char *id)
{
    HeardLiveHearing *hearing = find_alive(self, id);

    if (!hearing)
        return;
    tell_room(hearing, HEARD_ROOM_MAIN, "deliberation.released");
    tell_room(hearing, HEARD_ROOM_DELIBERATION, "deliberation.released");
}
