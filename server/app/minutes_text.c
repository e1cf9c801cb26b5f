/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/minutes_text.h"

#include "server/papers/document_words.h"
#include "server/base/error.h"
#include "server/hearing/minutes.h"
#include "server/hearing/signing.h"
#include "server/store/minutes_rows.h"
#include "server/store/participant_rows.h"
#include "server/store/seat_rows.h"

#include <string.h>

const char *heard_minutes_title(const HeardHearingRow *hearing)
{
    if (strcmp(hearing->kind, "mediation") == 0)
        return "调解笔录";
    return strcmp(hearing->kind, "panel_hearing") == 0 ? "听证笔录" : "接访笔录";
}

/* participant id → "张建国（信访人）" */
static GHashTable *read_names(HeardStore *store, const HeardHearingRow *hearing, GString *present,
                              GError **error)
{
    g_autoptr(GHashTable) names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_autoptr(GPtrArray) seats = heard_seat_rows_list(store, hearing->id, error);

    for (guint i = 0; seats && i < seats->len; i++) {
        const HeardSeatRow *seat = g_ptr_array_index(seats, i);
        g_autofree HeardParticipantRow *row =
            heard_participant_rows_get_by_seat(store, seat->id, error);
        const char *role = heard_document_role(HEARD_DOCUMENT_ZH, seat->role);
        const char *unit = seat->unit_name ? seat->unit_name : "";
        char *name;

        if (!row)
            return NULL;
        name = g_strdup_printf("%s（%s%s%s）", seat->display_name, unit, *unit ? "，" : "", role);
        g_hash_table_insert(names, g_strdup(row->id), name);
        if (row->joined_at_ms)
            g_string_append_printf(present, "%s%s", present->len ? "、" : "", name);
    }
    return seats ? g_steal_pointer(&names) : NULL;
}

static int by_time(const void *a, const void *b)
{
    const HeardMinutesLineRow *one = *(HeardMinutesLineRow *const *)a;
    const HeardMinutesLineRow *two = *(HeardMinutesLineRow *const *)b;

    if (one->at_ms != two->at_ms)
        return one->at_ms < two->at_ms ? -1 : 1;
    return one->seq < two->seq ? -1 : one->seq > two->seq;
}

static GPtrArray *read_lines(HeardStore *store, const char *hearing_id, GError **error)
{
    g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(g_free);
    HeardPage page = {.limit = HEARD_PAGE_MAX};
    guint count = HEARD_PAGE_MAX;

    while (count == HEARD_PAGE_MAX && all->len < HEARD_MINUTES_LINES_MAX) {
        g_autoptr(GPtrArray) rows = heard_minutes_rows_list(store, hearing_id, false, &page, error);

        if (!rows)
            return NULL;
        count = rows->len;
        while (rows->len > 0)
            g_ptr_array_add(all, g_ptr_array_steal_index(rows, 0));
        if (all->len > 0)
            page.after = ((HeardMinutesLineRow *)g_ptr_array_index(all, all->len - 1))->id;
    }
    g_ptr_array_sort(all, by_time);
    return g_steal_pointer(&all);
}

static void append_line(GString *text, const HeardMinutesLineRow *line, GHashTable *names,
                        int64_t started_ms)
{
    g_autofree char *time = heard_document_wall_since(HEARD_DOCUMENT_ZH, started_ms, line->at_ms);
    const char *speaker = line->speaker_id ? g_hash_table_lookup(names, line->speaker_id) : NULL;
    HeardMinutesKind kind = HEARD_MINUTES_STATEMENT;

    heard_minutes_kind_from_name(line->kind, &kind);
    switch (kind) {
    case HEARD_MINUTES_HEADING:
        g_string_append_printf(text, "\n【%s】\n", line->text);
        return;
    case HEARD_MINUTES_NOTE:
        g_string_append_printf(text, "%s　注：%s\n", time, line->text);
        return;
    case HEARD_MINUTES_ACTION:
        g_string_append_printf(text, "%s　（%s%s%s）\n", time, speaker ? speaker : "",
                               speaker ? "：" : "", line->text);
        return;
    case HEARD_MINUTES_STATEMENT:
    case HEARD_MINUTES_KIND_COUNT:
        break;
    }
    g_string_append_printf(text, "%s　%s%s%s\n", time, speaker ? speaker : "", speaker ? "：" : "",
                           line->text);
}

char *heard_minutes_text(HeardStore *store, const HeardHearingRow *hearing, GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL), present = g_string_new(NULL);
    g_autoptr(GHashTable) names = read_names(store, hearing, present, error);
    g_autoptr(GPtrArray) lines = names ? read_lines(store, hearing->id, error) : NULL;
    int64_t started_ms =
        hearing->actual_start_ms ? hearing->actual_start_ms : hearing->planned_start_ms;
    g_autofree char *started = heard_document_wall(HEARD_DOCUMENT_ZH, started_ms);

    if (!lines)
        return NULL;
    g_string_append_printf(text, "%s\n\n编　号：%s\n事　项：%s\n开始时间：%s\n参加人：%s\n",
                           heard_minutes_title(hearing), hearing->hearing_no, hearing->title,
                           started, present->str);
    for (guint i = 0; i < lines->len && text->len < HEARD_SIGNING_TEXT_BYTES_MAX; i++)
        append_line(text, g_ptr_array_index(lines, i), names, started_ms);
    if (text->len < HEARD_SIGNING_TEXT_BYTES_MAX)
        return g_strdup(text->str);
    g_set_error(error, HEARD_ERROR, HEARD_ERROR_TOO_LARGE, "the minutes are too long to be signed");
    return NULL;
}
