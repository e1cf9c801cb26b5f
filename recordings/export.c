/* SPDX-License-Identifier: Apache-2.0 */
#include "recordings/export.h"

#include "recordings/commands.h"
#include "recordings/log_reader.h"
#include "recordings/pcapng.h"
#include "recordings/track_info.h"
#include "server/base/error.h"

#include <stdio.h>
#include <string.h>

enum {
    TRACKS_BASE = 0x0a000000, /* 10.0.0.0 */
    TRACK_MASK = 0x7fffff,    /* below HEARD_PCAPNG_TO */
    LOG_ADDRESS = 0x0a7ffffe, /* 10.127.255.254 */
    RECORD_MAX = HEARD_LOG_PAYLOAD_MAX + 16,
};

static uint32_t address_of(uint32_t track)
{
    return track == 0 ? LOG_ADDRESS : TRACKS_BASE | (track & TRACK_MASK);
}

static void name_track(HeardPcapng *out, const HeardLogRecord *record)
{
    g_autofree char *name = NULL;
    HeardTrackInfo info;

    if (!heard_track_info_parse(&info, record->track, record->payload, record->size))
        return;
    name = g_strdup_printf("%s.%s.%s", info.participant, heard_track_source_name(info.source),
                           heard_track_codec_name(info.codec));
    heard_pcapng_name(out, address_of(record->track), name);
}

static void write_record(HeardPcapng *out, const HeardLogRecord *record, int64_t wall_us,
                         HeardExportCount *count)
{
    uint32_t from = address_of(record->track);
    const char *type = heard_log_type_name(record->type);
    char text[RECORD_MAX];
    size_t head;

    switch (record->type) {
    case HEARD_LOG_RTP:
        count->packets++;
        heard_pcapng_datagram(out, wall_us, from, HEARD_EXPORT_RTP_PORT, record->payload,
                              record->size);
        return;
    case HEARD_LOG_SR:
        count->reports++;
        heard_pcapng_datagram(out, wall_us, from, HEARD_EXPORT_RTCP_PORT, record->payload,
                              record->size);
        return;
    case HEARD_LOG_TRACK:
        name_track(out, record);
        break;
    default:
        break;
    }
    if (!type) /* of a later version */
        return;
    count->records++;
    head = (size_t)g_snprintf(text, sizeof(text), "%s ", type);
    memcpy(text + head, record->payload, record->size);
    heard_pcapng_datagram(out, wall_us, from, HEARD_EXPORT_RECORD_PORT, text, head + record->size);
}

bool heard_export_pcapng(const char *recording, const char *key_path, const char *path,
                         HeardExportCount *ret_count, GError **error)
{
    g_autoptr(HeardOrgKey) key = heard_org_key_load(key_path, error);
    g_autoptr(HeardLogReader) reader = key ? heard_log_reader_open(recording, key, error) : NULL;
    g_autofree char *comment = NULL;
    g_autoptr(HeardPcapng) out = NULL;
    const HeardLogInfo *info;
    HeardLogRecord record;

    *ret_count = (HeardExportCount){0};
    if (!reader)
        return false;
    info = heard_log_reader_info(reader);
    comment =
        g_strdup_printf("hearing %s, recording %s, log %s; RTP to port %d, sender reports to "
                        "%d, other records of the log to %d",
                        info->hearing, info->recording, info->log_id_text, HEARD_EXPORT_RTP_PORT,
                        HEARD_EXPORT_RTCP_PORT, HEARD_EXPORT_RECORD_PORT);
    out = heard_pcapng_new(path, comment, error);
    if (!out)
        return false;
    heard_pcapng_name(out, LOG_ADDRESS, "log");
    while (heard_log_reader_next(reader, &record))
        write_record(out, &record, info->started_wall_ms * 1000 + record.at_us, ret_count);
    ret_count->damaged = heard_log_reader_damaged(reader);
    return heard_pcapng_finish(out, error);
}

int heard_export_main(int argc, char **argv)
{
    g_autofree char *recording = NULL;
    g_autofree char *key_path = NULL;
    g_autofree char *out = NULL;
    GOptionEntry options[] = {
        {"recording", 0, 0, G_OPTION_ARG_FILENAME, &recording, "the recording's folder", "DIR"},
        {"key", 0, 0, G_OPTION_ARG_FILENAME, &key_path, "the organisation key", "FILE"},
        {"pcapng", 0, 0, G_OPTION_ARG_FILENAME, &out, "capture file to make (replaced if there)",
         "FILE"},
        {NULL, 0, 0, 0, NULL, NULL, NULL}};
    g_autoptr(GOptionContext) context =
        g_option_context_new("- a recording for other people's tools");
    g_autoptr(GError) error = NULL;
    HeardExportCount count;

    g_option_context_add_main_entries(context, options, NULL);
    if (!g_option_context_parse(context, &argc, &argv, &error) || argc != 1 || !recording ||
        !key_path || !out) {
        fprintf(stderr, "heard export: %s\n",
                error ? error->message
                      : "usage: heard export --recording DIR --key FILE --pcapng FILE");
        return 2;
    }
    if (!heard_export_pcapng(recording, key_path, out, &count, &error)) {
        fprintf(stderr, "heard export: %s: %s\n", heard_error_name(heard_error_code(error)),
                error->message);
        return 1;
    }
    printf("{\"packets\":%" G_GUINT64_FORMAT ",\"reports\":%" G_GUINT64_FORMAT
           ",\"records\":%" G_GUINT64_FORMAT ",\"damaged\":%" G_GUINT64_FORMAT "}\n",
           count.packets, count.reports, count.records, count.damaged);
    return 0;
}
