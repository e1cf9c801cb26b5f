/* SPDX-License-Identifier: Apache-2.0 */
#include "recordings/verify_timestamps.h"

#include "recordings/disk.h"
#include "recordings/timestamp.h"

#include <string.h>

typedef struct {
    unsigned number;
    uint8_t imprint[HEARD_LOG_HASH_SIZE];
    int64_t at_us; /* of the line; -1: of no line */
} Stamp;

struct HeardHourlyStamps {
    char *path;
    GArray *stamps;       /* by number */
    GHashTable *imprints; /* GBytes: most lines of a journal are not among them */
};

static char *file_of(const HeardHourlyStamps *self, unsigned number)
{
    g_autofree char *name = heard_timestamp_hourly_name(number);

    return g_build_filename(self->path, name, NULL);
}

static int by_number(const void *a, const void *b)
{
    const Stamp *one = a, *other = b;

    return one->number < other->number ? -1 : one->number > other->number;
}

static void read_imprint(const HeardHourlyStamps *self, Stamp *stamp)
{
    g_autofree char *file = file_of(self, stamp->number);
    size_t size = 0;
    g_autofree char *bytes = heard_disk_read(file, HEARD_TIMESTAMP_MAX, &size, NULL);

    if (!bytes || !heard_timestamp_imprint(bytes, size, stamp->imprint))
        memset(stamp->imprint, 0, sizeof stamp->imprint); /* the hash of no line */
}

HeardHourlyStamps *heard_hourly_stamps_new(const char *path)
{
    HeardHourlyStamps *self = g_new0(HeardHourlyStamps, 1);
    g_autoptr(GDir) entries = g_dir_open(path, 0, NULL);
    const char *name;

    self->path = g_strdup(path);
    self->stamps = g_array_new(FALSE, TRUE, sizeof(Stamp));
    self->imprints =
        g_hash_table_new_full(g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, NULL);
    while (entries && (name = g_dir_read_name(entries))) {
        Stamp stamp = {.number = heard_timestamp_hourly_number(name), .at_us = -1};
        if (stamp.number == 0)
            continue;
        read_imprint(self, &stamp);
        g_array_append_val(self->stamps, stamp);
    }
    g_array_sort(self->stamps, by_number);
    for (guint i = 0; i < self->stamps->len; i++)
        g_hash_table_add(self->imprints, g_bytes_new(g_array_index(self->stamps, Stamp, i).imprint,
                                                     HEARD_LOG_HASH_SIZE));
    return self;
}

void heard_hourly_stamps_free(HeardHourlyStamps *self)
{
    if (!self)
        return;
    g_hash_table_unref(self->imprints);
    g_array_unref(self->stamps);
    g_free(self->path);
    g_free(self);
}

void heard_hourly_stamps_meet(HeardHourlyStamps *self,
                              const uint8_t hash[static HEARD_LOG_HASH_SIZE], int64_t at_us)
{
    g_autoptr(GBytes) key = NULL;

    if (self->stamps->len == 0)
        return;
    key = g_bytes_new_static(hash, HEARD_LOG_HASH_SIZE);
    if (!g_hash_table_contains(self->imprints, key))
        return;
    for (guint i = 0; i < self->stamps->len; i++) {
        Stamp *stamp = &g_array_index(self->stamps, Stamp, i);
        if (memcmp(stamp->imprint, hash, HEARD_LOG_HASH_SIZE) == 0)
            stamp->at_us = MAX(at_us, 0);
    }
}

static void check_one(const HeardHourlyStamps *self, const Stamp *stamp, HeardLogCheck *check)
{
    g_autofree char *name = heard_timestamp_hourly_name(stamp->number);
    g_autofree char *file = file_of(self, stamp->number);
    g_autofree char *detail = NULL;
    g_autoptr(GError) why = NULL;
    size_t size = 0;
    g_autofree char *bytes = heard_disk_read(file, HEARD_TIMESTAMP_MAX, &size, NULL);
    HeardTimestamp timestamp = {0};

    if (bytes && stamp->at_us >= 0 &&
        heard_timestamp_check(bytes, size, stamp->imprint, check->trust.tsa_path, &timestamp,
                              &why)) {
        check->report->hourly_stamps++;
        check->report->hourly_ms = timestamp.wall_ms;
        check->report->hourly_us = stamp->at_us;
        return;
    }
    detail = g_strdup_printf("%s: %s", name,
                             !bytes ? "unreadable"
                             : why  ? why->message
                                    : "over no line of the journal");
    heard_log_check_tell(check, HEARD_FINDING_TIMESTAMP, 0, detail);
}

void heard_hourly_stamps_check(const HeardHourlyStamps *self, HeardLogCheck *check)
{
    for (guint i = 0; i < self->stamps->len; i++)
        check_one(self, &g_array_index(self->stamps, Stamp, i), check);
}
