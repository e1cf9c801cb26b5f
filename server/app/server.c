/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/server.h"

#include "server/app/app.h"
#include "server/app/app_config.h"
#include "server/app/certificate.h"
#include "server/app/demo.h"
#include "server/app/destroyer.h"
#include "server/app/dispatch.h"
#include "server/app/duty.h"
#include "server/app/files.h"
#include "server/app/http.h"
#include "server/app/jobs.h"
#include "server/app/live_summons.h"
#include "server/app/machine.h"
#include "server/app/media_plane.h"
#include "server/app/paper_new.h"
#include "server/app/profiles.h"
#include "server/app/signature_provider.h"
#include "server/app/recovery.h"
#include "server/app/static_files.h"
#include "server/app/totp.h"
#include "server/app/uploads.h"
#include "server/app/urn.h"
#include "server/base/clock.h"
#include "server/base/log.h"
#include "server/papers/papers.h"
#include "server/store/migrate.h"

#include <malloc.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <systemd/sd-daemon.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

static const HeardLogTopic topic = {"server"};

enum {
    HEARD_STOP_US = 1200 * 1000,
    HEARD_STOP_ANSWERS_US = 100 * 1000,
    HEARD_SETTLE_US = 5000,
    HEARD_SETTLE_ROUNDS_MAX = 120
};

typedef struct {
    HeardApp app;
    int lock_fd;
    HeardWatch signals;
    HeardDemo *demo;
    HeardMediaPlane *media;
    HeardTimer stop_timer, watchdog;
    int64_t watchdog_us, stop_limit_us;
    bool stopped;
    char *recordings_dir;
    char *recordings_key;
    HeardSigner *signer; /* vouches for recordings */
    bool stopping;
} Server;

/*
 * What workers, writer and store have posted leads to jobs, whose answers lead to others:
 * until two looks in a row find nothing. Everything that these functions touch still lives.
 */
static void settle(HeardApp *app)
{
    unsigned quiet = 0;

    for (unsigned i = 0; i < HEARD_SETTLE_ROUNDS_MAX && quiet < 2; i++) {
        heard_loop_drain_mailbox(app->loop);
        quiet = heard_store_thread_waiting(app->store) + heard_store_thread_waiting(app->reader) +
                            heard_store_thread_waiting(app->logins) ==
                        0
                    ? quiet + 1
                    : 0;
        g_usleep(HEARD_SETTLE_US);
    }
    heard_loop_drain_mailbox(app->loop);
}

static void server_free(Server *self)
{
    HeardApp *app = &self->app;

    if (self->media) {
        heard_media_plane_halt(self->media);
        settle(app);
    }
    app->live = NULL;
    heard_duty_free(app->duty);
    heard_media_plane_free(self->media);
    heard_jobs_free(app->jobs);
    heard_destroyer_free(app->destroyer);
    heard_store_thread_free(app->logins);
    heard_store_thread_free(app->reader);
    heard_store_thread_free(app->store);
    heard_http_free(app->http);
    heard_uploads_free(app->uploads); /* its requests are gone */
    heard_static_files_free(app->pages);
    heard_field_cipher_free(app->cipher);
    heard_turn_free(app->turn);
    heard_demo_free(self->demo);
    g_free(self->recordings_dir);
    g_free(self->recordings_key);
    heard_signer_free(self->signer);
    g_strfreev(app->addresses);
    g_free(app->data_dir);
    g_free(app->public_url);
    if (app->loop) {
        heard_loop_clear_timer(app->loop, &self->stop_timer);
        heard_loop_clear_timer(app->loop, &self->watchdog);
    }
    if (self->signals.fd >= 0) {
        heard_loop_unwatch(app->loop, &self->signals);
        close(self->signals.fd);
    }
    heard_loop_free(app->loop);
    if (self->lock_fd >= 0)
        close(self->lock_fd);
    heard_profiles_free(app->profiles);
    heard_papers_free(app->papers);
    heard_config_free(app->config);
    g_free(self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Server, server_free)

static void on_signal(HeardWatch *watch, uint32_t events)
{
    Server *self = heard_container_of(watch, Server, signals);
    struct signalfd_siginfo info;

    (void)events;
    if (read(watch->fd, &info, sizeof info) != sizeof info)
        return;
    heard_log(&topic, HEARD_LOG_INFO, "stopping signal=%u", info.ssi_signo);
    self->stopping = true;
}

/* Before any thread exists, so that all of them inherit the mask. */
static bool take_signals(Server *self, GError **error)
{
    sigset_t set;

    signal(SIGPIPE, SIG_IGN);
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigprocmask(SIG_BLOCK, &set, NULL);
    self->signals.fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    self->signals.func = on_signal;
    if (self->signals.fd < 0) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_UNAVAILABLE, "signalfd: %s", g_strerror(errno));
        return false;
    }
    return heard_loop_watch(self->app.loop, &self->signals, EPOLLIN, error);
}

static void raise_file_limit(void)
{
    struct rlimit files;

    if (getrlimit(RLIMIT_NOFILE, &files) < 0)
        return;
    files.rlim_cur = files.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &files) < 0)
        heard_log(&topic, HEARD_LOG_WARN, "file-limit-kept limit=%lu",
                  (unsigned long)files.rlim_cur);
}

static bool set_log_level(const HeardConfig *config, GError **error)
{
    static const char *const names[] = {"error", "warn", "info", "debug"};
    const char *wanted = heard_config_text(config, "log_level");

    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
        if (strcmp(names[i], wanted) == 0) {
            heard_log_set_level((HeardLogLevel)i);
            return true;
        }
    }
    g_set_error(error, HEARD_ERROR, HEARD_ERROR_CONFIG,
                "log_level: '%s' is not error, warn, info or debug", wanted);
    return false;
}

static bool open_http(Server *self, GError **error)
{
    g_auto(HeardCertificate) certificate = {0};
    const char *path = heard_config_text(self->app.config, "certificate");
    HeardHttpConfig config = {
        .loop = self->app.loop,
        .https_port = (uint16_t)heard_config_number(self->app.config, "port"),
        .http_port = heard_app_config_http_port(self->app.config),
        .http_enabled = heard_config_bool(self->app.config, "http"),
        .hooks = {heard_dispatch_admit, heard_dispatch_handle, &self->app},
    };

    if (path
            ? !heard_certificate_load(&certificate, path,
                                      heard_config_text(self->app.config, "certificate_key"), error)
            : !heard_certificate_self_signed(&certificate,
                                             heard_config_text(self->app.config, "data"),
                                             (const char *const *)self->app.addresses, error))
        return false;
    config.certificate = certificate.certificate;
    config.key = certificate.key;
    self->app.http = heard_http_new(&config, error);
    return self->app.http != NULL;
}

/* On one connection, before any thread: schema, what a crash left, the demo. */
static bool prepare_store(Server *self, const char *url, GError **error)
{
    HeardApp *app = &self->app;
    int64_t wall_ms = heard_clock_wall_ms();
    g_autoptr(HeardStore) store = heard_store_open(url, error);

    if (!store || !heard_migrate(store, NULL, error) ||
        !heard_recovery_run(store, self->signer, app->data_dir, self->recordings_dir, wall_ms,
                            error) ||
        !heard_urn_sweep(store, app->data_dir, error))
        return false;
    if (!heard_config_bool(app->config, "demo"))
        return true;
    self->demo = heard_demo_new(store, app->cipher, app->data_dir, wall_ms, error);
    return self->demo != NULL;
}

/* The files that the settings name, or such as are made at the first start and kept. */
static bool open_signer(Server *self, GError **error)
{
    const HeardConfig *config = self->app.config;
    const char *key = heard_config_text(config, "signing_key");
    const char *certificate = heard_config_text(config, "signing_certificate");
    const char *kind = heard_config_text(config, "signing");
    g_autofree char *own_key = g_build_filename(self->app.data_dir, "signing-key.pem", NULL);
    g_autofree char *own = g_build_filename(self->app.data_dir, "signing-certificate.pem", NULL);
    g_autofree char *name = g_strdup_printf("heard, %s", g_get_host_name());
    bool sm2 = strcmp(kind, "sm2") == 0;

    if (!key != !certificate || (!sm2 && strcmp(kind, "ed25519") != 0)) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_CONFIG,
                    !key != !certificate
                        ? "signing_key and signing_certificate: both, or none of them"
                        : "signing: ed25519 or sm2");
        return false;
    }
    self->signer =
        key ? heard_signer_load(key, certificate, error)
            : heard_signer_load_or_create(
                  own_key, own, sm2 ? HEARD_SIGNING_SM2 : HEARD_SIGNING_ED25519, name, error);
    return self->signer != NULL;
}

static bool choose_provider(HeardApp *app, GError **error)
{
    const char *name = heard_config_text(app->config, "signature_provider");

    app->signatures = heard_signature_provider_find(name);
    if (!app->signatures)
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_CONFIG,
                    "signature_provider: there is none called '%s'", name);
    return app->signatures != NULL;
}

static bool open_store(Server *self, GError **error)
{
    HeardApp *app = &self->app;
    g_autofree char *url = heard_app_config_database(app->config);
    g_autofree char *key = g_build_filename(app->data_dir, "field.key", NULL);

    app->profiles = heard_profiles_load(heard_config_text(app->config, "profiles"), error);
    if (!app->profiles)
        return false;
    app->papers = heard_papers_load(heard_config_text(app->config, "papers"), error);
    if (!app->papers || !heard_paper_new_prepare(app->data_dir, error))
        return false;
    app->cipher = heard_field_cipher_new(key, error);
    if (!app->cipher || !prepare_store(self, url, error))
        return false;
    app->store = heard_store_thread_new("store", url, false, error);
    app->reader = app->store ? heard_store_thread_new("reader", url, false, error) : NULL;
    app->logins = app->reader ? heard_store_thread_new("logins", url, false, error) : NULL;
    return app->logins != NULL;
}

static bool open_jobs(Server *self, GError **error)
{
    HeardApp *app = &self->app;
    const HeardConfig *settings = app->config;
    g_autofree char *url = heard_app_config_database(settings);
    HeardJobsConfig config = {.loop = app->loop,
                              .store = app->store,
                              .data_dir = app->data_dir,
                              .key_path = self->recordings_key,
                              .tsa_url = heard_config_text(settings, "tsa_url"),
                              .copy_to = heard_config_text(settings, "copy_to"),
                              .copy_credentials = heard_config_text(settings, "copy_credentials"),
                              .copy_region = heard_config_text(settings, "copy_region"),
                              .every_us = heard_config_number(settings, "jobs_seconds") * 1000000,
                              .local_days = heard_config_number(settings, "local_days")};
    HeardDestroyerConfig of_destroyer = {.loop = app->loop,
                                         .store = app->store,
                                         .database = url,
                                         .data_dir = app->data_dir,
                                         .copy_to = config.copy_to,
                                         .copy_credentials = config.copy_credentials,
                                         .copy_region = config.copy_region};

    app->jobs = heard_jobs_new(&config);
    app->signer = self->signer;
    app->keeps_ciphertext = heard_config_bool(settings, "keep_ciphertext");
    app->destroyer = heard_destroyer_new(&of_destroyer, error);
    return app->destroyer != NULL;
}

static void on_sealed(const char *recording_id, void *data)
{
    Server *self = data;

    (void)recording_id;
    heard_jobs_look(self->app.jobs);
}

static unsigned load_count(const Server *self)
{
    unsigned wanted = (unsigned)heard_config_number(self->app.config, "load");

    /* demo.json names load-0, so that WHIP and WHEP can be tried at once. */
    return MAX(wanted, self->demo ? 1u : 0u);
}

static bool open_media(Server *self, GError **error)
{
    HeardApp *app = &self->app;
    HeardMediaPlaneConfig config = {
        .loop = app->loop,
        .store = app->store,
        .addresses = (const char *const *)app->addresses,
        .port = heard_app_config_media_port(app->config),
        .worker_count = heard_app_config_workers(app->config),
        .recordings_dir = self->recordings_dir,
        .recordings_key = self->recordings_key,
        .signer = self->signer,
        .load_count = load_count(self),
        .load_recorded = heard_config_bool(app->config, "load_recorded"),
        .speech_socket = heard_config_text(app->config, "speech_socket"),
        .speech_captions = heard_config_bool(app->config, "speech_captions"),
        .goes_on_unrecorded =
            strcmp(heard_config_text(app->config, "recording_lost"), "continue") == 0,
        .on_sealed = on_sealed,
        .data = self,
    };

    self->media = heard_media_plane_new(&config, error);
    if (!self->media)
        return false;
    app->live = heard_media_plane_live(self->media);
    app->duty = heard_duty_new(&(HeardDutyConfig){app->loop, app->store, app->live});
    heard_live_set_summons_hook(app->live, heard_duty_changed, app->duty);
    return true;
}

static void set_public_url(HeardApp *app)
{
    const char *configured = heard_config_text(app->config, "public_url");
    const char *address = app->addresses[0];

    if (configured)
        app->public_url = g_strdup(configured);
    else
        app->public_url =
            g_strdup_printf(strchr(address, ':') ? "https://[%s]:%u" : "https://%s:%u", address,
                            heard_http_https_port(app->http));
}

static bool start(Server *self, GError **error)
{
    HeardApp *app = &self->app;

    if (!set_log_level(app->config, error) ||
        !heard_app_config_keeping(app->config, &app->keeping, error) ||
        !heard_app_config_calendar(app->config, &app->calendar, error))
        return false;
    app->turn = heard_turn_new(heard_config_text(app->config, "turn_urls"),
                               heard_config_text(app->config, "turn_secret"),
                               heard_config_number(app->config, "turn_ttl"), error);
    if (!app->turn)
        return false;
    app->data_dir = g_canonicalize_filename(heard_config_text(app->config, "data"), NULL);
    self->recordings_dir = g_build_filename(app->data_dir, HEARD_RECORDINGS_FOLDER, NULL);
    self->recordings_key = heard_config_text(app->config, "recordings_key")
                               ? g_strdup(heard_config_text(app->config, "recordings_key"))
                               : g_build_filename(app->data_dir, "recordings.key", NULL);
    self->lock_fd = heard_files_claim_folder(app->data_dir, error);
    if (self->lock_fd < 0)
        return false;
    raise_file_limit();
    app->loop = heard_loop_new("main", error);
    if (!app->loop || !take_signals(self, error))
        return false;
    if (!heard_totp_init()) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_CRYPTO, "liboath or libsodium cannot start");
        return false;
    }
    app->addresses = heard_machine_addresses(heard_config_text(app->config, "address"),
                                             heard_config_bool(app->config, "demo") ||
                                                 heard_config_number(app->config, "load") > 0,
                                             error);
    if (!app->addresses || !choose_provider(app, error) || !open_signer(self, error) ||
        !open_store(self, error))
        return false;
    app->pages = heard_static_files_new(heard_config_text(app->config, "web_dir"));
    app->uploads = heard_uploads_new(app->data_dir, error);
    if (!app->uploads || !open_jobs(self, error) || !open_media(self, error) ||
        !open_http(self, error))
        return false;
    set_public_url(app);
    return true;
}

static Server *server_new(HeardConfig *config_take, GError **error)
{
    g_autoptr(Server) self = g_new0(Server, 1);

    self->app.config = config_take;
    self->lock_fd = -1;
    self->signals.fd = -1;
    return start(self, error) ? g_steal_pointer(&self) : NULL;
}

static void on_round(void *data)
{
    Server *self = data;

    heard_http_run(self->app.http);
}

static bool announce(Server *self, GError **error)
{
    HeardApp *app = &self->app;
    HeardDemoPlace place = {.data_dir = app->data_dir,
                            .public_url = app->public_url,
                            .https_port = heard_http_https_port(app->http),
                            .http_port = heard_http_http_port(app->http),
                            .load_count = load_count(self)};
    g_autofree char *http = NULL;

    if (self->demo) {
        if (!heard_demo_write(self->demo, &place, error))
            return false;
        heard_demo_print(self->demo, &place);
    }
    if (place.http_port)
        http = g_strdup_printf(" http://127.0.0.1:%u", place.http_port);
    printf("heard: ready https://127.0.0.1:%u%s\n", place.https_port, http ? http : "");
    fflush(stdout);
    return true;
}

static void on_watchdog(HeardTimer *timer, int64_t now_us)
{
    Server *self = heard_container_of(timer, Server, watchdog);

    sd_notify(0, "WATCHDOG=1");
    heard_loop_set_timer(self->app.loop, timer, now_us + self->watchdog_us);
}

/* Under systemd with WatchdogSec: a main loop that hangs is restarted. */
static void start_watchdog(Server *self)
{
    uint64_t limit_us = 0;

    if (sd_watchdog_enabled(0, &limit_us) <= 0)
        return;
    self->watchdog_us = (int64_t)limit_us / 2;
    self->watchdog.func = on_watchdog;
    heard_loop_set_timer(self->app.loop, &self->watchdog, heard_clock_now_us() + self->watchdog_us);
}

/* Ends the wait when everybody has heard of it, or at the limit. */
static void on_stop_timer(HeardTimer *timer, int64_t now_us)
{
    Server *self = heard_container_of(timer, Server, stop_timer);

    self->stopped =
        heard_live_connection_count(self->app.live) + heard_duty_connection_count(self->app.duty) ==
            0 ||
        now_us > self->stop_limit_us;
    if (!self->stopped)
        heard_loop_set_timer(self->app.loop, timer, now_us + HEARD_STOP_ANSWERS_US);
}

/* Close frames and the last answers need some rounds of the loop; a client that does not
 * read gets no more than HEARD_STOP_US. */
static void stop_politely(Server *self, GMainContext *context)
{
    HeardApp *app = &self->app;
    int64_t now_us = heard_clock_now_us();

    sd_notify(0, "STOPPING=1");
    atomic_store(&app->ready, false);
    heard_http_quiesce(app->http);
    heard_media_plane_stop(self->media);
    heard_duty_stop(app->duty);
    self->stop_limit_us = now_us + HEARD_STOP_US;
    self->stop_timer.func = on_stop_timer;
    heard_loop_set_timer(app->loop, &self->stop_timer, now_us + HEARD_STOP_ANSWERS_US);
    while (!self->stopped)
        g_main_context_iteration(context, TRUE);
}

/* Until a signal. */
static int run(Server *self, GMainContext *context)
{
    HeardApp *app = &self->app;
    g_autoptr(GError) error = NULL;

    heard_loop_set_round_func(app->loop, on_round, self);
    heard_loop_attach(app->loop, context);
    heard_live_restore(app->live, NULL, NULL);
    heard_jobs_start(app->jobs);
    heard_destroyer_wake(app->destroyer);
    atomic_store(&app->ready, true);
    if (!announce(self, &error)) {
        fprintf(stderr, "heard: %s\n", error->message);
        return 1;
    }
    sd_notify(0, "READY=1");
    start_watchdog(self);
    while (!self->stopping)
        g_main_context_iteration(context, TRUE);
    stop_politely(self, context);
    return 0;
}

/*
 * A handshake takes 60 KB in three blocks, two thirds of a peer's memory, and gives them back.
 * From the heap they would leave holes between what stays, and the process would never shrink;
 * blocks of this size get pages of their own instead, and these go at once. The packet path
 * allocates nothing, so it does not pay for it.
 */
static void set_up_memory(void)
{
    enum { OWN_PAGES_FROM = 16 * 1024 };

    mallopt(M_MMAP_THRESHOLD, OWN_PAGES_FROM);
}

int heard_serve_main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Server) self = NULL;
    g_autoptr(GMainContext) context = g_main_context_new();
    HeardConfig *config;
    int status;

    if (argc == 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
        g_autofree char *help = heard_app_config_help();
        printf("Usage: heard serve [OPTIONS]\n\n%s", help);
        return 0;
    }
    config = heard_app_config_load(argc, argv, &error);
    if (!config) {
        fprintf(stderr, "heard: %s\n", error->message);
        return 2;
    }
    set_up_memory();
    self = server_new(config, &error);
    if (!self) {
        fprintf(stderr, "heard: %s\n", error->message);
        return 1;
    }
    g_main_context_push_thread_default(context);
    status = run(self, context);
    g_clear_pointer(&self, server_free);
    g_main_context_pop_thread_default(context);
    return status;
}
