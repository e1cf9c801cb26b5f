/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/live_private.h"
#include "server/app/minutes_json.h"
#include "server/hearing/minutes.h"

/* Captions are for who hears: not for the lobby. Who writes follows from wherever he is. */
void heard_live_minutes_changed(HeardLive *self, const char *id, const json_t *line)
{
    HeardLiveHearing *hearing = heard_live_find(self, id);

    if (!hearing || hearing->loading || hearing->is_load)
        return;
    for (unsigned i = 0; i < hearing->rules.person_count; i++) {
        bool writes = heard_minutes_may_read(hearing->rules.people[i].role);
        json_t *data;

        if (!writes && heard_hearing_room_of(&hearing->rules, (uint16_t)i) != HEARD_ROOM_MAIN)
            continue;
        data = json_object();
        json_object_set_new(
            data, "line", writes ? json_copy((json_t *)line) : heard_minutes_line_for_reader(line));
        heard_live_tell(hearing, (uint16_t)i, "minutes.changed", data);
    }
    heard_live_record_event(hearing, "minutes", heard_minutes_line_for_log(line));
}

/* A phone that lies on the table shows what it is asked for, also in a closed room. */
void heard_live_minutes_moved(HeardLive *self, const char *id, const json_t *step)
{
    HeardLiveHearing *hearing = heard_live_find(self, id);
    const json_t *line = json_object_get(step, "line");
    g_autoptr(json_t) event = json_copy((json_t *)step);
    g_autoptr(json_t) data = json_object();

    if (!hearing || hearing->loading || hearing->is_load)
        return;
    if (line)
        heard_live_minutes_changed(self, id, line);
    json_object_set(data, "state", json_object_get(step, "state"));
    heard_live_tell_all(hearing, "minutes.confirmation", data);
    json_object_del(event, "line");
    heard_live_record_event(hearing, "minutes_step", json_incref(event));
}
