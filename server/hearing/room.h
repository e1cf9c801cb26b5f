/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Kinds of rooms of one hearing. Each open room is one router of the media plane; a
 * person is in at most one of them. Reception kinds use the main room only; the lobby
 * has no media.
 *
 * Threads  Pure; any thread.
 */

#include <stdbool.h>

typedef enum {
    HEARD_ROOM_NONE, /* not in the hearing at all */
    HEARD_ROOM_LOBBY,
    HEARD_ROOM_MAIN,
    HEARD_ROOM_CAUCUS_A,
    HEARD_ROOM_CAUCUS_B,
    HEARD_ROOM_DELIBERATION,
    HEARD_ROOM_WITNESS,
    HEARD_ROOM_TECH_CHECK,
    HEARD_ROOM_INTERPRETER,
    HEARD_ROOM_COUNT
} HeardRoomKind;

const char *heard_room_name(HeardRoomKind kind);
/* Does media flow here at all? */
bool heard_room_has_media(HeardRoomKind kind);
/* May a case recording exist of it? Caucus and deliberation never (domain.md 2.4). */
bool heard_room_recordable(HeardRoomKind kind);
