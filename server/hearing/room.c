/* SPDX-License-Identifier: Apache-2.0 */
#include "server/hearing/room.h"

#include <string.h>

typedef struct {
    const char *name;
    bool media, recordable;
} RoomRow;

static const RoomRow rooms[HEARD_ROOM_COUNT] = {
    [HEARD_ROOM_NONE] = {"none", false, false},
    [HEARD_ROOM_LOBBY] = {"lobby", false, false},
    [HEARD_ROOM_MAIN] = {"main", true, true},
    [HEARD_ROOM_CAUCUS_A] = {"caucus_a", true, false},
    [HEARD_ROOM_CAUCUS_B] = {"caucus_b", true, false},
    [HEARD_ROOM_DELIBERATION] = {"deliberation", true, false},
    [HEARD_ROOM_WITNESS] = {"witness", false, false},
    [HEARD_ROOM_TECH_CHECK] = {"tech_check", true, false},
    [HEARD_ROOM_INTERPRETER] = {"interpreter", true, false},
};

const char *heard_room_name(HeardRoomKind kind)
{
    return rooms[kind].name;
}

bool heard_room_from_name(const char *name, HeardRoomKind *ret_kind)
{
    for (unsigned i = 0; i < HEARD_ROOM_COUNT; i++) {
        if (strcmp(rooms[i].name, name) == 0) {
            *ret_kind = (HeardRoomKind)i;
            return true;
        }
    }
    return false;
}

bool heard_room_is_caucus(HeardRoomKind kind)
{
    return kind == HEARD_ROOM_CAUCUS_A || kind == HEARD_ROOM_CAUCUS_B;
}

bool heard_room_is_closed(HeardRoomKind kind)
{
    return heard_room_is_caucus(kind) || kind == HEARD_ROOM_DELIBERATION;
}

bool heard_room_has_media(HeardRoomKind kind)
{
    return rooms[kind].media;
}

bool heard_room_recordable(HeardRoomKind kind)
{
    return rooms[kind].recordable;
}
