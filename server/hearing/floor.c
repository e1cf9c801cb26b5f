/* SPDX-License-Identifier: Apache-2.0 */
#include "server/hearing/floor.h"

#include <string.h>

unsigned heard_floor_place(const HeardFloor *self, uint16_t person)
{
    for (unsigned i = 0; i < self->count; i++) {
        if (self->people[i] == person)
            return i + 1;
    }
    return 0;
}

bool heard_floor_raise(HeardFloor *self, uint16_t person)
{
    if (self->count == HEARD_FLOOR_MAX || heard_floor_place(self, person) > 0)
        return false;
    self->people[self->count++] = person;
    return true;
}

bool heard_floor_lower(HeardFloor *self, uint16_t person)
{
    unsigned place = heard_floor_place(self, person);

    if (place == 0)
        return false;
    memmove(&self->people[place - 1], &self->people[place],
            (self->count - place) * sizeof self->people[0]);
    self->count--;
    return true;
}
