/* SPDX-License-Identifier: Apache-2.0 */
#include "server/hearing/room.h"

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
    [HEARD_ROOM_WITNESS] = {"witness", true, false},
    [HEARD_ROOM_TECH_CHECK] = {"tech_check", true, false},
    [HEARD_ROOM_INTERPRETER] = {"interpreter", true, false},
};

const char *heard_room_name(HeardRoomKind kind)
{
    return rooms[kind].name;
}

bool heard_room_has_media(HeardRoomKind kind)
{
    return rooms[kind].media;
}

bool heard_room_recordable(HeardRoomKind kind)
{
    return rooms[kind].recordable;
}
