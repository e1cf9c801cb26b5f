/* SPDX-License-Identifier: Apache-2.0 */
#include "recordings/stage.h"

#include "recordings/plate.h"
#include "recordings/take_reader.h"

#include <gst/video/video.h>
#include <string.h>

enum {
    LABEL_HEIGHT = 26,
    LABEL_SIZE = 15,
    CLOCK_WIDTH = 276, /* of its words in the size 22 */
    INK = 0xf2f4f7,
    PALE = 0xaeb8c4,
    NIGHT = 0x12171e, /* behind everything */
    PLATE = 0x26313d, /* a tile without a picture */
    LABEL = 0x1b2430,
    SPEAKS = 0x38b26f,
};

/* What a tile shows now. */
typedef enum { SHOWS_NOTHING, SHOWS_PICTURE, SHOWS_PLATE, SHOWS_FROZEN } Shows;

typedef struct {
    HeardSceneTile facts;
    Shows shows;
    GstSample *sample; /* of SHOWS_PICTURE */
    GstVideoInfo info; /* what the converter takes */
    GstVideoConverter *converter;
} Tile;

struct HeardStage {
    HeardStageSpec spec;
    HeardPicture *canvas;
    GstBuffer *buffer; /* the canvas, for the converters */
    GstVideoFrame frame;
    HeardScene scene;
    bool has_scene;
    Tile tiles[HEARD_LAYOUT_TILES_MAX];
    GHashTable *readers; /* take → HeardTakeReader, NULL: can't be read */
    GHashTable *plates;  /* text → HeardPicture */
    GTimeZone *zone;
    int64_t second; /* that the clock shows */
    unsigned failed;
};

static void clear_tile(Tile *tile)
{
    g_clear_pointer(&tile->sample, gst_sample_unref);
    g_clear_pointer(&tile->converter, gst_video_converter_free);
    tile->shows = SHOWS_NOTHING;
}

static void free_reader(void *data)
{
    heard_take_reader_free(data);
}

static void free_picture(void *data)
{
    heard_picture_free(data);
}

static void set_canvas_info(GstVideoInfo *info)
{
    gst_video_info_set_format(info, GST_VIDEO_FORMAT_I420, HEARD_LAYOUT_WIDTH, HEARD_LAYOUT_HEIGHT);
    gst_video_colorimetry_from_string(&info->colorimetry, GST_VIDEO_COLORIMETRY_BT601);
}

HeardStage *heard_stage_new(const HeardStageSpec *spec)
{
    HeardStage *self = g_new0(HeardStage, 1);
    GstVideoInfo info;

    self->spec = *spec;
    self->canvas = heard_picture_new(HEARD_LAYOUT_WIDTH, HEARD_LAYOUT_HEIGHT);
    set_canvas_info(&info);
    g_assert(info.size == self->canvas->size_bytes); /* no padding in either */
    self->buffer = gst_buffer_new_wrapped_full(0, self->canvas->planes[0], info.size, 0, info.size,
                                               NULL, NULL);
    g_assert(gst_video_frame_map(&self->frame, &info, self->buffer, GST_MAP_READWRITE));
    self->readers = g_hash_table_new_full(NULL, NULL, NULL, free_reader);
    self->plates = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_picture);
    self->zone = g_time_zone_new_local();
    self->second = -1;
    return self;
}

void heard_stage_free(HeardStage *self)
{
    if (!self)
        return;
    for (unsigned i = 0; i < HEARD_LAYOUT_TILES_MAX; i++)
        clear_tile(&self->tiles[i]);
    gst_video_frame_unmap(&self->frame);
    gst_buffer_unref(self->buffer);
    heard_picture_free(self->canvas);
    g_hash_table_unref(self->readers);
    g_hash_table_unref(self->plates);
    g_time_zone_unref(self->zone);
    heard_plate_forget_fonts();
    g_free(self);
}

unsigned heard_stage_failed(const HeardStage *self)
{
    return self->failed;
}

/* ---- words ---- */

static char *wall_text(const HeardStage *self, int64_t at_ms, const char *form)
{
    g_autoptr(GDateTime) utc =
        g_date_time_new_from_unix_utc((self->spec.started_wall_ms + at_ms) / 1000);
    g_autoptr(GDateTime) here = utc ? g_date_time_to_timezone(utc, self->zone) : NULL;

    return here ? g_date_time_format(here, form) : g_strdup("");
}

static const char *state_text(HeardScenesState state)
{
    switch (state) {
    case HEARD_SCENES_PICTURE:
    case HEARD_SCENES_NO_PICTURE:
        return "没有画面";
    case HEARD_SCENES_CAMERA_OFF:
        return "摄像头已关";
    case HEARD_SCENES_CAMERA_BLOCKED:
        return "画面被主持人关闭";
    }
    g_assert_not_reached();
}

static const char *card_title(const char *reason)
{
    static const struct {
        const char *reason, *title;
    } rows[] = {{"paused", "暂停录制"},
                {"recess", "休会"},
                {"caucus", "背对背调解，不录制"},
                {"deliberation", "合议，不录制"},
                {"recusal", "休会，等待回避决定"},
                {"disk_full", "存储空间不足，录制中断"},
                {"io_error", "存储故障，录制中断"}};

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        if (strcmp(rows[i].reason, reason) == 0)
            return rows[i].title;
    return "录制中断";
}

/* What a person wrote, or one of the codes that the rules have for it. */
static const char *card_reason(const char *note)
{
    if (strcmp(note, "cooling_off") == 0)
        return "冷静休息";
    return strcmp(note, "recording_disk_full") == 0 ? "存储空间已满" : note;
}

/* key is taken. */
static const HeardPicture *keep_plate(HeardStage *self, char *key_take, HeardPicture *plate_take)
{
    if (g_hash_table_size(self->plates) >= HEARD_STAGE_PLATES_MAX)
        g_hash_table_remove_all(self->plates);
    g_hash_table_insert(self->plates, key_take, plate_take);
    return plate_take;
}

static const HeardPicture *name_plate(HeardStage *self, const HeardSceneTile *tile)
{
    const HeardScenesPerson *person = heard_scenes_person(self->spec.scenes, tile->person);
    char *key = g_strdup_printf("label %u %d %u", tile->person, tile->source, tile->rect.width);
    const HeardPicture *known = g_hash_table_lookup(self->plates, key);
    HeardPlateForm form = {.width = tile->rect.width,
                           .height = LABEL_HEIGHT,
                           .padding = 8,
                           .background = LABEL,
                           .shrinks = true};
    g_autofree char *text = NULL;

    if (known) {
        g_free(key);
        return known;
    }
    text = g_strconcat(person->name, *person->unit ? " · " : "", person->unit,
                       tile->source == HEARD_SOURCE_SCREEN ? " · 共享屏幕" : "", NULL);
    return keep_plate(self, key,
                      heard_plate_new(&form, &(HeardPlateLine){text, LABEL_SIZE, INK}, 1));
}

static const HeardPicture *empty_plate(HeardStage *self, const HeardSceneTile *tile,
                                       const char *why)
{
    const HeardScenesPerson *person = heard_scenes_person(self->spec.scenes, tile->person);
    char *key = g_strdup_printf("empty %u %u %s", tile->person, tile->rect.width, why);
    const HeardPicture *known = g_hash_table_lookup(self->plates, key);
    unsigned size = CLAMP(tile->rect.height / 9, 15, 44);
    HeardPlateForm form = {.width = tile->rect.width,
                           .height = tile->rect.height,
                           .padding = 8,
                           .background = PLATE,
                           .is_centred = true};
    HeardPlateLine lines[] = {{person->name, size, INK},
                              {person->unit, MAX(size / 2, 13), PALE},
                              {why, MAX(size / 2, 13), PALE}};

    if (known) {
        g_free(key);
        return known;
    }
    return keep_plate(self, key, heard_plate_new(&form, lines, G_N_ELEMENTS(lines)));
}

static void draw_card(HeardStage *self)
{
    HeardPlateForm form = {.width = HEARD_LAYOUT_WIDTH,
                           .height = HEARD_LAYOUT_HEIGHT - HEARD_LAYOUT_HEADER,
                           .padding = 80,
                           .background = PLATE,
                           .is_centred = true};
    HeardPlateLine lines[3] = {{"此时没有人在场", 32, PALE}};
    g_autofree char *note = NULL;
    g_autofree char *span = NULL;
    g_autoptr(HeardPicture) plate = NULL;

    if (self->scene.card >= 0) {
        const HeardScenesCard *card =
            heard_scenes_card(self->spec.scenes, (unsigned)self->scene.card);
        g_autofree char *from = wall_text(self, card->from_ms, "%H:%M:%S");
        g_autofree char *to = wall_text(self, card->to_ms, "%H:%M:%S");
        span = g_strdup_printf("%s 至 %s", from, to);
        note = *card->note ? g_strconcat("理由：", card_reason(card->note), NULL) : NULL;
        lines[0] = (HeardPlateLine){card_title(card->reason), 48, INK};
        lines[1] = (HeardPlateLine){note, 26, PALE};
        lines[2] = (HeardPlateLine){span, 24, PALE};
    }
    plate = heard_plate_new(&form, lines, G_N_ELEMENTS(lines));
    heard_picture_put(self->canvas, plate, 0, HEARD_LAYOUT_HEADER);
}

static void draw_header(HeardStage *self)
{
    HeardPlateForm form = {.width = HEARD_LAYOUT_WIDTH - CLOCK_WIDTH,
                           .height = HEARD_LAYOUT_HEADER,
                           .padding = 12,
                           .background = NIGHT};
    g_autofree char *more =
        self->scene.left_out > 0 ? g_strdup_printf("　另有 %u 人在场", self->scene.left_out) : NULL;
    g_autofree char *text = g_strconcat("录像编号 ", self->spec.number, more, NULL);
    g_autoptr(HeardPicture) plate = heard_plate_new(&form, &(HeardPlateLine){text, 18, INK}, 1);

    heard_picture_put(self->canvas, plate, 0, 0);
}

static void draw_clock(HeardStage *self, int64_t at_ms)
{
    HeardPlateForm form = {
        .width = CLOCK_WIDTH, .height = HEARD_LAYOUT_HEADER, .padding = 12, .background = NIGHT};
    g_autofree char *text = wall_text(self, at_ms, "%Y年%m月%d日 %H:%M:%S");
    g_autoptr(HeardPicture) plate = heard_plate_new(&form, &(HeardPlateLine){text, 22, INK}, 1);

    heard_picture_put(self->canvas, plate, HEARD_LAYOUT_WIDTH - CLOCK_WIDTH, 0);
}

/* ---- pictures ---- */

/* The rectangle's place in the canvas for a picture of this kind. */
static void make_converter(HeardStage *self, Tile *tile, const GstVideoInfo *info)
{
    HeardRect fit =
        heard_layout_fit(&tile->facts.rect, (unsigned)info->width * (unsigned)info->par_n,
                         (unsigned)info->height * (unsigned)info->par_d);
    GstStructure *config = gst_structure_new(
        "converter", GST_VIDEO_CONVERTER_OPT_DEST_X, G_TYPE_INT, (int)fit.x,
        GST_VIDEO_CONVERTER_OPT_DEST_Y, G_TYPE_INT, (int)fit.y, GST_VIDEO_CONVERTER_OPT_DEST_WIDTH,
        G_TYPE_INT, (int)fit.width, GST_VIDEO_CONVERTER_OPT_DEST_HEIGHT, G_TYPE_INT,
        (int)fit.height, GST_VIDEO_CONVERTER_OPT_FILL_BORDER, G_TYPE_BOOLEAN, FALSE,
        GST_VIDEO_CONVERTER_OPT_RESAMPLER_METHOD, GST_TYPE_VIDEO_RESAMPLER_METHOD,
        GST_VIDEO_RESAMPLER_METHOD_LINEAR, NULL);
    GstVideoInfo canvas, source = *info;

    set_canvas_info(&canvas);
    canvas.fps_n = source.fps_n; /* a converter knows nothing of time, and wants it equal */
    canvas.fps_d = source.fps_d;
    if (source.colorimetry.matrix == GST_VIDEO_COLOR_MATRIX_UNKNOWN)
        source.colorimetry = canvas.colorimetry;
    g_clear_pointer(&tile->converter, gst_video_converter_free);
    tile->converter = gst_video_converter_new(&source, &canvas, config);
    tile->info = *info;
    heard_picture_fill(self->canvas, &tile->facts.rect, NIGHT);
}

static bool draw_sample(HeardStage *self, Tile *tile, GstSample *sample)
{
    GstVideoFrame frame;
    GstVideoInfo info;

    if (!gst_video_info_from_caps(&info, gst_sample_get_caps(sample)))
        return false;
    if (!tile->converter || !gst_video_info_is_equal(&info, &tile->info))
        make_converter(self, tile, &info);
    else if (tile->shows != SHOWS_PICTURE)
        heard_picture_fill(self->canvas, &tile->facts.rect, NIGHT);
    if (!tile->converter ||
        !gst_video_frame_map(&frame, &info, gst_sample_get_buffer(sample), GST_MAP_READ))
        return false;
    gst_video_converter_frame(tile->converter, &frame, &self->frame);
    gst_video_frame_unmap(&frame);
    return true;
}

static void draw_label(HeardStage *self, const HeardSceneTile *tile)
{
    const HeardPicture *label = name_plate(self, tile);

    heard_picture_put(self->canvas, label, tile->rect.x,
                      tile->rect.y + tile->rect.height - label->height);
}

static bool draw_plate(HeardStage *self, Tile *tile, Shows shows, const char *why)
{
    if (tile->shows == shows)
        return false;
    tile->shows = shows;
    g_clear_pointer(&tile->sample, gst_sample_unref);
    heard_picture_put(self->canvas, empty_plate(self, &tile->facts, why), tile->facts.rect.x,
                      tile->facts.rect.y);
    return true;
}

static HeardTakeReader *find_reader(HeardStage *self, unsigned index, int64_t at_ms)
{
    const HeardScenesTake *take = heard_scenes_take(self->spec.scenes, index);
    g_autofree char *path = NULL;
    HeardMediaSourceKind kind;
    HeardTakeReader *reader = NULL;

    if (g_hash_table_contains(self->readers, GUINT_TO_POINTER(index)))
        return g_hash_table_lookup(self->readers, GUINT_TO_POINTER(index));
    path = g_build_filename(self->spec.folder, take->file, NULL);
    if (heard_media_source_kind(take->media_type, &kind))
        reader = heard_take_reader_new(path, kind, (at_ms - take->start_ms) * 1000, NULL);
    if (!reader)
        self->failed++;
    g_hash_table_insert(self->readers, GUINT_TO_POINTER(index), reader);
    return reader;
}

static bool draw_tile(HeardStage *self, Tile *tile, int64_t at_ms)
{
    const HeardScenesTake *take;
    HeardTakeReader *reader;
    GstSample *sample;
    int64_t age_us;

    if (tile->facts.take < 0)
        return draw_plate(self, tile, SHOWS_PLATE, state_text(tile->facts.state));
    take = heard_scenes_take(self->spec.scenes, (unsigned)tile->facts.take);
    reader = find_reader(self, (unsigned)tile->facts.take, at_ms);
    /* The nearest picture, not the last one: half a frame early or late instead of up to one
     * late, which is what lips need. */
    sample = reader
                 ? heard_take_reader_at(
                       reader, (at_ms + self->spec.frame_ms / 2 - take->start_ms) * 1000, &age_us)
                 : NULL;
    if (!sample)
        return draw_plate(self, tile, SHOWS_PLATE, state_text(HEARD_SCENES_NO_PICTURE));
    if (take->source == HEARD_SOURCE_CAMERA && age_us > HEARD_STAGE_FROZEN_MS * 1000)
        return draw_plate(self, tile, SHOWS_FROZEN, "画面中断");
    if (tile->shows == SHOWS_PICTURE && sample == tile->sample)
        return false;
    if (!draw_sample(self, tile, sample))
        return draw_plate(self, tile, SHOWS_PLATE, state_text(HEARD_SCENES_NO_PICTURE));
    draw_label(self, &tile->facts);
    tile->shows = SHOWS_PICTURE;
    gst_sample_ref(sample);
    g_clear_pointer(&tile->sample, gst_sample_unref);
    tile->sample = sample;
    return true;
}

/* ---- scenes ---- */

/* Takes that are no longer seen are closed; one that comes again is opened where it is then. */
static void close_readers(HeardStage *self)
{
    GHashTableIter iter;
    gpointer key, value;

    g_hash_table_iter_init(&iter, self->readers);
    while (g_hash_table_iter_next(&iter, &key, &value)) {
        bool seen = false;
        for (unsigned i = 0; i < self->scene.tile_count; i++)
            seen = seen || self->scene.tiles[i].take == (int)GPOINTER_TO_UINT(key);
        if (seen)
            continue;
        if (value && heard_take_reader_failed(value))
            self->failed++;
        g_hash_table_iter_remove(&iter);
    }
}

static void frame_speaker(HeardStage *self, const HeardSceneTile *tile)
{
    HeardRect around = {tile->rect.x - HEARD_LAYOUT_MARGIN, tile->rect.y - HEARD_LAYOUT_MARGIN,
                        tile->rect.width + 2 * HEARD_LAYOUT_MARGIN,
                        tile->rect.height + 2 * HEARD_LAYOUT_MARGIN};

    heard_picture_fill(self->canvas, &around, SPEAKS);
}

static void begin_scene(HeardStage *self, int64_t at_ms)
{
    HeardRect area = {0, 0, HEARD_LAYOUT_WIDTH, HEARD_LAYOUT_HEIGHT};

    heard_scenes_at(self->spec.scenes, at_ms, &self->scene);
    self->has_scene = true;
    self->second = -1;
    close_readers(self);
    heard_picture_fill(self->canvas, &area, NIGHT);
    draw_header(self);
    if (self->scene.tile_count == 0)
        draw_card(self);
    for (unsigned i = 0; i < HEARD_LAYOUT_TILES_MAX; i++) {
        Tile *tile = &self->tiles[i];
        if (i < self->scene.tile_count &&
            memcmp(&tile->facts.rect, &self->scene.tiles[i].rect, sizeof tile->facts.rect) == 0)
            tile->shows = SHOWS_NOTHING; /* keeps its converter */
        else
            clear_tile(tile);
        if (i >= self->scene.tile_count)
            continue;
        tile->facts = self->scene.tiles[i];
        if (tile->facts.is_speaking)
            frame_speaker(self, &tile->facts);
    }
}

const HeardPicture *heard_stage_draw(HeardStage *self, int64_t at_ms, bool *ret_changed)
{
    int64_t second;
    bool changed = !self->has_scene || at_ms >= self->scene.to_ms;

    if (changed)
        begin_scene(self, at_ms);
    for (unsigned i = 0; i < self->scene.tile_count; i++)
        changed = draw_tile(self, &self->tiles[i], at_ms) || changed;
    second = (self->spec.started_wall_ms + at_ms) / 1000;
    if (second != self->second) {
        draw_clock(self, at_ms);
        self->second = second;
        changed = true;
    }
    *ret_changed = changed;
    return self->canvas;
}
