/* SPDX-License-Identifier: Apache-2.0 */
#include "recordings/scenes.h"

#include "recordings/timeline.h"
#include "recordings/track_info.h"
#include "recordings/tracks.h"
#include "server/base/error.h"

#include <string.h>

typedef struct {
    int64_t from_ms, to_ms;
    HeardScenesState state; /* of a source */
} Span;

typedef struct {
    HeardScenesPerson facts;
    bool watches_only;                  /* shown only when sending */
    GArray *present, *speaking;         /* Span, by from_ms */
    GArray *states[HEARD_SOURCE_COUNT]; /* Span */
    GArray *takes[HEARD_SOURCE_COUNT];  /* unsigned, by start_ms */
} Person;

/* From at_ms on this person is the large one. */
typedef struct {
    int64_t at_ms;
    unsigned person;
} Turn;

struct HeardScenes {
    HeardScenesMode mode;
    GPtrArray *people; /* Person */
    GArray *takes;     /* HeardScenesTake */
    GArray *cards;     /* HeardScenesCard, by from_ms */
    GArray *turns;     /* Turn */
    GArray *changes;   /* int64_t, rising */
};

static const char *const mode_names[HEARD_SCENES_MODE_COUNT] = {[HEARD_SCENES_GRID] = "grid",
                                                                [HEARD_SCENES_SPEAKER] = "speaker",
                                                                [HEARD_SCENES_DOCUMENT] =
                                                                    "document"};

bool heard_scenes_mode_parse(const char *name, HeardScenesMode *ret_mode)
{
    for (unsigned i = 0; i < HEARD_SCENES_MODE_COUNT; i++)
        if (strcmp(name, mode_names[i]) == 0) {
            *ret_mode = (HeardScenesMode)i;
            return true;
        }
    return false;
}

const char *heard_scenes_mode_name(HeardScenesMode mode)
{
    return mode < HEARD_SCENES_MODE_COUNT ? mode_names[mode] : NULL;
}

/* ---- reading ---- */

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text ? text : "";
}

static int64_t number_of(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

static void free_person(void *data)
{
    Person *self = data;

    g_free(self->facts.id);
    g_free(self->facts.name);
    g_free(self->facts.unit);
    g_array_unref(self->present);
    g_array_unref(self->speaking);
    for (int i = 0; i < HEARD_SOURCE_COUNT; i++) {
        g_array_unref(self->states[i]);
        g_array_unref(self->takes[i]);
    }
    g_free(self);
}

static void clear_take(void *data)
{
    HeardScenesTake *self = data;

    g_free(self->file);
    g_free(self->media_type);
}

static void clear_card(void *data)
{
    HeardScenesCard *self = data;

    g_free(self->reason);
    g_free(self->note);
}

static HeardScenesState parse_state(const char *word)
{
    return strcmp(word, "off") == 0       ? HEARD_SCENES_CAMERA_OFF
           : strcmp(word, "blocked") == 0 ? HEARD_SCENES_CAMERA_BLOCKED
                                          : HEARD_SCENES_PICTURE;
}

static void add_change(HeardScenes *self, int64_t at_ms)
{
    g_array_append_val(self->changes, at_ms);
}

static GArray *read_spans(HeardScenes *self, const json_t *list)
{
    GArray *spans = g_array_new(FALSE, TRUE, sizeof(Span));
    json_t *item;
    size_t i;

    json_array_foreach((json_t *)list, i, item)
    {
        const char *word = json_string_value(json_array_get(item, 2));
        Span span = {json_integer_value(json_array_get(item, 0)),
                     json_integer_value(json_array_get(item, 1)),
                     word ? parse_state(word) : HEARD_SCENES_PICTURE};
        if (span.to_ms <= span.from_ms || spans->len >= HEARD_TIMELINE_SPANS_MAX)
            continue;
        g_array_append_val(spans, span);
        add_change(self, span.from_ms);
        add_change(self, span.to_ms);
    }
    return spans;
}

static void read_person(HeardScenes *self, const json_t *item)
{
    const char *name = text_of(item, "name"), *role = text_of(item, "role");
    Person *person = g_new0(Person, 1);

    person->facts.id = g_strdup(text_of(item, "id"));
    person->facts.name = g_strdup(*name ? name : person->facts.id);
    person->facts.unit = g_strdup(text_of(item, "unit"));
    person->watches_only = strcmp(role, "observer") == 0 || strcmp(role, "supervisor") == 0;
    person->present = read_spans(self, json_object_get(item, "present"));
    person->speaking = read_spans(self, json_object_get(item, "speaking"));
    for (int i = 0; i < HEARD_SOURCE_COUNT; i++) {
        const char *source = heard_track_source_name((HeardSource)i);
        person->states[i] = read_spans(self, json_object_get(item, source));
        person->takes[i] = g_array_new(FALSE, TRUE, sizeof(unsigned));
    }
    g_ptr_array_add(self->people, person);
}

static int find_person(const HeardScenes *self, const char *id)
{
    for (guint i = 0; i < self->people->len; i++)
        if (strcmp(((const Person *)g_ptr_array_index(self->people, i))->facts.id, id) == 0)
            return (int)i;
    return -1;
}

static bool read_take(HeardScenes *self, const json_t *item, GError **error)
{
    const char *source = text_of(item, "source"), *file = text_of(item, "file");
    HeardScenesTake take = {.source = strcmp(source, "camera") == 0   ? HEARD_SOURCE_CAMERA
                                      : strcmp(source, "screen") == 0 ? HEARD_SOURCE_SCREEN
                                                                      : HEARD_SOURCE_COUNT,
                            .start_ms = number_of(item, "start_ms")};
    int person = find_person(self, text_of(item, "participant"));
    unsigned index = self->takes->len;
    Person *its;

    if (strcmp(text_of(item, "kind"), "take") != 0 || take.source == HEARD_SOURCE_COUNT)
        return true;
    if (!*file || strchr(file, '/') || person < 0 || index >= HEARD_TRACKS_FILES_MAX) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_CORRUPT, "manifest.json: take '%s'", file);
        return false;
    }
    its = g_ptr_array_index(self->people, (guint)person);
    take.person = (unsigned)person;
    take.end_ms = take.start_ms + MAX(number_of(item, "duration_ms"), 1);
    take.file = g_strdup(file);
    take.media_type = g_strdup(text_of(item, "media_type"));
    g_array_append_val(self->takes, take);
    g_array_append_val(its->takes[take.source], index);
    add_change(self, take.start_ms);
    add_change(self, take.end_ms);
    return true;
}

/* Did a recess hold at at_ms? The log notes a recess and the pause that it brings apart. */
static bool is_recess(const json_t *timeline, int64_t at_ms)
{
    json_t *event;
    size_t i;
    bool holds = false;

    json_array_foreach(json_object_get(timeline, "events"), i, event)
    {
        const char *type = text_of(event, "type");
        if (number_of(event, "at_ms") > at_ms)
            break;
        if (strcmp(type, "recess") == 0)
            holds = true;
        else if (strcmp(type, "resume") == 0)
            holds = false;
    }
    return holds;
}

static gint compare_cards(gconstpointer a, gconstpointer b)
{
    const HeardScenesCard *left = a, *right = b;

    return left->from_ms < right->from_ms ? -1 : left->from_ms > right->from_ms;
}

static void read_cards(HeardScenes *self, const json_t *timeline)
{
    static const char *const whole[] = {"paused",    "recess",   "caucus",      "deliberation",
                                        "disk_full", "io_error", "interrupted", "crash"};
    json_t *gap;
    size_t i;

    json_array_foreach(json_object_get(timeline, "gaps"), i, gap)
    {
        const char *reason = text_of(gap, "reason"), *note = text_of(gap, "note");
        HeardScenesCard card = {number_of(gap, "from_ms"), number_of(gap, "to_ms"), NULL, NULL};
        bool is_whole = !json_is_string(json_object_get(gap, "participant"));
        bool known = false;
        for (size_t k = 0; k < G_N_ELEMENTS(whole); k++)
            known = known || strcmp(reason, whole[k]) == 0;
        if (!is_whole || !known || card.to_ms - card.from_ms < HEARD_SCENES_CARD_MS ||
            self->cards->len >= HEARD_TIMELINE_GAPS_MAX)
            continue;
        if (strcmp(reason, "paused") == 0) {
            if (strcmp(note, "caucus") == 0 || strcmp(note, "deliberation") == 0 ||
                strcmp(note, "recusal") == 0)
                reason = note, note = "";
            else if (is_recess(timeline, (card.from_ms + card.to_ms) / 2))
                reason = "recess";
        }
        card.reason = g_strdup(reason);
        card.note = g_strdup(note);
        g_array_append_val(self->cards, card);
        add_change(self, card.from_ms);
        add_change(self, card.to_ms);
    }
    g_array_sort(self->cards, compare_cards);
}

/* ---- who is large ---- */

typedef struct {
    int64_t from_ms, to_ms;
    unsigned person;
} Speech;

static gint compare_speeches(gconstpointer a, gconstpointer b)
{
    const Speech *left = a, *right = b;

    return left->from_ms != right->from_ms ? (left->from_ms < right->from_ms ? -1 : 1)
                                           : (int)left->person - (int)right->person;
}

static void find_turns(HeardScenes *self)
{
    g_autoptr(GArray) speeches = g_array_new(FALSE, TRUE, sizeof(Speech));
    Turn turn = {INT64_MIN, 0};
    int64_t ends_ms = INT64_MIN;

    for (guint p = 0; p < self->people->len; p++) {
        const Person *person = g_ptr_array_index(self->people, p);
        for (guint i = 0; i < person->speaking->len; i++) {
            const Span *span = &g_array_index(person->speaking, Span, i);
            Speech speech = {span->from_ms, span->to_ms, p};
            if (speech.to_ms - speech.from_ms >= HEARD_SCENES_WORD_MS)
                g_array_append_val(speeches, speech);
        }
    }
    g_array_sort(speeches, compare_speeches);
    for (guint i = 0; i < speeches->len; i++) {
        const Speech *speech = &g_array_index(speeches, Speech, i);
        int64_t at_ms = speech->from_ms;
        if (self->turns->len > 0 && speech->person == turn.person) {
            ends_ms = MAX(ends_ms, speech->to_ms);
            continue;
        }
        if (self->turns->len > 0)
            at_ms = MAX(MAX(at_ms, ends_ms), turn.at_ms + HEARD_SCENES_STAY_MS);
        if (speech->to_ms <= at_ms)
            continue;
        turn = (Turn){at_ms, speech->person};
        ends_ms = speech->to_ms;
        g_array_append_val(self->turns, turn);
        add_change(self, at_ms);
    }
}

/* ---- the object ---- */

static gint compare_times(gconstpointer a, gconstpointer b)
{
    const int64_t *left = a, *right = b;

    return *left < *right ? -1 : *left > *right;
}

HeardScenes *heard_scenes_new(const json_t *manifest, const json_t *timeline, HeardScenesMode mode,
                              GError **error)
{
    g_autoptr(HeardScenes) self = g_new0(HeardScenes, 1);
    const json_t *people = json_object_get(timeline, "participants");
    json_t *item;
    size_t i;

    self->mode = mode;
    self->people = g_ptr_array_new_with_free_func(free_person);
    self->takes = g_array_new(FALSE, TRUE, sizeof(HeardScenesTake));
    g_array_set_clear_func(self->takes, clear_take);
    self->cards = g_array_new(FALSE, TRUE, sizeof(HeardScenesCard));
    g_array_set_clear_func(self->cards, clear_card);
    self->turns = g_array_new(FALSE, TRUE, sizeof(Turn));
    self->changes = g_array_new(FALSE, TRUE, sizeof(int64_t));
    if (!json_is_array(people) || json_array_size(people) > HEARD_TIMELINE_PEOPLE_MAX) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_CORRUPT, "timeline.json: no participants");
        return NULL;
    }
    json_array_foreach((json_t *)people, i, item) read_person(self, item);
    json_array_foreach(json_object_get(manifest, "files"), i,
                       item) if (!read_take(self, item, error)) return NULL;
    read_cards(self, timeline);
    find_turns(self);
    g_array_sort(self->changes, compare_times);
    return g_steal_pointer(&self);
}

void heard_scenes_free(HeardScenes *self)
{
    if (!self)
        return;
    g_ptr_array_unref(self->people);
    g_array_unref(self->takes);
    g_array_unref(self->cards);
    g_array_unref(self->turns);
    g_array_unref(self->changes);
    g_free(self);
}

const HeardScenesPerson *heard_scenes_person(const HeardScenes *self, unsigned index)
{
    return &((const Person *)g_ptr_array_index(self->people, index))->facts;
}

const HeardScenesTake *heard_scenes_take(const HeardScenes *self, unsigned index)
{
    return &g_array_index(self->takes, HeardScenesTake, index);
}

const HeardScenesCard *heard_scenes_card(const HeardScenes *self, unsigned index)
{
    return &g_array_index(self->cards, HeardScenesCard, index);
}

unsigned heard_scenes_take_count(const HeardScenes *self)
{
    return self->takes->len;
}

/* ---- a scene ---- */

/* The last span that began; NULL: none that still holds. */
static const Span *span_at(const GArray *spans, int64_t at_ms)
{
    guint low = 0, high = spans->len;
    const Span *span;

    while (low < high) {
        guint middle = low + (high - low) / 2;
        if (g_array_index(spans, Span, middle).from_ms <= at_ms)
            low = middle + 1;
        else
            high = middle;
    }
    span = low > 0 ? &g_array_index(spans, Span, low - 1) : NULL;
    return span && at_ms < span->to_ms ? span : NULL;
}

static int take_at(const HeardScenes *self, const Person *person, HeardSource source, int64_t at_ms)
{
    const GArray *takes = person->takes[source];

    for (guint i = takes->len; i-- > 0;) {
        unsigned index = g_array_index(takes, unsigned, i);
        const HeardScenesTake *take = heard_scenes_take(self, index);
        if (take->start_ms <= at_ms && at_ms < take->end_ms)
            return (int)index;
    }
    return -1;
}

static HeardSceneTile make_tile(const HeardScenes *self, unsigned index, HeardSource source,
                                int64_t at_ms)
{
    const Person *person = g_ptr_array_index(self->people, index);
    const Span *state = span_at(person->states[source], at_ms);
    HeardSceneTile tile = {.person = index, .source = source};

    tile.state = state ? state->state : HEARD_SCENES_PICTURE;
    tile.take = tile.state == HEARD_SCENES_PICTURE ? take_at(self, person, source, at_ms) : -1;
    if (tile.state == HEARD_SCENES_PICTURE && tile.take < 0)
        tile.state = HEARD_SCENES_NO_PICTURE;
    tile.is_speaking = source == HEARD_SOURCE_CAMERA && span_at(person->speaking, at_ms) != NULL;
    return tile;
}

/* The person's place, else −1. Who speaks is large until the next one, or until leaving. */
static int find_large(const HeardScenes *self, const GArray *tiles, int64_t at_ms)
{
    HeardSource wanted =
        self->mode == HEARD_SCENES_DOCUMENT ? HEARD_SOURCE_SCREEN : HEARD_SOURCE_CAMERA;
    int speaker = -1;

    if (self->mode == HEARD_SCENES_GRID)
        return -1;
    for (guint i = 0; i < self->turns->len; i++) {
        const Turn *turn = &g_array_index(self->turns, Turn, i);
        if (turn->at_ms > at_ms)
            break;
        speaker = (int)turn->person;
    }
    for (guint i = 0; i < tiles->len; i++) {
        const HeardSceneTile *tile = &g_array_index(tiles, HeardSceneTile, i);
        if (tile->source == wanted &&
            (wanted == HEARD_SOURCE_SCREEN || (int)tile->person == speaker))
            return (int)i;
    }
    return -1;
}

/* Who finds no place: those without a picture first, then the latest. */
static void cut(GArray *tiles, int keep, unsigned max)
{
    for (int with_picture = 0; with_picture < 2; with_picture++)
        for (guint i = tiles->len; i-- > 0 && tiles->len > max;)
            if ((int)i != keep &&
                (with_picture || g_array_index(tiles, HeardSceneTile, i).take < 0)) {
                g_array_remove_index(tiles, i);
                keep -= (int)i < keep;
            }
}

static void place_tiles(const HeardScenes *self, GArray *tiles, int64_t at_ms, HeardScene *scene)
{
    HeardRect rects[HEARD_LAYOUT_TILES_MAX];
    int large = find_large(self, tiles, at_ms);
    unsigned all = tiles->len;

    if (large >= 0) { /* its tile comes first; the others keep their order */
        HeardSceneTile tile = g_array_index(tiles, HeardSceneTile, large);
        g_array_remove_index(tiles, (guint)large);
        g_array_prepend_val(tiles, tile);
        cut(tiles, 0, HEARD_LAYOUT_STRIP_MAX + 1);
        scene->tile_count = heard_layout_strip(tiles->len, rects);
    } else {
        cut(tiles, -1, HEARD_LAYOUT_GRID_MAX);
        scene->tile_count = heard_layout_grid(tiles->len, rects);
    }
    scene->left_out = all - scene->tile_count;
    for (unsigned i = 0; i < scene->tile_count; i++) {
        scene->tiles[i] = g_array_index(tiles, HeardSceneTile, i);
        scene->tiles[i].rect = rects[i];
    }
}

static void find_tiles(const HeardScenes *self, int64_t at_ms, HeardScene *scene)
{
    g_autoptr(GArray) tiles = g_array_new(FALSE, TRUE, sizeof(HeardSceneTile));

    for (guint i = 0; i < self->people->len; i++) {
        const Person *person = g_ptr_array_index(self->people, i);
        HeardSceneTile camera = make_tile(self, i, HEARD_SOURCE_CAMERA, at_ms);
        HeardSceneTile screen = make_tile(self, i, HEARD_SOURCE_SCREEN, at_ms);
        bool is_present = span_at(person->present, at_ms) != NULL;
        if (screen.take >= 0)
            g_array_append_val(tiles, screen);
        if (camera.take >= 0 || (is_present && !person->watches_only))
            g_array_append_val(tiles, camera);
    }
    place_tiles(self, tiles, at_ms, scene);
}

static int card_at(const HeardScenes *self, int64_t at_ms)
{
    for (guint i = 0; i < self->cards->len; i++) {
        const HeardScenesCard *card = &g_array_index(self->cards, HeardScenesCard, i);
        if (card->from_ms <= at_ms && at_ms < card->to_ms)
            return (int)i;
    }
    return -1;
}

void heard_scenes_at(const HeardScenes *self, int64_t at_ms, HeardScene *ret_scene)
{
    guint low = 0, high = self->changes->len;

    while (low < high) { /* the first change behind at_ms */
        guint middle = low + (high - low) / 2;
        if (g_array_index(self->changes, int64_t, middle) <= at_ms)
            low = middle + 1;
        else
            high = middle;
    }
    *ret_scene = (HeardScene){
        .from_ms = low > 0 ? g_array_index(self->changes, int64_t, low - 1) : INT64_MIN,
        .to_ms = low < self->changes->len ? g_array_index(self->changes, int64_t, low) : INT64_MAX,
        .card = card_at(self, at_ms)};
    if (ret_scene->card < 0)
        find_tiles(self, at_ms, ret_scene);
}
