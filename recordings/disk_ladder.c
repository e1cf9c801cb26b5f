/* SPDX-License-Identifier: Apache-2.0 */
#include "recordings/disk_ladder.h"

typedef struct {
    const char *name;
    double below;  /* hours: the rung is entered */
    double beyond; /* hours: it is left upwards */
} Row;

#define MINUTES(count) ((count) / 60.0)

static const Row rows[HEARD_DISK_RUNGS] = {
    [HEARD_DISK_FINE] = {"fine", 0, 0},
    [HEARD_DISK_WARN] = {"warn", 8, 10},
    [HEARD_DISK_LOW] = {"low", 2, 2.5},
    [HEARD_DISK_ENDING] = {"ending", MINUTES(5), MINUTES(8)},
    /* Five seconds: less than a chunk of each record may find no place. */
    [HEARD_DISK_FULL] = {"full", MINUTES(1) / 12, MINUTES(1)},
};

const char *heard_disk_rung_name(HeardDiskRung rung)
{
    return rows[rung].name;
}

HeardDiskRung heard_disk_ladder_step(HeardDiskLadder *self, double hours)
{
    if (hours < 0)
        return self->rung;
    while (self->rung > HEARD_DISK_FINE && hours > rows[self->rung].beyond)
        self->rung = (HeardDiskRung)(self->rung - 1);
    while (self->rung + 1 < HEARD_DISK_RUNGS && hours < rows[self->rung + 1].below)
        self->rung = (HeardDiskRung)(self->rung + 1);
    return self->rung;
}
