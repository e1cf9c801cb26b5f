/* SPDX-License-Identifier: Apache-2.0 */
#include "recordings/shred.h"

#include "recordings/destruction.h"
#include "recordings/disk.h"
#include "recordings/timestamp.h"
#include "server/base/error.h"
#include "server/base/random.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BLOCK_SIZE = 64 * 1024, FOLDER_DEPTH_MAX = 4, ENTRIES_MAX = 100000 };

typedef struct {
    const char *path;
    HeardShredFunc on_step;
    void *data;
    bool keeps_ciphertext;
} Shred;

static void tell(const Shred *self, const char *step, const char *path)
{
    if (self->on_step)
        self->on_step(step, path, self->data);
}

static bool is_segment(const char *name)
{
    unsigned number = 0;
    int used = 0;

    return sscanf(name, "%6u.seg%n", &number, &used) == 1 && used == 10 && !name[used];
}

static bool stays(const Shred *self, const char *name)
{
    static const char *const kept[] = {HEARD_DESTRUCTION_FILE, "journal.jsonl", "seal.json",
                                       HEARD_TIMESTAMP_FILE, NULL};

    return g_strv_contains(kept, name) || heard_timestamp_hourly_number(name) > 0 ||
           (self->keeps_ciphertext && is_segment(name));
}

/* log.json, and what a crash left of writing it. */
static bool holds_key(const char *name)
{
    return g_str_has_prefix(name, "log.json");
}

static bool overwrite(const char *path, GError **error)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
    uint8_t noise[BLOCK_SIZE];
    struct stat info = {0};
    bool done = fd >= 0 && fstat(fd, &info) == 0;
    int saved_errno;

    for (off_t at = 0; done && at < info.st_size;) {
        size_t size = (size_t)MIN((off_t)sizeof noise, info.st_size - at);
        ssize_t put;
        heard_random_bytes(noise, size);
        put = pwrite(fd, noise, size, at);
        if (put < 0 && errno == EINTR)
            continue;
        done = put > 0;
        at += MAX(put, 0);
    }
    done = done && fsync(fd) == 0;
    saved_errno = errno;
    if (fd >= 0)
        close(fd);
    if (!done)
        heard_disk_set_error(error, saved_errno, "overwrite", path);
    return done;
}

/* What can be read with no key, or is the key, is overwritten; ciphertext just goes. */
static bool remove_file(const Shred *self, const char *path, const char *name, mode_t mode,
                        GError **error)
{
    if (S_ISREG(mode) && !is_segment(name)) {
        tell(self, "overwrite", path);
        if (!overwrite(path, error))
            return false;
    }
    tell(self, "unlink", path);
    if (unlink(path) == 0 || errno == ENOENT)
        return true;
    heard_disk_set_error(error, errno, "remove", path);
    return false;
}

static bool remove_folder(const Shred *self, const char *path, unsigned depth, GError **error);

static bool remove_entry(const Shred *self, const char *folder, const char *name, unsigned depth,
                         GError **error)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    struct stat info;

    if (lstat(path, &info) != 0)
        return true;
    return S_ISDIR(info.st_mode) ? remove_folder(self, path, depth + 1, error)
                                 : remove_file(self, path, name, info.st_mode, error);
}

/* Names first: a folder that changes is not read reliably. */
static GPtrArray *names_of(const char *path, GError **error)
{
    g_autoptr(GDir) entries = g_dir_open(path, 0, NULL);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    const char *name;

    while (entries && names->len < ENTRIES_MAX && (name = g_dir_read_name(entries)))
        g_ptr_array_add(names, g_strdup(name));
    if (entries)
        return g_steal_pointer(&names);
    heard_disk_set_error(error, errno, "read", path);
    return NULL;
}

static bool remove_folder(const Shred *self, const char *path, unsigned depth, GError **error)
{
    g_autoptr(GPtrArray) names = depth <= FOLDER_DEPTH_MAX ? names_of(path, error) : NULL;

    if (!names) {
        if (error && !*error)
            g_set_error(error, HEARD_ERROR, HEARD_ERROR_STORAGE, "%s: folders too deep", path);
        return false;
    }
    for (guint i = 0; i < names->len; i++)
        if (!remove_entry(self, path, names->pdata[i], depth, error))
            return false;
    if (rmdir(path) == 0 || errno == ENOENT)
        return true;
    heard_disk_set_error(error, errno, "remove", path);
    return false;
}

/* Is it the log that the certificate names? A key half overwritten is no log any more; then the
 * certificate stands there already, which place_certificate() has compared. */
static bool is_its_log(const Shred *self, const HeardDestruction *destruction, GError **error)
{
    HeardLogInfo info;
    bool same;

    if (!heard_log_info_read(&info, self->path, NULL))
        return true;
    same = memcmp(info.hash, destruction->info.hash, HEARD_LOG_HASH_SIZE) == 0;
    heard_log_info_clear(&info);
    if (!same)
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_CONFLICT,
                    "%s: not the log that the certificate names", self->path);
    return same;
}

static bool place_certificate(const Shred *self, const char *certificate, GError **error)
{
    g_autofree char *file = g_build_filename(self->path, HEARD_DESTRUCTION_FILE, NULL);
    g_autofree char *there = NULL;
    HeardLogInfo info;
    size_t size;

    there = heard_disk_read(file, HEARD_DESTRUCTION_BYTES_MAX, &size, NULL);
    if (there) {
        if (strcmp(there, certificate) == 0)
            return true;
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_CONFLICT, "%s: another certificate", file);
        return false;
    }
    if (!heard_log_info_read(&info, self->path, error)) /* nothing here that it could be about */
        return false;
    heard_log_info_clear(&info);
    tell(self, "certificate", file);
    return heard_disk_replace(file, certificate, strlen(certificate), error);
}

static bool remove_names(const Shred *self, bool keys, GError **error)
{
    g_autoptr(GPtrArray) names = names_of(self->path, error);

    for (guint i = 0; names && i < names->len; i++) {
        const char *name = names->pdata[i];
        if (holds_key(name) == keys && !stays(self, name) &&
            !remove_entry(self, self->path, name, 0, error))
            return false;
    }
    return names && heard_disk_sync_folder(self->path, error);
}

bool heard_shred(const char *path, const char *certificate, HeardShredFunc on_step, void *data,
                 GError **error)
{
    g_auto(HeardDestruction) destruction = {0};
    Shred self = {.path = path, .on_step = on_step, .data = data};

    if (!heard_destruction_parse(&destruction, certificate, strlen(certificate), error))
        return false;
    self.keeps_ciphertext = destruction.keeps_ciphertext;
    return is_its_log(&self, &destruction, error) && place_certificate(&self, certificate, error) &&
           remove_names(&self, true, error) && remove_names(&self, false, error);
}
