/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What other threads ask of a worker, as messages in its mailbox.
 *
 * Ownership  new/free. The plan goes over to the peer when the command is run.
 * Threads    Made anywhere, run and freed on the media worker.
 * Errors     run: false for an unknown room or peer, or beyond a limit; who waits for an
 *            event or a last call gets it nevertheless.
 */

#include "media/core.h"

#include <stdbool.h>

typedef enum {
    HEARD_COMMAND_OPEN_ROOM,
    HEARD_COMMAND_CLOSE_ROOM,
    HEARD_COMMAND_SET_FLOW,
    HEARD_COMMAND_ADD_PEER,
    HEARD_COMMAND_REMOVE_PEER,
    HEARD_COMMAND_RESTART_ICE,
    HEARD_COMMAND_ALLOW_SOURCE,
    HEARD_COMMAND_SET_SLOT,
    HEARD_COMMAND_SET_VOICES,
    HEARD_COMMAND_ATTACH_SINK,
    HEARD_COMMAND_DETACH_SINK,
    HEARD_COMMAND_STATS,
    HEARD_COMMAND_FENCE,
    HEARD_COMMAND_STOP,
} HeardCommandKind;

typedef struct {
    HeardCommandKind kind;
    HeardWorker *worker; /* whose mailbox it lies in */
    HeardRoomId room;
    HeardPeerId peer, source_peer;
    HeardSource source;
    bool flag;
    unsigned slot, max_height;
    char label[HEARD_SINK_LABEL_SIZE];
    HeardPeerPlan *plan; /* owned until the peer has it */
    HeardIceCredentials local, remote;
    HeardSink *sink;
    uint32_t fence;
} HeardCommand;

HeardCommand *heard_command_new(HeardWorker *worker, HeardCommandKind kind, HeardRoomId room,
                                HeardPeerId peer);
/* Also a GDestroyNotify. */
void heard_command_free(void *command);

/* Every kind but HEARD_COMMAND_STOP, which is the worker's own. */
bool heard_command_run(HeardCommand *self, HeardCore *core);
