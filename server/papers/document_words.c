/* SPDX-License-Identifier: Apache-2.0 */
#include "server/papers/document_words.h"

#include <glib.h>
#include <string.h>

typedef struct {
    const char *code, *zh, *en;
} Word;

/* clang-format off */
static const Word roles[] = {
    {"petitioner", "信访人", "petitioner"},
    {"agent", "代理人", "agent"},
    {"department", "责任单位", "department"},
    {"lead_unit", "牵头单位", "lead department"},
    {"presiding", "主持人", "presiding officer"},
    {"panelist", "听证员", "panelist"},
    {"clerk", "书记员", "clerk"},
    {"mediator", "调解员", "mediator"},
    {"interpreter", "翻译", "interpreter"},
    {"witness", "证人", "witness"},
    {"observer", "旁听人员", "observer"},
    {"supervisor", "督查人员", "supervisor"},
    {"case_lead", "案件负责人", "case lead"},
    {NULL, NULL, NULL},
};
static const Word reasons[] = {
    {"paused", "暂停录制", "paused"},
    {"recess", "休会", "recess"},
    {"not_open", "尚未开始", "not open yet"},
    {"officer", "主持人暂停录制", "paused by the chair"},
    {"network", "网络丢包或中断", "network loss"},
    {"overrun", "服务器过载", "server overloaded"},
    {"disk_full", "存储空间不足", "disk full"},
    {"io_error", "存储读写故障", "disk failure"},
    {"muted", "话筒或摄像头关闭", "device off"},
    {"left", "离开", "left"},
    {"recovered", "服务器中断，重新启动后完成封存", "server stopped; sealed after its restart"},
    {"system", "系统记录", "noted by the system"},
    {NULL, NULL, NULL},
};
static const Word sources[] = {
    {"microphone", "声音", "sound"},
    {"camera", "画面", "picture"},
    {"screen", "共享画面", "shared screen"},
    {NULL, NULL, NULL},
};
static const char *const months[] = {"January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December"};
/* clang-format on */

static const char *word(const Word *words, HeardDocumentLanguage language, const char *code)
{
    for (; words->code; words++)
        if (strcmp(words->code, code) == 0)
            return HEARD_SAY(language, words->zh, words->en);
    return code;
}

const char *heard_document_role(HeardDocumentLanguage language, const char *code)
{
    return word(roles, language, code);
}

const char *heard_document_reason(HeardDocumentLanguage language, const char *code)
{
    return word(reasons, language, code);
}

const char *heard_document_source(HeardDocumentLanguage language, const char *code)
{
    return word(sources, language, code);
}

char *heard_document_wall(HeardDocumentLanguage language, int64_t wall_ms)
{
    g_autoptr(GDateTime) at = g_date_time_new_from_unix_local(wall_ms / 1000);
    g_autofree char *hour = at ? g_date_time_format(at, "%H:%M:%S") : NULL;

    if (!hour)
        return g_strdup("—");
    if (language == HEARD_DOCUMENT_EN)
        return g_strdup_printf("%d %s %d, %s", g_date_time_get_day_of_month(at),
                               months[g_date_time_get_month(at) - 1], g_date_time_get_year(at),
                               hour);
    return g_strdup_printf("%d年%d月%d日 %s", g_date_time_get_year(at), g_date_time_get_month(at),
                           g_date_time_get_day_of_month(at), hour);
}

char *heard_document_wall_since(HeardDocumentLanguage language, int64_t started_ms, int64_t wall_ms)
{
    g_autofree char *first = heard_document_wall(language, started_ms);
    g_autofree char *at = heard_document_wall(language, wall_ms);
    const char *hour = strrchr(at, ' ');

    if (hour && strncmp(first, at, (size_t)(hour - at)) == 0)
        return g_strdup(hour + 1);
    return g_steal_pointer(&at);
}

char *heard_document_zone(int64_t wall_ms)
{
    g_autoptr(GDateTime) at = g_date_time_new_from_unix_local(wall_ms / 1000);
    g_autofree char *offset = at ? g_date_time_format(at, "%:z") : NULL;

    return g_strdup_printf("UTC%s", offset ? offset : "");
}

char *heard_document_clock(int64_t ms)
{
    return g_strdup_printf("%02d:%02d:%02d", (int)(ms / 3600000), (int)(ms / 60000 % 60),
                           (int)(ms / 1000 % 60));
}

char *heard_document_length(HeardDocumentLanguage language, int64_t ms)
{
    GString *text = g_string_new(NULL);
    int64_t seconds = ms / 1000;

    if (seconds >= 3600)
        g_string_append_printf(text, HEARD_SAY(language, "%d小时", "%d h "), (int)(seconds / 3600));
    if (seconds >= 60)
        g_string_append_printf(text, HEARD_SAY(language, "%d分", "%d min "),
                               (int)(seconds / 60 % 60));
    if (ms < 1000 && ms > 0)
        g_string_append(text, HEARD_SAY(language, "不足1秒", "less than 1 s"));
    else
        g_string_append_printf(text, HEARD_SAY(language, "%d秒", "%d s"), (int)(seconds % 60));
    return g_string_free(text, FALSE);
}

char *heard_document_size(int64_t bytes)
{
    if (bytes >= 1000000000)
        return g_strdup_printf("%.2f GB", (double)bytes / 1e9);
    return bytes >= 1000000 ? g_strdup_printf("%.1f MB", (double)bytes / 1e6)
                            : g_strdup_printf("%.1f KB", (double)bytes / 1e3);
}

char *heard_document_grouped(const char *hex)
{
    GString *text = g_string_new(NULL);

    for (size_t i = 0; hex[i]; i++) {
        if (i > 0 && i % 8 == 0)
            g_string_append_c(text, i % 32 == 0 ? '\n' : ' ');
        g_string_append_c(text, hex[i]);
    }
    return g_string_free(text, FALSE);
}
