/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Kinds of rooms of one hearing. Each open room is one router of the media plane; a
 * person is in at most one of them. Reception kinds use the main room only; the lobby
 * has no media, nor has the room in which witnesses wait, so they hear neither the hearing
 * nor each other. Closed rooms are those that nobody outside may hear: the caucus of each
 * side and the deliberation.
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

#define HEARD_ROOM_BIT(kind) (1u << (kind))

const char *heard_room_name(HeardRoomKind kind);
bool heard_room_from_name(const char *name, HeardRoomKind *ret_kind);
bool heard_room_is_caucus(HeardRoomKind kind);
/* A caucus or the deliberation. */
bool heard_room_is_closed(HeardRoomKind kind);
/* Does media flow here at all? */
bool heard_room_has_media(HeardRoomKind kind);
/* May a case recording exist of it? Caucus and deliberation never (domain.md 2.4). */
bool heard_room_recordable(HeardRoomKind kind);
