/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/account_commands.h"

#include "server/app/caller.h"
#include "server/app/sessions.h"
#include "server/base/clock.h"
#include "server/base/error.h"
#include "server/store/account_rows.h"
#include "server/store/field_cipher.h"
#include "server/store/migrate.h"
#include "server/store/password.h"
#include "server/store/unit_rows.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { HEARD_TOKEN_DAYS_MAX = 3650, HEARD_PASSWORD_LINE_SIZE = 600 };

typedef struct {
    char *data, *database, *login, *name, *title, *unit, *roles, *scope, *hearing;
    gboolean totp;
    gint days;
} Options;

static void options_clear(Options *self)
{
    g_free(self->data);
    g_free(self->database);
    g_free(self->login);
    g_free(self->name);
    g_free(self->title);
    g_free(self->unit);
    g_free(self->roles);
    g_free(self->scope);
    g_free(self->hearing);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

static int fail(const GError *error)
{
    fprintf(stderr, "heard: %s\n", error->message);
    return error->domain == G_OPTION_ERROR ? 2 : 1;
}

static bool parse(const char *summary, const GOptionEntry *entries, int *argc, char ***argv,
                  GError **error)
{
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);

    g_option_context_set_summary(context, summary);
    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, argc, argv, error))
        return false;
    if (*argc <= 1)
        return true;
    g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, "'%s' is not expected here",
                (*argv)[1]);
    return false;
}

static bool need(const char *value, const char *option, GError **error)
{
    if (value)
        return true;
    g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, "%s is missing", option);
    return false;
}

static HeardStore *open_store(const Options *options, GError **error)
{
    const char *data = options->data ? options->data : "/var/lib/heard";
    g_autofree char *url = options->database ? g_strdup(options->database)
                                             : g_strdup_printf("sqlite:%s/heard.db", data);
    g_autoptr(HeardStore) store = NULL;

    if (sodium_init() < 0) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_CRYPTO, "libsodium cannot start");
        return NULL;
    }
    if (!options->database && !g_file_test(data, G_FILE_TEST_IS_DIR)) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_STORAGE,
                    "data folder %s: not there; start the server once", data);
        return NULL;
    }
    store = heard_store_open(url, error);
    if (!store || !heard_migrate(store, NULL, error))
        return NULL;
    return g_steal_pointer(&store);
}

static bool check_roles(const char *words, GError **error)
{
    g_auto(GStrv) parts = g_strsplit(words, " ", -1);
    HeardRole role;

    for (unsigned i = 0; parts[i]; i++) {
        if (heard_role_from_name(parts[i], &role))
            continue;
        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                    "--roles: '%s' is no role; the manual has them: man heard", parts[i]);
        return false;
    }
    return true;
}

/* From a pipe; on a terminal a random one is made, so that none is seen or typed twice. */
static char *take_password(bool *ret_made)
{
    char line[HEARD_PASSWORD_LINE_SIZE];

    *ret_made = isatty(STDIN_FILENO) || !fgets(line, sizeof line, stdin) || line[0] == '\n';
    return *ret_made ? heard_password_random() : g_strdup(g_strchomp(line));
}

/* The secret is shown once, as an address that authenticators read. */
static bool add_totp(HeardStore *store, const Options *options, const char *account_id,
                     GError **error)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    g_autofree char *key =
        g_build_filename(options->data ? options->data : "/var/lib/heard", "field.key", NULL);
    g_autoptr(HeardFieldCipher) cipher = heard_field_cipher_new(key, error);
    g_autofree char *context = g_strdup_printf("account.totp:%s", account_id);
    g_autofree char *sealed = NULL;
    char secret[33] = {0};

    if (!cipher)
        return false;
    for (size_t i = 0; i < sizeof secret - 1; i++)
        secret[i] = alphabet[randombytes_uniform(32)];
    sealed = heard_field_cipher_seal(cipher, context, secret);
    if (!heard_account_rows_set_totp(store, account_id, sealed, error))
        return false;
    printf("totp: otpauth://totp/heard:%s?secret=%s&issuer=heard\n", options->login, secret);
    return true;
}

static bool insert_account(HeardStore *store, const Options *options, const char *password,
                           GError **error)
{
    int64_t wall_ms = heard_clock_wall_ms();
    char id[HEARD_ID_SIZE];
    g_autofree HeardUnitRow *unit = NULL;
    g_autofree char *hash = heard_password_hash(password, error);
    HeardAccountRow row = {.id = id,
                           .login = options->login,
                           .password_hash = hash,
                           .roles = options->roles,
                           .name = options->name,
                           .title = options->title,
                           .status = "active",
                           .created_ms = wall_ms};

    if (!hash)
        return false;
    if (options->unit) {
        unit = heard_unit_rows_get_by_code(store, options->unit, error);
        if (!unit)
            return false;
        row.unit_id = unit->id;
    }
    heard_id_new(id, wall_ms);
    return heard_account_rows_insert(store, &row, error) &&
           (!options->totp || add_totp(store, options, id, error));
}

static bool user_add(Options *options, GError **error)
{
    g_autoptr(HeardStore) store = NULL;
    g_autofree char *password = NULL;
    bool made = false;

    if (!need(options->login, "--login", error) || !need(options->name, "--name", error) ||
        !need(options->roles, "--roles", error) || !check_roles(options->roles, error))
        return false;
    store = open_store(options, error);
    if (!store)
        return false;
    password = take_password(&made);
    if (!insert_account(store, options, password, error))
        return false;
    printf("account %s added\n", options->login);
    if (made)
        printf("password: %s\n", password);
    return true;
}

int heard_user_main(int argc, char **argv)
{
    g_auto(Options) o = {0};
    g_autoptr(GError) error = NULL;
    const GOptionEntry entries[] = {
        {"data", 0, 0, G_OPTION_ARG_FILENAME, &o.data, "data folder (/var/lib/heard)", "DIR"},
        {"database", 0, 0, G_OPTION_ARG_STRING, &o.database, "another database", "URL"},
        {"login", 0, 0, G_OPTION_ARG_STRING, &o.login, "a-z, 0-9 and . _ - @", "TEXT"},
        {"name", 0, 0, G_OPTION_ARG_STRING, &o.name, "as on the name plate", "TEXT"},
        {"title", 0, 0, G_OPTION_ARG_STRING, &o.title, NULL, "TEXT"},
        {"unit", 0, 0, G_OPTION_ARG_STRING, &o.unit, "unit code", "CODE"},
        {"roles", 0, 0, G_OPTION_ARG_STRING, &o.roles, "words: \"clerk mediator\"", "WORDS"},
        {"totp", 0, 0, G_OPTION_ARG_NONE, &o.totp, "ask for a one-time code too", NULL},
        G_OPTION_ENTRY_NULL};

    if (argc < 2 || strcmp(argv[1], "add") != 0) {
        fprintf(stderr, "usage: heard user add --login L --name N --roles \"…\" [--unit CODE] "
                        "[--title T] [--totp] [--data DIR] (password on standard input)\n");
        return argc == 2 && strcmp(argv[1], "--help") == 0 ? 0 : 2;
    }
    argc--;
    argv++;
    if (!parse("Adds a staff account. The password comes from standard input.", entries, &argc,
               &argv, &error) ||
        !user_add(&o, &error))
        return fail(error);
    return 0;
}

static bool check_scope(const char *scope, GError **error)
{
    static const char *const words[] = {"publish", "watch", "operate", NULL};
    g_auto(GStrv) parts = g_strsplit(scope, " ", -1);

    for (unsigned i = 0; parts[i]; i++) {
        if (g_strv_contains(words, parts[i]))
            continue;
        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                    "--scope: '%s' is not publish, watch or operate", parts[i]);
        return false;
    }
    return true;
}

static bool token_add(const Options *options, GError **error)
{
    g_autoptr(HeardStore) store = NULL;
    g_autofree HeardAccountRow *account = NULL;
    g_autofree char *token = NULL;
    int64_t wall_ms = heard_clock_wall_ms();

    if (!need(options->login, "--login", error) || !need(options->scope, "--scope", error) ||
        !check_scope(options->scope, error))
        return false;
    if (options->days < 1 || options->days > HEARD_TOKEN_DAYS_MAX) {
        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "--days: 1 to %d",
                    HEARD_TOKEN_DAYS_MAX);
        return false;
    }
    store = open_store(options, error);
    account = store ? heard_account_rows_get_by_login(store, options->login, error) : NULL;
    if (!account)
        return false;
    token = heard_sessions_for_program(store, account->id, options->hearing, options->scope,
                                       wall_ms + options->days * INT64_C(86400000), wall_ms, error);
    if (!token)
        return false;
    printf("%s\n", token);
    return true;
}

int heard_token_main(int argc, char **argv)
{
    g_auto(Options) o = {.days = 30};
    g_autoptr(GError) error = NULL;
    const GOptionEntry entries[] = {
        {"data", 0, 0, G_OPTION_ARG_FILENAME, &o.data, "data folder (/var/lib/heard)", "DIR"},
        {"database", 0, 0, G_OPTION_ARG_STRING, &o.database, "another database", "URL"},
        {"login", 0, 0, G_OPTION_ARG_STRING, &o.login, "the account it stands for", "TEXT"},
        {"scope", 0, 0, G_OPTION_ARG_STRING, &o.scope, "publish watch operate", "WORDS"},
        {"hearing", 0, 0, G_OPTION_ARG_STRING, &o.hearing, "only for this hearing", "ID"},
        {"days", 0, 0, G_OPTION_ARG_INT, &o.days, "how long it is good (30)", "N"},
        G_OPTION_ENTRY_NULL};

    if (!parse("Makes a bearer token for a program and prints it once.", entries, &argc, &argv,
               &error) ||
        !token_add(&o, &error))
        return fail(error);
    return 0;
}
