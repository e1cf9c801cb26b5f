/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/live_exhibit.h"

#include "server/app/live_private.h"

#include <string.h>

struct HeardLiveShown {
    HeardLiveExhibit what; /* its texts are owned */
    char by[HEARD_ID_SIZE];
};

void heard_live_shown_free(struct HeardLiveShown *shown)
{
    if (!shown)
        return;
    g_free((char *)(uintptr_t)shown->what.title);
    g_free((char *)(uintptr_t)shown->what.media_type);
    g_free((char *)(uintptr_t)shown->what.sha256);
    g_free(shown);
}

static struct HeardLiveShown *shown_new(const HeardLiveExhibit *what, const char *by)
{
    struct HeardLiveShown *self = g_new0(struct HeardLiveShown, 1);

    self->what = *what;
    self->what.title = g_strdup(what->title);
    self->what.media_type = g_strdup(what->media_type);
    self->what.sha256 = g_strdup(what->sha256);
    g_strlcpy(self->by, by, sizeof self->by);
    return self;
}

static bool is_in_room(const HeardLiveHearing *hearing, uint16_t person)
{
    return heard_hearing_room_of(&hearing->rules, person) == HEARD_ROOM_MAIN;
}

static HeardExhibitPerson as_exhibit_person(const HeardLiveHearing *hearing, uint16_t person)
{
    const HeardPerson *p = &hearing->rules.people[person];

    return (HeardExhibitPerson){p->role, p->side,
                                heard_role_on_duty(p->role) || p->method != HEARD_METHOD_NONE,
                                is_in_room(hearing, person)};
}

static HeardExhibitStage stage_of(const HeardLiveHearing *hearing, uint16_t person)
{
    const struct HeardLiveShown *shown = hearing->shown;

    return (HeardExhibitStage){
        .is_live = hearing->rules.state == HEARD_STATE_LIVE,
        .screen_open = heard_hearing_may_send(&hearing->rules, person, HEARD_SEND_SCREEN),
        .is_shown = shown != NULL,
        .is_own = shown && strcmp(shown->by, hearing->rules.people[person].id) == 0};
}

/* ---- what is told ---- */

json_t *heard_json_shown(const HeardLiveHearing *hearing, uint16_t viewer)
{
    const struct HeardLiveShown *shown = hearing->shown;
    HeardExhibitPerson person = as_exhibit_person(hearing, viewer);
    json_t *exhibit, *pointer;
    bool sees;

    if (!shown || !person.is_in_room)
        return json_null();
    sees = heard_exhibit_sees(&shown->what.of, &person);
    exhibit = json_pack("{s:s, s:s, s:i, s:s?, s:s?, s:b, s:b}", "id", shown->what.id, "side",
                        heard_exhibit_side_name(shown->what.of.side), "number",
                        (int)shown->what.number, "title", sees ? shown->what.title : NULL,
                        "media_type", sees ? shown->what.media_type : NULL, "closed",
                        (int)shown->what.of.is_closed, "may_see", (int)sees);
    pointer = shown->what.pointer_x < 0 || !sees
                  ? json_null()
                  : json_pack("{s:i, s:i}", "x", shown->what.pointer_x, "y", shown->what.pointer_y);
    return json_pack("{s:o, s:i, s:o, s:s}", "exhibit", exhibit, "page", (int)shown->what.page,
                     "pointer", pointer, "by", shown->by);
}

void heard_live_exhibit_greet(HeardLiveHearing *hearing, uint16_t person)
{
    if (hearing->shown)
        heard_live_tell(hearing, person, "exhibit.shown",
                        json_pack("{s:o}", "shown", heard_json_shown(hearing, person)));
}

/* That it is over is told to all: somebody may have been sent out meanwhile. */
static void tell_room(HeardLiveHearing *hearing)
{
    for (unsigned i = 0; i < hearing->rules.person_count; i++)
        if (!hearing->shown || is_in_room(hearing, (uint16_t)i))
            heard_live_tell(hearing, (uint16_t)i, "exhibit.shown",
                            json_pack("{s:o}", "shown", heard_json_shown(hearing, (uint16_t)i)));
}

/* act: shown, page or ended. Who watches the recording may not be who may see closed evidence. */
static void record(HeardLiveHearing *hearing, const char *act, const char *by)
{
    const HeardLiveExhibit *what = &hearing->shown->what;
    char number[HEARD_EXHIBIT_NUMBER_SIZE];

    heard_exhibit_number(what->of.side, what->number, number);
    heard_live_record_event(
        hearing, "exhibit",
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:i, s:s}", "act", act, "exhibit", what->id,
                  "number", number, "title", what->of.is_closed ? "" : what->title, "media_type",
                  what->media_type, "sha256", what->sha256, "page", (int)what->page, "by", by));
}

static void end_show(HeardLiveHearing *hearing, const char *by)
{
    record(hearing, "ended", by);
    g_clear_pointer(&hearing->shown, heard_live_shown_free);
    tell_room(hearing);
}

/* ---- what is done ---- */

static HeardLiveHearing *find_alive(HeardLive *self, const char *id)
{
    HeardLiveHearing *hearing = self ? heard_live_find(self, id) : NULL; /* NULL: it stops */

    return hearing && !hearing->loading ? hearing : NULL;
}

static bool is_this(const HeardLiveHearing *hearing, const char *exhibit)
{
    return hearing->shown && strcmp(hearing->shown->what.id, exhibit) == 0;
}

static HeardExhibitAnswer ask(const HeardLiveHearing *hearing, uint16_t person,
                              const HeardLiveExhibit *what)
{
    HeardExhibitPerson who = as_exhibit_person(hearing, person);
    HeardExhibitStage stage = stage_of(hearing, person);

    return is_this(hearing, what->id) ? heard_exhibit_may_turn(&who, &stage)
                                      : heard_exhibit_may_show(&what->of, &who, &stage);
}

HeardExhibitAnswer heard_live_exhibit_may(HeardLive *self, const char *id, const char *participant,
                                          const HeardLiveExhibit *what)
{
    HeardLiveHearing *hearing = find_alive(self, id);
    uint16_t person = hearing ? heard_hearing_find(&hearing->rules, participant) : HEARD_NOBODY;

    return person == HEARD_NOBODY ? HEARD_EXHIBIT_NOT_LIVE : ask(hearing, person, what);
}

bool heard_live_exhibit_is_shown(HeardLive *self, const char *id, const char *exhibit)
{
    HeardLiveHearing *hearing = find_alive(self, id);

    return hearing && is_this(hearing, exhibit);
}

HeardExhibitAnswer heard_live_exhibit_show(HeardLive *self, const char *id, const char *participant,
                                           const HeardLiveExhibit *what)
{
    HeardExhibitAnswer answer = heard_live_exhibit_may(self, id, participant, what);
    HeardLiveHearing *hearing = find_alive(self, id);
    struct HeardLiveShown *shown;
    bool turned, moved;

    if (answer != HEARD_EXHIBIT_OK)
        return answer;
    turned = is_this(hearing, what->id) && hearing->shown->what.page != what->page;
    moved = is_this(hearing, what->id);
    /* Who helps to turn a page does not become who shows it. */
    shown = shown_new(what, moved ? hearing->shown->by : participant);
    g_clear_pointer(&hearing->shown, heard_live_shown_free);
    hearing->shown = shown;
    if (turned || !moved)
        record(hearing, turned ? "page" : "shown", participant);
    tell_room(hearing);
    return HEARD_EXHIBIT_OK;
}

HeardExhibitAnswer heard_live_exhibit_hide(HeardLive *self, const char *id, const char *participant,
                                           const char *exhibit)
{
    HeardLiveHearing *hearing = find_alive(self, id);
    uint16_t person = hearing ? heard_hearing_find(&hearing->rules, participant) : HEARD_NOBODY;
    HeardExhibitPerson who;
    HeardExhibitStage stage;
    HeardExhibitAnswer answer;

    if (person == HEARD_NOBODY)
        return HEARD_EXHIBIT_NOT_LIVE;
    if (!is_this(hearing, exhibit))
        return HEARD_EXHIBIT_NOT_SHOWN;
    who = as_exhibit_person(hearing, person);
    stage = stage_of(hearing, person);
    /* Whoever shows it may stop, also when the screen was taken away meanwhile. */
    answer = stage.is_own ? HEARD_EXHIBIT_OK : heard_exhibit_may_turn(&who, &stage);
    if (answer == HEARD_EXHIBIT_OK)
        end_show(hearing, participant);
    return answer;
}

void heard_live_exhibit_withdrawn(HeardLive *self, const char *id, const char *exhibit)
{
    HeardLiveHearing *hearing = find_alive(self, id);

    if (hearing && is_this(hearing, exhibit))
        end_show(hearing, "server");
}

void heard_live_exhibit_tick(HeardLiveHearing *hearing)
{
    /* A recess that is not durable yet may still not be one. */
    if (hearing->shown && !hearing->busy && hearing->rules.state != HEARD_STATE_LIVE)
        end_show(hearing, "server");
}

void heard_live_exhibits_changed(HeardLive *self, const char *id)
{
    HeardLiveHearing *hearing = find_alive(self, id);
    g_autoptr(json_t) data = json_object();

    if (hearing)
        heard_live_tell_all(hearing, "exhibits.changed", data);
}
