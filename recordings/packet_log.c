/* SPDX-License-Identifier: Apache-2.0 */
#include "recordings/packet_log.h"

#include "recordings/disk.h"
#include "server/base/error.h"
#include "server/base/id.h"
#include "server/base/random.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FRAME_MAX = HEARD_LOG_CHUNK_HEAD + HEARD_LOG_PLAIN_MAX + HEARD_LOG_TAG_SIZE };
enum { SEGMENT_BYTES_MAX = 256 << 20 };

typedef enum {
    STATE_NEW,     /* nothing on the disk */
    STATE_BETWEEN, /* no segment open */
    STATE_SEGMENT,
    STATE_TRAILER, /* its trailer is being written */
    STATE_CLOSED,
} LogState;

/* What the open segment holds so far. */
typedef struct {
    uint32_t number, chunk_count;
    uint64_t record_count, lost;
    int64_t start_us, first_us, last_us;
    GByteArray *leaves;
} Segment;

/* The open chunk. */
typedef struct {
    uint8_t plain[HEARD_LOG_PLAIN_MAX];
    size_t used;
    uint32_t record_count, lost;
    int64_t first_us, last_us;
} Chunk;

struct HeardPacketLog {
    LogState state;
    const HeardLogIo *io;
    char *path, *journal_path;
    GBytes *log_json;
    uint8_t log_id[HEARD_LOG_ID_SIZE];
    HeardDataKey *key;
    HeardSealer *sealer;
    const HeardSigner *signer;
    int segment_fd, journal_fd;
    off_t segment_offset, journal_offset;
    GByteArray *pending; /* for segment_fd at segment_offset; pending_done are written */
    size_t pending_done;
    GString *journal_pending;
    HeardJournalState journal;
    uint8_t prev_hash[HEARD_LOG_HASH_SIZE];
    Segment segment;
    Chunk chunk;
    uint64_t record_count;
    int64_t start_wall_ms;
    int64_t written_bytes, durable_bytes;
    int64_t written_us, durable_us; /* -1: nothing */
    bool dirty, finishing, close_noted;
};

static int sync_data(int fd)
{
    return fdatasync(fd);
}

static const HeardLogIo real_io = {.write_at = pwrite, .sync = sync_data};

static bool make_log_json(HeardPacketLog *self, const HeardPacketLogSpec *spec,
                          const HeardOrgKey *org, GError **error)
{
    char id[HEARD_ID_SIZE];
    json_t *root, *key;
    char *text;
    size_t at = 0;

    heard_id_new(id, spec->start_wall_ms);
    for (const char *digit = id; *digit && at < 2 * HEARD_LOG_ID_SIZE; digit++)
        if (*digit != '-') {
            int value = g_ascii_xdigit_value(*digit);
            self->log_id[at / 2] = (uint8_t)(at % 2 ? self->log_id[at / 2] | value : value << 4);
            at++;
        }
    self->key = heard_data_key_new(self->log_id);
    key = heard_data_key_wrap(self->key, org, error);
    if (!key)
        return false;
    root = json_pack("{s:s, s:i, s:s, s:s, s:s, s:s, s:s, s:i, s:I, s:s}", "format", "heard-log",
                     "version", HEARD_LOG_VERSION, "log_id", id, "hearing", spec->hearing,
                     "recording", spec->recording, "room", spec->room, "node", spec->node, "epoch",
                     (int)spec->epoch, "started_wall_ms", (json_int_t)spec->start_wall_ms, "suite",
                     "AES-256-GCM+SHA-256");
    if (spec->number)
        json_object_set_new(root, "number", json_string(spec->number));
    json_object_set_new(root, "key", key);
    if (spec->signer)
        json_object_set_new(root, "signer", json_string(heard_signer_certificate(spec->signer)));
    text = json_dumps(root, JSON_COMPACT | JSON_SORT_KEYS);
    json_decref(root);
    g_assert(text);
    self->log_json = g_bytes_new(text, strlen(text));
    heard_chain_sha256(self->prev_hash, text, strlen(text));
    heard_journal_init(&self->journal, text, strlen(text));
    free(text);
    return true;
}

/* Always taken: the lines about segments come one at a time, as each waits for the disk. */
static void add_line(HeardPacketLog *self, const char *kind, int64_t at_us, int64_t wall_ms,
                     json_t *fields_take)
{
    g_autofree char *line = NULL;

    json_object_set_new(fields_take, "kind", json_string(kind));
    json_object_set_new(fields_take, "at_us", json_integer(at_us));
    json_object_set_new(fields_take, "wall_ms", json_integer(wall_ms));
    line = heard_journal_line(&self->journal, fields_take);
    g_string_append(self->journal_pending, line);
}

/* NULL: nobody signs, or the library failed. */
static char *sign_journal(const HeardPacketLog *self)
{
    uint8_t bytes[HEARD_CHECKPOINT_SIZE];

    if (!self->signer)
        return NULL;
    heard_journal_checkpoint(&self->journal, self->log_id, bytes);
    return heard_signer_sign(self->signer, bytes, sizeof(bytes));
}

HeardPacketLog *heard_packet_log_new(const HeardPacketLogSpec *spec, const HeardOrgKey *key,
                                     GError **error)
{
    g_autoptr(HeardPacketLog) self = g_new0(HeardPacketLog, 1);

    self->io = spec->io ? spec->io : &real_io;
    self->signer = spec->signer;
    self->path = g_strdup(spec->path);
    self->journal_path = g_build_filename(spec->path, "journal.jsonl", NULL);
    self->segment_fd = self->journal_fd = -1;
    self->pending = g_byte_array_sized_new(FRAME_MAX);
    self->journal_pending = g_string_new(NULL);
    self->segment.leaves = g_byte_array_new();
    self->sealer = heard_sealer_new();
    self->written_us = self->durable_us = -1;
    if (!make_log_json(self, spec, key, error))
        return NULL;
    self->start_wall_ms = spec->start_wall_ms;
    add_line(self, "open", 0, spec->start_wall_ms, json_object());
    return g_steal_pointer(&self);
}

void heard_packet_log_free(HeardPacketLog *self)
{
    if (!self)
        return;
    if (self->segment_fd >= 0)
        close(self->segment_fd);
    if (self->journal_fd >= 0)
        close(self->journal_fd);
    g_free(self->path);
    g_free(self->journal_path);
    g_clear_pointer(&self->log_json, g_bytes_unref);
    heard_data_key_free(self->key);
    heard_sealer_free(self->sealer);
    g_byte_array_unref(self->pending);
    g_byte_array_unref(self->segment.leaves);
    g_string_free(self->journal_pending, TRUE);
    g_free(self);
}

bool heard_packet_log_note(HeardPacketLog *self, const char *kind, int64_t at_us, int64_t wall_ms,
                           json_t *fields_take)
{
    if (self->close_noted ||
        self->journal_pending->len + HEARD_JOURNAL_LINE_MAX > HEARD_PACKET_LOG_JOURNAL_MAX) {
        json_decref(fields_take);
        return false;
    }
    add_line(self, kind, at_us, wall_ms, fields_take);
    return true;
}

/* Retry-safe: each step may have been done by an earlier call. */
static bool make_folder(HeardPacketLog *self, GError **error)
{
    g_autofree char *parent = g_path_get_dirname(self->path);
    g_autofree char *grandparent = g_path_get_dirname(parent);
    g_autofree char *json_path = g_build_filename(self->path, "log.json", NULL);
    gsize size;
    const void *text = g_bytes_get_data(self->log_json, &size);

    if ((mkdir(parent, 0750) != 0 && errno != EEXIST) ||
        (mkdir(self->path, 0750) != 0 && errno != EEXIST)) {
        heard_disk_set_error(error, errno, "create", self->path);
        return false;
    }
    if (!heard_disk_sync_folder(grandparent, error) || !heard_disk_sync_folder(parent, error) ||
        !heard_disk_replace(json_path, text, size, error))
        return false;
    if (self->journal_fd < 0)
        self->journal_fd = open(self->journal_path, O_WRONLY | O_CREAT | O_CLOEXEC, 0640);
    if (self->journal_fd < 0) {
        heard_disk_set_error(error, errno, "create", self->journal_path);
        return false;
    }
    if (!heard_disk_sync_folder(self->path, error))
        return false;
    self->state = STATE_BETWEEN;
    return true;
}

static bool write_all(const HeardPacketLog *self, int fd, const uint8_t *bytes, size_t size,
                      off_t offset, size_t *done, GError **error)
{
    while (*done < size) {
        ssize_t put = self->io->write_at(fd, bytes + *done, size - *done, offset + (off_t)*done);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0) {
            heard_disk_set_error(error, put == 0 ? ENOSPC : errno, "write", self->path);
            return false;
        }
        *done += (size_t)put;
    }
    return true;
}

static bool write_journal(HeardPacketLog *self, GError **error)
{
    size_t done = 0, size = self->journal_pending->len;
    bool whole;

    if (size == 0)
        return true;
    whole = write_all(self, self->journal_fd, (const uint8_t *)self->journal_pending->str, size,
                      self->journal_offset, &done, error);
    if (done > 0) {
        self->journal_offset += (off_t)done;
        self->written_bytes += (int64_t)done;
        g_string_erase(self->journal_pending, 0, (gssize)done);
        self->dirty = true;
    }
    return whole;
}

/* The trailer is on its way to the disk: make the segment durable and say so in the journal. */
static bool end_segment(HeardPacketLog *self, GError **error)
{
    int64_t at_us = self->segment.last_us, wall_ms = self->start_wall_ms + at_us / 1000;
    g_autofree char *signature = NULL;
    char hex[HEARD_CHAIN_HEX_SIZE];

    if (self->io->sync(self->segment_fd) != 0) {
        heard_disk_set_error(error, errno, "sync", self->path);
        return false;
    }
    close(self->segment_fd);
    self->segment_fd = -1;
    heard_chain_to_hex(hex, self->prev_hash);
    add_line(self, "segment", at_us, wall_ms,
             json_pack("{s:I, s:s, s:I, s:I}", "segment", (json_int_t)self->segment.number,
                       "trailer", hex, "chunks", (json_int_t)self->segment.chunk_count, "records",
                       (json_int_t)self->segment.record_count));
    signature = sign_journal(self);
    if (signature)
        add_line(self, "checkpoint", at_us, wall_ms, json_pack("{s:s}", "signature", signature));
    self->state = STATE_BETWEEN;
    return true;
}

/* Bring to the disk whatever waits; the first failure stops it. */
static bool advance(HeardPacketLog *self, GError **error)
{
    if (self->state == STATE_NEW && !make_folder(self, error))
        return false;
    if (self->pending->len > 0) {
        if (!write_all(self, self->segment_fd, self->pending->data, self->pending->len,
                       self->segment_offset, &self->pending_done, error))
            return false;
        self->segment_offset += (off_t)self->pending->len;
        self->written_bytes += (int64_t)self->pending->len;
        self->written_us = self->segment.chunk_count ? self->segment.last_us : self->written_us;
        self->dirty = true;
        g_byte_array_set_size(self->pending, 0);
        self->pending_done = 0;
    }
    if (self->state == STATE_TRAILER && !end_segment(self, error))
        return false;
    return write_journal(self, error);
}

static bool begin_segment(HeardPacketLog *self, int64_t at_us, GError **error)
{
    HeardSegmentHead head = {.segment = self->segment.number + 1,
                             .start_us = at_us,
                             .start_wall_ms = self->start_wall_ms + at_us / 1000};
    g_autofree char *path = g_strdup_printf("%s/%06u.seg", self->path, head.segment);
    uint8_t bytes[HEARD_LOG_SEGMENT_HEAD], leaf[HEARD_LOG_HASH_SIZE];
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0640);

    if (fd < 0) {
        heard_disk_set_error(error, errno, "create", path);
        return false;
    }
    if (!heard_disk_sync_folder(self->path, error)) {
        close(fd);
        return false;
    }
    memcpy(head.log_id, self->log_id, sizeof head.log_id);
    memcpy(head.prev_hash, self->prev_hash, sizeof head.prev_hash);
    heard_log_encode_segment(bytes, &head);
    heard_sealer_set_segment(self->sealer, self->key, head.segment, bytes);
    heard_chain_leaf(leaf, bytes, sizeof bytes);
    self->segment_fd = fd;
    self->segment_offset = 0;
    g_byte_array_set_size(self->segment.leaves, 0);
    g_byte_array_append(self->segment.leaves, leaf, sizeof leaf);
    g_byte_array_append(self->pending, bytes, sizeof bytes);
    self->segment = (Segment){.number = head.segment,
                              .start_us = at_us,
                              .first_us = at_us,
                              .last_us = at_us,
                              .leaves = self->segment.leaves};
    self->state = STATE_SEGMENT;
    return true;
}

/* The open chunk goes to pending. True: the chunk is empty now, whether or not its
 * bytes are on the disk already; error is then set by the write that failed. */
static bool seal_chunk(HeardPacketLog *self, GError **error)
{
    Chunk *chunk = &self->chunk;
    Segment *segment = &self->segment;
    HeardChunkHead head;
    uint8_t leaf[HEARD_LOG_HASH_SIZE];
    size_t at;

    if (!advance(self, error))
        return false;
    if (chunk->used == 0)
        return true;
    if (self->state == STATE_BETWEEN && !begin_segment(self, chunk->first_us, error))
        return false;
    head = (HeardChunkHead){.index = segment->chunk_count,
                            .plain_size = (uint32_t)chunk->used,
                            .record_count = chunk->record_count,
                            .lost = chunk->lost,
                            .first_us = chunk->first_us,
                            .last_us = chunk->last_us};
    at = self->pending->len; /* a segment's head may stand before it */
    g_byte_array_set_size(self->pending,
                          (guint)(at + HEARD_LOG_CHUNK_HEAD + chunk->used + HEARD_LOG_TAG_SIZE));
    heard_sealer_seal(self->sealer, &head, chunk->plain, self->pending->data + at);
    heard_chain_leaf(leaf, self->pending->data + at, self->pending->len - at);
    g_byte_array_append(segment->leaves, leaf, sizeof leaf);
    if (segment->chunk_count == 0)
        segment->first_us = chunk->first_us;
    segment->chunk_count++;
    segment->record_count += chunk->record_count;
    segment->lost += chunk->lost;
    segment->last_us = MAX(segment->last_us, chunk->last_us);
    self->record_count += chunk->record_count;
    chunk->used = 0;
    chunk->record_count = chunk->lost = 0;
    advance(self, error);
    return true;
}

bool heard_packet_log_append(HeardPacketLog *self, const HeardLogRecord *record, uint32_t lost)
{
    Chunk *chunk = &self->chunk;
    size_t need = HEARD_LOG_RECORD_HEAD + record->size;

    g_assert(record->size <= HEARD_LOG_PAYLOAD_MAX);
    if (self->finishing)
        return false;
    if (chunk->used + need > sizeof chunk->plain &&
        (!seal_chunk(self, NULL) || chunk->used + need > sizeof chunk->plain))
        return false;
    heard_log_encode_record(chunk->plain + chunk->used, record);
    if (chunk->used == 0)
        chunk->first_us = chunk->last_us = record->at_us;
    chunk->first_us = MIN(chunk->first_us, record->at_us);
    chunk->last_us = MAX(chunk->last_us, record->at_us);
    chunk->used += need;
    chunk->record_count++;
    chunk->lost += lost;
    return true;
}

static void queue_trailer(HeardPacketLog *self, uint32_t flags, int64_t wall_ms)
{
    Segment *segment = &self->segment;
    HeardSegmentTrailer trailer = {.flags = flags,
                                   .segment = segment->number,
                                   .chunk_count = segment->chunk_count,
                                   .record_count = segment->record_count,
                                   .data_bytes = (uint64_t)self->segment_offset,
                                   .lost = segment->lost,
                                   .first_us = segment->first_us,
                                   .last_us = segment->last_us,
                                   .end_wall_ms = wall_ms};

    memcpy(trailer.prev_hash, self->prev_hash, sizeof trailer.prev_hash);
    heard_chain_root(trailer.root, segment->leaves->data, segment->chunk_count + 1);
    g_byte_array_set_size(self->pending, (guint)heard_log_trailer_size(segment->chunk_count));
    heard_log_encode_trailer(self->pending->data, &trailer, segment->leaves->data);
    heard_chain_sha256(self->prev_hash, self->pending->data, self->pending->len);
    self->state = STATE_TRAILER;
}

bool heard_packet_log_flush(HeardPacketLog *self, int64_t at_us, int64_t wall_ms, GError **error)
{
    Segment *segment = &self->segment;

    if (!seal_chunk(self, error) || self->pending->len > 0 || self->journal_pending->len > 0)
        return false;
    if (self->state == STATE_SEGMENT && (at_us - segment->start_us >= HEARD_LOG_SEGMENT_US ||
                                         segment->chunk_count + 512 >= HEARD_LOG_CHUNKS_MAX ||
                                         self->segment_offset >= SEGMENT_BYTES_MAX)) {
        queue_trailer(self, 0, wall_ms);
        return advance(self, error);
    }
    return true;
}

void heard_packet_log_mark_synced(HeardPacketLog *self)
{
    self->durable_bytes = self->written_bytes;
    self->durable_us = self->written_us;
    self->dirty = false;
}

bool heard_packet_log_sync(HeardPacketLog *self, GError **error)
{
    if ((self->segment_fd >= 0 && self->io->sync(self->segment_fd) != 0) ||
        (self->journal_fd >= 0 && self->io->sync(self->journal_fd) != 0)) {
        heard_disk_set_error(error, errno, "sync", self->path);
        return false;
    }
    heard_packet_log_mark_synced(self);
    return true;
}

bool heard_packet_log_finish(HeardPacketLog *self, int64_t at_us, int64_t wall_ms, GError **error)
{
    g_autofree char *seal_path = g_build_filename(self->path, "seal.json", NULL);
    g_autofree char *signature = NULL;
    g_autofree char *seal = NULL;

    if (self->state == STATE_CLOSED)
        return true;
    self->finishing = true; /* nothing may follow what the last lines count */
    if (!seal_chunk(self, error) || self->pending->len > 0 || self->journal_pending->len > 0)
        return false;
    if (self->state == STATE_SEGMENT)
        queue_trailer(self, HEARD_TRAILER_LAST, wall_ms);
    if (!advance(self, error))
        return false;
    if (!self->close_noted) {
        add_line(self, "close", at_us, wall_ms,
                 json_pack("{s:I, s:I}", "segments", (json_int_t)self->segment.number, "records",
                           (json_int_t)self->record_count));
        self->close_noted = true;
    }
    if (!write_journal(self, error) || !heard_packet_log_sync(self, error))
        return false;
    signature = sign_journal(self);
    seal = heard_journal_seal_text(&self->journal, signature, NULL);
    if (!heard_disk_replace(seal_path, seal, strlen(seal), error))
        return false;
    self->state = STATE_CLOSED;
    return true;
}

bool heard_packet_log_dirty(const HeardPacketLog *self)
{
    return self->dirty;
}

int64_t heard_packet_log_durable_bytes(const HeardPacketLog *self)
{
    return self->durable_bytes;
}

int64_t heard_packet_log_durable_us(const HeardPacketLog *self)
{
    return self->durable_us;
}

void heard_packet_log_chain_head(const HeardPacketLog *self,
                                 char ret_hex[static HEARD_CHAIN_HEX_SIZE])
{
    heard_chain_to_hex(ret_hex, self->journal.head);
}
