/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What parsing and filling of a template share. Everything here is as template.h says.
 */

#include "server/papers/facts.h"
#include "server/papers/template.h"

struct HeardTemplate {
    json_t *text;         /* the whole of it */
    const json_t *schema; /* its own, or of the kind's */
    const json_t *blocks, *title;
    const json_t *parts, *words, *shared; /* of common.json */
    char *sha256;
};
