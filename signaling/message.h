/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What a client says (PROTOCOL.md 1, 2, 5): a text in, a typed message out; and the texts
 * of replies.
 *
 * Ownership  A message holds its JSON document; clear it. Its texts are borrowed from it.
 * Threads    Pure.
 * Errors     HEARD_ERROR_BAD_MESSAGE: not the envelope. Otherwise the id is known and the
 *            reply names it: UNKNOWN_COMMAND, BAD_FIELD.
 */

#include "server/base/error.h"
#include "server/base/id.h"
#include "server/base/json.h"
#include "server/hearing/command.h"
#include "server/hearing/routing.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { HEARD_MESSAGE_BYTES_MAX = 64 * 1024, HEARD_EPOCH_SIZE = 17 };

typedef enum {
    HEARD_MESSAGE_HELLO,
    HEARD_MESSAGE_PING,    /* answered by the connection itself */
    HEARD_MESSAGE_VIEW,    /* view.set */
    HEARD_MESSAGE_NETWORK, /* network.report */
    HEARD_MESSAGE_COMMAND,
} HeardMessageKind;

typedef struct {
    const char *language; /* "zh" or "en" */
    unsigned slots;
    const char *epoch; /* of resume; NULL: begin anew */
    uint64_t seq;
} HeardHello;

typedef struct {
    const char *participant;
    HeardShow show;
    unsigned height;
    bool pinned;
} HeardViewWish;

typedef enum {
    HEARD_LINE_GOOD,
    HEARD_LINE_WEAK,
    HEARD_LINE_AUDIO_ONLY,
    HEARD_LINE_LOST
} HeardLineLevel;
typedef enum { HEARD_PATH_UDP, HEARD_PATH_TCP, HEARD_PATH_RELAY, HEARD_PATH_NONE } HeardLinePath;

/* What a client found out about its own line before the hearing: its word, not our measure. */
typedef struct {
    HeardLineLevel level;
    HeardLinePath path;
    unsigned rtt_ms, loss_permille;
    uint32_t up_bps, down_bps;
} HeardLine;

const char *heard_line_level_name(HeardLineLevel level);
const char *heard_line_path_name(HeardLinePath path);

typedef struct {
    int64_t id; /* 0: could not be read */
    HeardMessageKind kind;
    HeardHello hello;
    HeardViewWish wishes[HEARD_ROUTING_WISHES_MAX];
    unsigned wish_count;
    HeardLine line;       /* of network.report */
    HeardCommand command; /* actor and times are not set */
    json_t *document;
} HeardMessage;

/* Clear in either case. */
bool heard_message_parse(HeardMessage *ret_message, const char *text, size_t size,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
void heard_message_clear(HeardMessage *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HeardMessage, heard_message_clear)

/* {"re": id, "ok": true, "data": …}; data is taken over and may be NULL. */
char *heard_message_reply_take(int64_t id, json_t *data);
/* reason: the stable name of why (heard_answer_name), or NULL. id 0 stands as null. */
char *heard_message_refusal(int64_t id, HeardError code, const char *reason, const char *detail);
