/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/turn.h"

#include "server/base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    SHA1_SIZE = 20,
    WHO_CHARS = 16, /* of 64 hexadecimal ones: 64 bits keep people apart */
    STEP_MS = 60 * 1000
};

struct HeardTurn {
    GStrv urls;
    char *secret;
    int64_t ttl_ms;
};

static bool is_url(const char *text)
{
    static const char *const schemes[] = {"turn:", "turns:", "stun:"};
    size_t scheme_size = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(schemes); i++)
        if (g_str_has_prefix(text, schemes[i]))
            scheme_size = strlen(schemes[i]);
    if (scheme_size == 0 || !text[scheme_size] || strlen(text) > HEARD_TURN_URL_CHARS_MAX)
        return false;
    for (const char *c = text + scheme_size; *c; c++)
        if (!g_ascii_isalnum(*c) && !strchr(".-:[]?=", *c))
            return false;
    return true;
}

static GStrv split_urls(const char *text, GError **error)
{
    g_auto(GStrv) parts = g_strsplit_set(text, " \t", -1);
    g_autoptr(GStrvBuilder) urls = g_strv_builder_new();
    unsigned count = 0;

    for (unsigned i = 0; parts[i]; i++) {
        if (!*parts[i])
            continue;
        if (!is_url(parts[i]) || ++count > HEARD_TURN_URLS_MAX) {
            g_set_error(error, HEARD_ERROR, HEARD_ERROR_CONFIG,
                        "turn_urls: at most %d addresses turn:…, turns:… or stun:…, not '%s'",
                        HEARD_TURN_URLS_MAX, parts[i]);
            return NULL;
        }
        g_strv_builder_add(urls, parts[i]);
    }
    if (count == 0) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_CONFIG, "turn_urls: names no relay");
        return NULL;
    }
    return g_strv_builder_end(urls);
}

static char *config_error(GError **error, const char *path, const char *why)
{
    g_set_error(error, HEARD_ERROR, HEARD_ERROR_CONFIG, "turn_secret: %s: %s", path, why);
    return NULL;
}

/* As with the other keys: a secret that others can read is none. */
static char *read_secret(const char *path, GError **error)
{
    char text[HEARD_TURN_SECRET_CHARS_MAX + 2] = "";
    struct stat info;
    ssize_t size;
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return config_error(error, path, g_strerror(errno));
    if (fstat(fd, &info) < 0 || !S_ISREG(info.st_mode) || (info.st_mode & 077) != 0) {
        close(fd);
        return config_error(error, path, "not a file that its owner alone can read: chmod 600");
    }
    size = read(fd, text, sizeof text - 1);
    close(fd);
    if (size < 0)
        return config_error(error, path, g_strerror(errno));
    text[strcspn(text, "\r\n")] = '\0';
    if (strlen(text) < HEARD_TURN_SECRET_CHARS_MIN || strlen(text) > HEARD_TURN_SECRET_CHARS_MAX)
        return config_error(error, path, "its first line must have 16 to 256 characters");
    return g_strdup(text);
}

HeardTurn *heard_turn_new(const char *urls, const char *secret_file, int64_t ttl_s, GError **error)
{
    g_autoptr(HeardTurn) self = g_new0(HeardTurn, 1);

    self->ttl_ms = ttl_s * 1000;
    if (!urls && !secret_file)
        return g_steal_pointer(&self);
    if (!urls || !secret_file) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_CONFIG,
                    "turn_urls and turn_secret belong together: set both or none");
        return NULL;
    }
    self->urls = split_urls(urls, error);
    self->secret = self->urls ? read_secret(secret_file, error) : NULL;
    return self->secret ? g_steal_pointer(&self) : NULL;
}

void heard_turn_free(HeardTurn *self)
{
    if (!self)
        return;
    g_strfreev(self->urls);
    g_free(self->secret);
    g_free(self);
}

char *heard_turn_credential(const char *secret, const char *username)
{
    GHmac *hmac = g_hmac_new(G_CHECKSUM_SHA1, (const guchar *)secret, strlen(secret));
    guint8 digest[SHA1_SIZE];
    gsize size = sizeof digest;

    g_hmac_update(hmac, (const guchar *)username, (gssize)strlen(username));
    g_hmac_get_digest(hmac, digest, &size);
    g_hmac_unref(hmac);
    return g_base64_encode(digest, size);
}

/* Another key than that of the passwords would be no better: this only has to be one-way. */
static char *pseudonym(const HeardTurn *self, const char *caller_id)
{
    g_autofree char *text = g_strdup_printf("heard relay user %s", caller_id);
    char *who = g_compute_hmac_for_string(G_CHECKSUM_SHA256, (const guchar *)self->secret,
                                          strlen(self->secret), text, -1);

    who[WHO_CHARS] = '\0';
    return who;
}

json_t *heard_turn_ice_servers(const HeardTurn *self, const char *caller_id, int64_t wall_ms)
{
    int64_t expires_ms = (wall_ms + self->ttl_ms) / STEP_MS * STEP_MS;
    json_t *servers = json_array();

    if (self->secret) {
        g_autofree char *who = pseudonym(self, caller_id);
        g_autofree char *username =
            g_strdup_printf("%" G_GINT64_FORMAT ":%s", (gint64)(expires_ms / 1000), who);
        g_autofree char *credential = heard_turn_credential(self->secret, username);
        json_t *urls = json_array();

        for (unsigned i = 0; self->urls[i]; i++)
            json_array_append_new(urls, json_string(self->urls[i]));
        json_array_append_new(servers, json_pack("{s:o, s:s, s:s}", "urls", urls, "username",
                                                 username, "credential", credential));
    }
    return json_pack("{s:o, s:I}", "ice_servers", servers, "expires_at", (json_int_t)expires_ms);
}
