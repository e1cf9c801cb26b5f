/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What the writers of a sheet share. Everything here is as sheet.h says.
 */

#include "server/papers/sheet.h"

struct HeardSheet {
    HeardDocumentLanguage language;
    char *title, *number, *footer;
    GPtrArray *blocks; /* HeardBlock */
    bool is_full;
};

/* Of a block of a signature given; borrowed from its cells. */
HeardDrawing heard_block_drawing(const HeardBlock *block);
