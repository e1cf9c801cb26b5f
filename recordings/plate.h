/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Words as a picture: name plates, cards and the clock of a composite.
 *
 * Units      Pixels; colours 0xRRGGBB.
 * Ownership  The picture is the caller's; texts are borrowed.
 * Threads    One at a time.
 * Errors     None. A text that is too wide ends with an ellipsis; without a Chinese font its
 *            characters are boxes (the package fonts-noto-cjk has one).
 */

#include "recordings/picture.h"

#include <stdbool.h>

typedef struct {
    const char *text; /* NULL or "": left out */
    unsigned size;    /* height of the font */
    uint32_t colour;
} HeardPlateLine;

typedef struct {
    unsigned width, height;
    unsigned padding; /* left and right */
    uint32_t background;
    bool is_centred;
    bool shrinks; /* no wider than its words */
} HeardPlateForm;

/* Lines one below the other, in the middle of the height. */
HeardPicture *heard_plate_new(const HeardPlateForm *form, const HeardPlateLine *lines,
                              unsigned count);
/* Gives back what the fonts' library keeps for the next plate of this thread. */
void heard_plate_forget_fonts(void);
