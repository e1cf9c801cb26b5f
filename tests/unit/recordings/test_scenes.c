/* SPDX-License-Identifier: Apache-2.0 */
#include "heard_test.h"

#include "recordings/picture.h"
#include "recordings/scenes.h"
#include "server/base/error.h"

static json_t *parse(const char *text)
{
    json_error_t why;
    json_t *json = json_loads(text, 0, &why);

    if (!json)
        fail_msg("%s at %d", why.text, why.position);
    return json;
}

static HeardScenes *make(const char *manifest_text, const char *timeline_text, HeardScenesMode mode)
{
    json_t *manifest = parse(manifest_text), *timeline = parse(timeline_text);
    g_autoptr(GError) error = NULL;
    HeardScenes *scenes = heard_scenes_new(manifest, timeline, mode, &error);

    json_decref(manifest);
    json_decref(timeline);
    if (!scenes)
        fail_msg("%s", error->message);
    return scenes;
}

/* ---- layout ---- */

static bool overlap(const HeardRect *a, const HeardRect *b)
{
    return a->x < b->x + b->width && b->x < a->x + a->width && a->y < b->y + b->height &&
           b->y < a->y + a->height;
}

static void check_rects(const HeardRect *rects, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        const HeardRect *rect = &rects[i];
        assert_int_equal((rect->x | rect->y | rect->width | rect->height) & 1, 0);
        assert_true(rect->width >= 100 && rect->height >= 60);
        assert_true(rect->x >= HEARD_LAYOUT_MARGIN);
        assert_true(rect->y >= HEARD_LAYOUT_HEADER + HEARD_LAYOUT_MARGIN);
        assert_true(rect->x + rect->width + HEARD_LAYOUT_MARGIN <= HEARD_LAYOUT_WIDTH);
        assert_true(rect->y + rect->height + HEARD_LAYOUT_MARGIN <= HEARD_LAYOUT_HEIGHT);
        for (unsigned k = 0; k < i; k++)
            assert_false(overlap(rect, &rects[k]));
    }
}

static void tiles_fit_and_never_overlap(void **state)
{
    HeardRect rects[HEARD_LAYOUT_TILES_MAX];
    (void)state;

    for (unsigned count = 0; count < 30; count++) {
        unsigned grid = heard_layout_grid(count, rects);
        assert_int_equal(grid, MIN(count, HEARD_LAYOUT_GRID_MAX));
        check_rects(rects, grid);
        assert_int_equal(heard_layout_strip(count, rects), MIN(count, HEARD_LAYOUT_STRIP_MAX + 1));
        check_rects(rects, MIN(count, HEARD_LAYOUT_STRIP_MAX + 1));
        for (unsigned i = 1; count > 1 && i < MIN(count, HEARD_LAYOUT_STRIP_MAX + 1); i++)
            assert_true(rects[0].width > 3 * rects[i].width);
    }
    heard_layout_grid(4, rects);
    assert_int_equal(rects[0].y, rects[1].y);
    assert_int_equal(rects[0].x, rects[2].x);
}

static void pictures_keep_their_shape(void **state)
{
    HeardRect tile = {100, 100, 640, 360}, fit;
    (void)state;

    fit = heard_layout_fit(&tile, 640, 480);
    assert_int_equal(fit.width, 480);
    assert_int_equal(fit.height, 360);
    assert_int_equal(fit.x, 180);
    fit = heard_layout_fit(&tile, 360, 640); /* a phone held upright */
    assert_int_equal(fit.height, 360);
    assert_in_range(fit.width, 200, 204);
    fit = heard_layout_fit(&tile, 3000, 100);
    assert_int_equal(fit.width, 640);
    assert_in_range(fit.height, 20, 22);
    assert_true(fit.y >= 100 && fit.y + fit.height <= 460);
}

/* ---- scenes ---- */

static const char manifest[] =
    "{\"files\":["
    "{\"kind\":\"mixed_audio\",\"file\":\"mix.webm\",\"start_ms\":0,\"duration_ms\":60000},"
    "{\"kind\":\"take\",\"file\":\"a.webm\",\"participant\":\"p1\",\"source\":\"camera\","
    "\"media_type\":\"video/webm; codecs=\\\"vp8\\\"\",\"start_ms\":1000,\"duration_ms\":49000},"
    "{\"kind\":\"take\",\"file\":\"b.mp4\",\"participant\":\"p2\",\"source\":\"camera\","
    "\"media_type\":\"video/mp4; codecs=\\\"avc1.42E01F\\\"\",\"start_ms\":5000,"
    "\"duration_ms\":30000},"
    "{\"kind\":\"take\",\"file\":\"m.webm\",\"participant\":\"p2\",\"source\":\"microphone\","
    "\"media_type\":\"audio/webm\",\"start_ms\":5000,\"duration_ms\":30000},"
    "{\"kind\":\"take\",\"file\":\"s.webm\",\"participant\":\"p2\",\"source\":\"screen\","
    "\"media_type\":\"video/webm; codecs=\\\"vp8\\\"\",\"start_ms\":20000,\"duration_ms\":5000}]}";
static const char timeline[] =
    "{\"participants\":["
    "{\"id\":\"p1\",\"name\":\"王小明\",\"unit\":\"县信访局\",\"role\":\"presiding\","
    "\"present\":[[500,60000]],\"speaking\":[[6000,9000],[15000,15400],[30000,33000]],"
    "\"camera\":[[500,60000,\"on\"]]},"
    "{\"id\":\"p2\",\"name\":\"李娜\",\"unit\":null,\"role\":\"petitioner\","
    "\"present\":[[2000,40000]],\"speaking\":[[8000,16000]],"
    "\"camera\":[[2000,5000,\"off\"],[5000,26000,\"on\"],[26000,28000,\"blocked\"]]},"
    "{\"id\":\"p3\",\"name\":\"旁听\",\"role\":\"observer\",\"present\":[[0,60000]]}],"
    "\"events\":[{\"at_ms\":41000,\"type\":\"recess\"},{\"at_ms\":44000,\"type\":\"resume\"}],"
    "\"gaps\":[{\"from_ms\":41000,\"to_ms\":44000,\"reason\":\"paused\",\"note\":\"核对材料\"},"
    "{\"from_ms\":46000,\"to_ms\":48000,\"reason\":\"paused\",\"note\":\"\"},"
    "{\"from_ms\":52000,\"to_ms\":52500,\"reason\":\"disk_full\",\"note\":\"\"},"
    "{\"from_ms\":3000,\"to_ms\":9000,\"reason\":\"network\",\"participant\":\"p1\"}]}";

static void shows_who_is_there(void **state)
{
    g_autoptr(HeardScenes) scenes = make(manifest, timeline, HEARD_SCENES_GRID);
    HeardScene scene;
    (void)state;

    heard_scenes_at(scenes, 100, &scene);
    assert_int_equal(scene.tile_count, 0); /* an observer only */
    assert_int_equal(scene.card, -1);
    assert_int_equal(scene.to_ms, 500);
    heard_scenes_at(scenes, 700, &scene);
    assert_int_equal(scene.tile_count, 1);
    assert_int_equal(scene.tiles[0].state, HEARD_SCENES_NO_PICTURE);
    heard_scenes_at(scenes, 3000, &scene);
    assert_int_equal(scene.tile_count, 2);
    assert_int_equal(scene.tiles[0].take, 0);
    assert_int_equal(scene.tiles[1].take, -1);
    assert_int_equal(scene.tiles[1].state, HEARD_SCENES_CAMERA_OFF);
    heard_scenes_at(scenes, 27000, &scene);
    assert_int_equal(scene.tiles[1].state, HEARD_SCENES_CAMERA_BLOCKED);
    assert_int_equal(scene.tiles[1].take, -1); /* whatever its take still holds */
    heard_scenes_at(scenes, 55000, &scene);
    assert_int_equal(scene.tile_count, 1);
    assert_int_equal(scene.to_ms, 60000);
    heard_scenes_at(scenes, 70000, &scene);
    assert_int_equal(scene.tile_count, 0);
    assert_true(scene.to_ms == INT64_MAX);
    assert_string_equal(heard_scenes_person(scenes, 1)->unit, "");
    assert_string_equal(heard_scenes_take(scenes, 1)->file, "b.mp4");
    assert_int_equal(heard_scenes_take_count(scenes), 3); /* sound is no tile */
}

static void a_pause_is_a_card(void **state)
{
    g_autoptr(HeardScenes) scenes = make(manifest, timeline, HEARD_SCENES_GRID);
    HeardScene scene;
    (void)state;

    heard_scenes_at(scenes, 41000, &scene);
    assert_int_equal(scene.card, 0);
    assert_int_equal(scene.tile_count, 0);
    assert_int_equal(scene.to_ms, 44000);
    assert_string_equal(heard_scenes_card(scenes, 0)->reason, "recess");
    assert_string_equal(heard_scenes_card(scenes, 0)->note, "核对材料");
    heard_scenes_at(scenes, 44000, &scene);
    assert_int_equal(scene.card, -1);
    heard_scenes_at(scenes, 47000, &scene);
    assert_string_equal(heard_scenes_card(scenes, (unsigned)scene.card)->reason, "paused");
    heard_scenes_at(scenes, 52200, &scene);
    assert_int_equal(scene.card, -1); /* too short for one */
    heard_scenes_at(scenes, 4000, &scene);
    assert_int_equal(scene.card, -1); /* one person's line is no pause */
}

/* The large one at a time, −1: nobody is larger. */
static int large_at(const HeardScenes *scenes, int64_t at_ms)
{
    HeardScene scene;

    heard_scenes_at(scenes, at_ms, &scene);
    return scene.tile_count > 1 && scene.tiles[0].rect.width > 2 * scene.tiles[1].rect.width
               ? (int)scene.tiles[0].person
               : -1;
}

static void who_speaks_is_large(void **state)
{
    g_autoptr(HeardScenes) scenes = make(manifest, timeline, HEARD_SCENES_SPEAKER);
    HeardScene scene;
    (void)state;

    assert_int_equal(large_at(scenes, 5500), -1); /* nobody spoke yet */
    assert_int_equal(large_at(scenes, 6000), 0);
    assert_int_equal(large_at(scenes, 8500), 0); /* the other began, but he is not done */
    assert_int_equal(large_at(scenes, 9000), 1);
    assert_int_equal(large_at(scenes, 15200), 1); /* a word thrown in */
    assert_int_equal(large_at(scenes, 20000), 1); /* silence moves nobody; a screen neither */
    assert_int_equal(large_at(scenes, 31000), 0);
    heard_scenes_at(scenes, 8500, &scene);
    assert_true(scene.tiles[0].is_speaking);
    assert_true(scene.tiles[1].is_speaking);
    heard_scenes_at(scenes, 21000, &scene);
    assert_int_equal(scene.tile_count, 3);
    assert_int_equal(scene.tiles[2].source, HEARD_SOURCE_SCREEN);
}

/* Two who take turns each 1.2 s: nobody is large for less than the named time. */
static void large_does_not_flicker(void **state)
{
    g_autoptr(GString) text = g_string_new("{\"participants\":[");
    g_autoptr(HeardScenes) scenes = NULL;
    int before = -1;
    int64_t since_ms = INT64_MIN;
    unsigned changes = 0;
    (void)state;

    for (int p = 0; p < 2; p++) {
        g_string_append_printf(
            text, "%s{\"id\":\"p%d\",\"present\":[[0,60000]],\"speaking\":[[0,0]", p ? "," : "", p);
        for (int i = p; i < 48; i += 2)
            g_string_append_printf(text, ",[%d,%d]", 1200 * i, 1200 * i + 1150);
        g_string_append(text, "]}");
    }
    g_string_append(text, "]}");
    scenes = make("{}", text->str, HEARD_SCENES_SPEAKER);
    for (int64_t at_ms = 0; at_ms < 60000; at_ms += 50) {
        int now = large_at(scenes, at_ms);
        if (now == before)
            continue;
        if (before >= 0) {
            assert_true(at_ms - since_ms >= HEARD_SCENES_STAY_MS);
            changes++;
        }
        before = now;
        since_ms = at_ms;
    }
    assert_true(changes >= 5); /* and it does follow them */
}

static void a_screen_is_large_as_a_document(void **state)
{
    g_autoptr(HeardScenes) scenes = make(manifest, timeline, HEARD_SCENES_DOCUMENT);
    HeardScene scene;
    (void)state;

    assert_int_equal(large_at(scenes, 10000), -1);
    heard_scenes_at(scenes, 21000, &scene);
    assert_int_equal(scene.tiles[0].source, HEARD_SOURCE_SCREEN);
    assert_int_equal(large_at(scenes, 21000), 1);
    assert_int_equal(scene.tile_count, 3);
    assert_int_equal(large_at(scenes, 25000), -1);
}

static void a_full_room_keeps_those_with_a_picture(void **state)
{
    g_autoptr(GString) text = g_string_new("{\"participants\":[");
    g_autoptr(HeardScenes) scenes = NULL;
    HeardScene scene;
    bool seen = false;
    (void)state;

    for (int p = 0; p < 30; p++)
        g_string_append_printf(text, "%s{\"id\":\"q%d\",\"present\":[[0,60000]]}", p ? "," : "", p);
    g_string_append(text, ",{\"id\":\"p1\"},{\"id\":\"p2\"}]}");
    scenes = make(manifest, text->str, HEARD_SCENES_GRID);
    heard_scenes_at(scenes, 21000, &scene);
    assert_int_equal(scene.tile_count, HEARD_LAYOUT_GRID_MAX);
    assert_int_equal(scene.left_out, 33 - HEARD_LAYOUT_GRID_MAX);
    for (unsigned i = 0; i < scene.tile_count; i++)
        seen = seen || (scene.tiles[i].take >= 0 && scene.tiles[i].person == 31);
    assert_true(seen);
}

/* Each change of a scene stands at a change that was announced. */
static void scenes_hold_until_they_say(void **state)
{
    (void)state;

    for (int mode = 0; mode < HEARD_SCENES_MODE_COUNT; mode++) {
        g_autoptr(HeardScenes) scenes = make(manifest, timeline, (HeardScenesMode)mode);
        HeardScene held, now;
        heard_scenes_at(scenes, 0, &held);
        for (int64_t at_ms = 1; at_ms < 61000; at_ms++) {
            heard_scenes_at(scenes, at_ms, &now);
            if (at_ms >= held.to_ms)
                held = now;
            assert_int_equal(now.tile_count, held.tile_count);
            assert_int_equal(now.card, held.card);
            for (unsigned i = 0; i < now.tile_count; i++) {
                assert_int_equal(now.tiles[i].take, held.tiles[i].take);
                assert_int_equal(now.tiles[i].is_speaking, held.tiles[i].is_speaking);
                assert_int_equal(now.tiles[i].rect.x, held.tiles[i].rect.x);
            }
        }
    }
}

static void refuses_what_is_not_a_recording(void **state)
{
    static const char *const bad[][2] = {
        {"{}", "{}"},
        {"{\"files\":[{\"kind\":\"take\",\"source\":\"camera\",\"file\":\"../x\","
         "\"participant\":\"p1\"}]}",
         "{\"participants\":[{\"id\":\"p1\"}]}"},
        {"{\"files\":[{\"kind\":\"take\",\"source\":\"camera\",\"file\":\"x\","
         "\"participant\":\"nobody\"}]}",
         "{\"participants\":[{\"id\":\"p1\"}]}"}};
    HeardScenesMode mode;
    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        json_t *files = parse(bad[i][0]), *people = parse(bad[i][1]);
        g_autoptr(GError) error = NULL;
        assert_null(heard_scenes_new(files, people, HEARD_SCENES_GRID, &error));
        assert_int_equal(heard_error_code(error), HEARD_ERROR_CORRUPT);
        json_decref(files);
        json_decref(people);
    }
    assert_true(heard_scenes_mode_parse("speaker", &mode));
    assert_int_equal(mode, HEARD_SCENES_SPEAKER);
    assert_false(heard_scenes_mode_parse("", &mode));
}

/* ---- pictures ---- */

static void colours_come_out_as_they_are(void **state)
{
    static const uint8_t bgrx[2 * 2 * 4] = {0, 0, 255, 0, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0, 255, 0};
    g_autoptr(HeardPicture) picture = heard_picture_new(64, 32);
    g_autoptr(HeardPicture) red = heard_picture_new_from_bgrx(bgrx, 2, 2, 8);
    (void)state;

    assert_int_equal(picture->size_bytes, 64 * 32 * 3 / 2);
    heard_picture_fill(picture, &(HeardRect){0, 0, 64, 32}, 0xffffff);
    assert_int_equal(picture->planes[0][0], 235); /* BT.601, limited */
    assert_int_equal(picture->planes[1][0], 128);
    heard_picture_put(picture, red, 10, 4);
    assert_int_equal(picture->planes[0][4 * 64 + 10], 82);
    assert_int_equal(picture->planes[1][2 * 32 + 5], 90);
    assert_int_equal(picture->planes[2][2 * 32 + 5], 240);
    assert_int_equal(picture->planes[0][4 * 64 + 12], 235);
    heard_picture_fill(picture, &(HeardRect){60, 28, 100, 100}, 0); /* over the edge */
    heard_picture_put(picture, red, 62, 30);
    heard_picture_put(picture, red, 64, 32);
    assert_int_equal(picture->planes[0][31 * 64 + 63], 82);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tiles_fit_and_never_overlap),
        cmocka_unit_test(pictures_keep_their_shape),
        cmocka_unit_test(shows_who_is_there),
        cmocka_unit_test(a_pause_is_a_card),
        cmocka_unit_test(who_speaks_is_large),
        cmocka_unit_test(large_does_not_flicker),
        cmocka_unit_test(a_screen_is_large_as_a_document),
        cmocka_unit_test(a_full_room_keeps_those_with_a_picture),
        cmocka_unit_test(scenes_hold_until_they_say),
        cmocka_unit_test(refuses_what_is_not_a_recording),
        cmocka_unit_test(colours_come_out_as_they_are),
    };

    return cmocka_run_group_tests_name("recordings scenes", tests, NULL, NULL);
}
