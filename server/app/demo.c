/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/demo.h"

#include "server/app/caller.h"
#include "server/app/files.h"
#include "server/app/links.h"
#include "server/app/sessions.h"
#include "server/base/json.h"
#include "server/store/seed_demo.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define TOKEN_LIFE_MS (365 * INT64_C(86400000))

struct HeardDemo {
    HeardSeedDemo *seed;
    char *token; /* bearer, for load hearings */
};

void heard_demo_free(HeardDemo *self)
{
    if (!self)
        return;
    heard_seed_demo_free(self->seed);
    g_free(self->token);
    g_free(self);
}

static char *path_of(const char *data_dir)
{
    return g_build_filename(data_dir, "demo.json", NULL);
}

/* ---- what the last start wrote ---- */

static json_t *read_old(const char *data_dir)
{
    g_autofree char *path = path_of(data_dir);
    json_t *old = json_load_file(path, 0, NULL);

    return old ? old : json_object();
}

/* The n-th of a role: departments stand in a list, others alone. */
static const json_t *pick(const json_t *of_roles, const char *role, unsigned nth)
{
    const json_t *value = json_object_get(of_roles, role);

    return json_is_array(value) ? json_array_get(value, nth) : nth == 0 ? value : NULL;
}

static bool take_old_link(HeardSeedSeat *seat, const json_t *links, unsigned nth)
{
    const char *url = json_string_value(pick(links, seat->role, nth));
    const char *slash = url ? strrchr(url, '/') : NULL;

    if (!slash || strlen(slash + 1) != HEARD_TOKEN_SIZE - 1)
        return false;
    seat->join_token = g_strdup(slash + 1);
    return true;
}

static unsigned count_before(const HeardSeedSeat *seats, unsigned index)
{
    unsigned count = 0;

    for (unsigned i = 0; i < index; i++)
        count += strcmp(seats[i].role, seats[index].role) == 0;
    return count;
}

/* of: what the old file says of this hearing. */
static bool fill_links(const char *hearing_id, HeardSeedSeat *seats, unsigned count,
                       const json_t *of)
{
    bool same = g_strcmp0(json_string_value(json_object_get(of, "hearing")), hearing_id) == 0;
    const json_t *links = json_object_get(of, "links");
    bool whole = true;

    for (unsigned i = 0; i < count; i++)
        if (!seats[i].join_token)
            whole &= same && take_old_link(&seats[i], links, count_before(seats, i));
    return whole;
}

/* As it stands in demo.json. */
static const char *key_of(const HeardSeedHearing *hearing)
{
    return strcmp(hearing->kind, "panel_hearing") == 0 ? "panel" : hearing->kind;
}

static unsigned accounts_before(const HeardSeedDemo *seed, unsigned index)
{
    unsigned count = 0;

    for (unsigned i = 0; i < index; i++)
        count += strcmp(seed->accounts[i].role, seed->accounts[index].role) == 0;
    return count;
}

/* True when nothing is missing any more. */
static bool fill_from_old(HeardSeedDemo *seed, const json_t *old)
{
    const json_t *accounts = json_object_get(old, "accounts");
    bool whole = fill_links(seed->hearing_id, seed->seats, seed->seat_count, old);

    for (unsigned i = 0; i < HEARD_SEED_MORE; i++) {
        HeardSeedHearing *more = &seed->more[i];

        whole &= fill_links(more->hearing_id, more->seats, more->seat_count,
                            json_object_get(old, key_of(more)));
    }
    for (unsigned i = 0; i < seed->account_count; i++) {
        HeardSeedAccount *account = &seed->accounts[i];
        const json_t *kept = pick(accounts, account->role, accounts_before(seed, i));
        const char *password = json_string_value(json_object_get(kept, "password"));
        if (!account->password)
            account->password = g_strdup(password);
        whole &= account->password != NULL;
    }
    return whole;
}

static char *keep_or_make_token(HeardStore *store, const HeardSeedDemo *seed, const json_t *old,
                                int64_t wall_ms, GError **error)
{
    const char *kept = json_string_value(json_object_get(old, "token"));
    HeardCaller caller;

    if (kept && heard_caller_find(store, kept, wall_ms, &caller, NULL))
        return g_strdup(kept);
    g_assert(seed->account_count > 0);
    return heard_sessions_for_program(store, seed->accounts[0].account_id, NULL,
                                      "publish watch operate", wall_ms + TOKEN_LIFE_MS, wall_ms,
                                      error);
}

HeardDemo *heard_demo_new(HeardStore *store, const HeardFieldCipher *cipher, const char *data_dir,
                          int64_t wall_ms, GError **error)
{
    g_autoptr(HeardDemo) self = g_new0(HeardDemo, 1);
    g_autoptr(json_t) old = read_old(data_dir);

    self->seed = heard_seed_demo(store, cipher, wall_ms, false, error);
    if (!self->seed)
        return NULL;
    if (!fill_from_old(self->seed, old)) {
        g_clear_pointer(&self->seed, heard_seed_demo_free);
        self->seed = heard_seed_demo(store, cipher, wall_ms, true, error);
        if (!self->seed)
            return NULL;
    }
    self->token = keep_or_make_token(store, self->seed, old, wall_ms, error);
    return self->token ? g_steal_pointer(&self) : NULL;
}

/* ---- demo.json ---- */

/* One stands alone, several stand in a list. */
static void put_by_role(json_t *object, const char *role, json_t *value)
{
    json_t *there = json_object_get(object, role);
    json_t *list;

    if (!there) {
        json_object_set_new(object, role,
                            strcmp(role, "department") == 0 ? json_pack("[o]", value) : value);
        return;
    }
    if (json_is_array(there)) {
        json_array_append_new(there, value);
        return;
    }
    list = json_pack("[O, o]", there, value);
    json_object_set_new(object, role, list);
}

static json_t *links_json(const HeardSeedSeat *seats, unsigned count, const char *base)
{
    json_t *links = json_object();

    for (unsigned i = 0; i < count; i++) {
        g_autofree char *url = heard_links_url(base, seats[i].join_token);
        put_by_role(links, seats[i].role, json_string(url));
    }
    return links;
}

static json_t *accounts_json(const HeardSeedDemo *seed)
{
    json_t *accounts = json_object();

    for (unsigned i = 0; i < seed->account_count; i++)
        put_by_role(accounts, seed->accounts[i].role,
                    json_pack("{s:s, s:s}", "login", seed->accounts[i].login, "password",
                              seed->accounts[i].password));
    return accounts;
}

bool heard_demo_write(const HeardDemo *self, const HeardDemoPlace *place, GError **error)
{
    g_autofree char *path = path_of(place->data_dir);
    g_autofree char *https = g_strdup_printf("https://127.0.0.1:%u", place->https_port);
    g_autofree char *http =
        place->http_port ? g_strdup_printf("http://127.0.0.1:%u", place->http_port) : NULL;
    g_autofree char *load = g_strdup_printf("%s/api/v1/hearings/load-0", http ? http : https);
    g_autofree char *whip = g_strdup_printf("%s/whip", load);
    g_autofree char *whep = g_strdup_printf("%s/whep", load);
    g_autoptr(json_t) json = json_pack(
        "{s:i, s:s?, s:s, s:s, s:s, s:s, s:s, s:s, s:i, s:o, s:o}", "pid", (int)getpid(), "http",
        http, "https", https, "hearing", self->seed->hearing_id, "case", self->seed->case_id,
        "whip", whip, "whep", whep, "token", self->token, "load", (int)place->load_count, "links",
        links_json(self->seed->seats, self->seed->seat_count, https), "accounts",
        accounts_json(self->seed));
    char *text;
    bool written;

    for (unsigned i = 0; i < HEARD_SEED_MORE; i++) {
        const HeardSeedHearing *more = &self->seed->more[i];

        json_object_set_new(json, key_of(more),
                            json_pack("{s:s, s:o}", "hearing", more->hearing_id, "links",
                                      links_json(more->seats, more->seat_count, https)));
    }
    text = json_dumps(json, JSON_INDENT(2));
    written = heard_files_write(path, text, 0600, error);
    free(text);
    return written;
}

static void print_seats(const char *what, const char *number, const HeardSeedSeat *seats,
                        unsigned count, const char *base)
{
    printf("\n%s: %s\n\n", what, number);
    for (unsigned i = 0; i < count; i++) {
        g_autofree char *url = heard_links_url(base, seats[i].join_token);
        printf("  %-11s %s  (%s)\n", seats[i].role, url, seats[i].display_name);
    }
}

void heard_demo_print(const HeardDemo *self, const HeardDemoPlace *place)
{
    const HeardSeedDemo *seed = self->seed;

    print_seats("Demo", seed->hearing_no, seed->seats, seed->seat_count, place->public_url);
    for (unsigned i = 0; i < HEARD_SEED_MORE; i++)
        print_seats(strcmp(seed->more[i].kind, "mediation") == 0 ? "Demo, mediation"
                                                                 : "Demo, panel hearing",
                    seed->more[i].hearing_no, seed->more[i].seats, seed->more[i].seat_count,
                    place->public_url);
    printf("\n  Staff log in at %s/login\n\n", place->public_url);
    for (unsigned i = 0; i < seed->account_count; i++)
        printf("  %-11s %-16s %s\n", seed->accounts[i].role, seed->accounts[i].login,
               seed->accounts[i].password);
    printf("\n");
}
