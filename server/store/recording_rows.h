/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The index of recordings. Files are the truth: a row tells where they are and how far
 * they are durable; a missing row never deletes a file, and no function here removes one.
 *
 * Rows, ownership, threads: row.h.
 */

#include "server/store/row.h"

typedef struct {
    const char *id, *recording_no; /* hearing number + "-R01" */
    const char *hearing_id, *case_id;
    const char *room; /* main */
    const char *node;
    int64_t epoch; /* counts restarts of the server within the hearing */
    /* armed, recording, paused, interrupted, finalising, sealed, destroying, destroyed; unused:
     * the hearing never opened; missing: no log was where directory says, at the last start */
    const char *state;
    const char *directory; /* below the data folder */
    int64_t started_ms, stopped_ms;
    int64_t durable_bytes, duration_ms;
    const char *chain_head;   /* hex */
    const char *derive_state; /* none, queued, running, ready, failed */
    int64_t derive_permille;
    const char *derive_error;
    bool hold;
    int64_t created_ms;
} HeardRecordingRow;

/* The next number of a hearing: "…-R01" for the first. */
char *heard_recording_rows_next_no(HeardStore *store, const char *hearing_id, GError **error);
bool heard_recording_rows_insert(HeardStore *store, const HeardRecordingRow *row,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
HeardRecordingRow *heard_recording_rows_get(HeardStore *store, const char *id, GError **error);
HeardRecordingRow *heard_recording_rows_get_by_directory(HeardStore *store, const char *directory,
                                                         GError **error);
GPtrArray *heard_recording_rows_list_of_hearing(HeardStore *store, const char *hearing_id,
                                                const HeardPage *page, GError **error);
GPtrArray *heard_recording_rows_list_of_case(HeardStore *store, const char *case_id,
                                             const HeardPage *page, GError **error);
/* Neither sealed nor later: what start-up has to recover. */
GPtrArray *heard_recording_rows_list_unsealed(HeardStore *store, const HeardPage *page,
                                              GError **error);
/* All whose log should be on the disk, or was once found not to be. */
GPtrArray *heard_recording_rows_list_kept(HeardStore *store, const HeardPage *page, GError **error);
/* Sealed, and neither derived nor given up. */
GPtrArray *heard_recording_rows_list_underived(HeardStore *store, const HeardPage *page,
                                               GError **error);
/* Of hearings that units at this path or below it hold, oldest first, whatever their state. */
GPtrArray *heard_recording_rows_list_within(HeardStore *store, const char *unit_path,
                                            const HeardPage *page, GError **error);

enum { HEARD_RECORDING_TERMS_MAX = 6 };

/* What a person looks for; an account reaches by its seats, and with is_wide by its unit's. */
typedef struct {
    const char *account_id;
    bool is_wide;
    const char *unit_id, *unit_path; /* NULL: none */
    /* Each somewhere in the number of the recording (which begins with the hearing's), the title
     * of the hearing, the number or the title of the case; NULL behind the last. */
    const char *terms[HEARD_RECORDING_TERMS_MAX + 1];
    int64_t from_ms, to_ms; /* of the start; 0: open */
} HeardRecordingFilter;

/* Newest first. */
GPtrArray *heard_recording_rows_find(HeardStore *store, const HeardRecordingFilter *want,
                                     const HeardPage *page, GError **error);

bool heard_recording_rows_set_state(HeardStore *store, const char *id, const char *state,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* What is durable now; called about once a second at most. */
bool heard_recording_rows_set_durable(HeardStore *store, const char *id, int64_t durable_bytes,
                                      int64_t duration_ms, const char *chain_head,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool heard_recording_rows_set_stopped(HeardStore *store, const char *id, int64_t wall_ms,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool heard_recording_rows_set_derive(HeardStore *store, const char *id, const char *derive_state,
                                     int64_t permille, const char *derive_error,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* One derived file. */
typedef struct {
    const char *id, *recording_id;
    const char *kind; /* take, mixed_audio, index, timeline */
    const char *participant_id;
    const char *source; /* microphone, camera, screen; NULL for a mix */
    const char *name;   /* below derived/, no slash */
    const char *media_type;
    int64_t size_bytes;
    const char *sha256;
    int64_t start_ms; /* on the recording's time line; 0 is a place, not "unset" */
    int64_t duration_ms;
    int64_t width, height;
    int64_t created_ms;
} HeardRecordingFileRow;

/* A repeated derivation replaces the file of the same name. */
bool heard_recording_file_rows_put(HeardStore *store, const HeardRecordingFileRow *row,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
HeardRecordingFileRow *heard_recording_file_rows_get(HeardStore *store, const char *id,
                                                     GError **error);
HeardRecordingFileRow *heard_recording_file_rows_get_by_name(HeardStore *store,
                                                             const char *recording_id,
                                                             const char *name, GError **error);
GPtrArray *heard_recording_file_rows_list(HeardStore *store, const char *recording_id,
                                          const HeardPage *page, GError **error);

/* Who looked, when and why. Rows are only added. */
typedef struct {
    const char *id, *recording_id;
    const char *account_id, *participant_id; /* one of them */
    int64_t at_ms;
    const char *reason;
} HeardRecordingViewRow;

bool heard_recording_view_rows_insert(HeardStore *store, const HeardRecordingViewRow *row,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Has the account said why since then? */
bool heard_recording_view_rows_stands(HeardStore *store, const char *recording_id,
                                      const char *account_id, int64_t since_ms, bool *ret_stands,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
GPtrArray *heard_recording_view_rows_list(HeardStore *store, const char *recording_id,
                                          const HeardPage *page, GError **error);
