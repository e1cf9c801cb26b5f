/* SPDX-License-Identifier: Apache-2.0 */
#include "recordings/noted_tracks.h"

#include <glib.h>
#include <string.h>

struct HeardNotedTracks {
    GArray *list; /* HeardNotedTrack, in the order of their beginning */
};

HeardNotedTracks *heard_noted_tracks_new(void)
{
    HeardNotedTracks *self = g_new0(HeardNotedTracks, 1);

    self->list = g_array_new(FALSE, FALSE, sizeof(HeardNotedTrack));
    return self;
}

void heard_noted_tracks_free(HeardNotedTracks *self)
{
    if (!self)
        return;
    g_array_unref(self->list);
    g_free(self);
}

static const char *text_of(const json_t *fields, const char *name)
{
    const char *text = json_string_value(json_object_get(fields, name));

    return text ? text : "";
}

static void end_track(HeardNotedTracks *self, uint32_t number, int64_t at_us)
{
    for (guint i = self->list->len; i-- > 0;) {
        HeardNotedTrack *track = &g_array_index(self->list, HeardNotedTrack, i);
        if (track->track != number)
            continue;
        if (track->to_us == INT64_MAX)
            track->to_us = at_us;
        return;
    }
}

void heard_noted_tracks_meet(HeardNotedTracks *self, const json_t *fields)
{
    const char *kind = text_of(fields, "kind");
    json_int_t number = json_integer_value(json_object_get(fields, "track"));
    HeardNotedTrack track = {.track = (uint32_t)number,
                             .from_us = json_integer_value(json_object_get(fields, "at_us")),
                             .to_us = INT64_MAX};

    if (number <= 0 || number > UINT32_MAX)
        return;
    if (strcmp(kind, "track_end") == 0)
        end_track(self, track.track, track.from_us);
    if (strcmp(kind, "track") != 0 || self->list->len >= HEARD_NOTED_TRACKS_MAX)
        return;
    g_strlcpy(track.source, text_of(fields, "source"), sizeof track.source);
    g_strlcpy(track.participant, text_of(fields, "participant"), sizeof track.participant);
    g_array_append_val(self->list, track);
}

const HeardNotedTrack *heard_noted_tracks_next(const HeardNotedTracks *self, int64_t from_us,
                                               int64_t to_us, unsigned *index)
{
    while (*index < self->list->len) {
        const HeardNotedTrack *track = &g_array_index(self->list, HeardNotedTrack, *index);
        ++*index;
        if ((to_us < 0 || track->from_us <= to_us) && track->to_us >= from_us)
            return track;
    }
    return NULL;
}
