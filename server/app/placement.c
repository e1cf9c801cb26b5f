/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/placement.h"

unsigned heard_placement_pick(const unsigned *people, unsigned count, unsigned newcomers)
{
    unsigned fullest = count, emptiest = 0;

    for (unsigned i = 0; i < count; i++) {
        if (people[i] < people[emptiest])
            emptiest = i;
        if (people[i] + newcomers <= HEARD_WORKER_FILL &&
            (fullest == count || people[i] > people[fullest]))
            fullest = i;
    }
    return fullest < count ? fullest : emptiest;
}
