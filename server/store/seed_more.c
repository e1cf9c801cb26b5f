/* SPDX-License-Identifier: Apache-2.0 */
#include "server/store/seed_more.h"

#include "server/base/error.h"
#include "server/base/id.h"
#include "server/store/account_rows.h"
#include "server/store/case_rows.h"
#include "server/store/hearing_rows.h"
#include "server/store/number_rows.h"
#include "server/store/participant_rows.h"
#include "server/store/password.h"
#include "server/store/seat_rows.h"
#include "server/store/unit_rows.h"

#include <string.h>

/* Whose account it is, by role of the demo's accounts; without one the name says who comes. */
typedef struct {
    const char *role, *side;
    const char *account; /* NULL: none */
    const char *name, *title;
} Seat;

typedef struct {
    const char *kind, *prefix, *title, *phase, *recording_policy;
    Seat seats[HEARD_SEED_MORE_SEATS_MAX]; /* role NULL ends */
} Hearing;

/* Every name is invented. A petitioner without a name is the case's. */
static const Hearing hearings[HEARD_SEED_MORE] = {
    {"mediation",
     "HSM",
     "外墙漏水损失赔偿调解",
     "intake_consent",
     "on",
     {{"mediator", "neutral", "mediator", NULL, NULL},
      {"petitioner", "petitioner", NULL, NULL, NULL},
      {"agent", "petitioner", NULL, "张大川", NULL},
      {"petitioner", "respondent", NULL, "滨河物业 马立", NULL},
      {"department", "respondent", "department", NULL, NULL},
      {"interpreter", "neutral", NULL, "符雅", "黎语翻译"},
      {"clerk", "staff", "clerk", NULL, NULL},
      {"observer", "observer", "observer", NULL, NULL}}},
    {"panel_hearing",
     "HSH",
     "外墙漏水处理意见听证",
     "check_in",
     "on",
     {{"presiding", "staff", "presiding", NULL, "听证主持人"},
      {"clerk", "staff", "clerk", NULL, NULL},
      {"panelist", "panel", NULL, "陈思源", "律师"},
      {"panelist", "panel", NULL, "王海燕", "人大代表"},
      {"panelist", "panel", NULL, "郑一鸣", "居民代表"},
      {"petitioner", "petitioner", NULL, NULL, "信访人"},
      {"agent", "petitioner", NULL, "张大川", "代理人"},
      {"department", "respondent", "department", NULL, NULL},
      {"observer", "observer", "observer", NULL, NULL}}},
};

static const HeardSeedAccount *find_account(const HeardSeedDemo *demo, const char *role)
{
    for (unsigned i = 0; role && i < demo->account_count; i++)
        if (strcmp(demo->accounts[i].role, role) == 0)
            return &demo->accounts[i];
    return NULL;
}

static bool renew_link(const HeardSeedMore *self, HeardSeedSeat *seat, GError **error)
{
    char token[HEARD_TOKEN_SIZE], hash[HEARD_TOKEN_HASH_SIZE];

    heard_token_new(token);
    heard_token_hash(token, hash);
    if (!heard_participant_rows_set_token(self->store, seat->participant_id, hash,
                                          self->wall_ms + self->link_life_ms, error))
        return false;
    seat->join_token = g_strdup(token);
    return true;
}

static bool insert_seat(const HeardSeedMore *self, HeardSeedHearing *made, HeardSeatRow *row,
                        GError **error)
{
    HeardSeedSeat *seat = &made->seats[made->seat_count++];
    char seat_id[HEARD_ID_SIZE], participant_id[HEARD_ID_SIZE];
    HeardParticipantRow participant = {.id = participant_id,
                                       .seat_id = seat_id,
                                       .hearing_id = made->hearing_id,
                                       .invite_state = "notified",
                                       .presence_state = "absent",
                                       .token_state = "none"};

    heard_id_new(seat_id, self->wall_ms);
    heard_id_new(participant_id, self->wall_ms);
    row->id = seat_id;
    row->hearing_id = made->hearing_id;
    row->position = made->seat_count;
    seat->role = row->role;
    seat->participant_id = g_strdup(participant_id);
    seat->display_name = g_strdup(row->display_name);
    return heard_seat_rows_insert(self->store, row, error) &&
           heard_participant_rows_insert(self->store, &participant, error) &&
           renew_link(self, seat, error);
}

static bool make_seat(const HeardSeedMore *self, const HeardSeedDemo *demo, const Seat *plan,
                      const char *petitioner_id, HeardSeedHearing *made, GError **error)
{
    const HeardSeedAccount *staff = find_account(demo, plan->account);
    bool of_case = !staff && !plan->name;
    g_autofree HeardAccountRow *account =
        staff ? heard_account_rows_get(self->store, staff->account_id, error) : NULL;
    g_autofree HeardUnitRow *unit =
        account ? heard_unit_rows_get(self->store, account->unit_id, error) : NULL;
    HeardSeatRow row = {.side = plan->side,
                        .role = plan->role,
                        .unit_id = unit ? unit->id : NULL,
                        .person_id = of_case ? petitioner_id : NULL,
                        .account_id = account ? account->id : NULL,
                        .display_name = account   ? account->name
                                        : of_case ? heard_seed_petitioner_name
                                                  : plan->name,
                        .unit_name = unit ? unit->name : NULL,
                        .title = plan->title ? plan->title
                                 : account   ? account->title
                                             : NULL};

    return (!staff || (account && unit)) && insert_seat(self, made, &row, error);
}

static bool make_hearing(const HeardSeedMore *self, const HeardSeedDemo *demo, const Hearing *plan,
                         HeardSeedHearing *made, GError **error)
{
    g_autofree HeardCaseRow *petition = heard_case_rows_get(self->store, demo->case_id, error);
    char id[HEARD_ID_SIZE], number[HEARD_NUMBER_SIZE];
    HeardHearingRow row = {.id = id,
                           .hearing_no = number,
                           .kind = plan->kind,
                           .mode = "online",
                           .state = "ready",
                           .phase = plan->phase,
                           .title = plan->title,
                           .case_id = demo->case_id,
                           .organiser_unit_id = self->organiser_unit_id,
                           .planned_start_ms = self->wall_ms,
                           .publicity = "invited",
                           .recording_policy = plan->recording_policy,
                           .language = "zh-CN",
                           .max_observers = 5,
                           .created_ms = self->wall_ms};

    heard_id_new(id, self->wall_ms);
    if (!petition ||
        !heard_number_rows_take(self->store, plan->prefix, self->region_code, self->date, number,
                                error) ||
        !heard_hearing_rows_insert(self->store, &row, error))
        return false;
    made->hearing_id = g_strdup(id);
    made->hearing_no = g_strdup(number);
    for (unsigned i = 0; i < HEARD_SEED_MORE_SEATS_MAX && plan->seats[i].role; i++)
        if (!make_seat(self, demo, &plan->seats[i], petition->petitioner_id, made, error))
            return false;
    return true;
}

/* Whatever was added by hand beyond the plan stays out of the table of links. */
static bool take_seats(const HeardSeedMore *self, const Hearing *plan, HeardSeedHearing *made,
                       GError **error)
{
    g_autoptr(GPtrArray) rows = heard_seat_rows_list(self->store, made->hearing_id, error);

    for (unsigned i = 0; rows && i < rows->len && i < HEARD_SEED_MORE_SEATS_MAX; i++) {
        const HeardSeatRow *row = rows->pdata[i];
        HeardSeedSeat *seat = &made->seats[made->seat_count];
        g_autofree HeardParticipantRow *participant =
            heard_participant_rows_get_by_seat(self->store, row->id, error);

        if (!participant)
            return false;
        if (!plan->seats[i].role || strcmp(plan->seats[i].role, row->role) != 0)
            break;
        made->seat_count++;
        seat->role = plan->seats[i].role;
        seat->participant_id = g_strdup(participant->id);
        seat->display_name = g_strdup(row->display_name);
        if (self->renew && !renew_link(self, seat, error))
            return false;
    }
    return rows != NULL;
}

static bool seed_one(const HeardSeedMore *self, HeardSeedDemo *demo, const Hearing *plan,
                     HeardSeedHearing *made, GError **error)
{
    const HeardHearingFilter of_case = {.case_id = demo->case_id};
    g_autoptr(GPtrArray) rows = heard_hearing_rows_list(self->store, &of_case, true, NULL, error);

    if (!rows)
        return false;
    made->kind = plan->kind;
    for (unsigned i = 0; i < rows->len; i++) {
        const HeardHearingRow *row = rows->pdata[i];

        if (strcmp(row->kind, plan->kind) != 0 || heard_seed_is_over(row->state) ||
            g_strcmp0(row->title, plan->title) != 0)
            continue;
        made->hearing_id = g_strdup(row->id);
        made->hearing_no = g_strdup(row->hearing_no);
        return take_seats(self, plan, made, error);
    }
    return make_hearing(self, demo, plan, made, error);
}

bool heard_seed_more(const HeardSeedMore *self, HeardSeedDemo *demo, GError **error)
{
    for (unsigned i = 0; i < HEARD_SEED_MORE; i++)
        if (!seed_one(self, demo, &hearings[i], &demo->more[i], error))
            return false;
    return true;
}

void heard_seed_seat_clear(HeardSeedSeat *seat)
{
    g_free(seat->participant_id);
    g_free(seat->display_name);
    g_free(seat->join_token);
}
