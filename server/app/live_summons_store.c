/* SPDX-License-Identifier: Apache-2.0 */

/* What a summons leaves in the database: the row that proves it, the seat of who comes, a line of
 * the minutes. All in the transaction of its audit entry. On the store thread. */

#include "server/app/live_private.h"
#include "server/app/live_summons.h"
#include "server/app/minutes_json.h"
#include "server/base/error.h"
#include "server/hearing/minutes.h"
#include "server/hearing/summons_reach.h"
#include "server/store/minutes_rows.h"
#include "server/store/participant_rows.h"
#include "server/store/seat_rows.h"
#include "server/store/summons_rows.h"
#include "server/store/unit_rows.h"

#include <string.h>

/* ---- may this unit be called from there? ---- */

static HeardUnitPlace place_of(const HeardUnitRow *unit, const HeardUnitRow *parent)
{
    return (HeardUnitPlace){.path = unit->path,
                            .region = unit->region_code,
                            .parent_path = parent ? parent->path : NULL,
                            .parent_region = parent ? parent->region_code : NULL,
                            .level = unit->level};
}

bool heard_live_summons_office(HeardStore *store, const char *hearing_id,
                               HeardLiveSummonsOffice *ret_office, GError **error)
{
    g_autofree HeardHearingRow *hearing = heard_hearing_rows_get(store, hearing_id, error);

    if (!hearing)
        return false;
    ret_office->unit = heard_unit_rows_get(store, hearing->organiser_unit_id, error);
    if (ret_office->unit && ret_office->unit->parent_id) {
        ret_office->parent = heard_unit_rows_get(store, ret_office->unit->parent_id, error);
        if (!ret_office->parent)
            return false;
    }
    if (!ret_office->unit)
        return false;
    ret_office->place = place_of(ret_office->unit, ret_office->parent);
    return true;
}

void heard_live_summons_office_clear(HeardLiveSummonsOffice *self)
{
    g_free(self->unit);
    g_free(self->parent);
}

bool heard_live_summons_check(HeardStore *store, HeardLiveSave *self)
{
    g_auto(HeardLiveSummonsOffice) office = {0};
    g_autofree HeardUnitRow *unit = NULL;
    HeardUnitPlace place;

    if (self->command->command.verb != HEARD_VERB_SUMMONS_CALL || self->answer != HEARD_ANSWER_OK)
        return true;
    if (!heard_live_summons_office(store, self->hearing_id, &office, &self->error))
        return false;
    unit = heard_unit_rows_get(store, self->command->command.unit, &self->error);
    if (!unit && heard_error_code(self->error) == HEARD_ERROR_NOT_FOUND)
        g_clear_error(&self->error);
    if (self->error)
        return false;
    if (!unit || strcmp(unit->status, "active") != 0) {
        self->refusal = HEARD_ANSWER_UNKNOWN_UNIT;
        return false;
    }
    place = place_of(unit, NULL);
    if (!heard_summons_reaches(&office.place, &place)) {
        self->refusal = HEARD_ANSWER_UNIT_OUT_OF_REACH;
        return false;
    }
    self->summons_unit = g_strdup(unit->name);
    return true;
}

/* ---- a line of the minutes ---- */

static char *line_text(const HeardLiveSave *self, const HeardSummons *summons, const char *unit)
{
    const char *reason = heard_live_summons_reason(self);
    int64_t reply_s = (summons->due_at_ms - summons->called_at_ms) / 1000;
    g_autofree char *who =
        self->command->answerer ? heard_live_answerer_label(self->command->answerer) : NULL;

    switch (summons->state) {
    case HEARD_SUMMONS_RINGING:
        return g_strdup_printf("召集%s参加。", unit);
    case HEARD_SUMMONS_ACCEPTED:
        return g_strdup_printf("%s应答召集，由%s参加。", unit, who);
    case HEARD_SUMMONS_DECLINED:
        return g_strdup_printf("%s答复不能参加：%s", unit, reason);
    case HEARD_SUMMONS_CANCELLED:
        return g_strdup_printf("取消召集%s。%s", unit, reason ? reason : "");
    case HEARD_SUMMONS_UNANSWERED:
        return reply_s % 60 == 0
                   ? g_strdup_printf("%s在%d分钟内未应答召集。", unit, (int)(reply_s / 60))
                   : g_strdup_printf("%s在%d秒内未应答召集。", unit, (int)reply_s);
    case HEARD_SUMMONS_STATE_COUNT:
        break;
    }
    g_assert_not_reached();
}

/* As long as they are drafted; the clerk may change or take out the line as any other. */
static bool takes_lines(HeardStore *store, HeardLiveSave *self, bool *ret_takes)
{
    g_autoptr(GError) failure = NULL;
    g_autofree HeardMinutesRow *minutes = heard_minutes_rows_get(store, self->hearing_id, &failure);

    if (failure) {
        g_propagate_error(&self->error, g_steal_pointer(&failure));
        return false;
    }
    *ret_takes = !heard_hearing_over(self->after) &&
                 (!minutes ||
                  (strcmp(minutes->state, heard_minutes_state_name(HEARD_MINUTES_DRAFTING)) == 0 &&
                   minutes->line_count < HEARD_MINUTES_LINES_MAX));
    return true;
}

static bool write_line(HeardStore *store, HeardLiveSave *self, const HeardSummons *summons,
                       const char *unit)
{
    const HeardHearing *after = self->after;
    int64_t wall_ms = self->command->command.wall_ms;
    g_autofree char *text = line_text(self, summons, unit);
    char id[HEARD_ID_SIZE];
    HeardMinutesLineRow row = {.id = id,
                               .hearing_id = self->hearing_id,
                               .at_ms = wall_ms,
                               .phase = after->config.profile->phases[after->phase].code,
                               .kind = heard_minutes_kind_name(HEARD_MINUTES_ACTION),
                               .text = text,
                               .author_id = after->people[summons->by].id,
                               .created_ms = wall_ms};
    bool takes = false;

    if (!takes_lines(store, self, &takes))
        return false;
    if (!takes)
        return true;
    heard_id_new(id, wall_ms);
    if (!heard_minutes_rows_add(store, &row, &self->error))
        return false;
    self->minutes_line = heard_minutes_line_json(&row);
    return true;
}

/* ---- rows ---- */

static HeardSeatRow *seat_of(HeardStore *store, const char *participant_id, GError **error)
{
    g_autofree HeardParticipantRow *row = heard_participant_rows_get(store, participant_id, error);

    return row ? heard_seat_rows_get(store, row->seat_id, error) : NULL;
}

static bool insert_call(HeardStore *store, HeardLiveSave *self, unsigned index)
{
    const HeardSummons *summons = &self->after->summonses[index];
    const char *by = self->after->people[summons->by].id;
    g_autofree HeardSeatRow *seat = seat_of(store, by, &self->error);
    HeardSummonsRow row = {.id = self->summons_id,
                           .hearing_id = self->hearing_id,
                           .number = index + 1,
                           .unit_id = summons->unit,
                           .unit_name = self->summons_unit,
                           .called_by_id = by,
                           .called_ms = summons->called_at_ms,
                           .due_ms = summons->due_at_ms,
                           .state = heard_summons_state_name(summons->state)};
    g_autofree char *label = NULL;

    if (!seat)
        return false;
    label = seat->title && seat->title[0]
                ? g_strdup_printf("%s（%s）", seat->display_name, seat->title)
                : g_strdup(seat->display_name);
    row.called_by = label;
    heard_id_new(self->summons_id, summons->called_at_ms);
    return heard_summons_rows_insert(store, &row, &self->error) &&
           write_line(store, self, summons, self->summons_unit);
}

static bool insert_seat(HeardStore *store, HeardLiveSave *self, const HeardSummons *summons,
                        const HeardLiveAnswerer *who)
{
    g_autoptr(GPtrArray) seats = NULL;
    char seat_id[HEARD_ID_SIZE];
    HeardSeatRow row = {.id = seat_id,
                        .hearing_id = self->hearing_id,
                        .side = heard_side_name(heard_role_side(HEARD_ROLE_DEPARTMENT)),
                        .role = heard_role_name(HEARD_ROLE_DEPARTMENT),
                        .unit_id = who->unit,
                        .account_id = who->account,
                        .display_name = who->name,
                        .unit_name = who->unit_name,
                        .title = who->title};
    HeardParticipantRow participant = {.id = summons->seat,
                                       .seat_id = seat_id,
                                       .hearing_id = self->hearing_id,
                                       .invite_state = "confirmed",
                                       .presence_state = heard_presence_name(HEARD_PRESENCE_ABSENT),
                                       .token_state = "none"};

    if (who->seat[0])
        return true;
    seats = heard_seat_rows_list(store, self->hearing_id, &self->error);
    if (!seats)
        return false;
    row.position =
        seats->len == 0
            ? 1
            : ((const HeardSeatRow *)g_ptr_array_index(seats, seats->len - 1))->position + 1;
    heard_id_new(seat_id, summons->ended_at_ms);
    return heard_seat_rows_insert(store, &row, &self->error) &&
           heard_participant_rows_insert(store, &participant, &self->error);
}

static char *unit_name_of(HeardStore *store, HeardLiveSave *self, unsigned index)
{
    g_autoptr(GPtrArray) rows = heard_summons_rows_list(store, self->hearing_id, &self->error);

    for (guint i = 0; rows && i < rows->len; i++) {
        const HeardSummonsRow *row = g_ptr_array_index(rows, i);

        if (row->number == index + 1)
            return g_strdup(row->unit_name);
    }
    if (rows)
        g_set_error(&self->error, HEARD_ERROR, HEARD_ERROR_CORRUPT, "a summons without its row");
    return NULL;
}

static bool end_call(HeardStore *store, HeardLiveSave *self, unsigned index)
{
    const HeardSummons *summons = &self->after->summonses[index];
    const HeardLiveAnswerer *who = self->command->answerer;
    g_autofree char *unit = unit_name_of(store, self, index);
    g_autofree char *label = who ? heard_live_answerer_label(who) : NULL;
    HeardSummonsRow row = {.hearing_id = self->hearing_id,
                           .number = index + 1,
                           .state = heard_summons_state_name(summons->state),
                           .ended_ms = summons->ended_at_ms,
                           .answered_by_id = who ? who->account : NULL,
                           .answered_by = label,
                           .participant_id = summons->seat[0] ? summons->seat : NULL,
                           .reason = heard_live_summons_reason(self)};

    return unit &&
           (summons->state != HEARD_SUMMONS_ACCEPTED || !who ||
            insert_seat(store, self, summons, who)) &&
           heard_summons_rows_end(store, &row, &self->error) &&
           write_line(store, self, summons, unit);
}

bool heard_live_summons_save(HeardStore *store, HeardLiveSave *self, unsigned index)
{
    return index >= self->before->summons_count ? insert_call(store, self, index)
                                                : end_call(store, self, index);
}

/* ---- after a restart ---- */

bool heard_live_summons_load(HeardStore *store, HeardLiveLoaded *self)
{
    g_autoptr(GPtrArray) rows = heard_summons_rows_list(store, self->id, &self->error);

    for (guint i = 0; rows && i < rows->len; i++) {
        const HeardSummonsRow *row = g_ptr_array_index(rows, i);
        HeardLiveSummons *live;

        if (row->number < 1 || row->number > HEARD_SUMMONSES_MAX)
            continue;
        live = &self->summonses[row->number - 1];
        g_strlcpy(live->id, row->id, sizeof live->id);
        live->unit_name = g_strdup(row->unit_name);
        live->answered_by = g_strdup(row->answered_by);
        live->reason = g_strdup(row->reason);
        live->rung_ms = row->rung_ms;
        live->seen_ms = row->seen_ms;
    }
    return rows != NULL;
}

void heard_live_summonses_clear(HeardLiveSummons summonses[static HEARD_SUMMONSES_MAX])
{
    for (unsigned i = 0; i < HEARD_SUMMONSES_MAX; i++) {
        g_clear_pointer(&summonses[i].unit_name, g_free);
        g_clear_pointer(&summonses[i].answered_by, g_free);
        g_clear_pointer(&summonses[i].reason, g_free);
    }
}
