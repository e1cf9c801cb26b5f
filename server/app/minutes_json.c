/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/minutes_json.h"

json_t *heard_minutes_line_json(const HeardMinutesLineRow *line)
{
    return json_pack("{s:s, s:I, s:I, s:s, s:s?, s:s, s:s, s:I, s:s, s:I, s:I, s:b}", "id",
                     line->id, "seq", (json_int_t)line->seq, "at_ms", (json_int_t)line->at_ms,
                     "phase", line->phase, "speaker", line->speaker_id, "kind", line->kind, "text",
                     line->text, "version", (json_int_t)line->version, "author", line->author_id,
                     "created_at_ms", (json_int_t)line->created_ms, "changed_at_ms",
                     (json_int_t)line->changed_ms, "removed", line->removed_ms != 0);
}

json_t *heard_minutes_version_json(const HeardMinutesVersionRow *version)
{
    return json_pack("{s:I, s:I, s:s, s:s?, s:s, s:s, s:s, s:I, s:b}", "version",
                     (json_int_t)version->version, "at_ms", (json_int_t)version->at_ms, "phase",
                     version->phase, "speaker", version->speaker_id, "kind", version->kind, "text",
                     version->text, "author", version->author_id, "changed_at_ms",
                     (json_int_t)version->changed_ms, "removed", version->removed_ms != 0);
}

json_t *heard_minutes_line_for_reader(const json_t *line)
{
    json_t *seen = json_copy((json_t *)line);

    if (json_is_true(json_object_get(line, "removed")))
        json_object_set_new(seen, "text", json_string(""));
    return seen;
}

/* The log's at_ms is its own clock: the line's mark has another name there. */
json_t *heard_minutes_line_for_log(const json_t *line)
{
    static const char *const members[] = {"version", "seq",    "speaker", "kind",
                                          "text",    "author", "removed"};
    json_t *event = json_object();

    json_object_set(event, "line", json_object_get(line, "id"));
    json_object_set(event, "said_at_ms", json_object_get(line, "at_ms"));
    for (unsigned i = 0; i < G_N_ELEMENTS(members); i++)
        json_object_set(event, members[i], json_object_get(line, members[i]));
    return event;
}
