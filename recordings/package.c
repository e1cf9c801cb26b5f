/* SPDX-License-Identifier: Apache-2.0 */
#include "recordings/package.h"

#include "recordings/away.h"
#include "recordings/disk.h"
#include "recordings/log_reader.h"
#include "recordings/signer.h"
#include "server/base/clock.h"
#include "server/base/error.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SIGNER       "certificates/signer.pem"
#define RECOVERED_BY "certificates/recovered-by.pem"

enum { PIECE = 256 * 1024, BLOCK = 64 * 1024, NAME_MAX_CHARS = 80, FILE_MODE = 0644 };

G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_MD_CTX, EVP_MD_CTX_free)

typedef struct {
    const HeardPackageSpec *spec;
    char *root; /* the one folder in the zip */
    struct archive *archive;
    struct archive_entry *entry;
    EVP_MD_CTX *digest;
    GString *manifest;
    json_t *left_out;
    HeardPackageCount count;
    uint8_t piece[PIECE];
} Package;

static bool fail(Package *self, GError **error)
{
    bool full = archive_errno(self->archive) == ENOSPC;

    g_set_error(error, HEARD_ERROR, full ? HEARD_ERROR_STORAGE_FULL : HEARD_ERROR_STORAGE,
                "write the package: %s", archive_error_string(self->archive));
    return false;
}

static void leave_out(Package *self, const char *name, const char *reason, int64_t from)
{
    json_t *item = json_pack("{s:s, s:s}", "file", name, "reason", reason);

    if (from >= 0)
        json_object_set_new(item, "zeros_from", json_integer(from));
    json_array_append_new(self->left_out, item);
    self->count.left_out++;
}

/* ---- one file of the zip ---- */

static bool begin_file(Package *self, const char *name, uint64_t size, int64_t mtime_s,
                       GError **error)
{
    g_autofree char *path = g_strconcat(self->root, "/", name, NULL);

    if (self->count.files >= HEARD_PACKAGE_FILES_MAX) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_TOO_LARGE, "more than %d files",
                    HEARD_PACKAGE_FILES_MAX);
        return false;
    }
    archive_entry_clear(self->entry);
    archive_entry_set_pathname_utf8(self->entry, path);
    archive_entry_set_filetype(self->entry, AE_IFREG);
    archive_entry_set_perm(self->entry, FILE_MODE);
    archive_entry_set_size(self->entry, (la_int64_t)size);
    archive_entry_set_mtime(self->entry, mtime_s, 0);
    EVP_DigestInit_ex(self->digest, EVP_sha256(), NULL);
    self->count.files++;
    self->count.bytes += size;
    return archive_write_header(self->archive, self->entry) >= ARCHIVE_WARN || fail(self, error);
}

static bool put(Package *self, const void *bytes, size_t size, GError **error)
{
    EVP_DigestUpdate(self->digest, bytes, size);
    return archive_write_data(self->archive, bytes, size) == (la_ssize_t)size || fail(self, error);
}

static bool end_file(Package *self, const char *name, GError **error)
{
    uint8_t hash[HEARD_LOG_HASH_SIZE];
    char hex[HEARD_CHAIN_HEX_SIZE];

    EVP_DigestFinal_ex(self->digest, hash, NULL);
    heard_chain_to_hex(hex, hash);
    g_string_append_printf(self->manifest, "%s  %s\n", hex, name);
    return archive_write_finish_entry(self->archive) >= ARCHIVE_WARN || fail(self, error);
}

static bool add_text(Package *self, const char *name, const char *text, GError **error)
{
    size_t size = strlen(text);

    return begin_file(self, name, size, heard_clock_wall_ms() / 1000, error) &&
           put(self, text, size, error) && end_file(self, name, error);
}

/* Its size was told: what can't be read any more becomes zeros, and is said to be. */
static bool copy_bytes(Package *self, int fd, uint64_t size, const char *name, GError **error)
{
    bool readable = true;

    for (uint64_t at = 0; at < size;) {
        size_t part = MIN(size - at, (uint64_t)PIECE);

        if (readable && !heard_disk_read_at(fd, self->piece, part, (off_t)at)) {
            leave_out(self, name, errno ? g_strerror(errno) : "became shorter", (int64_t)at);
            readable = false;
        }
        if (!readable)
            memset(self->piece, 0, part);
        if (!put(self, self->piece, part, error))
            return false;
        at += part;
    }
    return true;
}

static bool add_file(Package *self, const char *from, const char *name, GError **error)
{
    struct stat info;
    bool done = true;
    int fd = open(from, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

    if (fd < 0 || fstat(fd, &info) != 0)
        leave_out(self, name, g_strerror(errno), -1);
    else if (!S_ISREG(info.st_mode))
        leave_out(self, name, "not a file", -1);
    else
        done = begin_file(self, name, (uint64_t)info.st_size, info.st_mtime, error) &&
               copy_bytes(self, fd, (uint64_t)info.st_size, name, error) &&
               end_file(self, name, error);
    if (fd >= 0)
        close(fd);
    return done;
}

/* ---- what is in it ---- */

static int compare_names(const void *one, const void *other)
{
    return strcmp(*(const char *const *)one, *(const char *const *)other);
}

/* Of a folder: which of its files go into the package. */
typedef bool (*NameFilter)(const Package *self, const char *name);

static bool takes_all(const Package *self, const char *name)
{
    (void)self;
    (void)name;
    return true;
}

static bool takes_original(const Package *self, const char *name)
{
    if (heard_excerpt_is_some(&self->spec->excerpt))
        return heard_package_takes(&self->spec->excerpt, name);
    return strcmp(name, "derived") != 0;
}

static GPtrArray *list_names(const char *folder)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GDir) entries = g_dir_open(folder, 0, NULL);
    const char *name;

    while (entries && names->len <= HEARD_PACKAGE_FILES_MAX && (name = g_dir_read_name(entries)))
        g_ptr_array_add(names, g_strdup(name));
    g_ptr_array_sort(names, compare_names);
    return names;
}

static bool add_folder(Package *self, const char *folder, const char *prefix, NameFilter takes,
                       GError **error)
{
    g_autoptr(GPtrArray) names = list_names(folder);

    for (guint i = 0; i < names->len; i++) {
        const char *name = names->pdata[i];
        g_autofree char *from = g_build_filename(folder, name, NULL);
        g_autofree char *to = g_strconcat(prefix, "/", name, NULL);

        if (!takes(self, name))
            continue;
        if (!g_utf8_validate(to, -1, NULL)) {
            g_autofree char *shown = g_utf8_make_valid(to, -1);
            leave_out(self, shown, "its name is not UTF-8", -1);
        } else if (!add_file(self, from, to, error)) {
            return false;
        }
    }
    return true;
}

/* Who brought another certificate for the end: PEM, or NULL. */
static char *read_end_certificate(const char *recording)
{
    g_autofree char *path = g_build_filename(recording, "seal.json", NULL);
    g_autofree char *text = NULL;
    size_t size;
    json_t *seal;
    char *certificate;

    text = heard_disk_read(path, HEARD_SEAL_MAX, &size, NULL);
    seal = text ? json_loadb(text, size, JSON_REJECT_DUPLICATES, NULL) : NULL;
    certificate = g_strdup(json_string_value(json_object_get(seal, "certificate")));
    json_decref(seal);
    return certificate;
}

static bool is_sm2(const char *certificate)
{
    g_autoptr(HeardSignatory) who = certificate ? heard_signatory_new(certificate, NULL) : NULL;

    return who && strcmp(heard_signatory_algorithm(who), "SM2-SM3") == 0;
}

static bool add_verification(Package *self, const HeardVerifyReport *report, GError **error)
{
    json_t *root = heard_verify_report_to_json(report);
    g_autofree char *text = NULL;
    char *dump;
    bool done;

    json_object_set(root, "left_out", self->left_out);
    if (self->spec->clip_facts)
        json_object_set_new(root, "clip", json_deep_copy(self->spec->clip_facts));
    json_object_set_new(root, "packed_wall_ms", json_integer(heard_clock_wall_ms()));
    dump = json_dumps(root, JSON_INDENT(2) | JSON_SORT_KEYS);
    json_decref(root);
    g_assert(dump);
    text = g_strconcat(dump, "\n", NULL);
    done = add_text(self, "verification.json", text, error);
    free(dump);
    return done;
}

static bool add_originals(Package *self, GError **error)
{
    const HeardPackageSpec *spec = self->spec;
    g_autofree char *claim = heard_excerpt_text(&spec->excerpt);

    return add_folder(self, spec->recording, "original", takes_original, error) &&
           (!heard_excerpt_is_some(&spec->excerpt) ||
            add_text(self, "original/" HEARD_EXCERPT_FILE, claim, error));
}

static bool add_all(Package *self, const HeardLogInfo *info, const HeardVerifyReport *report,
                    GError **error)
{
    const HeardPackageSpec *spec = self->spec;
    g_autofree char *derived = g_build_filename(spec->recording, "derived", NULL);
    g_autofree char *other = read_end_certificate(spec->recording);
    HeardPackageFacts facts = {.number = info->number ? info->number : self->root,
                               .end_is_sm2 = is_sm2(other ? other : info->signer),
                               .has_derived = !heard_excerpt_is_some(&spec->excerpt) &&
                                              g_file_test(derived, G_FILE_TEST_IS_DIR),
                               .has_clip = spec->clip != NULL};
    g_autofree char *readme = NULL;

    if (other || info->signer)
        facts.end_certificate = other ? RECOVERED_BY : SIGNER;
    readme = heard_package_readme(&facts, report);
    return add_text(self, "readme.txt", readme, error) &&
           add_file(self, spec->page, "verify.html", error) && add_originals(self, error) &&
           (!info->signer || add_text(self, SIGNER, info->signer, error)) &&
           (!other || add_text(self, RECOVERED_BY, other, error)) &&
           (!facts.has_derived || add_folder(self, derived, "derived", takes_all, error)) &&
           (!spec->clip || add_file(self, spec->clip, "clip.mp4", error)) &&
           add_verification(self, report, error) &&
           add_text(self, "manifest.sha256", self->manifest->str, error);
}

/* The folder in the zip: a name that every system takes. */
static char *root_name(const char *number, const char *recording)
{
    g_autofree char *last = g_path_get_basename(recording);
    char *name = g_strndup(number && *number ? number : last, NAME_MAX_CHARS);

    g_strcanon(name, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-_", '_');
    if (!*name) {
        g_free(name);
        name = g_strdup("recording");
    }
    return name;
}

static bool open_archive(Package *self, int fd, GError **error)
{
    self->archive = archive_write_new();
    self->entry = archive_entry_new();
    if (archive_write_set_format_zip(self->archive) == ARCHIVE_OK &&
        archive_write_zip_set_compression_store(self->archive) == ARCHIVE_OK &&
        archive_write_set_bytes_per_block(self->archive, BLOCK) == ARCHIVE_OK &&
        archive_write_set_bytes_in_last_block(self->archive, 1) == ARCHIVE_OK &&
        archive_write_open_fd(self->archive, fd) == ARCHIVE_OK)
        return true;
    return fail(self, error);
}

static void clear(Package *self)
{
    if (self->archive)
        archive_write_free(self->archive);
    archive_entry_free(self->entry);
    EVP_MD_CTX_free(self->digest);
    g_string_free(self->manifest, TRUE);
    json_decref(self->left_out);
    g_free(self->root);
    g_free(self);
}

bool heard_package_write(const HeardPackageSpec *spec, int fd, HeardPackageCount *ret_count,
                         GError **error)
{
    g_autoptr(HeardVerifyReport) report =
        heard_away_is_all_here(spec->recording, error)
            ? heard_package_verify(spec->recording, &spec->excerpt, error)
            : NULL;
    g_autofree char *name = NULL;
    HeardLogInfo info = {0};
    Package *self;
    bool done;

    *ret_count = (HeardPackageCount){0};
    if (!report)
        return false;
    if (!heard_log_info_read(&info, spec->recording, NULL))
        info = (HeardLogInfo){0}; /* the report says so */
    self = g_new0(Package, 1);
    self->spec = spec;
    name = root_name(info.number ? info.number : info.recording, spec->recording);
    self->root = g_strconcat(name, heard_excerpt_is_some(&spec->excerpt) ? "-excerpt" : "", NULL);
    self->digest = EVP_MD_CTX_new();
    self->manifest = g_string_new(NULL);
    self->left_out = json_array();
    self->count.intact = report->result == HEARD_VERIFY_INTACT;
    done = open_archive(self, fd, error) && add_all(self, &info, report, error);
    if (done && archive_write_close(self->archive) != ARCHIVE_OK)
        done = fail(self, error);
    *ret_count = self->count;
    heard_log_info_clear(&info);
    clear(self);
    return done;
}
