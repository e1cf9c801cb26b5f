/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Uploads under way. Who may bring a file asks first, with its name and size, and gets a ticket;
 * only then bytes are taken, straight to the disk: a stranger fills no disk. A ticket is good for
 * one exhibit. Sent again after its answer was lost, it gives the same exhibit again.
 *
 * Bounds     HEARD_UPLOADS_MAX tickets, HEARD_UPLOADS_OF_ONE_MAX of one person, each for
 *            HEARD_UPLOAD_LIFE_MS; HEARD_UPLOADS_AT_ONCE_MAX files being examined.
 * Ownership  new/free. A ticket belongs to the table; pointers to it are good until the next call.
 * Threads    Main.
 * Errors     HEARD_ERROR_TOO_MANY, HEARD_ERROR_NOT_FOUND, HEARD_ERROR_CONFLICT.
 */

#include "server/app/exhibit_files.h"
#include "server/app/http.h"
#include "server/base/id.h"
#include "server/hearing/exhibit.h"

enum {
    HEARD_UPLOADS_MAX = 256,
    HEARD_UPLOADS_OF_ONE_MAX = 8,
    HEARD_UPLOADS_AT_ONCE_MAX = 4,
    HEARD_UPLOAD_LIFE_MS = 15 * 60 * 1000,
    HEARD_UPLOAD_TICKET_SIZE = 33,
};

typedef enum {
    HEARD_UPLOAD_OPEN,
    HEARD_UPLOAD_COMING, /* a request sends it */
    HEARD_UPLOAD_EXAMINED,
    HEARD_UPLOAD_DONE,
} HeardUploadState;

typedef struct {
    char ticket[HEARD_UPLOAD_TICKET_SIZE];
    char owner[HEARD_ID_SIZE]; /* account or participant */
    char hearing[HEARD_ID_SIZE];
    HeardExhibitSide side;
    bool is_closed;
    char *title, *file_name;
    uint64_t size;
    int64_t until_ms;
    HeardUploadState state;
    char exhibit[HEARD_ID_SIZE]; /* when done */
} HeardUpload;

typedef struct HeardUploads HeardUploads;

HeardUploads *heard_uploads_new(const char *data_dir, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void heard_uploads_free(HeardUploads *self);

/* wanted: owner … size; its texts are copied. */
const HeardUpload *heard_uploads_add(HeardUploads *self, const HeardUpload *wanted, int64_t wall_ms,
                                     GError **error);
/* NULL: there is none, or it is somebody else's. */
HeardUpload *heard_uploads_find(HeardUploads *self, const char *ticket, const char *owner,
                                int64_t wall_ms);
/* Takes one of the places for files that are examined; false: all are taken. */
bool heard_uploads_examine(HeardUploads *self, HeardUpload *upload);
/* ticket: may be gone meanwhile. exhibit NULL: it failed, and may be sent again. */
void heard_uploads_examined(HeardUploads *self, const char *ticket, const char *exhibit);

/* In HeardHttpHooks.admit: is this the path of an open ticket? Then its bytes go to the disk. */
bool heard_uploads_admit(HeardUploads *self, HeardHttpRequest *request, const char *path,
                         size_t *ret_size);
/* What admit() made for this request; the caller owns it. NULL: nothing. */
HeardIncoming *heard_uploads_take_incoming(HeardHttpRequest *request);
