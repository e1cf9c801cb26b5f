/* SPDX-License-Identifier: Apache-2.0 */
#include "recordings/timeline.h"

#include <string.h>

/* A person at a laptop speaks at −20 … −40 dBov, a quiet room has −60 and less. */
enum { LOUD_LEVEL = 45 };
#define BIN_US       100000
#define BREATH_US    700000 /* a pause within a sentence */
#define SHORTEST_US  300000
#define GAP_MERGE_US 1000000

typedef struct {
    int64_t from_us, to_us;
    char what[24]; /* "on", "off", … or empty */
} Span;

typedef struct {
    char *id;
    json_t *facts;                                            /* of the join event */
    GArray *present, *speaking, *sources[HEARD_SOURCE_COUNT]; /* Span */
    bool is_present;
    int64_t first_us, last_us; /* of any packet; first -1: none */
    Span voice;                /* the open one; from -1: none */
} Person;

typedef struct {
    int64_t from_us, to_us, packets;
    char reason[32], note[256];
    char participant[HEARD_SINK_LABEL_SIZE];
    const char *source;
} Gap;

struct HeardTimeline {
    GPtrArray *people;
    GHashTable *by_id;
    GArray *gaps;
    json_t *events, *chapters;
    unsigned span_count;
    int64_t paused_since_us;
    char pause_reason[32], pause_note[256];
    bool is_paused, truncated;
};

static void free_person(void *data)
{
    Person *self = data;

    g_free(self->id);
    json_decref(self->facts);
    g_array_unref(self->present);
    g_array_unref(self->speaking);
    for (int i = 0; i < HEARD_SOURCE_COUNT; i++)
        g_array_unref(self->sources[i]);
    g_free(self);
}

HeardTimeline *heard_timeline_new(void)
{
    HeardTimeline *self = g_new0(HeardTimeline, 1);

    self->people = g_ptr_array_new_with_free_func(free_person);
    self->by_id = g_hash_table_new(g_str_hash, g_str_equal);
    self->gaps = g_array_new(FALSE, TRUE, sizeof(Gap));
    self->events = json_array();
    self->chapters = json_array();
    return self;
}

void heard_timeline_free(HeardTimeline *self)
{
    if (!self)
        return;
    g_hash_table_unref(self->by_id);
    g_ptr_array_unref(self->people);
    g_array_unref(self->gaps);
    json_decref(self->events);
    json_decref(self->chapters);
    g_free(self);
}

static Person *find_person(HeardTimeline *self, const char *id)
{
    Person *person = g_hash_table_lookup(self->by_id, id);

    if (person)
        return person;
    if (self->people->len >= HEARD_TIMELINE_PEOPLE_MAX) {
        self->truncated = true;
        return NULL;
    }
    person = g_new0(Person, 1);
    person->id = g_strdup(id);
    person->present = g_array_new(FALSE, TRUE, sizeof(Span));
    person->speaking = g_array_new(FALSE, TRUE, sizeof(Span));
    for (int i = 0; i < HEARD_SOURCE_COUNT; i++)
        person->sources[i] = g_array_new(FALSE, TRUE, sizeof(Span));
    person->first_us = person->voice.from_us = -1;
    g_ptr_array_add(self->people, person);
    g_hash_table_insert(self->by_id, person->id, person);
    return person;
}

static void add_span(HeardTimeline *self, GArray *spans, Span span)
{
    if (self->span_count >= HEARD_TIMELINE_SPANS_MAX) {
        self->truncated = true;
        return;
    }
    self->span_count++;
    g_array_append_val(spans, span);
}

static Span *last_span(GArray *spans)
{
    return spans->len > 0 ? &g_array_index(spans, Span, spans->len - 1) : NULL;
}

/* What holds from now on; the span before ends here. */
static void begin_span(HeardTimeline *self, GArray *spans, int64_t at_us, const char *what)
{
    Span *last = last_span(spans);
    Span span = {at_us, -1, ""};

    if (last && last->to_us < 0) {
        if (strcmp(last->what, what) == 0)
            return;
        last->to_us = at_us;
    }
    g_strlcpy(span.what, what, sizeof span.what);
    add_span(self, spans, span);
}

static void end_span(GArray *spans, int64_t at_us)
{
    Span *last = last_span(spans);

    if (last && last->to_us < 0)
        last->to_us = at_us;
}

void heard_timeline_track(HeardTimeline *self, const HeardTrackInfo *info, int64_t at_us)
{
    (void)at_us;
    find_person(self, info->participant);
}

static void end_voice(HeardTimeline *self, Person *person)
{
    if (person->voice.from_us >= 0 && person->voice.to_us - person->voice.from_us >= SHORTEST_US)
        add_span(self, person->speaking, person->voice);
    person->voice.from_us = -1;
}

void heard_timeline_packet(HeardTimeline *self, const HeardTrackInfo *info, int64_t at_us,
                           unsigned level)
{
    Person *person = find_person(self, info->participant);
    int64_t bin_us = at_us / BIN_US * BIN_US;

    if (!person)
        return;
    if (person->first_us < 0)
        person->first_us = at_us;
    person->last_us = MAX(person->last_us, at_us);
    if (level > LOUD_LEVEL)
        return;
    if (person->voice.from_us >= 0 && bin_us - person->voice.to_us > BREATH_US)
        end_voice(self, person);
    if (person->voice.from_us < 0)
        person->voice.from_us = bin_us;
    person->voice.to_us = MAX(person->voice.to_us, bin_us + BIN_US);
    if (person->voice.to_us < person->voice.from_us)
        person->voice.to_us = bin_us + BIN_US;
}

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text ? text : "";
}

static void add_gap(HeardTimeline *self, const Gap *gap)
{
    for (guint i = self->gaps->len; i-- > 0 && i + 8 > self->gaps->len;) { /* the latest few */
        Gap *last = &g_array_index(self->gaps, Gap, i);
        if (strcmp(last->reason, gap->reason) == 0 && last->source == gap->source &&
            strcmp(last->participant, gap->participant) == 0 && gap->packets > 0 &&
            gap->from_us - last->to_us < GAP_MERGE_US) {
            last->to_us = MAX(last->to_us, gap->to_us);
            last->packets += gap->packets;
            return;
        }
    }
    if (self->gaps->len >= HEARD_TIMELINE_GAPS_MAX)
        self->truncated = true;
    else
        g_array_append_val(self->gaps, *gap);
}

void heard_timeline_gap(HeardTimeline *self, const HeardTrackInfo *info, int64_t at_us,
                        const json_t *gap)
{
    const json_t *from = json_object_get(gap, "from_us"), *to = json_object_get(gap, "to_us");
    Gap item = {.from_us = json_is_integer(from) ? json_integer_value(from) : at_us,
                .to_us = json_is_integer(to) ? json_integer_value(to) : at_us,
                .packets = json_integer_value(json_object_get(gap, "count"))};

    g_strlcpy(item.reason, text_of(gap, "reason"), sizeof item.reason);
    if (info) {
        g_strlcpy(item.participant, info->participant, sizeof item.participant);
        item.source = heard_track_source_name(info->source);
    }
    add_gap(self, &item);
}

static void end_pause(HeardTimeline *self, int64_t at_us)
{
    Gap gap = {.from_us = self->paused_since_us, .to_us = at_us};

    if (!self->is_paused)
        return;
    self->is_paused = false;
    g_strlcpy(gap.reason, "paused", sizeof gap.reason);
    g_strlcpy(gap.note, self->pause_note[0] ? self->pause_note : self->pause_reason,
              sizeof gap.note);
    add_gap(self, &gap);
}

static void set_phase(HeardTimeline *self, int64_t at_us, const char *phase)
{
    size_t count = json_array_size(self->chapters);

    if (count > 0)
        json_object_set_new(json_array_get(self->chapters, count - 1), "to_ms",
                            json_integer(at_us / 1000));
    json_array_append_new(self->chapters, json_pack("{s:s, s:I}", "phase", phase, "from_ms",
                                                    (json_int_t)(at_us / 1000)));
}

static void on_person_event(HeardTimeline *self, int64_t at_us, const json_t *event,
                            const char *type)
{
    const char *id = text_of(event, "participant");
    Person *person = *id ? find_person(self, id) : NULL;

    if (!person)
        return;
    if (strcmp(type, "join") == 0) {
        json_decref(person->facts);
        person->facts = json_deep_copy(event);
        begin_span(self, person->present, at_us, "");
        person->is_present = true;
    } else if (strcmp(type, "leave") == 0) {
        end_span(person->present, at_us);
        for (int i = 0; i < HEARD_SOURCE_COUNT; i++)
            end_span(person->sources[i], at_us);
    } else {
        for (int i = 0; i < HEARD_SOURCE_COUNT; i++) {
            const char *what = text_of(event, heard_track_source_name((HeardSource)i));
            if (*what)
                begin_span(self, person->sources[i], at_us, what);
        }
    }
}

void heard_timeline_event(HeardTimeline *self, int64_t at_us, const json_t *event)
{
    const char *type = text_of(event, "type");
    json_t *copy;

    /* The minutes have their own list; each key stroke of a clerk would crowd the events out. Why
     * somebody asked for a recusal, and who is protected from whom, is for the sealed log. */
    if (strcmp(type, "minutes") == 0 || strcmp(type, "recusal") == 0 ||
        strcmp(type, "screened") == 0)
        return;
    copy = json_deep_copy(event);
    at_us = MAX(at_us, 0);
    json_object_set_new(copy, "at_ms", json_integer(at_us / 1000));
    if (json_array_size(self->events) < HEARD_TIMELINE_EVENTS_MAX)
        json_array_append_new(self->events, copy);
    else {
        json_decref(copy);
        self->truncated = true;
    }
    if (strcmp(type, "phase") == 0) {
        set_phase(self, at_us, text_of(event, "phase"));
    } else if (strcmp(type, "join") == 0 || strcmp(type, "leave") == 0 ||
               strcmp(type, "media") == 0) {
        on_person_event(self, at_us, event, type);
    } else if (strcmp(type, "recording_paused") == 0) {
        self->is_paused = true;
        self->paused_since_us = at_us;
        g_strlcpy(self->pause_reason, text_of(event, "reason"), sizeof self->pause_reason);
        g_strlcpy(self->pause_note, text_of(event, "note"), sizeof self->pause_note);
    } else if (strcmp(type, "recording_resumed") == 0) {
        end_pause(self, at_us);
    }
}

static json_t *spans_to_json(const GArray *spans, int64_t duration_us, bool with_what)
{
    json_t *list = json_array();

    for (guint i = 0; i < spans->len; i++) {
        const Span *span = &g_array_index(spans, Span, i);
        int64_t to_us = span->to_us < 0 ? duration_us : span->to_us;
        json_t *item = json_pack("[I, I]", (json_int_t)(span->from_us / 1000),
                                 (json_int_t)(MIN(to_us, duration_us) / 1000));
        if (with_what)
            json_array_append_new(item, json_string(span->what));
        json_array_append_new(list, item);
    }
    return list;
}

static json_t *person_to_json(HeardTimeline *self, Person *person, int64_t duration_us)
{
    static const char *const facts[] = {"name", "role", "unit", "side", "title"};
    json_t *object = json_pack("{s:s}", "id", person->id);
    int64_t speaking_us = 0;

    end_voice(self, person);
    if (!person->is_present && person->first_us >= 0) { /* WHIP, or events that were lost */
        Span span = {person->first_us, person->last_us, ""};
        add_span(self, person->present, span);
    }
    for (guint i = 0; i < G_N_ELEMENTS(facts); i++) {
        json_t *fact = json_object_get(person->facts, facts[i]);
        json_object_set(object, facts[i], fact ? fact : json_null());
    }
    for (guint i = 0; i < person->speaking->len; i++) {
        const Span *span = &g_array_index(person->speaking, Span, i);
        speaking_us += span->to_us - span->from_us;
    }
    json_object_set_new(object, "present", spans_to_json(person->present, duration_us, false));
    json_object_set_new(object, "speaking", spans_to_json(person->speaking, duration_us, false));
    json_object_set_new(object, "speaking_ms", json_integer(speaking_us / 1000));
    for (int i = 0; i < HEARD_SOURCE_COUNT; i++)
        json_object_set_new(object, heard_track_source_name((HeardSource)i),
                            spans_to_json(person->sources[i], duration_us, true));
    return object;
}

static json_t *gaps_to_json(const HeardTimeline *self)
{
    json_t *list = json_array();

    for (guint i = 0; i < self->gaps->len; i++) {
        const Gap *gap = &g_array_index(self->gaps, Gap, i);
        json_array_append_new(list, json_pack("{s:I, s:I, s:s, s:s, s:s*, s:s*, s:I}", "from_ms",
                                              (json_int_t)(gap->from_us / 1000), "to_ms",
                                              (json_int_t)(gap->to_us / 1000), "reason",
                                              gap->reason, "note", gap->note, "participant",
                                              *gap->participant ? gap->participant : NULL, "source",
                                              gap->source, "packets", (json_int_t)gap->packets));
    }
    return list;
}

json_t *heard_timeline_finish(HeardTimeline *self, int64_t duration_us, int64_t started_wall_ms)
{
    json_t *people = json_array();
    size_t count = json_array_size(self->chapters);

    end_pause(self, duration_us);
    if (count > 0)
        json_object_set_new(json_array_get(self->chapters, count - 1), "to_ms",
                            json_integer(duration_us / 1000));
    for (guint i = 0; i < self->people->len; i++)
        json_array_append_new(
            people, person_to_json(self, g_ptr_array_index(self->people, i), duration_us));
    return json_pack("{s:i, s:I, s:I, s:o, s:O, s:o, s:O, s:b}", "version", 1, "duration_ms",
                     (json_int_t)(duration_us / 1000), "started_wall_ms",
                     (json_int_t)started_wall_ms, "participants", people, "chapters",
                     self->chapters, "gaps", gaps_to_json(self), "events", self->events,
                     "truncated", self->truncated);
}
