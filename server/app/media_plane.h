/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The media side of one server: DTLS identity, media workers, the recordings' writer and
 * the live hearings on top of them.
 *
 * stop() is polite: connections close with 1001, recordings come to an end on the disk.
 * halt() takes the threads down in the only order that works: workers (they detach every
 * sink), writer (it waits for the last durable byte). What they posted before still comes
 * to the live hearings, so the caller drains its loop between halt() and free().
 *
 * Ownership  new/free. Config members are borrowed.
 * Threads    Main.
 * Errors     new: a port that is taken (the text names it), a folder that cannot be used.
 */

#include "server/app/live.h"

#include "recordings/signer.h"

#include <glib.h>

/* Of the recordings, below the data folder; rows name it. */
#define HEARD_RECORDINGS_FOLDER "recordings"

typedef struct HeardMediaPlane HeardMediaPlane;

typedef struct {
    HeardLoop *loop;
    HeardStoreThread *store;
    const char *const *addresses;
    uint16_t port; /* ADR 0002; 0: any free ones */
    unsigned worker_count;
    const char *recordings_dir; /* data folder and HEARD_RECORDINGS_FOLDER */
    const char *recordings_key;
    const HeardSigner *signer; /* outlives the plane */
    unsigned load_count;
    bool load_recorded;
    const char *speech_socket; /* live.h, as the next two */
    bool speech_captions;
    bool goes_on_unrecorded;
    void (*on_sealed)(const char *recording_id, void *data);
    void *data;
} HeardMediaPlaneConfig;

HeardMediaPlane *heard_media_plane_new(const HeardMediaPlaneConfig *config,
                                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
void heard_media_plane_stop(HeardMediaPlane *self);
void heard_media_plane_halt(HeardMediaPlane *self);
void heard_media_plane_free(HeardMediaPlane *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeardMediaPlane, heard_media_plane_free)

HeardLive *heard_media_plane_live(HeardMediaPlane *self);
