/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Small logs in a temporary folder, for the tests of this folder. */

#include "heard_test.h"

#include "recordings/disk.h"
#include "recordings/log_reader.h"
#include "recordings/packet_log.h"
#include "recordings/recover.h"
#include "recordings/verify.h"
#include "server/base/clock.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct {
    char *root, *path, *key_path;
    HeardOrgKey *key;
    HeardSigner *signer;
} Fixture;

/* Key and certificate in files of this name; made when they are not there. */
static inline HeardSigner *fixture_signer(const Fixture *self, const char *name,
                                          HeardSigningKind kind)
{
    g_autofree char *key = g_strdup_printf("%s/%s.key", self->root, name);
    g_autofree char *certificate = g_strdup_printf("%s/%s.pem", self->root, name);
    HeardSigner *signer = heard_signer_load_or_create(key, certificate, kind, "听证办公室", NULL);

    assert_non_null(signer);
    return signer;
}

static inline Fixture fixture_new(void)
{
    Fixture self = {.root = g_dir_make_tmp("heard-log-XXXXXX", NULL)};

    assert_non_null(self.root);
    self.path = g_build_filename(self.root, "h1", "R01", NULL);
    self.key_path = g_build_filename(self.root, "org.key", NULL);
    self.key = heard_org_key_load_or_create(self.key_path, NULL);
    assert_non_null(self.key);
    self.signer = fixture_signer(&self, "signing", HEARD_SIGNING_ED25519);
    return self;
}

static inline void remove_tree(const char *path)
{
    g_autoptr(GDir) entries = g_dir_open(path, 0, NULL);
    const char *name;

    while (entries && (name = g_dir_read_name(entries))) {
        g_autofree char *child = g_build_filename(path, name, NULL);
        remove_tree(child);
    }
    g_remove(path);
}

static inline void fixture_free(Fixture *self)
{
    remove_tree(self->root);
    heard_org_key_free(self->key);
    heard_signer_free(self->signer);
    g_free(self->root);
    g_free(self->path);
    g_free(self->key_path);
}

static inline HeardPacketLog *fixture_log(const Fixture *self, const HeardLogIo *io)
{
    HeardPacketLogSpec spec = {.path = self->path,
                               .hearing = "h1",
                               .recording = "R01",
                               .room = "main",
                               .node = "n1",
                               .number = "HSJ-R01",
                               .epoch = 1,
                               .start_wall_ms = heard_clock_wall_ms(),
                               .io = io,
                               .signer = self->signer};

    return heard_packet_log_new(&spec, self->key, NULL);
}

static inline void append_packet(HeardPacketLog *log, uint32_t track, int64_t at_us, uint32_t value,
                                 size_t size)
{
    uint8_t payload[2048];
    HeardLogRecord record = {
        .type = HEARD_LOG_RTP, .track = track, .at_us = at_us, .payload = payload, .size = size};

    memset(payload, (int)(value & 0xff), sizeof payload);
    memcpy(payload, &value, sizeof value);
    assert_true(heard_packet_log_append(log, &record, 0));
}

/* Records that can be read, in order; checks that their values count up from first. */
static inline unsigned count_packets(const Fixture *self, uint32_t first)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HeardLogReader) reader = heard_log_reader_open(self->path, self->key, &error);
    HeardLogRecord record;
    unsigned count = 0;

    assert_non_null(reader);
    while (heard_log_reader_next(reader, &record)) {
        uint32_t value;
        memcpy(&value, record.payload, sizeof value);
        assert_int_equal(value, first + count);
        count++;
    }
    return count;
}

static inline HeardVerifyReport *verify(const Fixture *self)
{
    g_autoptr(GError) error = NULL;
    HeardVerifyReport *report = heard_verify(self->path, NULL, &error);

    assert_non_null(report);
    return report;
}

static inline bool has_finding(const HeardVerifyReport *report, HeardFindingKind kind)
{
    for (unsigned i = 0; i < report->finding_count; i++)
        if (report->findings[i].kind == kind)
            return true;
    return false;
}

/* Is this report an admission that something was altered? */
typedef bool (*FixtureTells)(const HeardVerifyReport *report, const char *name);

static inline bool tells_altered(const HeardVerifyReport *report, const char *name)
{
    (void)name;
    return report->result == HEARD_VERIFY_ALTERED;
}

/* One bit of each byte of these files, one after the other; of the file all_bits every bit. */
static inline void flip_each_byte(const Fixture *self, const char *const *names, size_t count,
                                  const char *all_bits, FixtureTells tells)
{
    for (size_t file = 0; file < count; file++) {
        g_autofree char *path = g_build_filename(self->path, names[file], NULL);
        g_autofree char *bytes = NULL;
        size_t size;
        size_t each = g_strcmp0(names[file], all_bits) == 0 ? 8 : 1;
        bytes = heard_disk_read(path, 1 << 20, &size, NULL);
        assert_non_null(bytes);
        for (size_t at = 0; at < size * each; at++) {
            g_autoptr(HeardVerifyReport) report = NULL;
            char *byte = &bytes[at / each];
            int fd = open(path, O_WRONLY);
            *byte ^= (char)(1 << (at % 8));
            assert_int_equal(pwrite(fd, byte, 1, byte - bytes), 1);
            report = heard_verify(self->path, NULL, NULL);
            if (report && !tells(report, names[file]))
                fail_msg("%s byte %zu was altered unseen", names[file], (size_t)(byte - bytes));
            *byte ^= (char)(1 << (at % 8));
            assert_int_equal(pwrite(fd, byte, 1, byte - bytes), 1);
            close(fd);
        }
    }
}

static inline void cut_at_each_byte(const Fixture *self, const char *const *names, size_t count)
{
    for (size_t file = 0; file < count; file++) {
        g_autofree char *path = g_build_filename(self->path, names[file], NULL);
        g_autofree char *bytes = NULL;
        size_t size;

        bytes = heard_disk_read(path, 1 << 20, &size, NULL);
        assert_non_null(bytes);
        for (size_t left = size; left-- > 0;) {
            g_autoptr(HeardVerifyReport) report = NULL;

            assert_int_equal(truncate(path, (off_t)left), 0);
            report = heard_verify(self->path, NULL, NULL);
            if (report && report->result != HEARD_VERIFY_ALTERED)
                fail_msg("%s cut to %zu bytes was not seen", names[file], left);
        }
        assert_true(g_file_set_contents(path, bytes, (gssize)size, NULL));
    }
}
