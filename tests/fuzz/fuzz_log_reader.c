/* SPDX-License-Identifier: Apache-2.0 */
#include "recordings/frames.h"
#include "recordings/log_reader.h"
#include "recordings/media_index.h"
#include "recordings/track_info.h"

#include <glib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void scan_segment(const uint8_t *data, size_t size)
{
    HeardSegmentScan scan;
    HeardSegmentHead head;
    HeardScanResult result;

    (void)heard_segment_scan_init(&scan, data, size, &head);
    do {
        size_t before = scan.offset;
        result = heard_segment_scan_next(&scan);
        if (result == HEARD_SCAN_BROKEN && !heard_segment_scan_resync(&scan))
            break;
        g_assert(scan.offset > before || result == HEARD_SCAN_END);
        g_assert(scan.offset <= size);
        if (result == HEARD_SCAN_TRAILER) {
            uint8_t root[HEARD_LOG_HASH_SIZE];
            heard_chain_root(root, scan.leaves, scan.trailer.chunk_count + 1);
        }
    } while (result != HEARD_SCAN_END);
}

/* What stands behind the seal may come from another version: it is read with care, too. */
static void read_records(const uint8_t *data, size_t size)
{
    HeardLogRecord record;
    HeardTrackInfo info;

    for (size_t at = 0, used; at < size; at += used) {
        used = heard_log_decode_record(data + at, size - at, &record);
        if (used == 0)
            break;
        g_assert(used <= size - at && record.size <= used);
    }
    (void)heard_track_info_parse(&info, 1, data, size);
}

static void put_frames(HeardCodec codec, const uint8_t *data, size_t size)
{
    g_autoptr(HeardFrames) frames = heard_frames_new(codec);
    HeardFrame frame;

    for (size_t at = 0; at + 2 < size;) {
        size_t length = MIN((size_t)data[at] + 1, size - at - 2);
        if (data[at + 1] & 0x80)
            heard_frames_lost(frames);
        if (heard_frames_put(frames, data + at + 2, length, data[at + 1] & 3, data[at + 1] & 0x40,
                             &frame))
            g_assert(frame.size > 0 || codec == HEARD_CODEC_OPUS);
        at += length + 2;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GError) error = NULL;
    HeardMediaIndex index;
    HeardLogInfo info;
    HeardJournalState journal = {0};
    json_t *fields = NULL;
    const char *why;

    if (size < 1)
        return 0;
    scan_segment(data, size);
    read_records(data, size);
    for (int codec = 0; codec < HEARD_CODEC_COUNT; codec++)
        put_frames((HeardCodec)codec, data, size);
    if (heard_media_index_webm(&index, data, size, size % 2, NULL))
        heard_media_index_clear(&index);
    if (heard_media_index_mp4(&index, data, size, NULL))
        heard_media_index_clear(&index);
    if (heard_log_info_parse(&info, (const char *)data, size, &error))
        heard_log_info_clear(&info);
    if (heard_journal_check(&journal, (const char *)data, size, &fields, &why))
        json_decref(fields);
    return 0;
}
