/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/media_plane.h"

#include "server/app/app_config.h"

#include <string.h>

struct HeardMediaPlane {
    HeardDtlsIdentity *identity;
    HeardWriter *writer;
    HeardWorker *workers[HEARD_WORKERS_MAX];
    unsigned worker_count;
    HeardLive *live;
};

/* One socket takes both families; plain IPv4 where no client is told of another. */
static const char *bind_address(const char *const *addresses)
{
    for (; *addresses; addresses++)
        if (strchr(*addresses, ':'))
            return "::";
    return "0.0.0.0";
}

static bool open_worker(HeardMediaPlane *self, const HeardMediaPlaneConfig *config, GError **error)
{
    unsigned index = self->worker_count;
    HeardWorkerConfig of_worker = {
        .index = index,
        .bind_address = bind_address(config->addresses),
        .udp_port = (uint16_t)(config->port ? config->port + index : 0),
        .tcp_port = (uint16_t)(config->port ? config->port + 1 + index : 0),
        .identity = self->identity,
        .events_loop = config->loop,
        .on_event = heard_live_on_worker_event,
        .data = self->live,
    };

    self->workers[index] = heard_worker_new(&of_worker, error);
    if (!self->workers[index])
        return false;
    self->worker_count++;
    heard_live_add_worker(self->live, self->workers[index]);
    return true;
}

static bool open_writer(HeardMediaPlane *self, const HeardMediaPlaneConfig *config, GError **error)
{
    HeardWriterConfig of_writer = {
        .dir = config->recordings_dir,
        .key_path = config->recordings_key,
        .signer = config->signer,
        .node = "main",
        .events_loop = config->loop,
        .on_status = heard_live_on_record_status,
        .data = self->live,
    };

    self->writer = heard_writer_new(&of_writer, error);
    if (!self->writer)
        return false;
    heard_live_set_writer(self->live, self->writer);
    return true;
}

HeardMediaPlane *heard_media_plane_new(const HeardMediaPlaneConfig *config, GError **error)
{
    g_autoptr(HeardMediaPlane) self = g_new0(HeardMediaPlane, 1);
    HeardLiveConfig of_live = {
        .loop = config->loop,
        .store = config->store,
        .addresses = config->addresses,
        .recordings_dir = HEARD_RECORDINGS_FOLDER,
        .load_count = config->load_count,
        .load_recorded = config->load_recorded,
        .speech_socket = config->speech_socket,
        .speech_captions = config->speech_captions,
        .goes_on_unrecorded = config->goes_on_unrecorded,
        .on_sealed = config->on_sealed,
        .data = config->data,
    };

    self->identity = heard_dtls_identity_new(error);
    if (!self->identity)
        return NULL;
    of_live.identity = self->identity;
    self->live = heard_live_new(&of_live);
    if (!open_writer(self, config, error))
        return NULL;
    while (self->worker_count < config->worker_count)
        if (!open_worker(self, config, error))
            return NULL;
    return g_steal_pointer(&self);
}

void heard_media_plane_stop(HeardMediaPlane *self)
{
    heard_live_stop(self->live);
}

void heard_media_plane_halt(HeardMediaPlane *self)
{
    if (self->live)
        heard_live_halt(self->live);
    for (unsigned i = 0; i < self->worker_count; i++)
        heard_worker_free(self->workers[i]);
    self->worker_count = 0;
    heard_live_set_writer(self->live, NULL); /* what is told after this asks it nothing */
    g_clear_pointer(&self->writer, heard_writer_free);
}

void heard_media_plane_free(HeardMediaPlane *self)
{
    if (!self)
        return;
    heard_media_plane_halt(self);
    heard_live_free(self->live);
    heard_dtls_identity_free(self->identity);
    g_free(self);
}

HeardLive *heard_media_plane_live(HeardMediaPlane *self)
{
    return self->live;
}
