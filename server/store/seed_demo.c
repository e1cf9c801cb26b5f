/* SPDX-License-Identifier: Apache-2.0 */
#include "server/store/seed_demo.h"

#include "server/base/error.h"
#include "server/base/id.h"
#include "server/store/account_rows.h"
#include "server/store/case_rows.h"
#include "server/store/hearing_rows.h"
#include "server/store/number_rows.h"
#include "server/store/participant_rows.h"
#include "server/store/password.h"
#include "server/store/person_rows.h"
#include "server/store/seat_rows.h"
#include "server/store/seed_more.h"
#include "server/store/unit_rows.h"

#include <string.h>
#include <time.h>

/* A place that does not exist in a region that does; every name is invented. */
typedef struct {
    const char *code, *name, *short_name;
    int64_t level;
    const char *kind, *region_code;
    const char *parent, *line_parent; /* codes */
} UnitPlan;

static const UnitPlan units[] = {
    {"460100-0001", "示范市人民政府", "市政府", 3, "government_dept", "460100", NULL, NULL},
    {"460100-0002", "示范市信访局", "市信访局", 3, "petition_office", "460100", "460100-0001",
     NULL},
    {"460100-0003", "示范市住房和城乡建设局", "市住建局", 3, "government_dept", "460100",
     "460100-0001", NULL},
    {"460105-0001", "示范县人民政府", "县政府", 4, "government_dept", "460105", "460100-0001",
     NULL},
    {"460105-0002", "示范县信访局", "县信访局", 4, "petition_office", "460105", "460105-0001",
     "460100-0002"},
    {"460105-0003", "示范县住房和城乡建设局", "县住建局", 4, "government_dept", "460105",
     "460105-0001", "460100-0003"},
    {"460105001-0001", "滨河街道办事处", "滨河街道", 5, "government_dept", "460105001",
     "460105-0001", NULL},
    {"460105001-0002", "滨河街道人民调解委员会", "街道调委会", 5, "mediation_committee",
     "460105001", "460105001-0001", NULL},
};

enum { HOME_UNIT = 4, HOUSING_UNIT = 5 };

typedef struct {
    const char *login, *role, *unit, *name, *title;
} AccountPlan;

static const AccountPlan accounts[] = {
    {"demo.clerk", "clerk", "460105-0002", "林书宁", "书记员"},
    {"demo.presiding", "presiding", "460105-0002", "周正平", "接访主持人"},
    {"demo.mediator", "mediator", "460105001-0002", "吴和", "人民调解员"},
    {"demo.housing", "department", "460105-0003", "陈建", "物业监管科科长"},
    {"demo.street", "department", "460105001-0001", "黄河清", "信访办主任"},
    {"demo.observer", "observer", "460100-0002", "何静", "业务指导科"},
    {"demo.archivist", "archivist", "460105-0002", "苏兰", "档案管理员"},
    {"demo.security", "sec_admin", "460105-0002", "方锐", "安全管理员"},
};

typedef struct {
    const char *role, *side;
    int account; /* index; -1: the petitioner */
    bool is_lead;
} SeatPlan;

static const SeatPlan seats[] = {
    {"petitioner", "petitioner", -1, false},
    {"department", "respondent", 3, true},
    {"department", "respondent", 4, false},
    {"presiding", "staff", 1, false},
    {"clerk", "staff", 0, false},
    {"mediator", "neutral", 2, false},
    {"observer", "observer", 5, false},
};

G_STATIC_ASSERT(G_N_ELEMENTS(accounts) <= HEARD_SEED_ACCOUNTS_MAX);
G_STATIC_ASSERT(G_N_ELEMENTS(seats) <= HEARD_SEED_SEATS_MAX);

#define HOUR_MS            INT64_C(3600000)
#define LINK_LIFE_MS       (30 * 24 * HOUR_MS)
#define SHANGHAI_OFFSET_MS (8 * HOUR_MS) /* no summer time */

const char heard_seed_petitioner_name[] = "张小满";
static const char reception[] = "joint_reception";
static const char source_system[] = "heard-demo";
static const char external_id[] = "wall-leak";

/* What one run carries along. */
typedef struct {
    HeardStore *store;
    const HeardFieldCipher *cipher;
    int64_t wall_ms;
    bool renew;
    char date[9];
    char unit_ids[G_N_ELEMENTS(units)][HEARD_ID_SIZE];
    HeardSeedDemo *demo;
} Seed;

/* True: there is no such row yet. Takes failure. */
static bool absent_or_failed(GError *failure, GError **error)
{
    if (heard_error_code(failure) == HEARD_ERROR_NOT_FOUND) {
        g_error_free(failure);
        return true;
    }
    g_propagate_error(error, failure);
    return false;
}

static unsigned find_unit(const char *code)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(units); i++)
        if (strcmp(units[i].code, code) == 0)
            return i;
    g_assert_not_reached();
}

static bool seed_unit(Seed *self, unsigned index, GError **error)
{
    const UnitPlan *plan = &units[index];
    GError *failure = NULL;
    g_autofree HeardUnitRow *there = heard_unit_rows_get_by_code(self->store, plan->code, &failure);
    HeardUnitRow row = {
        .id = self->unit_ids[index],
        .code = plan->code,
        .name = plan->name,
        .short_name = plan->short_name,
        .level = plan->level,
        .kind = plan->kind,
        .parent_id = plan->parent ? self->unit_ids[find_unit(plan->parent)] : NULL,
        .line_parent_id = plan->line_parent ? self->unit_ids[find_unit(plan->line_parent)] : NULL,
        .region_code = plan->region_code,
        .status = "active",
        .valid_from_ms = self->wall_ms,
        .tz = "Asia/Shanghai",
        .language = "zh-CN",
    };

    if (there) {
        g_strlcpy(self->unit_ids[index], there->id, HEARD_ID_SIZE);
        return true;
    }
    if (!absent_or_failed(failure, error))
        return false;
    heard_id_new(self->unit_ids[index], self->wall_ms);
    return heard_unit_rows_insert(self->store, &row, error);
}

static bool make_account(Seed *self, const AccountPlan *plan, HeardSeedAccount *ret_account,
                         GError **error)
{
    char id[HEARD_ID_SIZE];
    g_autofree char *password = heard_password_random();
    g_autofree char *hash = heard_password_hash(password, error);
    HeardAccountRow row = {
        .id = id,
        .login = plan->login,
        .password_hash = hash,
        .roles = plan->role,
        .unit_id = self->unit_ids[find_unit(plan->unit)],
        .name = plan->name,
        .title = plan->title,
        .status = "active",
        .created_ms = self->wall_ms,
    };

    heard_id_new(id, self->wall_ms);
    if (!hash || !heard_account_rows_insert(self->store, &row, error))
        return false;
    ret_account->account_id = g_strdup(id);
    ret_account->password = g_steal_pointer(&password);
    return true;
}

static bool renew_password(Seed *self, HeardSeedAccount *account, GError **error)
{
    g_autofree char *password = heard_password_random();
    g_autofree char *hash = heard_password_hash(password, error);

    if (!hash || !heard_account_rows_set_password(self->store, account->account_id, hash, error))
        return false;
    account->password = g_steal_pointer(&password);
    return true;
}

static bool seed_account(Seed *self, unsigned index, GError **error)
{
    const AccountPlan *plan = &accounts[index];
    HeardSeedAccount *account = &self->demo->accounts[self->demo->account_count++];
    GError *failure = NULL;
    g_autofree HeardAccountRow *there =
        heard_account_rows_get_by_login(self->store, plan->login, &failure);

    account->role = plan->role;
    account->login = g_strdup(plan->login);
    if (there) {
        account->account_id = g_strdup(there->id);
        return !self->renew || renew_password(self, account, error);
    }
    return absent_or_failed(failure, error) && make_account(self, plan, account, error);
}

static bool make_petitioner(Seed *self, char ret_id[static HEARD_ID_SIZE], GError **error)
{
    HeardPersonRow row = {
        .id = ret_id,
        .name = heard_seed_petitioner_name,
        .id_type = "resident_id",
        .language = "zh-CN",
        .created_ms = self->wall_ms,
    };

    heard_id_new(ret_id, self->wall_ms);
    /* The region part 000000 and the exchange 1000000 are given to nobody. */
    return heard_person_rows_insert(self->store, self->cipher, &row, "000000197001010003",
                                    "13910000000", error);
}

static bool make_case(Seed *self, GError **error)
{
    char id[HEARD_ID_SIZE], number[HEARD_NUMBER_SIZE], petitioner_id[HEARD_ID_SIZE];
    HeardCaseRow row = {
        .id = id,
        .case_no = number,
        .external_id = external_id,
        .source_system = source_system,
        .nature = "claim",
        .title = "小区外墙漏水维修责任问题",
        .claim = "明确外墙漏水的维修责任单位，并在雨季前完成维修。",
        .facts = "滨河小区3号楼东侧外墙自去年雨季起渗水,六户住户室内墙面受损。"
                 "物业认为应动用维修资金,开发单位认为已过保修期,住户多次反映未果。",
        .channel = "visit",
        .confidentiality = "normal",
        .state = "in_progress",
        .registered_unit_id = self->unit_ids[HOME_UNIT],
        .lead_unit_id = self->unit_ids[HOUSING_UNIT],
        .petitioner_id = petitioner_id,
        .created_ms = self->wall_ms,
        .updated_ms = self->wall_ms,
    };

    heard_id_new(id, self->wall_ms);
    if (!make_petitioner(self, petitioner_id, error) ||
        !heard_number_rows_take(self->store, "XF", units[HOME_UNIT].region_code, self->date, number,
                                error) ||
        !heard_case_rows_insert(self->store, &row, error))
        return false;
    self->demo->case_id = g_strdup(id);
    self->demo->case_no = g_strdup(number);
    return true;
}

static bool seed_case(Seed *self, GError **error)
{
    GError *failure = NULL;
    g_autofree HeardCaseRow *there =
        heard_case_rows_get_by_external(self->store, source_system, external_id, &failure);

    if (!there)
        return absent_or_failed(failure, error) && make_case(self, error);
    self->demo->case_id = g_strdup(there->id);
    self->demo->case_no = g_strdup(there->case_no);
    return true;
}

static bool make_hearing(Seed *self, GError **error)
{
    char id[HEARD_ID_SIZE], number[HEARD_NUMBER_SIZE];
    HeardHearingRow row = {
        .id = id,
        .hearing_no = number,
        .kind = reception,
        .mode = "online",
        .state = "ready",
        .phase = "check_in",
        .title = "小区外墙漏水问题联合接访",
        .case_id = self->demo->case_id,
        .organiser_unit_id = self->unit_ids[HOME_UNIT],
        .planned_start_ms = self->wall_ms,
        .planned_end_ms = self->wall_ms + HOUR_MS,
        .publicity = "invited",
        .recording_policy = "on",
        .language = "zh-CN",
        .max_observers = 5,
        .created_ms = self->wall_ms,
    };

    heard_id_new(id, self->wall_ms);
    if (!heard_number_rows_take(self->store, "HSJ", units[HOME_UNIT].region_code, self->date,
                                number, error) ||
        !heard_hearing_rows_insert(self->store, &row, error))
        return false;
    self->demo->hearing_id = g_strdup(id);
    self->demo->hearing_no = g_strdup(number);
    return true;
}

/* Gives the seat a fresh link. */
static bool renew_link(Seed *self, HeardSeedSeat *seat, GError **error)
{
    char token[HEARD_TOKEN_SIZE], hash[HEARD_TOKEN_HASH_SIZE];

    heard_token_new(token);
    heard_token_hash(token, hash);
    if (!heard_participant_rows_set_token(self->store, seat->participant_id, hash,
                                          self->wall_ms + LINK_LIFE_MS, error))
        return false;
    seat->join_token = g_strdup(token);
    return true;
}

static bool make_seat(Seed *self, unsigned index, const char *petitioner_id, GError **error)
{
    const SeatPlan *plan = &seats[index];
    const AccountPlan *staff = plan->account >= 0 ? &accounts[plan->account] : NULL;
    HeardSeedSeat *seat = &self->demo->seats[self->demo->seat_count++];
    char seat_id[HEARD_ID_SIZE], participant_id[HEARD_ID_SIZE];
    HeardSeatRow row = {
        .id = seat_id,
        .hearing_id = self->demo->hearing_id,
        .side = plan->side,
        .role = plan->role,
        .unit_id = staff ? self->unit_ids[find_unit(staff->unit)] : NULL,
        .person_id = staff ? NULL : petitioner_id,
        .account_id = staff ? self->demo->accounts[plan->account].account_id : NULL,
        .display_name = staff ? staff->name : heard_seed_petitioner_name,
        .unit_name = staff ? units[find_unit(staff->unit)].name : NULL,
        .title = staff ? staff->title : "信访人",
        .position = (int64_t)index + 1,
        .is_lead = plan->is_lead,
    };
    HeardParticipantRow participant = {
        .id = participant_id,
        .seat_id = seat_id,
        .hearing_id = self->demo->hearing_id,
        .invite_state = "notified",
        .presence_state = "absent",
        .token_state = "none",
    };

    heard_id_new(seat_id, self->wall_ms);
    heard_id_new(participant_id, self->wall_ms);
    seat->role = plan->role;
    seat->participant_id = g_strdup(participant_id);
    seat->display_name = g_strdup(row.display_name);
    return heard_seat_rows_insert(self->store, &row, error) &&
           heard_participant_rows_insert(self->store, &participant, error) &&
           renew_link(self, seat, error);
}

static bool make_seats(Seed *self, GError **error)
{
    g_autofree HeardCaseRow *petition =
        heard_case_rows_get(self->store, self->demo->case_id, error);

    if (!petition)
        return false;
    for (unsigned i = 0; i < G_N_ELEMENTS(seats); i++)
        if (!make_seat(self, i, petition->petitioner_id, error))
            return false;
    return true;
}

static const char *role_word(const char *role)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(seats); i++)
        if (strcmp(seats[i].role, role) == 0)
            return seats[i].role;
    return "observer"; /* somebody added a seat of another role: watching is all it tells */
}

/* The demo hearing may have been given more seats by hand: those beyond the bound stay out. */
static bool take_seats(Seed *self, GError **error)
{
    g_autoptr(GPtrArray) rows = heard_seat_rows_list(self->store, self->demo->hearing_id, error);

    if (!rows)
        return false;
    for (unsigned i = 0; i < MIN(rows->len, HEARD_SEED_SEATS_MAX); i++) {
        const HeardSeatRow *row = rows->pdata[i];
        HeardSeedSeat *seat = &self->demo->seats[self->demo->seat_count++];
        g_autofree HeardParticipantRow *participant =
            heard_participant_rows_get_by_seat(self->store, row->id, error);

        if (!participant)
            return false;
        seat->role = role_word(row->role);
        seat->participant_id = g_strdup(participant->id);
        seat->display_name = g_strdup(row->display_name);
        if (self->renew && !renew_link(self, seat, error))
            return false;
    }
    return true;
}

bool heard_seed_is_over(const char *state)
{
    static const char *const open[] = {"scheduled", "notified", "ready", "live",
                                       "recessed",  "closing",  NULL};

    return !g_strv_contains(open, state);
}

static bool seed_hearing(Seed *self, GError **error)
{
    const HeardHearingFilter of_case = {.case_id = self->demo->case_id};
    g_autoptr(GPtrArray) rows = heard_hearing_rows_list(self->store, &of_case, true, NULL, error);

    if (!rows)
        return false;
    for (unsigned i = 0; i < rows->len; i++) {
        const HeardHearingRow *row = rows->pdata[i];
        if (heard_seed_is_over(row->state) || strcmp(row->kind, reception) != 0)
            continue;
        self->demo->hearing_id = g_strdup(row->id);
        self->demo->hearing_no = g_strdup(row->hearing_no);
        return take_seats(self, error);
    }
    return make_hearing(self, error) && make_seats(self, error);
}

static bool seed_more(Seed *self, GError **error)
{
    HeardSeedMore more = {.store = self->store,
                          .wall_ms = self->wall_ms,
                          .link_life_ms = LINK_LIFE_MS,
                          .renew = self->renew,
                          .date = self->date,
                          .region_code = units[HOME_UNIT].region_code,
                          .organiser_unit_id = self->unit_ids[HOME_UNIT]};

    return heard_seed_more(&more, self->demo, error);
}

static bool seed_all(Seed *self, GError **error)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(units); i++)
        if (!seed_unit(self, i, error))
            return false;
    for (unsigned i = 0; i < G_N_ELEMENTS(accounts); i++)
        if (!seed_account(self, i, error))
            return false;
    return seed_case(self, error) && seed_hearing(self, error) && seed_more(self, error);
}

HeardSeedDemo *heard_seed_demo(HeardStore *store, const HeardFieldCipher *cipher, int64_t wall_ms,
                               bool renew, GError **error)
{
    g_autoptr(HeardSeedDemo) demo = g_new0(HeardSeedDemo, 1);
    Seed self = {
        .store = store, .cipher = cipher, .wall_ms = wall_ms, .renew = renew, .demo = demo};
    time_t day = (time_t)((wall_ms + SHANGHAI_OFFSET_MS) / 1000);
    struct tm calendar;

    strftime(self.date, sizeof self.date, "%Y%m%d", gmtime_r(&day, &calendar));
    if (!heard_store_begin(store, error))
        return NULL;
    if (!seed_all(&self, error)) {
        heard_store_rollback(store);
        g_prefix_error(error, "demo: ");
        return NULL;
    }
    return heard_store_commit(store, error) ? g_steal_pointer(&demo) : NULL;
}

void heard_seed_demo_free(HeardSeedDemo *self)
{
    if (!self)
        return;
    for (unsigned i = 0; i < self->seat_count; i++)
        heard_seed_seat_clear(&self->seats[i]);
    for (unsigned i = 0; i < HEARD_SEED_MORE; i++) {
        HeardSeedHearing *more = &self->more[i];

        for (unsigned k = 0; k < more->seat_count; k++)
            heard_seed_seat_clear(&more->seats[k]);
        g_free(more->hearing_id);
        g_free(more->hearing_no);
    }
    for (unsigned i = 0; i < self->account_count; i++) {
        g_free(self->accounts[i].account_id);
        g_free(self->accounts[i].login);
        g_free(self->accounts[i].password);
    }
    g_free(self->hearing_id);
    g_free(self->hearing_no);
    g_free(self->case_id);
    g_free(self->case_no);
    g_free(self);
}
