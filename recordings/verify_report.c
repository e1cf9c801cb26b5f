/* SPDX-License-Identifier: Apache-2.0 */
#include "recordings/commands.h"
#include "recordings/verify.h"

#include <stdio.h>
#include <string.h>

enum { TRACKS_TOLD_MAX = 12 };

typedef struct {
    const char *name, *en, *zh;
} FindingText;

static const FindingText texts[HEARD_FINDING_COUNT_MAX] = {
    [HEARD_FINDING_LOG_JSON] = {"log_json", "log.json is altered or missing",
                                "log.json 已被改动或缺失"},
    [HEARD_FINDING_JOURNAL] = {"journal", "the journal is altered", "日志链已被改动"},
    [HEARD_FINDING_SEAL] = {"seal", "seal.json does not fit the journal", "封存文件与日志链不符"},
    [HEARD_FINDING_NOT_ENDED] =
        {"not_ended", "the recording has no end: still running, or not recovered after a crash",
         "录音录像没有结束标记：仍在进行，或故障后尚未恢复"},
    [HEARD_FINDING_SEGMENT_MISSING] = {"segment_missing", "a segment is missing", "缺少分段"},
    [HEARD_FINDING_SEGMENT_HEAD] = {"segment_head", "the head of a segment is altered",
                                    "分段头已被改动"},
    [HEARD_FINDING_SEGMENT_CHAIN] = {"segment_chain", "a segment does not follow the one before it",
                                     "分段与前一段不相连"},
    [HEARD_FINDING_CHUNK] = {"chunk", "a chunk is altered", "数据块已被改动"},
    [HEARD_FINDING_CHUNK_MISSING] = {"chunk_missing", "a chunk is missing", "缺少数据块"},
    [HEARD_FINDING_TRAILER] = {"trailer", "the trailer of a segment is altered or missing",
                               "分段尾已被改动或缺失"},
    [HEARD_FINDING_ROOT] = {"root", "the Merkle root does not fit", "默克尔根不符"},
    [HEARD_FINDING_COUNT] = {"count", "the counts do not fit", "计数不符"},
    [HEARD_FINDING_TRAILING] = {"trailing", "bytes that do not belong there", "存在多余的字节"},
    [HEARD_FINDING_SIGNATURE] = {"signature", "a signature is missing or wrong", "签名缺失或不符"},
    [HEARD_FINDING_SIGNER] = {"signer", "the certificate of who signed is not good",
                              "签名者的证书无效"},
    [HEARD_FINDING_TIMESTAMP] = {"timestamp", "the time-stamp is not good", "时间戳无效"},
    [HEARD_FINDING_DESTRUCTION] = {"destruction", "the certificate of destruction is not good",
                                   "销毁证明无效"},
    [HEARD_FINDING_EXCERPT] = {"excerpt", "what excerpt.json says is not so",
                               "片段说明（excerpt.json）与内容不符"},
    [HEARD_FINDING_RECOVERED] = {"recovered",
                                 "the server stopped here; the log was ended at the next start",
                                 "服务器在此处中断，重新启动后完成封存"},
    [HEARD_FINDING_PAUSED] = {"paused", "paused", "暂停"},
    [HEARD_FINDING_FAULT] = {"fault", "the disk refused to write", "磁盘写入故障"},
    [HEARD_FINDING_LOST] = {"lost", "packets that never arrived", "未收到的数据包"},
    [HEARD_FINDING_HOLE] = {"hole", "nothing was written", "没有写入任何内容"},
    [HEARD_FINDING_EXTRA_FILE] = {"extra_file", "a file that is not part of the log",
                                  "不属于录音录像的文件"},
    [HEARD_FINDING_DESTROYING] = {"destroying",
                                  "its destruction is ordered, but not carried out yet",
                                  "已批准销毁，尚未执行完毕"},
    [HEARD_FINDING_UNSIGNED] = {"unsigned",
                                "nobody signed: whether it was made anew as a whole "
                                "can't be told from the files alone",
                                "没有签名：仅凭文件无法判断是否被整体重新制作"},
};

bool heard_finding_is_fault(HeardFindingKind kind)
{
    return kind < HEARD_FINDING_RECOVERED;
}

void heard_verify_report_free(HeardVerifyReport *self)
{
    if (self)
        heard_noted_tracks_free(self->tracks);
    g_free(self);
}

/* Something was altered at a time that is known: it may be of these. */
static const HeardNotedTrack *next_track(const HeardVerifyReport *self, const HeardFinding *finding,
                                         unsigned *index)
{
    bool is_content =
        finding->kind == HEARD_FINDING_CHUNK || finding->kind == HEARD_FINDING_CHUNK_MISSING;

    if (!is_content || !self->tracks || finding->from_us < 0)
        return NULL;
    return heard_noted_tracks_next(self->tracks, finding->from_us, finding->to_us, index);
}

/* NULL: none. */
static json_t *tracks_to_json(const HeardVerifyReport *self, const HeardFinding *finding)
{
    const HeardNotedTrack *track;
    json_t *list = NULL;

    for (unsigned i = 0; (track = next_track(self, finding, &i));) {
        if (!list)
            list = json_array();
        json_array_append_new(list, json_pack("{s:I, s:s, s:s}", "track", (json_int_t)track->track,
                                              "source", track->source, "participant",
                                              track->participant));
    }
    return list;
}

static json_t *excerpt_to_json(const HeardVerifyReport *self)
{
    const HeardExcerpt *excerpt = &self->excerpt;

    return json_pack("{s:I, s:I, s:I, s:I, s:I}", "from_ms", (json_int_t)excerpt->from_ms, "to_ms",
                     (json_int_t)excerpt->to_ms, "first_segment",
                     (json_int_t)excerpt->first_segment, "last_segment",
                     (json_int_t)excerpt->last_segment, "log_segments",
                     (json_int_t)self->log_segments);
}

json_t *heard_verify_report_to_json(const HeardVerifyReport *self)
{
    static const char *const results[] = {"intact", "altered", "destroyed", "elsewhere"};
    json_t *findings = json_array();

    for (unsigned i = 0; i < self->finding_count; i++) {
        const HeardFinding *finding = &self->findings[i];
        json_t *item = json_pack("{s:s, s:b, s:s, s:I}", "kind", texts[finding->kind].name, "fault",
                                 heard_finding_is_fault(finding->kind), "detail", finding->detail,
                                 "number", (json_int_t)finding->number);
        if (finding->segment > 0)
            json_object_set_new(item, "segment", json_integer(finding->segment));
        if (finding->chunk >= 0)
            json_object_set_new(item, "chunk", json_integer(finding->chunk));
        if (finding->from_us >= 0)
            json_object_set_new(item, "from_ms", json_integer(finding->from_us / 1000));
        if (finding->to_us >= 0)
            json_object_set_new(item, "to_ms", json_integer(finding->to_us / 1000));
        json_t *tracks = tracks_to_json(self, finding);
        if (tracks)
            json_object_set_new(item, "tracks", tracks);
        json_array_append_new(findings, item);
    }
    json_t *root = json_pack(
        "{s:s, s:s, s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:o, s:I,"
        " s:s, s:s, s:s, s:I, s:I, s:s, s:I}",
        "result", results[self->result], "hearing", self->hearing, "recording", self->recording,
        "log_id", self->log_id, "chain_head", self->chain_head, "started_wall_ms",
        (json_int_t)self->started_wall_ms, "duration_ms", (json_int_t)(self->duration_us / 1000),
        "bytes", (json_int_t)self->bytes, "segments", (json_int_t)self->segments, "chunks",
        (json_int_t)self->chunks, "records", (json_int_t)self->records, "lost_packets",
        (json_int_t)self->lost, "journal_lines", (json_int_t)self->journal_lines, "findings",
        findings, "findings_left_out", (json_int_t)self->finding_overflow, "signer", self->signer,
        "signer_fingerprint", self->signer_fingerprint, "signer_algorithm", self->signer_algorithm,
        "signatures", (json_int_t)self->signatures, "signed_ms",
        (json_int_t)(self->signed_us / 1000), "authority", self->authority, "timestamp_ms",
        (json_int_t)self->timestamp_ms);
    if (heard_excerpt_is_some(&self->excerpt))
        json_object_set_new(root, "excerpt", excerpt_to_json(self));
    if (self->away_segments > 0)
        json_object_set_new(root, "segments_elsewhere",
                            json_integer((json_int_t)self->away_segments));
    if (self->hourly_stamps > 0)
        json_object_set_new(root, "hourly_timestamps",
                            json_pack("{s:I, s:I, s:I}", "count", (json_int_t)self->hourly_stamps,
                                      "timestamp_ms", (json_int_t)self->hourly_ms, "upto_ms",
                                      (json_int_t)(self->hourly_us / 1000)));
    if (self->destroyed_ms != 0)
        json_object_set_new(root, "destroyed",
                            json_pack("{s:I, s:s, s:s, s:s, s:s}", "at_ms",
                                      (json_int_t)self->destroyed_ms, "certificate",
                                      self->destruction, "requested_by", self->requested_by,
                                      "confirmed_by", self->confirmed_by, "signer_fingerprint",
                                      self->destruction_fingerprint));
    return root;
}

static void append_time(GString *text, int64_t at_us)
{
    int64_t ms = at_us / 1000;

    g_string_append_printf(text, "%02d:%02d:%02d.%03d", (int)(ms / 3600000), (int)(ms / 60000 % 60),
                           (int)(ms / 1000 % 60), (int)(ms % 1000));
}

static const char *source_word(const char *source, bool zh)
{
    static const char *const words[][3] = {{"microphone", "麦克风", "microphone"},
                                           {"camera", "摄像头", "camera"},
                                           {"screen", "共享屏幕", "screen"}};

    for (unsigned i = 0; i < G_N_ELEMENTS(words); i++)
        if (strcmp(words[i][0], source) == 0)
            return words[i][zh ? 1 : 2];
    return source;
}

static void append_tracks(GString *text, const HeardVerifyReport *report,
                          const HeardFinding *finding, bool zh)
{
    const HeardNotedTrack *track;
    unsigned count = 0;

    for (unsigned i = 0; (track = next_track(report, finding, &i)); count++)
        if (count < TRACKS_TOLD_MAX)
            g_string_append_printf(text,
                                   zh ? "\n       可能涉及：轨道 %u，%s，参加人 %s"
                                      : "\n       may be of: track %u, %s of %s",
                                   track->track, source_word(track->source, zh),
                                   track->participant);
    if (count > TRACKS_TOLD_MAX)
        g_string_append_printf(
            text, zh ? "\n       等 %u 条轨道" : "\n       and others, %u tracks in all", count);
}

static void append_finding(GString *text, const HeardVerifyReport *report,
                           const HeardFinding *finding, bool zh)
{
    g_string_append(text, heard_finding_is_fault(finding->kind) ? "  !! " : "   - ");
    g_string_append(text, zh ? texts[finding->kind].zh : texts[finding->kind].en);
    if (finding->segment > 0)
        g_string_append_printf(text, zh ? "，分段 %u" : ", segment %u", finding->segment);
    if (finding->chunk >= 0)
        g_string_append_printf(
            text, zh ? "，数据块 %" G_GINT64_FORMAT : ", chunk %" G_GINT64_FORMAT, finding->chunk);
    if (finding->from_us >= 0) {
        g_string_append(text, zh ? "，时间 " : ", at ");
        append_time(text, finding->from_us);
        if (finding->to_us >= 0) {
            g_string_append(text, zh ? " 至 " : " to ");
            append_time(text, finding->to_us);
        }
    }
    if (finding->number > 0)
        g_string_append_printf(text, " (%" G_GINT64_FORMAT ")", finding->number);
    if (finding->detail[0])
        g_string_append_printf(text, ": %s", finding->detail);
    append_tracks(text, report, finding, zh);
    g_string_append_c(text, '\n');
}

/* The caller frees it. */
static char *wall_text(int64_t wall_ms)
{
    g_autoptr(GDateTime) at = g_date_time_new_from_unix_utc(wall_ms / 1000);
    char *text = at ? g_date_time_format(at, "%Y-%m-%d %H:%M:%S UTC") : NULL;

    return text ? text : g_strdup("?");
}

static void append_timestamp(const HeardVerifyReport *self, GString *text, bool zh)
{
    if (self->timestamp_ms != 0) {
        g_autofree char *when = wall_text(self->timestamp_ms);
        g_string_append_printf(text, "%s %s, %s\n", zh ? "时间戳：" : "time-stamp:", when,
                               self->authority);
    }
    if (self->hourly_stamps > 0) {
        g_autofree char *when = wall_text(self->hourly_ms);
        g_string_append_printf(text,
                               zh ? "录制中的时间戳：%" G_GUINT64_FORMAT " 个，最后一个 %s，至 "
                                  : "time-stamps while it ran: %" G_GUINT64_FORMAT
                                    ", the last %s, up to ",
                               self->hourly_stamps, when);
        append_time(text, self->hourly_us);
        g_string_append_c(text, '\n');
    }
}

static void append_destruction(const HeardVerifyReport *self, GString *text, bool zh)
{
    g_autofree char *when = wall_text(self->destroyed_ms);

    g_string_append_printf(
        text,
        zh ? "已依规销毁：%s，销毁证明 %s\n申请：%s，确认：%s\n销毁证明的证书指纹： %s\n"
           : "DESTROYED on %s by certificate %s\nrequested by: %s, confirmed by: "
             "%s\nthe certificate is signed by: %s\n",
        when, self->destruction, self->requested_by, self->confirmed_by,
        self->destruction_fingerprint);
}

static void append_signer(const HeardVerifyReport *self, GString *text, bool zh)
{
    if (!self->signer_fingerprint[0])
        return;
    g_string_append_printf(text,
                           zh ? "签名者：%s（%s），有效签名 %" G_GUINT64_FORMAT " 个，至 "
                              : "signed by: %s (%s), %" G_GUINT64_FORMAT " good signatures, up to ",
                           self->signer, self->signer_algorithm, self->signatures);
    append_time(text, self->signed_us);
    g_string_append_printf(text, "\n%s %s\n", zh ? "证书指纹：" : "certificate fingerprint:",
                           self->signer_fingerprint);
}

static void append_excerpt(const HeardVerifyReport *self, GString *text, bool zh)
{
    const HeardExcerpt *excerpt = &self->excerpt;

    g_string_append(text, zh ? "片段：" : "excerpt: ");
    append_time(text, excerpt->from_ms * 1000);
    g_string_append(text, " – ");
    append_time(text, excerpt->to_ms * 1000);
    g_string_append_printf(text,
                           zh ? "，分段 %u–%u，共 %" G_GUINT64_FORMAT " 段\n"
                              : ", segments %u–%u of %" G_GUINT64_FORMAT "\n",
                           excerpt->first_segment, excerpt->last_segment, self->log_segments);
}

static void append_result(const HeardVerifyReport *self, GString *text, bool zh)
{
    bool is_part = heard_excerpt_is_some(&self->excerpt);

    switch (self->result) {
    case HEARD_VERIFY_DESTROYED:
        append_destruction(self, text, zh);
        break;
    case HEARD_VERIFY_INTACT:
        if (is_part)
            g_string_append(text, zh ? "片段完好：未发现改动；这只是录音录像的一部分\n"
                                     : "INTACT EXCERPT: nothing in it was altered; it is only a "
                                       "part of the recording\n");
        else
            g_string_append(text, zh ? "完好：未发现改动\n" : "INTACT: nothing was altered\n");
        break;
    case HEARD_VERIFY_ELSEWHERE:
        g_string_append_printf(
            text,
            zh ? "分段保存在第二存储处：%" G_GUINT64_FORMAT
                 " 个分段在 %s，取回后方可完整核验；本机现有部分完好，未发现改动\n"
               : "KEPT AT THE SECOND PLACE: %" G_GUINT64_FORMAT
                 " segments are at %s and can be checked once they are brought back (heard copy "
                 "--restore); what is here was not altered\n",
            self->away_segments, self->away_place);
        break;
    case HEARD_VERIFY_ALTERED:
        g_string_append(text, zh ? "不完好：发现改动或缺失\n" : "ALTERED OR INCOMPLETE\n");
        break;
    }
    if (is_part)
        append_excerpt(self, text, zh);
}

char *heard_verify_report_to_text(const HeardVerifyReport *self, const char *language)
{
    bool zh = strcmp(language, "zh") == 0;
    GString *text = g_string_new(NULL);

    append_result(self, text, zh);
    g_string_append_printf(text, "%s %s / %s\n",
                           zh ? "听证 / 录音录像：" : "hearing / recording:", self->hearing,
                           self->recording);
    if (heard_excerpt_is_some(&self->excerpt))
        g_string_append(text, zh ? "整份录音录像的" : "whole recording: ");
    g_string_append(text, zh ? "时长：" : "duration: ");
    append_time(text, self->duration_us);
    g_string_append_printf(text,
                           zh ? "，分段 %" G_GUINT64_FORMAT "，数据块 %" G_GUINT64_FORMAT
                                "，记录 %" G_GUINT64_FORMAT "，丢失数据包 %" G_GUINT64_FORMAT "\n"
                              : ", segments %" G_GUINT64_FORMAT ", chunks %" G_GUINT64_FORMAT
                                ", records %" G_GUINT64_FORMAT ", packets lost %" G_GUINT64_FORMAT
                                "\n",
                           self->segments, self->chunks, self->records, self->lost);
    g_string_append_printf(text, "%s %s\n", zh ? "链首校验值：" : "chain head:", self->chain_head);
    append_signer(self, text, zh);
    append_timestamp(self, text, zh);
    for (unsigned i = 0; i < self->finding_count; i++)
        append_finding(text, self, &self->findings[i], zh);
    if (self->finding_overflow > 0)
        g_string_append_printf(text,
                               zh ? "  另有 %" G_GUINT64_FORMAT " 项未列出\n"
                                  : "  and %" G_GUINT64_FORMAT " more\n",
                               self->finding_overflow);
    return g_string_free(text, FALSE);
}

int heard_verify_main(int argc, char **argv)
{
    gboolean as_json = FALSE;
    g_autofree char *language = NULL;
    g_autofree char *ca_path = NULL;
    g_autofree char *tsa_path = NULL;
    HeardVerifyTrust trust;
    GOptionEntry options[] = {
        {"json", 0, 0, G_OPTION_ARG_NONE, &as_json, "print the report as JSON", NULL},
        {"lang", 0, 0, G_OPTION_ARG_STRING, &language, "zh or en (default: zh when LANG is)",
         "LANG"},
        {"ca", 0, 0, G_OPTION_ARG_FILENAME, &ca_path,
         "only who is certified by these may have signed (PEM)", "FILE"},
        {"tsa", 0, 0, G_OPTION_ARG_FILENAME, &tsa_path,
         "only who is certified by these may have time-stamped (PEM)", "FILE"},
        {NULL, 0, 0, 0, NULL, NULL, NULL}};
    g_autoptr(GOptionContext) context =
        g_option_context_new("DIR - check a recording, without server or key");
    g_autoptr(HeardVerifyReport) report = NULL;
    g_autoptr(GError) error = NULL;

    g_option_context_add_main_entries(context, options, NULL);
    if (!g_option_context_parse(context, &argc, &argv, &error) || argc != 2 ||
        (language && strcmp(language, "zh") != 0 && strcmp(language, "en") != 0)) {
        fprintf(stderr, "heard verify: %s\n",
                error ? error->message
                      : "usage: heard verify DIR [--json] [--lang zh|en] [--ca FILE] [--tsa FILE]");
        return 2;
    }
    if (!language)
        language = g_strdup(
            g_str_has_prefix(g_getenv("LANG") ? g_getenv("LANG") : "", "zh") ? "zh" : "en");
    trust = (HeardVerifyTrust){ca_path, tsa_path};
    report = heard_verify(argv[1], &trust, &error);
    if (!report) {
        fprintf(stderr, "heard verify: %s\n", error->message);
        return 2;
    }
    if (as_json) {
        json_t *root = heard_verify_report_to_json(report);
        json_dumpf(root, stdout, JSON_INDENT(2));
        putchar('\n');
        json_decref(root);
    } else {
        g_autofree char *text = heard_verify_report_to_text(report, language);
        fputs(text, stdout);
    }
    switch (report->result) {
    case HEARD_VERIFY_INTACT:
        return 0;
    case HEARD_VERIFY_ALTERED:
        return 1;
    case HEARD_VERIFY_DESTROYED:
        return 3;
    case HEARD_VERIFY_ELSEWHERE:
        return 4;
    }
    return 2;
}
