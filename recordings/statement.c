/* SPDX-License-Identifier: Apache-2.0 */
#include "recordings/statement.h"

#include "recordings/paper.h"

#include <string.h>

enum { ROWS_MAX = 300, SPANS_MAX = 6 };

typedef struct {
    const char *code, *zh;
} Word;

static const Word roles[] = {
    {"petitioner", "信访人"},    {"agent", "代理人"},
    {"department", "责任单位"},  {"lead_unit", "牵头单位"},
    {"presiding", "主持人"},     {"panelist", "听证员"},
    {"clerk", "书记员"},         {"mediator", "调解员"},
    {"interpreter", "翻译"},     {"witness", "证人"},
    {"observer", "旁听人员"},    {"supervisor", "督查人员"},
    {"case_lead", "案件负责人"}, {NULL, NULL},
};
static const Word reasons[] = {
    {"paused", "暂停录制"},
    {"recess", "休会"},
    {"officer", "主持人暂停录制"},
    {"network", "网络丢包或中断"},
    {"overrun", "服务器过载"},
    {"disk_full", "存储空间不足"},
    {"io_error", "存储读写故障"},
    {"muted", "话筒或摄像头关闭"},
    {"left", "离开"},
    {NULL, NULL},
};
static const Word sources[] = {
    {"microphone", "声音"}, {"camera", "画面"}, {"screen", "共享画面"}, {NULL, NULL}};

static const char *word(const Word *words, const char *code)
{
    for (; words->code; words++)
        if (strcmp(words->code, code) == 0)
            return words->zh;
    return code;
}

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text ? text : "";
}

static int64_t number_of(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

/* ---- times ---- */

/* "2026年11月28日 14:30:07", by the clock of the place. */
static char *wall(int64_t wall_ms)
{
    g_autoptr(GDateTime) at = g_date_time_new_from_unix_local(wall_ms / 1000);

    return at ? g_strdup_printf("%d年%d月%d日 %02d:%02d:%02d", g_date_time_get_year(at),
                                g_date_time_get_month(at), g_date_time_get_day_of_month(at),
                                g_date_time_get_hour(at), g_date_time_get_minute(at),
                                g_date_time_get_second(at))
              : g_strdup("—");
}

/* The hour only, on the day of the beginning. */
static char *wall_since(int64_t started_ms, int64_t wall_ms)
{
    g_autofree char *first = wall(started_ms);
    g_autofree char *at = wall(wall_ms);
    const char *hour = strrchr(at, ' ');

    if (hour && strncmp(first, at, (size_t)(hour - at)) == 0)
        return g_strdup(hour + 1);
    return g_steal_pointer(&at);
}

static char *zone(int64_t wall_ms)
{
    g_autoptr(GDateTime) at = g_date_time_new_from_unix_local(wall_ms / 1000);
    g_autofree char *offset = at ? g_date_time_format(at, "%:z") : NULL;

    return g_strdup_printf("UTC%s", offset ? offset : "");
}

/* "00:31:07" on the recording's clock. */
static char *clock_of(int64_t ms)
{
    return g_strdup_printf("%02d:%02d:%02d", (int)(ms / 3600000), (int)(ms / 60000 % 60),
                           (int)(ms / 1000 % 60));
}

/* "1小时2分3秒" */
static char *length(int64_t ms)
{
    GString *text = g_string_new(NULL);
    int64_t seconds = ms / 1000;

    if (seconds >= 3600)
        g_string_append_printf(text, "%d小时", (int)(seconds / 3600));
    if (seconds >= 60)
        g_string_append_printf(text, "%d分", (int)(seconds / 60 % 60));
    if (ms < 1000 && ms > 0)
        g_string_append(text, "不足1秒");
    else
        g_string_append_printf(text, "%d秒", (int)(seconds % 60));
    return g_string_free(text, FALSE);
}

static char *size_text(int64_t bytes)
{
    if (bytes >= 1000000000)
        return g_strdup_printf("%.2f GB", (double)bytes / 1e9);
    return bytes >= 1000000 ? g_strdup_printf("%.1f MB", (double)bytes / 1e6)
                            : g_strdup_printf("%.1f KB", (double)bytes / 1e3);
}

/* Groups of eight, four a line, which people can compare. */
static char *grouped(const char *hex)
{
    GString *text = g_string_new(NULL);

    for (size_t i = 0; hex[i]; i++) {
        if (i > 0 && i % 8 == 0)
            g_string_append_c(text, i % 32 == 0 ? '\n' : ' ');
        g_string_append_c(text, hex[i]);
    }
    return g_string_free(text, FALSE);
}

/* ---- parts ---- */

typedef struct {
    const HeardDocumentFacts *facts;
    HeardDocumentKind kind;
} Document;

static void fact(HeardPaper *paper, const char *name, char *value_take)
{
    heard_paper_fact(paper, name, value_take, false);
    g_free(value_take);
}

static void code(HeardPaper *paper, const char *name, const char *hex)
{
    g_autofree char *text = grouped(hex);

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

    fact(paper, "录音录像编号", g_strdup(facts->number));
    if (facts->title)
        fact(paper, "事　　项", g_strdup(facts->title));
    if (facts->office)
        fact(paper, "主办单位", g_strdup(facts->office));
    fact(paper, "开始时间", wall(report->started_wall_ms));
    fact(paper, "结束时间", wall(report->started_wall_ms + duration_ms(facts)));
    fact(paper, "时　　长", length(duration_ms(facts)));
    heard_paper_fact(paper, "日志编号", report->log_id, true);
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
            json_pack("{s:I, s:I, s:s, s:s}", "from_ms", (json_int_t)(found->from_us / 1000),
                      "to_ms",
                      (json_int_t)(found->to_us >= 0 ? found->to_us / 1000 : found->from_us / 1000),
                      "reason",
                      found->kind == HEARD_FINDING_RECOVERED ? "服务器中断，重新启动后完成封存"
                                                             : word(reasons, found->detail),
                      "note", is_pause ? "" : "系统记录"));
    }
    return rows;
}

static void draw_interruption(HeardPaper *paper, const HeardDocumentFacts *facts, unsigned number,
                              const json_t *row)
{
    int64_t from_ms = number_of(row, "from_ms"), to_ms = number_of(row, "to_ms");
    g_autofree char *count = g_strdup_printf("%u", number);
    g_autofree char *from = clock_of(from_ms);
    g_autofree char *to = clock_of(to_ms);
    g_autofree char *at =
        wall_since(facts->report->started_wall_ms, facts->report->started_wall_ms + from_ms);
    g_autofree char *when = g_strdup_printf("%s 至 %s\n（%s 起）", from, to, at);
    g_autofree char *how_long = length(to_ms - from_ms);
    const char *note = text_of(row, "note");
    const char *cells[] = {count, when, how_long, word(reasons, text_of(row, "reason")),
                           *note ? word(reasons, note) : "—"};

    heard_paper_row(paper, cells);
}

static void draw_interruptions(HeardPaper *paper, const HeardDocumentFacts *facts)
{
    static const char *const heads[] = {"序号", "起止（录制时间）", "时长", "原因", "说明"};
    static const unsigned widths[] = {80, 350, 150, 200, 220};
    g_autoptr(GPtrArray) rows = interruptions(facts);

    if (rows->len == 0) {
        heard_paper_text(paper, "自开始至结束连续录制，没有中断。");
        return;
    }
    heard_paper_table(paper, heads, widths, G_N_ELEMENTS(heads));
    for (guint i = 0; i < MIN(rows->len, ROWS_MAX); i++)
        draw_interruption(paper, facts, i + 1, rows->pdata[i]);
    if (rows->len > ROWS_MAX)
        heard_paper_text(paper, "其余中断详见录音录像时间线。");
}

static char *presence(const json_t *person)
{
    const json_t *spans = json_object_get(person, "present");
    GString *text = g_string_new(NULL);
    const json_t *span;
    size_t at;

    json_array_foreach(spans, at, span)
    {
        g_autofree char *from = clock_of(json_integer_value(json_array_get(span, 0)));
        g_autofree char *to = clock_of(json_integer_value(json_array_get(span, 1)));
        if (at == SPANS_MAX) {
            g_string_append_printf(text, "\n等共 %zu 段", json_array_size(spans));
            break;
        }
        g_string_append_printf(text, "%s%s 至 %s", at > 0 ? "\n" : "", from, to);
    }
    return g_string_free(text, FALSE);
}

/* Who was there by the office's own list, with or without a camera. */
static void draw_attendance(HeardPaper *paper, const HeardDocumentFacts *facts)
{
    static const char *const heads[] = {"姓名", "身份", "单位", "到场与离场"};
    static const unsigned widths[] = {180, 160, 360, 300};
    int64_t started_ms = facts->report->started_wall_ms;
    const json_t *person;
    size_t at;

    heard_paper_heading(paper, "二、参加人员");
    heard_paper_table(paper, heads, widths, G_N_ELEMENTS(heads));
    json_array_foreach(facts->attendance, at, person)
    {
        int64_t left_ms = number_of(person, "left_ms");
        g_autofree char *joined = wall_since(started_ms, number_of(person, "joined_ms"));
        g_autofree char *left = left_ms ? wall_since(started_ms, left_ms) : g_strdup("结束");
        g_autofree char *when = g_strdup_printf("%s 至 %s", joined, left);
        const char *unit = text_of(person, "unit");
        const char *cells[] = {text_of(person, "name"), word(roles, text_of(person, "role")),
                               *unit ? unit : "—", when};
        if (at >= ROWS_MAX)
            break;
        heard_paper_row(paper, cells);
    }
}

static void draw_people(HeardPaper *paper, const HeardDocumentFacts *facts)
{
    static const char *const heads[] = {"姓名", "身份", "单位", "在场（录制时间）"};
    static const unsigned widths[] = {180, 160, 340, 320};
    const json_t *people =
        facts->timeline ? json_object_get(facts->timeline, "participants") : NULL;
    const json_t *person;
    size_t at;

    if (json_array_size(people) == 0) {
        heard_paper_text(paper, "时间线中没有人员的记录。");
        return;
    }
    heard_paper_table(paper, heads, widths, G_N_ELEMENTS(heads));
    json_array_foreach(people, at, person)
    {
        g_autofree char *present = presence(person);
        const char *name = text_of(person, "name"), *unit = text_of(person, "unit");
        const char *cells[] = {*name ? name : "（未登记）", word(roles, text_of(person, "role")),
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
    static const char *const heads[] = {"姓名", "内容", "次数", "累计时长", "数据包", "原因"};
    static const unsigned widths[] = {180, 140, 110, 190, 140, 240};
    const HeardVerifyReport *report = facts->report;
    const json_t *gaps = facts->timeline ? json_object_get(facts->timeline, "gaps") : NULL;
    g_autoptr(GArray) losses = losses_of(gaps);
    g_autofree char *total =
        g_strdup_printf("未收到的数据包共 %" G_GUINT64_FORMAT " 个%s", report->lost,
                        report->lost ? "，均在日志中逐一注明；缺失处不作补造。" : "。");

    heard_paper_text(paper, total);
    if (losses->len == 0)
        return;
    heard_paper_table(paper, heads, widths, G_N_ELEMENTS(heads));
    for (guint i = 0; i < losses->len; i++) {
        const Loss *loss = &g_array_index(losses, Loss, i);
        g_autofree char *count = g_strdup_printf("%" G_GINT64_FORMAT, (gint64)loss->count);
        g_autofree char *packets = g_strdup_printf("%" G_GINT64_FORMAT, (gint64)loss->packets);
        g_autofree char *how_long = length(loss->ms);
        const char *cells[] = {name_of(facts->timeline, loss->participant),
                               word(sources, loss->source),
                               count,
                               how_long,
                               packets,
                               word(reasons, loss->reason)};
        heard_paper_row(paper, cells);
    }
}

static void draw_proof(HeardPaper *paper, const HeardDocumentFacts *facts)
{
    static const char *const results[] = {"完好，未发现改动", "不完好：发现改动或缺失",
                                          "已依规销毁，销毁证明有效",
                                          "本机部分完好；分段保存在第二存储处，未在此核验"};
    const HeardVerifyReport *report = facts->report;
    g_autofree char *size = size_text(report->bytes);

    fact(paper, "校验结论", g_strdup(results[report->result]));
    fact(paper, "内　　容",
         g_strdup_printf("分段 %" G_GUINT64_FORMAT "，数据块 %" G_GUINT64_FORMAT
                         "，记录 %" G_GUINT64_FORMAT "，日志 %" G_GUINT64_FORMAT " 行，%s",
                         report->segments, report->chunks, report->records, report->journal_lines,
                         size));
    code(paper, "完整性校验值\n（SHA-256）", report->chain_head);
    code(paper, "封存清单\n（SHA-256）", facts->seal_sha256);
    code(paper, "封存清单\n（SM3）", facts->seal_sm3);
    if (report->signer_fingerprint[0]) {
        fact(paper, "签 名 者",
             g_strdup_printf("%s（%s，有效签名 %" G_GUINT64_FORMAT " 个）", report->signer,
                             report->signer_algorithm, report->signatures));
        code(paper, "证书指纹\n（SHA-256）", report->signer_fingerprint);
    } else {
        fact(paper, "签 名 者", g_strdup("没有签名"));
    }
    if (report->timestamp_ms) {
        g_autofree char *when = wall(report->timestamp_ms);
        fact(paper, "时 间 戳", g_strdup_printf("%s（%s）", when, report->authority));
    } else {
        fact(paper, "时 间 戳", g_strdup("无"));
    }
    if (report->hourly_stamps) {
        g_autofree char *when = wall(report->hourly_ms);
        fact(paper, "录制中时间戳",
             g_strdup_printf("%" G_GUINT64_FORMAT " 个，最后一个 %s", report->hourly_stamps, when));
    }
}

static void draw_faults(HeardPaper *paper, const HeardDocumentFacts *facts)
{
    if (facts->report->result == HEARD_VERIFY_ALTERED)
        heard_paper_text(paper,
                         "校验发现改动或缺失，明细以 heard verify 的输出为准，请技术人员核查。");
}

static void draw_statement(HeardPaper *paper, const HeardDocumentFacts *facts)
{
    static const char *const names[] = {"书记员（签名）：", "主持人（签名）：", "日　期：",
                                        "日　期："};
    g_autofree char *in_zone = zone(facts->report->started_wall_ms);
    g_autofree char *clock = g_strdup_printf(
        "本说明由系统根据已封存的录音录像日志生成，供归入案卷。所列钟点均为 %s 时间；"
        "“录制时间”自录音录像开始时起算。",
        in_zone);

    heard_paper_title(paper, "录音录像情况说明");
    heard_paper_under_title(paper, facts->number);
    heard_paper_text(paper, clock);
    heard_paper_heading(paper, "一、基本情况");
    draw_what(paper, facts);
    if (json_array_size(facts->attendance) > 0) {
        draw_attendance(paper, facts);
        heard_paper_space(paper, 6);
        heard_paper_text(paper, "录音录像中有其声音或画面的：");
    } else {
        heard_paper_heading(paper, "二、录音录像中的人员");
    }
    draw_people(paper, facts);
    heard_paper_heading(paper, "三、中断情况");
    draw_interruptions(paper, facts);
    heard_paper_heading(paper, "四、缺失与故障");
    draw_losses(paper, facts);
    draw_faults(paper, facts);
    heard_paper_heading(paper, "五、完整性");
    draw_proof(paper, facts);
    heard_paper_heading(paper, "六、需要说明的其他情况");
    heard_paper_space(paper, 64);
    heard_paper_signatures(paper, names, G_N_ELEMENTS(names));
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
    static const char *const names[] = {"书记员（签名）：", "日　期：", "当事人（签名）：",
                                        "日　期："};
    unsigned count = 0;
    int64_t paused = paused_ms(facts, &count);
    g_autofree char *how_long = length(paused);
    g_autofree char *text = g_strdup_printf(
        "兹证明：下列录音录像自形成时起即加密封存，逐段计算校验值并签名；经校验%s。",
        facts->report->result == HEARD_VERIFY_INTACT ? "完好，未发现改动"
                                                     : "不完好，详见录音录像情况说明");

    heard_paper_title(paper, "录音录像存证证书");
    heard_paper_under_title(paper, facts->number);
    heard_paper_text(paper, text);
    heard_paper_space(paper, 6);
    draw_what(paper, facts);
    fact(paper, "中　　断",
         count ? g_strdup_printf("%u 次，合计%s（原因见情况说明）", count, how_long)
               : g_strdup("无"));
    draw_proof(paper, facts);
    heard_paper_space(paper, 8);
    heard_paper_text(
        paper, "核对方法：在保存录音录像的文件夹上运行 heard verify，所得完整性校验值、证书指纹应与"
               "本证书一致；不需要服务器和密钥。对录音录像有异议的，以上述校验为准。");
    heard_paper_text(paper, "当事人签名，表示对上列完整性校验值没有异议；不签名不影响本证书。");
    heard_paper_signatures(paper, names, G_N_ELEMENTS(names));
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
    g_autofree char *made = wall(facts->made_ms);
    g_autofree char *footer = g_strdup_printf("%s　生成于 %s", facts->number, made);

    return heard_paper_write(
        path, kind == HEARD_DOCUMENT_CERTIFICATE ? "录音录像存证证书" : "录音录像情况说明", footer,
        draw, &document, error);
}
