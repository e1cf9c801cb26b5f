/* SPDX-License-Identifier: Apache-2.0 */
#include "recordings/log_reader.h"

#include "recordings/away.h"
#include "recordings/crc32c.h"
#include "recordings/disk.h"
#include "recordings/excerpt.h"
#include "server/base/error.h"
#include "server/base/id.h"

#include <string.h>
#include <sys/stat.h>

enum { LOG_JSON_MAX = 64 * 1024 };

struct HeardLogReader {
    char *path;
    HeardLogInfo info;
    HeardDataKey *key;
    HeardSealer *sealer;
    int64_t from_us, to_us;
    uint32_t segment, last_segment;
    uint32_t before_first; /* of an excerpt; else 0 */
    GMappedFile *file;
    HeardSegmentScan scan;
    uint8_t plain[HEARD_LOG_PLAIN_MAX];
    size_t plain_size, plain_offset;
    uint64_t damaged, bytes_read, bytes_total;
};

bool heard_segment_scan_init(HeardSegmentScan *self, const uint8_t *bytes, size_t size,
                             HeardSegmentHead *ret_head)
{
    memset(self, 0, sizeof *self);
    self->bytes = bytes;
    self->size = size;
    self->offset = MIN(size, (size_t)HEARD_LOG_SEGMENT_HEAD);
    return heard_log_decode_segment(bytes, size, ret_head);
}

static bool scan_trailer(HeardSegmentScan *self, const uint8_t *at, size_t left)
{
    size_t size;

    if (left < heard_log_trailer_size(0))
        return false;
    size = (size_t)at[8] | (size_t)at[9] << 8 | (size_t)at[10] << 16 | (size_t)at[11] << 24;
    if (size > left || !heard_log_decode_trailer(at, size, &self->trailer, &self->leaves))
        return false;
    self->frame = at;
    self->frame_size = size;
    return true;
}

HeardScanResult heard_segment_scan_next(HeardSegmentScan *self)
{
    const uint8_t *at = self->bytes + self->offset;
    size_t left = self->size - self->offset;
    size_t size;

    if (left == 0)
        return HEARD_SCAN_END;
    if (heard_log_is_trailer(at, left)) {
        if (!scan_trailer(self, at, left))
            return HEARD_SCAN_BROKEN;
        self->offset += self->frame_size;
        return HEARD_SCAN_TRAILER;
    }
    if (!heard_log_decode_chunk(at, left, &self->chunk))
        return HEARD_SCAN_BROKEN;
    size = HEARD_LOG_CHUNK_HEAD + self->chunk.plain_size + HEARD_LOG_TAG_SIZE;
    if (size > left || heard_crc32c(0, at + HEARD_LOG_CHUNK_HEAD, size - HEARD_LOG_CHUNK_HEAD) !=
                           self->chunk.body_crc)
        return HEARD_SCAN_BROKEN;
    self->frame = at;
    self->frame_size = size;
    self->offset += size;
    return HEARD_SCAN_CHUNK;
}

bool heard_segment_scan_resync(HeardSegmentScan *self)
{
    HeardChunkHead chunk;

    for (size_t offset = self->offset + 1; offset < self->size; offset++) {
        const uint8_t *at = self->bytes + offset;
        size_t left = self->size - offset;
        if ((heard_log_is_chunk(at, left) && heard_log_decode_chunk(at, left, &chunk)) ||
            (heard_log_is_trailer(at, left) && scan_trailer(self, at, left))) {
            self->offset = offset;
            return true;
        }
    }
    return false;
}

static char *dup_member(const json_t *root, const char *key)
{
    return g_strdup(json_string_value(json_object_get(root, key)));
}

static bool parse_log_id(const char *text, uint8_t ret_id[static HEARD_LOG_ID_SIZE])
{
    size_t at = 0;

    if (!text || !heard_id_is_valid(text))
        return false;
    for (; *text && at < 2 * HEARD_LOG_ID_SIZE; text++) {
        int value = g_ascii_xdigit_value(*text);
        if (value < 0)
            continue;
        ret_id[at / 2] = (uint8_t)(at % 2 ? ret_id[at / 2] | value : value << 4);
        at++;
    }
    return at == 2 * HEARD_LOG_ID_SIZE;
}

bool heard_log_info_parse(HeardLogInfo *ret_info, const char *text, size_t size, GError **error)
{
    json_t *root = json_loadb(text, size, JSON_REJECT_DUPLICATES, NULL);
    HeardLogInfo info = {0};
    const char *format = json_string_value(json_object_get(root, "format"));
    bool valid;

    info.hearing = dup_member(root, "hearing");
    info.recording = dup_member(root, "recording");
    info.room = dup_member(root, "room");
    info.node = dup_member(root, "node");
    info.number = dup_member(root, "number");
    info.log_id_text = dup_member(root, "log_id");
    info.started_wall_ms = json_integer_value(json_object_get(root, "started_wall_ms"));
    info.key = json_incref(json_object_get(root, "key"));
    info.signer = dup_member(root, "signer");
    heard_chain_sha256(info.hash, text, size);
    heard_journal_init(&info.journal, text, size);
    valid = format && strcmp(format, "heard-log") == 0 &&
            json_integer_value(json_object_get(root, "version")) == HEARD_LOG_VERSION &&
            info.hearing && info.recording && info.room &&
            parse_log_id(info.log_id_text, info.log_id);
    json_decref(root);
    if (!valid) {
        heard_log_info_clear(&info);
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_CORRUPT,
                    "log.json: not the head of a packet log of version %d", HEARD_LOG_VERSION);
        return false;
    }
    *ret_info = info;
    return true;
}

bool heard_log_info_read(HeardLogInfo *ret_info, const char *path, GError **error)
{
    g_autofree char *file = g_build_filename(path, "log.json", NULL);
    g_autofree char *text = NULL;
    size_t size;

    text = heard_disk_read(file, LOG_JSON_MAX, &size, error);
    return text && heard_log_info_parse(ret_info, text, size, error);
}

void heard_log_info_clear(HeardLogInfo *self)
{
    g_free(self->hearing);
    g_free(self->recording);
    g_free(self->room);
    g_free(self->node);
    g_free(self->number);
    g_free(self->log_id_text);
    g_free(self->signer);
    json_decref(self->key);
    memset(self, 0, sizeof *self);
}

char *heard_log_segment_path(const char *path, uint32_t segment)
{
    return g_strdup_printf("%s/%06u.seg", path, segment);
}

HeardLogReader *heard_log_reader_open(const char *path, const HeardOrgKey *key, GError **error)
{
    g_autoptr(HeardLogReader) self = g_new0(HeardLogReader, 1);
    HeardExcerpt excerpt;

    self->path = g_strdup(path);
    if (!heard_log_info_read(&self->info, path, error))
        return NULL;
    self->key = heard_data_key_unwrap(self->info.key, key, self->info.log_id, error);
    if (!self->key)
        return NULL;
    if (!heard_excerpt_read(&excerpt, path, error) || !heard_away_is_all_here(path, error))
        return NULL;
    self->before_first = heard_excerpt_is_some(&excerpt) ? excerpt.first_segment - 1 : 0;
    self->sealer = heard_sealer_new();
    heard_log_reader_limit(self, HEARD_LOG_SEGMENTS_MAX);
    heard_log_reader_range(self, INT64_MIN, INT64_MAX);
    return g_steal_pointer(&self);
}

void heard_log_reader_limit(HeardLogReader *self, uint32_t last_segment)
{
    self->last_segment = MIN(last_segment, (uint32_t)HEARD_LOG_SEGMENTS_MAX);
    self->bytes_total = 0;
    for (uint32_t segment = self->before_first + 1; segment <= self->last_segment; segment++) {
        g_autofree char *file = heard_log_segment_path(self->path, segment);
        struct stat info;
        if (stat(file, &info) != 0)
            break;
        self->bytes_total += (uint64_t)info.st_size;
    }
}

void heard_log_reader_free(HeardLogReader *self)
{
    if (!self)
        return;
    g_clear_pointer(&self->file, g_mapped_file_unref);
    heard_log_info_clear(&self->info);
    heard_data_key_free(self->key);
    heard_sealer_free(self->sealer);
    g_free(self->path);
    g_free(self);
}

const HeardLogInfo *heard_log_reader_info(const HeardLogReader *self)
{
    return &self->info;
}

void heard_log_reader_range(HeardLogReader *self, int64_t from_us, int64_t to_us)
{
    g_clear_pointer(&self->file, g_mapped_file_unref);
    self->from_us = from_us;
    self->to_us = to_us;
    self->segment = self->before_first;
    self->plain_size = self->plain_offset = 0;
    self->damaged = self->bytes_read = 0;
}

/* False: there is no further segment. */
static bool next_segment(HeardLogReader *self)
{
    HeardSegmentHead head;

    g_clear_pointer(&self->file, g_mapped_file_unref);
    while (self->segment < self->last_segment) {
        g_autofree char *file = heard_log_segment_path(self->path, ++self->segment);
        const uint8_t *bytes;
        size_t size;
        self->file = g_mapped_file_new(file, FALSE, NULL);
        if (!self->file)
            return false;
        bytes = (const uint8_t *)g_mapped_file_get_contents(self->file);
        size = g_mapped_file_get_length(self->file);
        /* The head is what seals refer to: without it nothing here can be opened. */
        if (heard_segment_scan_init(&self->scan, bytes, size, &head) &&
            head.segment == self->segment &&
            memcmp(head.log_id, self->info.log_id, sizeof head.log_id) == 0) {
            heard_sealer_set_segment(self->sealer, self->key, self->segment, bytes);
            return true;
        }
        self->damaged++;
        self->bytes_read += size;
        g_clear_pointer(&self->file, g_mapped_file_unref);
    }
    return false;
}

static bool open_chunk(HeardLogReader *self)
{
    const HeardChunkHead *chunk = &self->scan.chunk;

    if (chunk->last_us < self->from_us || chunk->first_us > self->to_us)
        return false;
    if (!heard_sealer_open(self->sealer, chunk, self->scan.frame, self->plain)) {
        self->damaged++;
        return false;
    }
    self->plain_size = chunk->plain_size;
    self->plain_offset = 0;
    return true;
}

static bool next_chunk(HeardLogReader *self)
{
    for (;;) {
        size_t before;
        HeardScanResult result;
        if (!self->file && !next_segment(self))
            return false;
        before = self->scan.offset;
        result = heard_segment_scan_next(&self->scan);
        if (result == HEARD_SCAN_BROKEN) {
            self->damaged++;
            if (!heard_segment_scan_resync(&self->scan))
                result = HEARD_SCAN_END;
        }
        self->bytes_read += self->scan.offset - before;
        if (result == HEARD_SCAN_CHUNK && open_chunk(self))
            return true;
        if (result == HEARD_SCAN_END || result == HEARD_SCAN_TRAILER)
            g_clear_pointer(&self->file, g_mapped_file_unref);
    }
}

bool heard_log_reader_next(HeardLogReader *self, HeardLogRecord *ret_record)
{
    for (;;) {
        size_t used;
        if (self->plain_offset >= self->plain_size && !next_chunk(self))
            return false;
        used = heard_log_decode_record(self->plain + self->plain_offset,
                                       self->plain_size - self->plain_offset, ret_record);
        if (used == 0) { /* sealed by us, so this is our own bug or memory gone bad */
            self->damaged++;
            self->plain_offset = self->plain_size;
            continue;
        }
        self->plain_offset += used;
        if (ret_record->at_us >= self->from_us && ret_record->at_us <= self->to_us)
            return true;
    }
}

uint64_t heard_log_reader_damaged(const HeardLogReader *self)
{
    return self->damaged;
}

uint64_t heard_log_reader_bytes_read(const HeardLogReader *self)
{
    return self->bytes_read;
}

uint64_t heard_log_reader_bytes_total(const HeardLogReader *self)
{
    return self->bytes_total;
}
