/* SPDX-License-Identifier: Apache-2.0 */
#include "recordings/verify.h"

#include "recordings/disk.h"
#include "recordings/file_names.h"
#include "recordings/timestamp.h"
#include "recordings/verify_private.h"
#include "recordings/verify_timestamps.h"
#include "server/base/error.h"

#include <string.h>

typedef HeardLogCheck Check;

void heard_log_check_add(HeardLogCheck *self, HeardFinding finding)
{
    HeardVerifyReport *report = self->report;

    if (heard_finding_is_fault(finding.kind))
        report->result = HEARD_VERIFY_ALTERED;
    if (report->finding_count < HEARD_VERIFY_FINDINGS_MAX)
        report->findings[report->finding_count++] = finding;
    else
        report->finding_overflow++;
}

void heard_log_check_tell(HeardLogCheck *self, HeardFindingKind kind, uint32_t segment,
                          const char *detail)
{
    HeardFinding finding = {
        .kind = kind, .segment = segment, .chunk = -1, .from_us = -1, .to_us = -1};

    g_strlcpy(finding.detail, detail, sizeof finding.detail);
    heard_log_check_add(self, finding);
}

static void note_entry(Check *self, const json_t *fields)
{
    const char *kind = json_string_value(json_object_get(fields, "kind"));
    int64_t at_us = json_integer_value(json_object_get(fields, "at_us"));
    const char *reason = json_string_value(json_object_get(fields, "reason"));
    HeardFinding finding = {.chunk = -1, .from_us = at_us, .to_us = -1};

    if (!kind)
        return;
    g_strlcpy(finding.detail, reason ? reason : "", sizeof finding.detail);
    heard_noted_tracks_meet(self->report->tracks, fields);
    if (strcmp(kind, "segment") == 0) {
        heard_noted_segments_add(self->noted, fields);
    } else if (strcmp(kind, "close") == 0) {
        self->closed = true;
        self->closed_wall_ms = json_integer_value(json_object_get(fields, "wall_ms"));
        self->closed_segments = (uint64_t)json_integer_value(json_object_get(fields, "segments"));
        self->closed_records = (uint64_t)json_integer_value(json_object_get(fields, "records"));
        self->report->duration_us = MAX(at_us, 0);
    } else if (strcmp(kind, "recovered") == 0) {
        finding.kind = HEARD_FINDING_RECOVERED;
        finding.number = json_integer_value(json_object_get(fields, "torn_bytes"));
        heard_log_check_add(self, finding);
    } else if (strcmp(kind, "pause") == 0 || strcmp(kind, "fault") == 0) {
        finding.kind = kind[0] == 'p' ? HEARD_FINDING_PAUSED : HEARD_FINDING_FAULT;
        heard_log_check_add(self, finding);
    } else if (strcmp(kind, "resume") == 0 || strcmp(kind, "restored") == 0) {
        HeardFindingKind wanted = kind[3] == 'u' ? HEARD_FINDING_PAUSED : HEARD_FINDING_FAULT;
        for (unsigned i = self->report->finding_count; i-- > 0;)
            if (self->report->findings[i].kind == wanted) {
                self->report->findings[i].to_us = at_us;
                break;
            }
    }
}

/* Who signed says so in log.json, before the first signature. */
static void meet_signer(Check *self)
{
    HeardVerifyReport *report = self->report;
    g_autoptr(GError) why = NULL;

    if (!self->info.signer) {
        heard_log_check_tell(self, HEARD_FINDING_UNSIGNED, 0, "");
        return;
    }
    self->signatory = heard_signatory_new(self->info.signer, &why);
    if (!self->signatory) {
        heard_log_check_tell(self, HEARD_FINDING_SIGNER, 0, why->message);
        return;
    }
    g_strlcpy(report->signer, heard_signatory_name(self->signatory), sizeof report->signer);
    g_strlcpy(report->signer_fingerprint, heard_signatory_fingerprint(self->signatory),
              sizeof report->signer_fingerprint);
    g_strlcpy(report->signer_algorithm, heard_signatory_algorithm(self->signatory),
              sizeof report->signer_algorithm);
}

/* 0: the line does not say. */
static int64_t wall_of(const Check *self, int64_t at_us, int64_t wall_ms)
{
    return wall_ms != 0 ? wall_ms : self->info.started_wall_ms + at_us / 1000;
}

static void check_signature(Check *self, const HeardSignatory *signatory,
                            const HeardJournalState *journal, const char *signature, int64_t at_us,
                            int64_t wall_ms)
{
    uint8_t bytes[HEARD_CHECKPOINT_SIZE];
    HeardFinding finding = {.kind = HEARD_FINDING_SIGNATURE,
                            .chunk = -1,
                            .from_us = at_us,
                            .to_us = -1,
                            .number = (int64_t)journal->count};

    heard_journal_checkpoint(journal, self->info.log_id, bytes);
    if (!heard_signatory_check(signatory, bytes, sizeof bytes, signature)) {
        heard_log_check_add(self, finding);
        return;
    }
    if (!heard_signatory_is_valid_at(signatory, wall_of(self, at_us, wall_ms))) {
        finding.kind = HEARD_FINDING_SIGNER;
        g_strlcpy(finding.detail, "not valid at that time", sizeof finding.detail);
        heard_log_check_add(self, finding);
        return;
    }
    self->report->signatures++;
    self->report->signed_us = at_us;
}

static void check_trust(Check *self, const HeardSignatory *signatory)
{
    g_autoptr(GError) why = NULL;

    if (self->trust.ca_path &&
        !heard_signatory_is_trusted(signatory, self->trust.ca_path,
                                    wall_of(self, self->report->duration_us, self->closed_wall_ms),
                                    &why))
        heard_log_check_tell(self, HEARD_FINDING_SIGNER, 0, why->message);
}

/* The end may be signed by another: who recovered the log, and brought a certificate. */
static void check_seal_signature(Check *self, const HeardJournalState *journal,
                                 const char *signature, const char *certificate)
{
    g_autoptr(HeardSignatory) other = NULL;
    g_autoptr(GError) why = NULL;
    const HeardSignatory *signatory = self->signatory;

    if (certificate) {
        signatory = other = heard_signatory_new(certificate, &why);
        if (!other) {
            heard_log_check_tell(self, HEARD_FINDING_SIGNER, 0, why->message);
            return;
        }
    }
    if (!signature) {
        if (self->info.signer)
            heard_log_check_tell(self, HEARD_FINDING_SIGNATURE, 0, "the end is not signed");
        return;
    }
    if (!signatory)
        return; /* its certificate was found bad before */
    check_signature(self, signatory, journal, signature, self->report->duration_us,
                    self->closed_wall_ms);
    check_trust(self, signatory);
    if (other && self->signatory)
        check_trust(self, self->signatory);
}

static void check_timestamp(Check *self, const char *seal, size_t seal_size)
{
    g_autoptr(GError) why = NULL;
    HeardTimestamp timestamp = {0};

    if (!heard_timestamp_check_file(self->path, seal, seal_size, self->trust.tsa_path, &timestamp,
                                    &why) &&
        heard_error_code(why) != HEARD_ERROR_NOT_FOUND)
        heard_log_check_tell(self, HEARD_FINDING_TIMESTAMP, 0, why->message);
    self->report->timestamp_ms = timestamp.wall_ms;
    g_strlcpy(self->report->authority, timestamp.authority, sizeof self->report->authority);
}

static void check_seal(Check *self, const HeardJournalState *journal)
{
    g_autofree char *file = g_build_filename(self->path, "seal.json", NULL);
    g_autofree char *expected = NULL;
    g_autofree char *seal = NULL;
    const char *signature, *certificate;
    size_t size = 0;
    json_t *root;

    seal = heard_disk_read(file, HEARD_SEAL_MAX, &size, NULL);
    if (!seal || !self->closed) {
        heard_log_check_tell(self, HEARD_FINDING_NOT_ENDED, 0,
                             seal ? "the journal has no end" : "");
        return;
    }
    root = json_loadb(seal, size, JSON_REJECT_DUPLICATES, NULL);
    signature = json_string_value(json_object_get(root, "signature"));
    certificate = json_string_value(json_object_get(root, "certificate"));
    expected = heard_journal_seal_text(journal, signature, certificate);
    if (size != strlen(expected) || memcmp(seal, expected, size) != 0)
        heard_log_check_tell(self, HEARD_FINDING_SEAL, 0, "");
    else
        check_seal_signature(self, journal, signature, certificate);
    check_timestamp(self, seal, size);
    json_decref(root);
}

static void check_line(Check *self, const HeardJournalState *before, const json_t *fields)
{
    const char *kind = json_string_value(json_object_get(fields, "kind"));

    if (self->closed)
        heard_log_check_tell(self, HEARD_FINDING_JOURNAL, 0, "lines follow the end of the log");
    note_entry(self, fields);
    if (kind && strcmp(kind, "checkpoint") == 0 && self->signatory)
        check_signature(self, self->signatory, before,
                        json_string_value(json_object_get(fields, "signature")),
                        json_integer_value(json_object_get(fields, "at_us")),
                        json_integer_value(json_object_get(fields, "wall_ms")));
}

static void check_journal(Check *self)
{
    g_autofree char *file = g_build_filename(self->path, "journal.jsonl", NULL);
    g_autofree char *text = NULL;
    HeardJournalState journal = self->info.journal;
    size_t size = 0, at = 0;

    text = heard_disk_read(file, HEARD_JOURNAL_BYTES_MAX, &size, NULL);
    if (!text)
        heard_log_check_tell(self, HEARD_FINDING_JOURNAL, 0,
                             "journal.jsonl is missing or unreadable");
    while (text && at < size) {
        const char *end = memchr(text + at, '\n', size - at);
        const char *why = "the last line is cut off";
        HeardJournalState before = journal;
        json_t *fields = NULL;
        HeardFinding finding = {
            .kind = HEARD_FINDING_JOURNAL, .chunk = -1, .from_us = -1, .to_us = -1};
        if (!end ||
            !heard_journal_check(&journal, text + at, (size_t)(end - text) - at, &fields, &why)) {
            finding.number = (int64_t)journal.count + 1;
            g_strlcpy(finding.detail, why, sizeof finding.detail);
            heard_log_check_add(self, finding);
            break;
        }
        heard_hourly_stamps_meet(self->stamps, journal.head,
                                 json_integer_value(json_object_get(fields, "at_us")));
        check_line(self, &before, fields);
        json_decref(fields);
        at = (size_t)(end - text) + 1;
    }
    heard_hourly_stamps_check(self->stamps, self);
    self->report->journal_lines = journal.count;
    heard_chain_to_hex(self->report->chain_head, journal.head);
    check_seal(self, &journal);
}

static void check_excerpt(Check *self)
{
    HeardVerifyReport *report = self->report;
    const char *why = NULL;

    report->log_segments = self->closed_segments;
    if (report->destroyed_ms == 0)
        why = heard_verify_excerpt(self->noted, self->path, self->closed_segments,
                                   report->duration_us, &report->excerpt);
    if (why)
        heard_log_check_tell(self, HEARD_FINDING_EXCERPT, 0, why);
}

static void check_counts(Check *self)
{
    const HeardVerifyReport *report = self->report;
    uint64_t records =
        heard_noted_segments_records(self->noted, &report->excerpt, self->closed_records);

    if (!heard_excerpt_is_some(&report->excerpt) && report->away_segments == 0 &&
        self->segment_count != self->closed_segments)
        heard_log_check_tell(self, HEARD_FINDING_COUNT, 0, "segments");
    if (report->result == HEARD_VERIFY_INTACT && report->records + self->away_records != records)
        heard_log_check_tell(self, HEARD_FINDING_COUNT, 0, "records");
}

/* Not here: is that as it should be? */
static void miss_segment(Check *self, uint32_t number)
{
    HeardAwayFile file;

    if (heard_excerpt_is_outside(&self->report->excerpt, number)) {
        heard_noted_segments_step_over(self->noted, number, self->prev_hash);
    } else if (self->report->destroyed_ms == 0 && heard_away_find(&self->away, number, &file) &&
               heard_noted_segments_trailer(self->noted, number)) {
        heard_noted_segments_step_over(self->noted, number, self->prev_hash);
        self->report->away_segments++;
        self->away_records += heard_noted_segments_records_in(self->noted, number);
    } else if (self->report->destroyed_ms == 0) {
        heard_log_check_tell(self, HEARD_FINDING_SEGMENT_MISSING, number, "");
    }
}

static void check_segments(Check *self)
{
    uint32_t count = MAX(self->segment_count, (uint32_t)self->closed_segments);

    memcpy(self->prev_hash, self->info.hash, sizeof self->prev_hash);
    for (uint32_t number = 1; number <= MIN(count, (uint32_t)HEARD_LOG_SEGMENTS_MAX); number++) {
        bool is_outside = heard_excerpt_is_outside(&self->report->excerpt, number);
        g_autofree char *file = heard_log_segment_path(self->path, number);
        GMappedFile *map = g_mapped_file_new(file, FALSE, NULL);
        if (!map) {
            miss_segment(self, number);
            continue;
        }
        if (is_outside)
            heard_log_check_tell(self, HEARD_FINDING_EXCERPT, number, "a segment outside of it");
        self->report->segments++;
        heard_log_check_segment(self, number, (const uint8_t *)g_mapped_file_get_contents(map),
                                g_mapped_file_get_length(map));
        g_mapped_file_unref(map);
    }
    if (self->closed && self->report->destroyed_ms == 0)
        check_counts(self);
}

static bool list_folder(Check *self, GError **error)
{
    g_autoptr(GDir) entries = g_dir_open(self->path, 0, NULL);
    const char *name;

    if (!entries) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_NOT_FOUND, "%s: not a folder that can be read",
                    self->path);
        return false;
    }
    while ((name = g_dir_read_name(entries))) {
        uint32_t number = 0;
        HeardFileKind kind = heard_file_kind(name, &number);
        if (kind == HEARD_FILE_SEGMENT)
            self->segment_count = MAX(self->segment_count, number);
        else if (kind == HEARD_FILE_UNKNOWN || strstr(name, ".torn"))
            heard_log_check_tell(self, HEARD_FINDING_EXTRA_FILE, 0, name);
    }
    return true;
}

static void take_destruction(Check *self)
{
    g_autoptr(HeardSignatory) signatory = NULL;
    HeardFindingKind found = HEARD_FINDING_COUNT_MAX;
    g_autofree char *detail =
        heard_verify_destruction(self->path, &self->info, self->report, &signatory, &found);
    if (found != HEARD_FINDING_COUNT_MAX)
        heard_log_check_tell(self, found, 0, detail);
    if (signatory)
        check_trust(self, signatory);
}

HeardVerifyReport *heard_verify(const char *path, const HeardVerifyTrust *trust, GError **error)
{
    g_autoptr(HeardVerifyReport) report = g_new0(HeardVerifyReport, 1);
    g_autoptr(GError) why = NULL;
    Check self = {.path = path, .report = report, .last_us = -1};
    bool is_there;

    if (trust)
        self.trust = *trust;
    if (!list_folder(&self, error))
        return NULL;
    is_there = heard_log_info_read(&self.info, path, &why);
    take_destruction(&self);
    if (!is_there && report->destroyed_ms == 0) {
        if (self.segment_count == 0 && report->result == HEARD_VERIFY_INTACT) {
            g_set_error(error, HEARD_ERROR, HEARD_ERROR_NOT_FOUND, "%s: no recording here", path);
            return NULL;
        }
        heard_log_check_tell(&self, HEARD_FINDING_LOG_JSON, 0, "");
        return g_steal_pointer(&report);
    }
    g_strlcpy(report->hearing, self.info.hearing, sizeof report->hearing);
    g_strlcpy(report->recording, self.info.recording, sizeof report->recording);
    g_strlcpy(report->log_id, self.info.log_id_text, sizeof report->log_id);
    report->started_wall_ms = self.info.started_wall_ms;
    self.noted = heard_noted_segments_new();
    report->tracks = heard_noted_tracks_new();
    self.stamps = heard_hourly_stamps_new(path);
    if (!heard_away_read(&self.away, path, &why)) /* then what is missing is missing */
        heard_log_check_tell(&self, HEARD_FINDING_EXTRA_FILE, 0, HEARD_AWAY_FILE);
    g_strlcpy(report->away_place, heard_away_place(&self.away), sizeof report->away_place);
    meet_signer(&self);
    check_journal(&self);
    check_excerpt(&self);
    check_segments(&self);
    if (report->destroyed_ms != 0 && report->result == HEARD_VERIFY_INTACT)
        report->result = HEARD_VERIFY_DESTROYED;
    else if (report->away_segments > 0 && report->result == HEARD_VERIFY_INTACT)
        report->result = HEARD_VERIFY_ELSEWHERE;
    if (!self.closed)
        report->duration_us = MAX(self.last_us, 0);
    heard_noted_segments_free(self.noted);
    heard_hourly_stamps_free(self.stamps);
    heard_away_clear(&self.away);
    heard_signatory_free(self.signatory);
    heard_log_info_clear(&self.info);
    return g_steal_pointer(&report);
}
