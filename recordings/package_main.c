/* SPDX-License-Identifier: Apache-2.0 */
#include "recordings/commands.h"
#include "recordings/disk.h"
#include "recordings/package.h"
#include "server/base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The built page: HEARD_WEB_DIR, beside a build, or installed. NULL: nowhere. */
static char *find_page(void)
{
    static const char *const places[] = {"../../../web/dist", "../share/heard/web"};
    g_autofree char *program = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *folder = program ? g_path_get_dirname(program) : g_strdup(".");
    const char *given = g_getenv("HEARD_WEB_DIR");

    if (given && *given)
        return g_build_filename(given, "verify.html", NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(places); i++) {
        g_autofree char *page = g_build_filename(folder, places[i], "verify.html", NULL);
        if (g_file_test(page, G_FILE_TEST_IS_REGULAR))
            return g_steal_pointer(&page);
    }
    return NULL;
}

/* Complete or not there at all: written beside, renamed. */
static bool write_file(const HeardPackageSpec *spec, const char *path, HeardPackageCount *ret_count,
                       GError **error)
{
    g_autofree char *temp = g_strconcat(path, ".part", NULL);
    g_autofree char *folder = g_path_get_dirname(path);
    int fd = open(temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool done;

    if (fd < 0) {
        heard_disk_set_error(error, errno, "create", temp);
        return false;
    }
    done = heard_package_write(spec, fd, ret_count, error);
    if (done && fsync(fd) != 0) {
        heard_disk_set_error(error, errno, "sync", temp);
        done = false;
    }
    close(fd);
    if (done && rename(temp, path) != 0) {
        heard_disk_set_error(error, errno, "rename", temp);
        done = false;
    }
    if (!done)
        unlink(temp);
    return done && heard_disk_sync_folder(folder, error);
}

static bool write_package(const HeardPackageSpec *spec, const char *out, GError **error)
{
    HeardPackageCount count;

    if (strcmp(out, "-") == 0)
        return heard_package_write(spec, STDOUT_FILENO, &count, error);
    if (!write_file(spec, out, &count, error))
        return false;
    printf("{\"files\":%" G_GUINT64_FORMAT ",\"bytes\":%" G_GUINT64_FORMAT
           ",\"left_out\":%" G_GUINT64_FORMAT ",\"intact\":%s}\n",
           count.files, count.bytes, count.left_out, count.intact ? "true" : "false");
    return true;
}

static char *last_line(char *text)
{
    char *start;

    g_strchomp(text);
    start = strrchr(text, '\n');
    return start ? start + 1 : text;
}

/* The film of exactly this stretch, by a process of its own: it shuts itself in while it reads
 * what people sent. What it says at its end. */
static json_t *make_clip(const HeardPackageSpec *spec, const char *key_path, const char *clip,
                         GError **error)
{
    g_autofree char *from = g_strdup_printf("%" G_GINT64_FORMAT, spec->excerpt.from_ms);
    g_autofree char *to = g_strdup_printf("%" G_GINT64_FORMAT, spec->excerpt.to_ms);
    const char *argv[] = {"/proc/self/exe", "composite", "--recording", spec->recording, "--key",
                          key_path,         "--out",     clip,          "--from",        from,
                          "--to",           to,          NULL};
    g_autofree char *said = NULL;
    const char *why;
    json_t *end;
    json_t *facts;
    int status = 0;

    if (!g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &said, NULL, &status,
                      NULL)) {
        g_set_error_literal(error, HEARD_ERROR, HEARD_ERROR_UNAVAILABLE,
                            "heard composite cannot be started");
        return NULL;
    }
    end = json_loads(last_line(said), JSON_REJECT_DUPLICATES, NULL);
    facts = status == 0 ? json_incref(json_object_get(end, "ready")) : NULL;
    why = json_string_value(json_object_get(end, "failed"));
    if (facts)
        json_object_set_new(facts, "file", json_string("clip.mp4"));
    else
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_UNAVAILABLE, "the film: %s",
                    why ? why : "heard composite ended without a word");
    json_decref(end);
    return facts;
}

static bool write_with_clip(HeardPackageSpec *spec, const char *key_path, const char *out,
                            GError **error)
{
    bool is_stream = strcmp(out, "-") == 0;
    g_autofree char *beside = is_stream ? g_strdup(g_get_tmp_dir()) : g_path_get_dirname(out);
    g_autofree char *folder = g_build_filename(beside, ".heard-clip-XXXXXX", NULL);
    g_autofree char *clip = NULL;
    json_t *facts;
    bool done = false;

    if (!g_mkdtemp(folder)) {
        heard_disk_set_error(error, errno, "create a folder in", beside);
        return false;
    }
    clip = g_build_filename(folder, "clip.mp4", NULL);
    facts = make_clip(spec, key_path, clip, error);
    if (facts) {
        spec->clip = clip;
        spec->clip_facts = facts;
        done = write_package(spec, out, error);
    }
    json_decref(facts);
    return heard_disk_remove_folder(folder, done ? error : NULL) && done;
}

typedef struct {
    char *recording, *page, *out, *key_path;
    int64_t from_ms, to_ms; /* −1: not given */
} Options;

static void options_clear(Options *self)
{
    g_free(self->recording);
    g_free(self->page);
    g_free(self->out);
    g_free(self->key_path);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

static bool parse_options(Options *self, int argc, char **argv)
{
    GOptionEntry entries[] = {
        {"recording", 0, 0, G_OPTION_ARG_FILENAME, &self->recording, "the recording's folder",
         "DIR"},
        {"out", 0, 0, G_OPTION_ARG_FILENAME, &self->out,
         "zip to make (replaced if there); - is standard output", "FILE"},
        {"page", 0, 0, G_OPTION_ARG_FILENAME, &self->page,
         "verify.html to put in (default: the one of the built pages)", "FILE"},
        {"from", 0, 0, G_OPTION_ARG_INT64, &self->from_ms,
         "only an excerpt, from here on the recording's clock", "MS"},
        {"to", 0, 0, G_OPTION_ARG_INT64, &self->to_ms, "to here (default: to the end)", "MS"},
        {"key", 0, 0, G_OPTION_ARG_FILENAME, &self->key_path,
         "the organisation key: with a film of the excerpt", "FILE"},
        {NULL, 0, 0, 0, NULL, NULL, NULL}};
    g_autoptr(GOptionContext) context =
        g_option_context_new("- a recording, or a part of it, as one zip that can be checked "
                             "anywhere");
    g_autoptr(GError) error = NULL;
    bool is_part, fits;

    g_option_context_add_main_entries(context, entries, NULL);
    fits = g_option_context_parse(context, &argc, &argv, &error) && argc == 1 && self->recording &&
           self->out;
    is_part = self->from_ms >= 0 || self->to_ms >= 0;
    if (fits && (is_part || !self->key_path))
        return true;
    fprintf(stderr, "heard package: %s\n",
            error ? error->message
                  : "usage: heard package --recording DIR --out FILE|- [--page FILE] "
                    "[--from MS --to MS [--key FILE]]");
    return false;
}

static bool run(const Options *options, const char *page, GError **error)
{
    HeardPackageSpec spec = {.recording = options->recording, .page = page};

    if (options->from_ms < 0 && options->to_ms < 0)
        return write_package(&spec, options->out, error);
    if (!heard_excerpt_choose(&spec.excerpt, options->recording, MAX(options->from_ms, 0),
                              options->to_ms, error))
        return false;
    return options->key_path ? write_with_clip(&spec, options->key_path, options->out, error)
                             : write_package(&spec, options->out, error);
}

int heard_package_main(int argc, char **argv)
{
    g_auto(Options) options = {.from_ms = -1, .to_ms = -1};
    g_autofree char *page = NULL;
    g_autoptr(GError) error = NULL;

    if (!parse_options(&options, argc, argv))
        return 2;
    page = options.page ? g_strdup(options.page) : find_page();
    if (!page || !g_file_test(page, G_FILE_TEST_IS_REGULAR)) {
        fprintf(stderr, "heard package: %s: %s: no such page; build the web pages or use --page\n",
                heard_error_name(HEARD_ERROR_NOT_FOUND), page ? page : "verify.html");
        return 1;
    }
    if (run(&options, page, &error))
        return 0;
    fprintf(stderr, "heard package: %s: %s\n", heard_error_name(heard_error_code(error)),
            error->message);
    return 1;
}
