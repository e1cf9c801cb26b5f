/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/static_files.h"

#include "server/app/files.h"
#include "server/app/http_text.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct HeardStaticFiles {
    char *folder; /* NULL: none */
};

static char *beside_program(const char *relative)
{
    g_autofree char *program = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *folder = program ? g_path_get_dirname(program) : g_strdup(".");
    g_autofree char *joined = g_build_filename(folder, relative, NULL);

    return g_canonicalize_filename(joined, NULL);
}

HeardStaticFiles *heard_static_files_new(const char *folder)
{
    static const char *const places[] = {"../../../web/dist", "../share/heard/web"};
    HeardStaticFiles *self = g_new0(HeardStaticFiles, 1);

    if (!folder || !*folder)
        folder = g_getenv("HEARD_WEB_DIR");
    if (folder && *folder) {
        self->folder = g_strdup(folder);
        return self;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(places) && !self->folder; i++) {
        g_autofree char *place = beside_program(places[i]);
        if (g_file_test(place, G_FILE_TEST_IS_DIR))
            self->folder = g_steal_pointer(&place);
    }
    return self;
}

void heard_static_files_free(HeardStaticFiles *self)
{
    if (!self)
        return;
    g_free(self->folder);
    g_free(self);
}

const char *heard_static_files_folder(const HeardStaticFiles *self)
{
    return self->folder;
}

bool heard_static_files_is_page(const char *path)
{
    static const char *const pages[] = {"/j",          "/t",      "/hearings", "/cases",
                                        "/login",      "/today",  "/end",      "/duty",
                                        "/recordings", "/review", "/keeping"};

    if (strcmp(path, "/") == 0)
        return true;
    for (size_t i = 0; i < G_N_ELEMENTS(pages); i++) {
        size_t size = strlen(pages[i]);
        if (strncmp(path, pages[i], size) == 0 && (path[size] == '\0' || path[size] == '/'))
            return true;
    }
    return false;
}

bool heard_static_files_is_hashed(const char *name)
{
    const char *dot = strchr(name, '.');
    const char *dash = dot ? g_strrstr_len(name, dot - name, "-") : NULL;
    size_t hash_size = dash ? (size_t)(dot - dash - 1) : 0;

    if (hash_size < 8)
        return false;
    for (const char *c = dash + 1; c < dot; c++)
        if (!g_ascii_isupper(*c) && !g_ascii_isdigit(*c))
            return false;
    return true;
}

const char *heard_static_files_media_type(const char *name)
{
    static const struct {
        const char *end, *type;
    } rows[] = {
        {".html", "text/html; charset=utf-8"},
        {".js", "text/javascript; charset=utf-8"},
        {".mjs", "text/javascript; charset=utf-8"},
        {".css", "text/css; charset=utf-8"},
        {".json", "application/json"},
        {".map", "application/json"},
        {".webmanifest", "application/manifest+json"},
        {".svg", "image/svg+xml"},
        {".png", "image/png"},
        {".jpg", "image/jpeg"},
        {".ico", "image/x-icon"},
        {".woff2", "font/woff2"},
        {".txt", "text/plain; charset=utf-8"},
        {".wasm", "application/wasm"},
        {".mp3", "audio/mpeg"},
        {".webm", "video/webm"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        if (g_str_has_suffix(name, rows[i].end))
            return rows[i].type;
    return "application/octet-stream";
}

static bool takes_gzip(HeardHttpRequest *request)
{
    const char *accept = heard_http_header(request, "Accept-Encoding");

    return accept && strstr(accept, "gzip") && !strstr(accept, "gzip;q=0");
}

/* Opens the gzip twin where it may go out. */
static int open_asset(HeardStaticFiles *self, HeardHttpRequest *request, const char *relative)
{
    g_autofree char *packed = g_strdup_printf("%s.gz", relative);
    int fd = -1;

    if (takes_gzip(request))
        fd = heard_files_open_below(self->folder, packed, NULL);
    if (fd >= 0) {
        heard_http_add_header(request, "Content-Encoding", "gzip");
        heard_http_add_header(request, "Vary", "Accept-Encoding");
        return fd;
    }
    return heard_files_open_below(self->folder, relative, NULL);
}

static void send_asset(HeardHttpRequest *request, int fd, const char *relative)
{
    g_autofree char *name = g_path_get_basename(relative);
    g_autofree char *etag = NULL;
    bool is_index = strcmp(relative, "index.html") == 0;
    struct stat about;

    if (fstat(fd, &about) < 0) {
        close(fd);
        heard_http_reply_problem(request, HEARD_ERROR_STORAGE, NULL);
        return;
    }
    etag = g_strdup_printf("\"%lx-%lx\"", (unsigned long)about.st_size,
                           (unsigned long)about.st_mtim.tv_sec * 1000000000ul +
                               (unsigned long)about.st_mtim.tv_nsec);
    if (heard_static_files_is_hashed(name))
        heard_http_add_header(request, "Cache-Control", "public, max-age=31536000, immutable");
    else if (!is_index)
        heard_http_add_header(request, "Cache-Control", "no-cache");
    if (!is_index)
        heard_http_add_header(request, "ETag", etag);
    if (!is_index && heard_http_etag_matches(heard_http_header(request, "If-None-Match"), etag)) {
        close(fd);
        heard_http_reply_empty(request, 304);
        return;
    }
    heard_http_reply_file_take(request, 200, heard_static_files_media_type(name), fd, 0,
                               (uint64_t)about.st_size);
}

void heard_static_files_serve(HeardStaticFiles *self, HeardHttpRequest *request)
{
    const char *path = heard_http_path(request);
    const char *relative = heard_static_files_is_page(path) ? "index.html" : path + 1;
    int fd = -1;

    if (self->folder && path[0] == '/' && *relative)
        fd = open_asset(self, request, relative);
    if (fd >= 0)
        send_asset(request, fd, relative);
    else if (strcmp(relative, "index.html") == 0)
        heard_http_reply_text(request, 503, "text/plain; charset=utf-8",
                              "The web pages are not built: run server/run, or npm run build in "
                              "web/.\n");
    else
        heard_http_reply_problem(request, HEARD_ERROR_NOT_FOUND, "no such page");
}
