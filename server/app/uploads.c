/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/uploads.h"

#include "server/base/clock.h"
#include "server/base/error.h"
#include "server/base/log.h"
#include "server/base/random.h"

#include <string.h>

#define PATH "/api/v1/uploads/"

static const HeardLogTopic topic = {"uploads"};

struct HeardUploads {
    char *data_dir;
    GHashTable *tickets; /* ticket → HeardUpload, owned */
    unsigned examined;
};

/* What a request keeps: its bytes, and the ticket that it holds. */
typedef struct {
    HeardUploads *uploads;
    char ticket[HEARD_UPLOAD_TICKET_SIZE];
    HeardIncoming *incoming; /* NULL: taken */
} Sending;

static void upload_free(void *data)
{
    HeardUpload *self = data;

    g_free(self->title);
    g_free(self->file_name);
    g_free(self);
}

HeardUploads *heard_uploads_new(const char *data_dir, GError **error)
{
    HeardUploads *self;

    if (!heard_exhibit_files_prepare(data_dir, error))
        return NULL;
    self = g_new0(HeardUploads, 1);
    self->data_dir = g_strdup(data_dir);
    self->tickets = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, upload_free);
    return self;
}

void heard_uploads_free(HeardUploads *self)
{
    if (!self)
        return;
    g_hash_table_unref(self->tickets);
    g_free(self->data_dir);
    g_free(self);
}

static gboolean is_over(void *key, void *value, void *wall_ms)
{
    const HeardUpload *upload = value;

    (void)key;
    return upload->until_ms <= *(const int64_t *)wall_ms && upload->state != HEARD_UPLOAD_COMING &&
           upload->state != HEARD_UPLOAD_EXAMINED;
}

static unsigned count_of(HeardUploads *self, const char *owner)
{
    GHashTableIter iter;
    void *value;
    unsigned count = 0;

    g_hash_table_iter_init(&iter, self->tickets);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const HeardUpload *upload = value;
        count += upload->state != HEARD_UPLOAD_DONE && strcmp(upload->owner, owner) == 0;
    }
    return count;
}

const HeardUpload *heard_uploads_add(HeardUploads *self, const HeardUpload *wanted, int64_t wall_ms,
                                     GError **error)
{
    HeardUpload *upload;

    g_hash_table_foreach_remove(self->tickets, is_over, &wall_ms);
    if (g_hash_table_size(self->tickets) >= HEARD_UPLOADS_MAX ||
        count_of(self, wanted->owner) >= HEARD_UPLOADS_OF_ONE_MAX) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_TOO_MANY, "too many uploads at a time");
        return NULL;
    }
    upload = g_new(HeardUpload, 1);
    *upload = *wanted;
    upload->title = g_strdup(wanted->title);
    upload->file_name = g_strdup(wanted->file_name);
    upload->state = HEARD_UPLOAD_OPEN;
    upload->until_ms = wall_ms + HEARD_UPLOAD_LIFE_MS;
    heard_random_text(upload->ticket, sizeof upload->ticket - 1);
    g_hash_table_insert(self->tickets, upload->ticket, upload);
    return upload;
}

HeardUpload *heard_uploads_find(HeardUploads *self, const char *ticket, const char *owner,
                                int64_t wall_ms)
{
    HeardUpload *upload = g_hash_table_lookup(self->tickets, ticket);

    if (!upload || strcmp(upload->owner, owner) != 0)
        return NULL;
    return upload->until_ms > wall_ms || upload->state == HEARD_UPLOAD_COMING ? upload : NULL;
}

bool heard_uploads_examine(HeardUploads *self, HeardUpload *upload)
{
    if (self->examined >= HEARD_UPLOADS_AT_ONCE_MAX)
        return false;
    self->examined++;
    upload->state = HEARD_UPLOAD_EXAMINED;
    return true;
}

void heard_uploads_examined(HeardUploads *self, const char *ticket, const char *exhibit)
{
    HeardUpload *upload = g_hash_table_lookup(self->tickets, ticket);

    self->examined--;
    if (!upload)
        return;
    upload->state = exhibit ? HEARD_UPLOAD_DONE : HEARD_UPLOAD_OPEN;
    g_strlcpy(upload->exhibit, exhibit ? exhibit : "", sizeof upload->exhibit);
}

static void sending_free(void *data)
{
    Sending *self = data;
    HeardUpload *upload = g_hash_table_lookup(self->uploads->tickets, self->ticket);

    /* The line broke, or it was refused: the next try is as good as the first. */
    if (upload && upload->state == HEARD_UPLOAD_COMING)
        upload->state = HEARD_UPLOAD_OPEN;
    heard_incoming_free(self->incoming);
    g_free(self);
}

static void discard(void *data, const char *bytes, size_t size)
{
    (void)data;
    (void)bytes;
    (void)size;
}

bool heard_uploads_admit(HeardUploads *self, HeardHttpRequest *request, const char *path,
                         size_t *ret_size)
{
    g_autoptr(GError) error = NULL;
    HeardUpload *upload;
    Sending *sending;

    if (!g_str_has_prefix(path, PATH))
        return false;
    upload = g_hash_table_lookup(self->tickets, path + strlen(PATH));
    if (!upload || upload->until_ms <= heard_clock_wall_ms())
        return false;
    *ret_size = upload->size;
    heard_http_divert_body(request, discard, NULL);
    if (upload->state != HEARD_UPLOAD_OPEN)
        return true; /* the handler says what is wrong, or gives the answer again */
    sending = g_new0(Sending, 1);
    sending->uploads = self;
    g_strlcpy(sending->ticket, upload->ticket, sizeof sending->ticket);
    sending->incoming = heard_incoming_new(self->data_dir, &error);
    if (!sending->incoming) {
        heard_log(&topic, HEARD_LOG_ERROR, "upload-not-begun error=%s",
                  heard_error_name(heard_error_code(error)));
        g_free(sending);
        return true;
    }
    upload->state = HEARD_UPLOAD_COMING;
    heard_http_set_context(request, sending, sending_free);
    heard_http_divert_body(request, heard_incoming_write, sending->incoming);
    return true;
}

HeardIncoming *heard_uploads_take_incoming(HeardHttpRequest *request)
{
    Sending *sending = heard_http_context(request);

    return sending ? g_steal_pointer(&sending->incoming) : NULL;
}
