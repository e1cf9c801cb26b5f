/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* cmocka's header wants these four before it, in this order. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <glib.h>
#include <stdbool.h>
#include <string.h>
