/* SPDX-License-Identifier: Apache-2.0 */
#include "recordings/recover.h"

#include "recordings/destruction.h"
#include "recordings/disk.h"
#include "recordings/log_reader.h"
#include "recordings/reserve.h"
#include "server/base/clock.h"
#include "server/base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Of the reserve, for one log: the end of one needs some KiB, and where room is not what is missing
 * (a disk without inodes) the reserve is of no use. */
enum { TORN_COPIES_MAX = 100, RESERVE_PIECES_MAX = 4 };

/* What is known while one log is being brought to its end. */
typedef struct {
    const char *path;
    const HeardSigner *signer;
    HeardLogInfo info;
    HeardJournalState journal;
    GString *new_lines;  /* to append to the journal */
    size_t journal_size; /* of its whole lines */
    bool closed;         /* the journal has its last line */
    GHashTable *noted;   /* segments the journal knows */
    uint32_t segments;
    uint64_t records;
    int64_t last_us, torn_bytes, wall_ms;
    uint8_t prev_hash[HEARD_LOG_HASH_SIZE];
} Recovery;

/* One segment as found. */
typedef struct {
    HeardSegmentTrailer trailer; /* rebuilt, or read */
    GByteArray *leaves;
    size_t whole; /* bytes up to the end of the last whole chunk */
    bool has_trailer;
    uint8_t trailer_hash[HEARD_LOG_HASH_SIZE];
} Found;

static bool fail(GError **error, const char *path, const char *why)
{
    g_set_error(error, HEARD_ERROR, HEARD_ERROR_CORRUPT, "%s: %s", path, why);
    return false;
}

/* The bytes from offset on go to a file of their own, durable, before they are cut off. */
static bool set_tail_aside(const char *path, size_t offset, int64_t *torn_bytes, GError **error)
{
    g_autofree char *bytes = NULL;
    g_autofree char *aside = NULL;
    size_t size;
    bool done;
    int fd;

    bytes = heard_disk_read(path, SIZE_MAX / 2, &size, error);
    if (!bytes)
        return false;
    if (size <= offset)
        return true;
    for (int copy = 1; copy <= TORN_COPIES_MAX; copy++) {
        g_free(aside);
        aside = g_strdup_printf("%s.torn%d", path, copy);
        if (access(aside, F_OK) != 0)
            break;
    }
    if (!heard_disk_replace(aside, bytes + offset, size - offset, error))
        return false;
    fd = open(path, O_WRONLY | O_CLOEXEC);
    done = fd >= 0 && ftruncate(fd, (off_t)offset) == 0 && fsync(fd) == 0;
    if (!done)
        heard_disk_set_error(error, errno, "cut", path);
    if (fd >= 0)
        close(fd);
    *torn_bytes += (int64_t)(size - offset);
    return done;
}

/* What was there ends at offset: on a full disk nothing half written stays behind it. */
static bool append_file(const char *path, size_t offset, const void *bytes, size_t size,
                        GError **error)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0640);
    size_t done = 0;
    bool whole = fd >= 0;

    while (whole && done < size) {
        ssize_t put = pwrite(fd, (const char *)bytes + done, size - done, (off_t)(offset + done));
        if (put < 0 && errno == EINTR)
            continue;
        whole = put > 0;
        done += whole ? (size_t)put : 0;
    }
    whole = whole && fsync(fd) == 0;
    if (!whole)
        heard_disk_set_error(error, errno, "write", path);
    if (!whole && fd >= 0 && ftruncate(fd, (off_t)offset) != 0)
        done = 0; /* the next try sets it aside */
    if (fd >= 0)
        close(fd);
    return whole;
}

static void add_line(Recovery *self, const char *kind, json_t *fields_take)
{
    g_autofree char *line = NULL;

    json_object_set_new(fields_take, "kind", json_string(kind));
    json_object_set_new(fields_take, "at_us", json_integer(self->last_us));
    json_object_set_new(fields_take, "wall_ms", json_integer(self->wall_ms));
    line = heard_journal_line(&self->journal, fields_take);
    g_string_append(self->new_lines, line);
}

/* Whole lines are kept, whatever stands behind the last line feed is torn. */
static bool read_journal(Recovery *self, GError **error)
{
    g_autofree char *file = g_build_filename(self->path, "journal.jsonl", NULL);
    g_autofree char *text = NULL;
    g_autoptr(GError) missing = NULL;
    size_t size, at = 0;

    text = heard_disk_read(file, HEARD_JOURNAL_BYTES_MAX, &size, &missing);
    if (!text && heard_error_code(missing) == HEARD_ERROR_NOT_FOUND)
        return true;
    if (!text) {
        g_propagate_error(error, g_steal_pointer(&missing));
        return false;
    }
    while (at < size) {
        const char *end = memchr(text + at, '\n', size - at);
        const char *why = NULL, *kind;
        json_t *fields = NULL;
        if (!end)
            break;
        if (!heard_journal_check(&self->journal, text + at, (size_t)(end - text) - at, &fields,
                                 &why))
            return fail(error, file, why);
        kind = json_string_value(json_object_get(fields, "kind"));
        if (kind && strcmp(kind, "segment") == 0)
            g_hash_table_add(self->noted, GINT_TO_POINTER((int)json_integer_value(
                                              json_object_get(fields, "segment"))));
        self->closed = kind && strcmp(kind, "close") == 0;
        json_decref(fields);
        at = (size_t)(end - text) + 1;
    }
    self->journal_size = at;
    return at == size || set_tail_aside(file, at, &self->torn_bytes, error);
}

static void found_chunk(Found *found, const HeardSegmentScan *scan)
{
    uint8_t leaf[HEARD_LOG_HASH_SIZE];
    HeardSegmentTrailer *trailer = &found->trailer;

    heard_chain_leaf(leaf, scan->frame, scan->frame_size);
    g_byte_array_append(found->leaves, leaf, sizeof leaf);
    if (trailer->chunk_count == 0)
        trailer->first_us = scan->chunk.first_us;
    trailer->chunk_count++;
    trailer->record_count += scan->chunk.record_count;
    trailer->lost += scan->chunk.lost;
    trailer->last_us = MAX(trailer->last_us, scan->chunk.last_us);
    found->whole = scan->offset;
}

/* False: the segment is not what a crash leaves behind. */
static bool scan_segment(Recovery *self, const char *file, uint32_t number, const uint8_t *bytes,
                         size_t size, Found *found, GError **error)
{
    HeardSegmentHead head;
    HeardSegmentScan scan;
    uint8_t leaf[HEARD_LOG_HASH_SIZE];
    HeardScanResult result;

    if (!heard_segment_scan_init(&scan, bytes, size, &head)) {
        if (heard_segment_scan_resync(&scan))
            return fail(error, file, "the head of the segment is altered");
        return true; /* cut within the head: whole is 0 */
    }
    if (head.segment != number || memcmp(head.log_id, self->info.log_id, sizeof head.log_id) != 0 ||
        memcmp(head.prev_hash, self->prev_hash, sizeof head.prev_hash) != 0)
        return fail(error, file, "the segment does not follow the one before it");
    heard_chain_leaf(leaf, bytes, HEARD_LOG_SEGMENT_HEAD);
    g_byte_array_append(found->leaves, leaf, sizeof leaf);
    found->whole = HEARD_LOG_SEGMENT_HEAD;
    found->trailer.segment = number;
    found->trailer.first_us = found->trailer.last_us = head.start_us;
    memcpy(found->trailer.prev_hash, self->prev_hash, HEARD_LOG_HASH_SIZE);
    while ((result = heard_segment_scan_next(&scan)) == HEARD_SCAN_CHUNK) {
        if (scan.chunk.index != found->trailer.chunk_count)
            return fail(error, file, "a chunk is missing");
        found_chunk(found, &scan);
    }
    if (result == HEARD_SCAN_TRAILER) {
        found->has_trailer = true;
        found->trailer = scan.trailer;
        heard_chain_sha256(found->trailer_hash, scan.frame, scan.frame_size);
        if (scan.offset != size)
            return fail(error, file, "bytes follow the trailer");
    }
    if (result == HEARD_SCAN_BROKEN && heard_segment_scan_resync(&scan))
        return fail(error, file, "a chunk is altered before the end of the segment");
    return true;
}

static bool end_segment(const char *file, Found *found, int64_t wall_ms, int64_t torn,
                        GError **error)
{
    g_autofree uint8_t *bytes = NULL;
    size_t size = heard_log_trailer_size(found->trailer.chunk_count);

    found->trailer.flags = HEARD_TRAILER_LAST | HEARD_TRAILER_RECOVERED;
    found->trailer.data_bytes = found->whole;
    found->trailer.end_wall_ms = wall_ms;
    found->trailer.torn_bytes = (uint64_t)torn;
    heard_chain_root(found->trailer.root, found->leaves->data, found->trailer.chunk_count + 1);
    bytes = g_malloc(size);
    heard_log_encode_trailer(bytes, &found->trailer, found->leaves->data);
    heard_chain_sha256(found->trailer_hash, bytes, size);
    return append_file(file, found->whole, bytes, size, error);
}

/* *ret_more is false when this was the last one. */
static bool recover_segment(Recovery *self, uint32_t number, bool *ret_more, GError **error)
{
    g_autofree char *file = heard_log_segment_path(self->path, number);
    g_autoptr(GByteArray) leaves = g_byte_array_new();
    g_autofree char *bytes = NULL;
    g_autoptr(GError) missing = NULL;
    Found found = {.leaves = leaves};
    char hex[HEARD_CHAIN_HEX_SIZE];
    int64_t torn = 0;
    size_t size;

    *ret_more = false;
    bytes = heard_disk_read(file, SIZE_MAX / 2, &size, &missing);
    if (!bytes && heard_error_code(missing) == HEARD_ERROR_NOT_FOUND)
        return true;
    if (!bytes) {
        g_propagate_error(error, g_steal_pointer(&missing));
        return false;
    }
    if (!scan_segment(self, file, number, (const uint8_t *)bytes, size, &found, error))
        return false;
    if (found.whole < size && !found.has_trailer &&
        !set_tail_aside(file, found.whole, &torn, error))
        return false;
    self->torn_bytes += torn;
    if (found.whole == 0) /* never held anything */
        return unlink(file) == 0 || fail(error, file, g_strerror(errno));
    if (!found.has_trailer && !end_segment(file, &found, self->wall_ms, torn, error))
        return false;
    *ret_more = true;
    self->segments = number;
    self->records += found.trailer.record_count;
    self->last_us = found.trailer.last_us;
    memcpy(self->prev_hash, found.trailer_hash, HEARD_LOG_HASH_SIZE);
    if (!g_hash_table_contains(self->noted, GINT_TO_POINTER((int)number))) {
        heard_chain_to_hex(hex, found.trailer_hash);
        add_line(self, "segment",
                 json_pack("{s:I, s:s, s:I, s:I}", "segment", (json_int_t)number, "trailer", hex,
                           "chunks", (json_int_t)found.trailer.chunk_count, "records",
                           (json_int_t)found.trailer.record_count));
    }
    return true;
}

/* Another key than the log began with brings its certificate. */
static char *make_seal(const Recovery *self)
{
    uint8_t bytes[HEARD_CHECKPOINT_SIZE];
    g_autofree char *signature = NULL;
    const char *certificate;

    if (!self->signer)
        return heard_journal_seal_text(&self->journal, NULL, NULL);
    heard_journal_checkpoint(&self->journal, self->info.log_id, bytes);
    signature = heard_signer_sign(self->signer, bytes, sizeof(bytes));
    certificate = heard_signer_certificate(self->signer);
    if (g_strcmp0(certificate, self->info.signer) == 0)
        certificate = NULL;
    return heard_journal_seal_text(&self->journal, signature, certificate);
}

static bool write_end(Recovery *self, GError **error)
{
    g_autofree char *journal_path = g_build_filename(self->path, "journal.jsonl", NULL);
    g_autofree char *seal_path = g_build_filename(self->path, "seal.json", NULL);
    g_autofree char *seal = NULL;

    if (!self->closed) {
        add_line(self, "recovered", json_pack("{s:I}", "torn_bytes", (json_int_t)self->torn_bytes));
        add_line(self, "close",
                 json_pack("{s:I, s:I}", "segments", (json_int_t)self->segments, "records",
                           (json_int_t)self->records));
        if (!append_file(journal_path, self->journal_size, self->new_lines->str,
                         self->new_lines->len, error))
            return false;
    }
    seal = make_seal(self);
    return heard_disk_replace(seal_path, seal, strlen(seal), error);
}

static bool recover(Recovery *self, GError **error)
{
    bool more = true;

    memcpy(self->prev_hash, self->info.hash, sizeof self->prev_hash);
    self->journal = self->info.journal;
    if (!read_journal(self, error))
        return false;
    for (uint32_t number = 1; more && !self->closed && number <= HEARD_LOG_SEGMENTS_MAX; number++)
        if (!recover_segment(self, number, &more, error))
            return false;
    return write_end(self, error);
}

static bool is_closed(const char *path, HeardRecoverReport *report)
{
    g_autofree char *file = g_build_filename(path, "seal.json", NULL);
    g_autofree char *text = NULL;
    size_t size;
    json_t *root;
    const char *head;

    text = heard_disk_read(file, HEARD_SEAL_MAX, &size, NULL);
    if (!text)
        return false;
    root = json_loadb(text, size, 0, NULL);
    head = json_string_value(json_object_get(root, "chain_head"));
    if (head)
        g_strlcpy(report->chain_head, head, sizeof report->chain_head);
    json_decref(root);
    return head != NULL;
}

/* The time of the last line; verify.h tells whether it may be believed. */
static int64_t closed_ms(const char *path)
{
    g_autofree char *file = g_build_filename(path, "journal.jsonl", NULL);
    g_autofree char *text = NULL;
    size_t size;
    char *line;
    json_t *fields;
    int64_t at_us;

    text = heard_disk_read(file, HEARD_JOURNAL_BYTES_MAX, &size, NULL);
    if (!text || size == 0)
        return 0;
    text[size - 1] = '\0'; /* the line feed */
    line = strrchr(text, '\n');
    fields = json_loads(line ? line + 1 : text, 0, NULL);
    at_us = json_integer_value(json_object_get(fields, "at_us"));
    json_decref(fields);
    return at_us / 1000;
}

void heard_recover_log(const char *path, const HeardSigner *signer, HeardRecoverReport *ret_report)
{
    g_autoptr(GError) error = NULL;
    Recovery self = {.path = path, .signer = signer, .wall_ms = heard_clock_wall_ms()};

    *ret_report = (HeardRecoverReport){.result = HEARD_RECOVER_FAILED, .path = path};
    if (!heard_log_info_read(&self.info, path, &error)) {
        g_strlcpy(ret_report->message, error->message, sizeof ret_report->message);
        return;
    }
    ret_report->started_wall_ms = self.info.started_wall_ms;
    if (is_closed(path, ret_report)) {
        ret_report->result = HEARD_RECOVER_CLEAN;
        ret_report->recorded_ms = closed_ms(path);
    } else {
        self.new_lines = g_string_new(NULL);
        self.noted = g_hash_table_new(NULL, NULL);
        if (recover(&self, &error)) {
            ret_report->result = HEARD_RECOVER_REPAIRED;
            heard_chain_to_hex(ret_report->chain_head, self.journal.head);
        } else {
            g_strlcpy(ret_report->message, error->message, sizeof ret_report->message);
            ret_report->no_room = heard_error_code(error) == HEARD_ERROR_STORAGE_FULL;
        }
        ret_report->recorded_ms = self.last_us / 1000;
        ret_report->torn_bytes = self.torn_bytes;
        g_string_free(self.new_lines, TRUE);
        g_hash_table_unref(self.noted);
    }
    heard_log_info_clear(&self.info);
}

/* A piece of the reserve each time: recovering again goes on where it stood. */
static void recover_with_reserve(HeardReserve *reserve, const char *path, const HeardSigner *signer,
                                 HeardRecoverReport *ret_report)
{
    unsigned pieces = 0;

    do
        heard_recover_log(path, signer, ret_report);
    while (ret_report->no_room && pieces++ < RESERVE_PIECES_MAX && heard_reserve_yield(reserve));
}

static void recover_hearing(HeardReserve *reserve, const char *hearing, const HeardSigner *signer,
                            HeardRecoverFunc func, void *data)
{
    g_autofree char *folder = g_build_filename(reserve->dir, hearing, NULL);
    g_autoptr(GDir) entries = g_dir_open(folder, 0, NULL);
    const char *recording;

    while (entries && (recording = g_dir_read_name(entries))) {
        g_autofree char *path = g_build_filename(folder, recording, NULL);
        g_autofree char *head = g_build_filename(path, "log.json", NULL);
        g_autofree char *ended = g_build_filename(path, HEARD_DESTRUCTION_FILE, NULL);
        HeardRecoverReport report;
        /* The crash came before the first byte, or not a log, or one that is to be no more. */
        if (access(head, F_OK) != 0 || access(ended, F_OK) == 0)
            continue;
        recover_with_reserve(reserve, path, signer, &report);
        report.hearing = hearing;
        report.recording = recording;
        func(&report, data);
    }
}

bool heard_recover_all(const char *dir, const HeardSigner *signer, HeardRecoverFunc func,
                       void *data, GError **error)
{
    g_autoptr(GDir) entries = NULL;
    const char *hearing;
    HeardReserve reserve;

    if (access(dir, F_OK) != 0 && errno == ENOENT)
        return true;
    entries = g_dir_open(dir, 0, error);
    if (!entries)
        return false;
    heard_reserve_init(&reserve, dir);
    while ((hearing = g_dir_read_name(entries)))
        recover_hearing(&reserve, hearing, signer, func, data);
    return true;
}
