/* SPDX-License-Identifier: Apache-2.0 */
#include "server/hearing/profile.h"

#include "server/base/error.h"
#include "server/base/json.h"

#include <string.h>

#define BIT HEARD_ROLE_BIT

typedef struct {
    const char *name;
    char letter;
} KindRow;

static const KindRow kinds[HEARD_KIND_COUNT] = {
    [HEARD_KIND_RECEPTION] = {"reception", 'R'},
    [HEARD_KIND_JOINT_RECEPTION] = {"joint_reception", 'J'},
    [HEARD_KIND_MEDIATION] = {"mediation", 'M'},
    [HEARD_KIND_PANEL_HEARING] = {"panel_hearing", 'H'},
    [HEARD_KIND_APPRAISAL] = {"appraisal", 'H'},
    [HEARD_KIND_CONSULTATION] = {"consultation", 'C'},
    [HEARD_KIND_TRAINING] = {"training", 'T'},
};

/* Words for several roles, beside the names of roles. */
typedef struct {
    const char *name;
    HeardRoleMask roles;
} Group;

static const Group groups[] = {
    {"petitioners", BIT(HEARD_ROLE_PETITIONER) | BIT(HEARD_ROLE_AGENT)},
    {"units", BIT(HEARD_ROLE_DEPARTMENT) | BIT(HEARD_ROLE_LEAD_UNIT)},
    {"everyone", BIT(HEARD_ROLE_PETITIONER) | BIT(HEARD_ROLE_AGENT) | BIT(HEARD_ROLE_DEPARTMENT) |
                     BIT(HEARD_ROLE_LEAD_UNIT) | BIT(HEARD_ROLE_PANELIST) | BIT(HEARD_ROLE_CLERK) |
                     BIT(HEARD_ROLE_CASE_LEAD)},
};

static const char *const profile_members[] = {
    "kind",
    "leader",
    "chair",
    "desk",
    "seats",
    "required_seats",
    "required_side",
    "both_sides",
    "leader_may_be_clerk",
    "recorded",
    "petitioners_max",
    "panel_min",
    "rooms",
    "phases",
    "ballot",
    "leader_votes",
    "outcome",
    "summons_reply_seconds",
    NULL,
};
static const char *const phase_members[] = {"code",       "title", "required", "limit_minutes",
                                            "equal_time", "opens", "room",     "recusal",
                                            "speak",      "share", NULL};

const char *heard_kind_name(HeardKind kind)
{
    return kinds[kind].name;
}

char heard_kind_letter(HeardKind kind)
{
    return kinds[kind].letter;
}

bool heard_kind_from_name(const char *name, HeardKind *ret_kind)
{
    for (unsigned i = 0; i < HEARD_KIND_COUNT; i++) {
        if (strcmp(kinds[i].name, name) == 0) {
            *ret_kind = (HeardKind)i;
            return true;
        }
    }
    return false;
}

int heard_profile_find_phase(const HeardProfile *self, const char *code)
{
    for (unsigned i = 0; i < self->phase_count; i++) {
        if (strcmp(self->phases[i].code, code) == 0)
            return (int)i;
    }
    return -1;
}

void heard_profile_free(HeardProfile *self)
{
    if (!self)
        return;
    for (unsigned i = 0; i < self->phase_count; i++) {
        g_free((char *)(uintptr_t)self->phases[i].code);
        g_free((char *)(uintptr_t)self->phases[i].title_zh);
        g_free((char *)(uintptr_t)self->phases[i].title_en);
    }
    g_free(self);
}

/* ---- reading ---- */

G_GNUC_PRINTF(2, 3) static bool refuse(GError **error, const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list arguments;

    va_start(arguments, format);
    text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error_literal(error, HEARD_ERROR, HEARD_ERROR_BAD_FIELD, text);
    return false;
}

/* A member that nobody reads is a slip of the pen. */
static bool knows_members(const json_t *object, const char *const *members, const char *where,
                          GError **error)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)(uintptr_t)object, key, value)
    {
        if (!g_strv_contains(members, key))
            return refuse(error, "%s%s: no such member", where, key);
    }
    return true;
}

static bool add_role(const char *name, HeardRoleMask *roles)
{
    HeardRole role;

    for (size_t i = 0; i < G_N_ELEMENTS(groups); i++) {
        if (strcmp(groups[i].name, name) == 0) {
            *roles |= groups[i].roles;
            return true;
        }
    }
    if (!heard_role_from_name(name, &role))
        return false;
    *roles |= BIT(role);
    return true;
}

/* Absent: none. */
static bool read_roles(const json_t *object, const char *key, const char *where,
                       HeardRoleMask *ret_roles, GError **error)
{
    json_t *array = NULL, *entry;
    size_t i;

    *ret_roles = 0;
    if (!heard_json_array(object, key, HEARD_ROLE_COUNT, true, &array, error)) {
        g_prefix_error(error, "%s", where);
        return false;
    }
    json_array_foreach(array, i, entry)
    {
        if (!json_is_string(entry) || !add_role(json_string_value(entry), ret_roles))
            return refuse(error, "%s%s: names of roles, petitioners, units or everyone", where,
                          key);
    }
    return true;
}

static bool read_title(const json_t *object, const char *where, HeardPhase *phase, GError **error)
{
    json_t *title = json_object_get(object, "title");
    const char *zh = NULL, *en = NULL;

    if (!title)
        return true;
    if (!json_is_object(title) ||
        !heard_json_text(title, "zh", HEARD_PHASE_TITLE_CHARS_MAX, false, &zh, NULL) ||
        !heard_json_text(title, "en", 2 * HEARD_PHASE_TITLE_CHARS_MAX, false, &en, NULL))
        return refuse(error, "%stitle: {zh, en}, %d and %d characters at most", where,
                      HEARD_PHASE_TITLE_CHARS_MAX, 2 * HEARD_PHASE_TITLE_CHARS_MAX);
    phase->title_zh = g_strdup(zh);
    phase->title_en = g_strdup(en);
    return true;
}

static bool is_code(const char *code)
{
    size_t size = strspn(code, "abcdefghijklmnopqrstuvwxyz_0123456789");

    return size > 0 && !code[size] && g_ascii_islower(code[0]);
}

static bool read_phase_words(const json_t *object, const char *where, HeardPhase *phase,
                             GError **error)
{
    const char *code = NULL;
    int64_t minutes = 0;

    if (!heard_json_text(object, "code", HEARD_PHASE_CODE_CHARS_MAX, false, &code, error) ||
        !heard_json_bool(object, "required", false, &phase->required, error) ||
        !heard_json_bool(object, "equal_time", true, &phase->equal_time, error) ||
        !heard_json_number(object, "limit_minutes", 0, HEARD_PHASE_MINUTES_MAX, true, &minutes,
                           error)) {
        g_prefix_error(error, "%s", where);
        return false;
    }
    phase->code = g_strdup(code);
    phase->limit_ms = minutes * 60 * 1000;
    return is_code(code) || refuse(error, "%scode: a-z, 0-9 and _, a letter first", where);
}

/* Marks that one phase has for the whole profile. */
static bool read_marks(const json_t *object, const char *where, unsigned index, HeardProfile *self,
                       GError **error)
{
    const char *room = NULL;
    bool opens = false, recusal = false;

    if (!heard_json_bool(object, "opens", true, &opens, error) ||
        !heard_json_bool(object, "recusal", true, &recusal, error) ||
        !heard_json_text(object, "room", HEARD_PHASE_CODE_CHARS_MAX, true, &room, error)) {
        g_prefix_error(error, "%s", where);
        return false;
    }
    if ((opens && (self->opening || index == 0)) || (room && self->deliberation) ||
        (recusal && (self->recusal || index == 0)))
        return refuse(error, "%s%s: one phase has it, and not the first one", where,
                      opens  ? "opens"
                      : room ? "room"
                             : "recusal");
    if (room && (strcmp(room, heard_room_name(HEARD_ROOM_DELIBERATION)) != 0 || index == 0 ||
                 !(self->rooms & HEARD_ROOM_BIT(HEARD_ROOM_DELIBERATION))))
        return refuse(error, "%sroom: deliberation, where the rooms have it", where);
    self->opening = opens ? index : self->opening;
    self->deliberation = room ? index : self->deliberation;
    self->recusal = recusal ? index : self->recusal;
    return true;
}

static HeardRoleMask may_ever(HeardPermission permission)
{
    HeardRoleMask roles = 0;

    for (unsigned role = 0; role < HEARD_ROLE_COUNT; role++) {
        if (heard_role_permit((HeardRole)role, permission) != HEARD_PERMIT_NO)
            roles |= BIT(role);
    }
    return roles;
}

static bool within(HeardRoleMask roles, HeardPermission permission, const char *where,
                   const char *key, GError **error)
{
    HeardRoleMask beyond = roles & ~may_ever(permission);

    for (unsigned role = 0; role < HEARD_ROLE_COUNT; role++) {
        if (beyond & BIT(role))
            return refuse(error, "%s%s: %s may never %s", where, key,
                          heard_role_name((HeardRole)role), heard_permission_name(permission));
    }
    return true;
}

static bool read_phase(const json_t *object, unsigned index, HeardProfile *self, GError **error)
{
    HeardPhase *phase = &self->phases[index];
    char where[32];

    g_snprintf(where, sizeof where, "phases[%u].", index);
    if (!json_is_object(object))
        return refuse(error, "phases[%u]: an object", index);
    self->phase_count = index + 1; /* what it owns is freed */
    return knows_members(object, phase_members, where, error) &&
           read_phase_words(object, where, phase, error) &&
           read_title(object, where, phase, error) &&
           read_marks(object, where, index, self, error) &&
           read_roles(object, "speak", where, &phase->speak, error) &&
           read_roles(object, "share", where, &phase->share, error) &&
           within(phase->speak, HEARD_MAY_SPEAK, where, "speak", error) &&
           within(phase->share, HEARD_MAY_SHARE, where, "share", error);
}

static bool read_phases(const json_t *object, HeardProfile *self, GError **error)
{
    json_t *array = NULL, *entry;
    size_t i;

    if (!heard_json_array(object, "phases", HEARD_PHASES_MAX, false, &array, error))
        return false;
    json_array_foreach(array, i, entry)
    {
        if (!read_phase(entry, (unsigned)i, self, error))
            return false;
        if (heard_profile_find_phase(self, self->phases[i].code) != (int)i)
            return refuse(error, "phases[%zu].code: %s is there already", i, self->phases[i].code);
    }
    if (self->phase_count < 3 || strcmp(self->phases[self->phase_count - 1].code, "closed") != 0)
        return refuse(error, "phases: three at least, and closed is the last one");
    if (heard_profile_find_phase(self, "check_in") < 0 &&
        heard_profile_find_phase(self, "roll_call") < 0)
        return refuse(error, "phases: check_in (or roll_call) is missing");
    if (self->opening == 0 || self->opening + 1 == self->phase_count)
        return refuse(error, "phases: with which does it open? \"opens\": true in one of them");
    if (self->recusal && (self->recusal < self->opening ||
                          (self->deliberation && self->recusal > self->deliberation)))
        return refuse(error, "phases: recusal is asked about after the opening");
    if (!self->deliberation != !(self->rooms & HEARD_ROOM_BIT(HEARD_ROOM_DELIBERATION)))
        return refuse(error, "rooms: a deliberation needs a phase with that room");
    return true;
}

static bool read_rooms(const json_t *object, HeardProfile *self, GError **error)
{
    json_t *array = NULL, *entry;
    size_t i;

    if (!heard_json_array(object, "rooms", HEARD_ROOM_COUNT, true, &array, error))
        return false;
    json_array_foreach(array, i, entry)
    {
        HeardRoomKind room;

        if (!json_is_string(entry) || !heard_room_from_name(json_string_value(entry), &room) ||
            (!heard_room_is_closed(room) && room != HEARD_ROOM_WITNESS))
            return refuse(error, "rooms: caucus_a, caucus_b, deliberation or witness");
        self->rooms |= HEARD_ROOM_BIT(room);
    }
    return true;
}

static bool read_recorded(const json_t *object, HeardProfile *self, GError **error)
{
    const char *word = NULL;

    if (!heard_json_text(object, "recorded", 16, false, &word, error))
        return false;
    self->recorded = strcmp(word, "yes") == 0;
    self->may_choose_recorded = strcmp(word, "by_choice") == 0;
    return self->recorded || self->may_choose_recorded || strcmp(word, "no") == 0 ||
           refuse(error, "recorded: yes, no or by_choice");
}

static bool read_counts(const json_t *object, HeardProfile *self, GError **error)
{
    bool has_petitioner = self->seats & BIT(HEARD_ROLE_PETITIONER);
    int64_t petitioners = 0, panel = 0;

    self->decides = true;
    if (!heard_json_number(object, "petitioners_max", 1, 5, !has_petitioner, &petitioners, error) ||
        !heard_json_bool(object, "outcome", true, &self->decides, error) ||
        !heard_json_number(object, "panel_min", 0, 15, true, &panel, error))
        return false; /* five: Regulations Art. 20 */
    self->petitioners_max = (unsigned)petitioners;
    self->panel_min = (unsigned)panel;
    if (panel != 0 && (panel < 3 || panel % 2 == 0))
        return refuse(error, "panel_min: 0, or an odd number from 3 on");
    return panel == 0 || (self->required_seats & BIT(HEARD_ROLE_PANELIST)) ||
           refuse(error, "panel_min: panelist is missing in required_seats");
}

static bool read_ballot(const json_t *object, HeardProfile *self, GError **error)
{
    static const char *const words[] = {"named", "secret", "either"};
    const char *word = words[HEARD_BALLOT_NAMED];

    if (!heard_json_text(object, "ballot", 16, true, &word, error) ||
        !heard_json_bool(object, "leader_votes", true, &self->leader_votes, error))
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        if (strcmp(words[i], word) == 0) {
            self->ballot = (HeardBallotSecrecy)i;
            return self->deliberation || !json_object_get(object, "ballot") ||
                   refuse(error, "ballot: without a deliberation nobody votes");
        }
    }
    return refuse(error, "ballot: named, secret or either");
}

static bool read_summons(const json_t *object, HeardProfile *self, GError **error)
{
    int64_t seconds = 0;

    if (!heard_json_number(object, "summons_reply_seconds", 1, HEARD_SUMMONS_SECONDS_MAX, true,
                           &seconds, error))
        return false;
    self->summons_reply_ms = seconds * 1000;
    return seconds == 0 || (self->seats & BIT(HEARD_ROLE_DEPARTMENT)) ||
           refuse(error, "summons_reply_seconds: where department has no seat none is called");
}

static bool read_people(const json_t *object, HeardProfile *self, GError **error)
{
    const char *leader = NULL;

    return heard_json_text(object, "leader", 32, false, &leader, error) &&
           (heard_role_from_name(leader, &self->leader) ||
            refuse(error, "leader: the name of a role")) &&
           read_roles(object, "chair", "", &self->chair, error) &&
           read_roles(object, "desk", "", &self->desk, error) &&
           read_roles(object, "seats", "", &self->seats, error) &&
           read_roles(object, "required_seats", "", &self->required_seats, error) &&
           read_roles(object, "required_side", "", &self->required_side, error) &&
           heard_json_bool(object, "both_sides", true, &self->both_sides, error) &&
           heard_json_bool(object, "leader_may_be_clerk", true, &self->leader_may_be_clerk, error);
}

/* What only holds together. */
static bool check_people(const HeardProfile *self, GError **error)
{
    HeardRoleMask leader = BIT(self->leader);

    if (heard_role_permit(self->leader, HEARD_MAY_ADVANCE) != HEARD_PERMIT_YES)
        return refuse(error, "leader: %s may not lead", heard_role_name(self->leader));
    if (!(self->chair & leader) || !(self->desk & leader) || !(self->seats & leader))
        return refuse(error, "leader: is missing in chair, desk or seats");
    if ((self->required_seats | self->required_side) & ~self->seats & ~BIT(HEARD_ROLE_AGENT))
        return refuse(error, "required_seats, required_side: who has no seat");
    if (!self->required_side && !self->both_sides)
        return refuse(error, "required_side: who must be there before it opens?");
    if (self->seats & ~may_ever(HEARD_MAY_JOIN))
        return within(self->seats, HEARD_MAY_JOIN, "", "seats", error);
    return within(self->chair, HEARD_MAY_ADVANCE, "", "chair", error) &&
           within(self->desk, HEARD_MAY_ADMIT, "", "desk", error);
}

HeardProfile *heard_profile_parse(const char *text, size_t size, GError **error)
{
    g_autoptr(HeardProfile) self = NULL;
    g_autoptr(json_t) object = NULL;
    const char *kind = NULL;

    if (size > HEARD_PROFILE_BYTES_MAX) {
        refuse(error, "the profile: longer than %d bytes", HEARD_PROFILE_BYTES_MAX);
        return NULL;
    }
    object = heard_json_parse_object(text, size, error);
    if (!object || !knows_members(object, profile_members, "", error) ||
        !heard_json_text(object, "kind", 32, false, &kind, error))
        return NULL;
    self = g_new0(HeardProfile, 1);
    if (!heard_kind_from_name(kind, &self->kind)) {
        refuse(error, "kind: no such kind of hearing");
        return NULL;
    }
    return read_people(object, self, error) && check_people(self, error) &&
                   read_recorded(object, self, error) && read_counts(object, self, error) &&
                   read_rooms(object, self, error) && read_phases(object, self, error) &&
                   read_ballot(object, self, error) && read_summons(object, self, error)
               ? g_steal_pointer(&self)
               : NULL;
}
