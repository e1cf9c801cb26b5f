/* SPDX-License-Identifier: Apache-2.0 */
#include "recordings/statement.h"

#include "server/papers/paper.h"

#include <string.h>

enum { ROWS_MAX = 300, SPANS_MAX = 6 };

/* Of facts: both languages stand side by side. */
#define SAY(zh, en) HEARD_SAY(facts->language, zh, en)

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text ? text : "";
}

static int64_t number_of(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

/* ---- parts ---- */

typedef struct {
    const HeardDocumentFacts *facts;
    HeardDocumentKind kind;
} Document;

static const char *title_of(const HeardDocumentFacts *facts, HeardDocumentKind kind)
{
    return kind == HEARD_DOCUMENT_CERTIFICATE
               ? SAY("录音录像存证证书", "Certificate of a recording")
               : SAY("录音录像情况说明", "Statement on a recording");
}

static void fact(HeardPaper *paper, const char *name, char *value_take)
{
    heard_paper_fact(paper, name, value_take, false);
    g_free(value_take);
}

static void code(HeardPaper *paper, const char *name, const char *hex)
{
    g_autofree char *text = heard_document_grouped(hex);

    if (*hex)
        heard_paper_fact(paper, name, text, true);
}

static int64_t duration_ms(const HeardDocumentFacts *facts)
{
    return facts->report->duration_us / 1000;
}

static void draw_what(HeardPaper *paper, const HeardDocumentFacts *facts)
{
    const HeardVerifyReport *report = facts->report;

    fact(paper, SAY("录音录像编号", "Recording"), g_strdup(facts->number));
    if (facts->title)
        fact(paper, SAY("事　　项", "Matter"), g_strdup(facts->title));
    if (facts->office)
        fact(paper, SAY("主办单位", "Held by"), g_strdup(facts->office));
    fact(paper, SAY("开始时间", "Beginning"),
         heard_document_wall(facts->language, report->started_wall_ms));
    fact(paper, SAY("结束时间", "End"),
         heard_document_wall(facts->language, report->started_wall_ms + duration_ms(facts)));
    fact(paper, SAY("时　　长", "Length"),
         heard_document_length(facts->language, duration_ms(facts)));
    heard_paper_fact(paper, SAY("日志编号", "Log"), report->log_id, true);
}

static bool is_of_all(const json_t *gap)
{
    return !*text_of(gap, "participant");
}

/* What the whole recording lacks, by its time line, else by the journal. */
static GPtrArray *interruptions(const HeardDocumentFacts *facts)
{
    GPtrArray *rows = g_ptr_array_new_with_free_func((GDestroyNotify)json_decref);
    const json_t *gaps = facts->timeline ? json_object_get(facts->timeline, "gaps") : NULL;
    const json_t *gap;
    size_t at;

    json_array_foreach(gaps, at, gap) if (is_of_all(gap))
        g_ptr_array_add(rows, json_incref((json_t *)gap));
    for (unsigned i = 0; i < facts->report->finding_count; i++) {
        const HeardFinding *found = &facts->report->findings[i];
        bool is_pause = found->kind == HEARD_FINDING_PAUSED && !facts->timeline;
        if (!is_pause && found->kind != HEARD_FINDING_FAULT &&
            found->kind != HEARD_FINDING_RECOVERED)
            continue;
        g_ptr_array_add(
            rows,
            json_pack(
                "{s:I, s:I, s:s, s:s}", "from_ms", (json_int_t)(found->from_us / 1000), "to_ms",
                (json_int_t)(found->to_us >= 0 ? found->to_us / 1000 : found->from_us / 1000),
                "reason", found->kind == HEARD_FINDING_RECOVERED ? "recovered" : found->detail,
                "note", is_pause ? "" : "system"));
    }
    return rows;
}

static void draw_interruption(HeardPaper *paper, const HeardDocumentFacts *facts, unsigned number,
                              const json_t *row)
{
    int64_t from_ms = number_of(row, "from_ms"), to_ms = number_of(row, "to_ms");
    g_autofree char *count = g_strdup_printf("%u", number);
    g_autofree char *from = heard_document_clock(from_ms);
    g_autofree char *to = heard_document_clock(to_ms);
    g_autofree char *at = heard_document_wall_since(facts->language, facts->report->started_wall_ms,
                                                    facts->report->started_wall_ms + from_ms);
    g_autofree char *when =
        g_strdup_printf(SAY("%s 至 %s\n（%s 起）", "%s to %s\n(from %s)"), from, to, at);
    g_autofree char *how_long = heard_document_length(facts->language, to_ms - from_ms);
    const char *note = text_of(row, "note");
    const char *cells[] = {count, when, how_long,
                           heard_document_reason(facts->language, text_of(row, "reason")),
                           *note ? heard_document_reason(facts->language, note) : "—"};

    heard_paper_row(paper, cells);
}

static void draw_interruptions(HeardPaper *paper, const HeardDocumentFacts *facts)
{
    static const char *const heads[][5] = {
        {"序号", "起止（录制时间）", "时长", "原因", "说明"},
        {"No.", "From, to (recording time)", "Length", "Reason", "Remark"}};
    static const unsigned widths[] = {80, 350, 150, 200, 220};
    g_autoptr(GPtrArray) rows = interruptions(facts);

    if (rows->len == 0) {
        heard_paper_text(paper, SAY("自开始至结束连续录制，没有中断。",
                                    "It was recorded from beginning to end without a break."));
        return;
    }
    heard_paper_table(paper, heads[facts->language], widths, G_N_ELEMENTS(widths));
    for (guint i = 0; i < MIN(rows->len, ROWS_MAX); i++)
        draw_interruption(paper, facts, i + 1, rows->pdata[i]);
    if (rows->len > ROWS_MAX)
        heard_paper_text(paper, SAY("其余中断详见录音录像时间线。",
                                    "The other breaks stand in the time line of the recording."));
}

static char *presence(const HeardDocumentFacts *facts, const json_t *person)
{
    const json_t *spans = json_object_get(person, "present");
    GString *text = g_string_new(NULL);
    const json_t *span;
    size_t at;

    json_array_foreach(spans, at, span)
    {
        g_autofree char *from = heard_document_clock(json_integer_value(json_array_get(span, 0)));
        g_autofree char *to = heard_document_clock(json_integer_value(json_array_get(span, 1)));
        if (at == SPANS_MAX) {
            g_string_append_printf(text, SAY("\n等共 %zu 段", "\nand more, %zu in all"),
                                   json_array_size(spans));
            break;
        }
        g_string_append_printf(text, SAY("%s%s 至 %s", "%s%s to %s"), at > 0 ? "\n" : "", from, to);
    }
    return g_string_free(text, FALSE);
}

/* Who was there by the office's own list, with or without a camera. */
static void draw_attendance(HeardPaper *paper, const HeardDocumentFacts *facts)
{
    static const char *const heads[][4] = {{"姓名", "身份", "单位", "到场与离场"},
                                           {"Name", "Part", "Unit", "Came and left"}};
    static const unsigned widths[] = {180, 160, 360, 300};
    int64_t started_ms = facts->report->started_wall_ms;
    const json_t *person;
    size_t at;

    heard_paper_heading(paper, SAY("二、参加人员", "2. Attendance"));
    heard_paper_table(paper, heads[facts->language], widths, G_N_ELEMENTS(widths));
    json_array_foreach(facts->attendance, at, person)
    {
        int64_t left_ms = number_of(person, "left_ms");
        g_autofree char *joined =
            heard_document_wall_since(facts->language, started_ms, number_of(person, "joined_ms"));
        g_autofree char *left =
            left_ms ? heard_document_wall_since(facts->language, started_ms, left_ms)
                    : g_strdup(SAY("结束", "the end"));
        g_autofree char *when = g_strdup_printf(SAY("%s 至 %s", "%s to %s"), joined, left);
        const char *unit = text_of(person, "unit");
        const char *cells[] = {text_of(person, "name"),
                               heard_document_role(facts->language, text_of(person, "role")),
                               *unit ? unit : "—", when};
        if (at >= ROWS_MAX)
            break;
        heard_paper_row(paper, cells);
    }
}

static void draw_people(HeardPaper *paper, const HeardDocumentFacts *facts)
{
    static const char *const heads[][4] = {{"姓名", "身份", "单位", "在场（录制时间）"},
                                           {"Name", "Part", "Unit", "Present (recording time)"}};
    static const unsigned widths[] = {180, 160, 340, 320};
    const json_t *people =
        facts->timeline ? json_object_get(facts->timeline, "participants") : NULL;
    const json_t *person;
    size_t at;

    if (json_array_size(people) == 0) {
        heard_paper_text(paper,
                         SAY("时间线中没有人员的记录。", "The time line has nobody on record."));
        return;
    }
    heard_paper_table(paper, heads[facts->language], widths, G_N_ELEMENTS(widths));
    json_array_foreach(people, at, person)
    {
        g_autofree char *present = presence(facts, person);
        const char *name = text_of(person, "name"), *unit = text_of(person, "unit");
        const char *cells[] = {*name ? name : SAY("（未登记）", "(not registered)"),
                               heard_document_role(facts->language, text_of(person, "role")),
                               *unit ? unit : "—", present};
        if (at >= ROWS_MAX)
            break;
        heard_paper_row(paper, cells);
    }
}

/* What one person's stream lacks: by person, medium and reason together. */
typedef struct {
    const char *participant, *source, *reason;
    int64_t ms, packets, count;
} Loss;

static GArray *losses_of(const json_t *gaps)
{
    GArray *losses = g_array_new(FALSE, FALSE, sizeof(Loss));
    const json_t *gap;
    size_t at;

    json_array_foreach(gaps, at, gap)
    {
        Loss loss = {
            text_of(gap, "participant"), text_of(gap, "source"),
            text_of(gap, "reason"),      number_of(gap, "to_ms") - number_of(gap, "from_ms"),
            number_of(gap, "packets"),   1};
        guint i = 0;
        if (is_of_all(gap) || loss.packets == 0)
            continue;
        for (; i < losses->len; i++) {
            Loss *one = &g_array_index(losses, Loss, i);
            if (strcmp(one->participant, loss.participant) == 0 &&
                strcmp(one->source, loss.source) == 0 && strcmp(one->reason, loss.reason) == 0) {
                one->ms += loss.ms;
                one->packets += loss.packets;
                one->count++;
                break;
            }
        }
        if (i == losses->len && i < ROWS_MAX)
            g_array_append_val(losses, loss);
    }
    return losses;
}

static const char *name_of(const json_t *timeline, const char *participant)
{
    const json_t *person;
    size_t at;

    json_array_foreach(json_object_get(timeline, "participants"), at,
                       person) if (strcmp(text_of(person, "id"), participant) == 0 &&
                                   *text_of(person, "name")) return text_of(person, "name");
    return participant;
}

static void draw_losses(HeardPaper *paper, const HeardDocumentFacts *facts)
{
    static const char *const heads[][6] = {
        {"姓名", "内容", "次数", "累计时长", "数据包", "原因"},
        {"Name", "What", "Times", "Length in all", "Packets", "Reason"}};
    static const unsigned widths[] = {180, 140, 110, 190, 140, 240};
    const HeardVerifyReport *report = facts->report;
    const json_t *gaps = facts->timeline ? json_object_get(facts->timeline, "gaps") : NULL;
    g_autoptr(GArray) losses = losses_of(gaps);
    g_autofree char *total =
        report->lost ? g_strdup_printf(
                           SAY("未收到的数据包共 %" G_GUINT64_FORMAT
                               " 个，均在日志中逐一注明；缺失处不作补造。",
                               "Packets that never arrived: %" G_GUINT64_FORMAT
                               ". Each is noted in the log; nothing was made up in their place."),
                           report->lost)
                     : g_strdup(SAY("未收到的数据包共 0 个。", "No packet failed to arrive."));

    heard_paper_text(paper, total);
    if (losses->len == 0)
        return;
    heard_paper_table(paper, heads[facts->language], widths, G_N_ELEMENTS(widths));
    for (guint i = 0; i < losses->len; i++) {
        const Loss *loss = &g_array_index(losses, Loss, i);
        g_autofree char *count = g_strdup_printf("%" G_GINT64_FORMAT, (gint64)loss->count);
        g_autofree char *packets = g_strdup_printf("%" G_GINT64_FORMAT, (gint64)loss->packets);
        g_autofree char *how_long = heard_document_length(facts->language, loss->ms);
        const char *cells[] = {name_of(facts->timeline, loss->participant),
                               heard_document_source(facts->language, loss->source),
                               count,
                               how_long,
                               packets,
                               heard_document_reason(facts->language, loss->reason)};
        heard_paper_row(paper, cells);
    }
}

static void draw_proof(HeardPaper *paper, const HeardDocumentFacts *facts)
{
    static const char *const results[][4] = {
        {"完好，未发现改动", "不完好：发现改动或缺失", "已依规销毁，销毁证明有效",
         "本机部分完好；分段保存在第二存储处，未在此核验"},
        {"intact, nothing was found altered", "not intact: something is altered or missing",
         "destroyed by the rules, the certificate of destruction is good",
         "intact as far as it is here; the segments are at the second place, not checked here"}};
    const HeardVerifyReport *report = facts->report;
    g_autofree char *size = heard_document_size(report->bytes);

    fact(paper, SAY("校验结论", "Result"), g_strdup(results[facts->language][report->result]));
    fact(paper, SAY("内　　容", "Contents"),
         g_strdup_printf(
             SAY("分段 %" G_GUINT64_FORMAT "，数据块 %" G_GUINT64_FORMAT "，记录 %" G_GUINT64_FORMAT
                 "，日志 %" G_GUINT64_FORMAT " 行，%s",
                 "Segments: %" G_GUINT64_FORMAT "; chunks: %" G_GUINT64_FORMAT
                 "; records: %" G_GUINT64_FORMAT "; journal lines: %" G_GUINT64_FORMAT "; %s"),
             report->segments, report->chunks, report->records, report->journal_lines, size));
    code(paper, SAY("完整性校验值\n（SHA-256）", "Integrity value\n(SHA-256)"), report->chain_head);
    code(paper, SAY("封存清单\n（SHA-256）", "Seal (SHA-256)"), facts->seal_sha256);
    code(paper, SAY("封存清单\n（SM3）", "Seal (SM3)"), facts->seal_sm3);
    if (report->signer_fingerprint[0]) {
        fact(paper, SAY("签 名 者", "Signed by"),
             g_strdup_printf(SAY("%s（%s，有效签名 %" G_GUINT64_FORMAT " 个）",
                                 "%s (%s, good signatures: %" G_GUINT64_FORMAT ")"),
                             report->signer, report->signer_algorithm, report->signatures));
        code(paper, SAY("证书指纹\n（SHA-256）", "Certificate\n(SHA-256)"),
             report->signer_fingerprint);
    } else {
        fact(paper, SAY("签 名 者", "Signed by"), g_strdup(SAY("没有签名", "nobody")));
    }
    if (report->timestamp_ms) {
        g_autofree char *when = heard_document_wall(facts->language, report->timestamp_ms);
        fact(paper, SAY("时 间 戳", "Time-stamp"),
             g_strdup_printf(SAY("%s（%s）", "%s (%s)"), when, report->authority));
    } else {
        fact(paper, SAY("时 间 戳", "Time-stamp"), g_strdup(SAY("无", "none")));
    }
    if (report->hourly_stamps) {
        g_autofree char *when = heard_document_wall(facts->language, report->hourly_ms);
        fact(paper, SAY("录制中时间戳", "While it ran"),
             g_strdup_printf(SAY("%" G_GUINT64_FORMAT " 个，最后一个 %s",
                                 "time-stamps: %" G_GUINT64_FORMAT ", the last of %s"),
                             report->hourly_stamps, when));
    }
}

static void draw_faults(HeardPaper *paper, const HeardDocumentFacts *facts)
{
    if (facts->report->result == HEARD_VERIFY_ALTERED)
        heard_paper_text(paper,
                         SAY("校验发现改动或缺失，明细以 heard verify 的输出为准，请技术人员核查。",
                             "The check found something altered or missing; heard verify tells "
                             "what: have it looked into."));
}

static void draw_statement(HeardPaper *paper, const HeardDocumentFacts *facts)
{
    static const char *const names[][4] = {
        {"书记员（签名）：", "主持人（签名）：", "日　期：", "日　期："},
        {"Clerk:", "Presiding officer:", "Date:", "Date:"}};
    g_autofree char *in_zone = heard_document_zone(facts->report->started_wall_ms);
    g_autofree char *clock = g_strdup_printf(
        SAY("本说明由系统根据已封存的录音录像日志生成，供归入案卷。所列钟点均为 %s 时间；"
            "“录制时间”自录音录像开始时起算。",
            "Made by the system from the sealed log of the recording, for the case file. Times of "
            "day are %s; recording time counts from the beginning of the recording. Names, units "
            "and notes stand as they were written. The Chinese statement is the authoritative "
            "one."),
        in_zone);

    heard_paper_title(paper, title_of(facts, HEARD_DOCUMENT_STATEMENT));
    heard_paper_under_title(paper, facts->number);
    heard_paper_text(paper, clock);
    heard_paper_heading(paper, SAY("一、基本情况", "1. The recording"));
    draw_what(paper, facts);
    if (json_array_size(facts->attendance) > 0) {
        draw_attendance(paper, facts);
        heard_paper_space(paper, 6);
        heard_paper_text(paper, SAY("录音录像中有其声音或画面的：",
                                    "Whose sound or picture is in the recording:"));
    } else {
        heard_paper_heading(paper, SAY("二、录音录像中的人员", "2. People in the recording"));
    }
    draw_people(paper, facts);
    heard_paper_heading(paper, SAY("三、中断情况", "3. Interruptions"));
    draw_interruptions(paper, facts);
    heard_paper_heading(paper, SAY("四、缺失与故障", "4. Losses and faults"));
    draw_losses(paper, facts);
    draw_faults(paper, facts);
    heard_paper_heading(paper, SAY("五、完整性", "5. Integrity"));
    draw_proof(paper, facts);
    heard_paper_heading(paper, SAY("六、需要说明的其他情况", "6. Anything else to be stated"));
    heard_paper_space(paper, 64);
    heard_paper_signatures(paper, names[facts->language], G_N_ELEMENTS(names[0]));
}

static int64_t paused_ms(const HeardDocumentFacts *facts, unsigned *ret_count)
{
    g_autoptr(GPtrArray) rows = interruptions(facts);
    int64_t total = 0;

    for (guint i = 0; i < rows->len; i++)
        total += number_of(rows->pdata[i], "to_ms") - number_of(rows->pdata[i], "from_ms");
    *ret_count = rows->len;
    return total;
}

static void draw_certificate(HeardPaper *paper, const HeardDocumentFacts *facts)
{
    static const char *const names[][4] = {
        {"书记员（签名）：", "日　期：", "当事人（签名）：", "日　期："},
        {"Clerk:", "Date:", "Party:", "Date:"}};
    unsigned count = 0;
    int64_t paused = paused_ms(facts, &count);
    g_autofree char *how_long = heard_document_length(facts->language, paused);
    bool is_intact = facts->report->result == HEARD_VERIFY_INTACT;
    g_autofree char *text = g_strdup_printf(
        SAY("兹证明：下列录音录像自形成时起即加密封存，逐段计算校验值并签名；经校验%s。",
            "It is certified that the recording below was encrypted and sealed from its beginning, "
            "each segment hashed and signed. The check found it %s."),
        is_intact ? SAY("完好，未发现改动", "intact, with nothing altered")
                  : SAY("不完好，详见录音录像情况说明", "not intact: see the statement"));

    heard_paper_title(paper, title_of(facts, HEARD_DOCUMENT_CERTIFICATE));
    heard_paper_under_title(paper, facts->number);
    heard_paper_text(paper, text);
    heard_paper_space(paper, 6);
    draw_what(paper, facts);
    fact(paper, SAY("中　　断", "Interruptions"),
         count ? g_strdup_printf(SAY("%u 次，合计%s（原因见情况说明）",
                                     "%u, %s in all (reasons: see the statement)"),
                                 count, how_long)
               : g_strdup(SAY("无", "none")));
    draw_proof(paper, facts);
    heard_paper_space(paper, 8);
    heard_paper_text(
        paper,
        SAY("核对方法：在保存录音录像的文件夹上运行 heard verify，所得完整性校验值、证书指纹应与"
            "本证书一致；不需要服务器和密钥。对录音录像有异议的，以上述校验为准。",
            "How to check: run heard verify on the folder of the recording. Its integrity value "
            "and "
            "certificate must be those above; neither a server nor a key is needed. Where the "
            "recording is disputed, that check decides. The Chinese certificate is the "
            "authoritative one."));
    heard_paper_text(paper, SAY("当事人签名，表示对上列完整性校验值没有异议；不签名不影响本证书。",
                                "A party who signs does not dispute the integrity value above; the "
                                "certificate holds without that signature."));
    heard_paper_signatures(paper, names[facts->language], G_N_ELEMENTS(names[0]));
}

static void draw(HeardPaper *paper, void *data)
{
    const Document *document = data;

    if (document->kind == HEARD_DOCUMENT_CERTIFICATE)
        draw_certificate(paper, document->facts);
    else
        draw_statement(paper, document->facts);
}

bool heard_document_write(const char *path, HeardDocumentKind kind, const HeardDocumentFacts *facts,
                          GError **error)
{
    Document document = {facts, kind};
    g_autofree char *made = heard_document_wall(facts->language, facts->made_ms);
    g_autofree char *footer =
        g_strdup_printf(SAY("%s　生成于 %s", "%s · made on %s"), facts->number, made);

    return heard_paper_write(path, title_of(facts, kind), footer,
                             facts->language == HEARD_DOCUMENT_EN, draw, &document, error);
}
