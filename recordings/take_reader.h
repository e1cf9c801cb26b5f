/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The pictures of one take, by time: which one is to be seen now?
 *
 * Units      *_us on the take's own clock; callers ask with times that do not fall.
 * Ownership  new/free; a picture is valid until the next call.
 * Threads    Lives on one thread.
 * Errors     new: HEARD_ERROR_CORRUPT. at: a take that stops decoding ends there, and
 *            heard_take_reader_failed() says so.
 */

#include "recordings/media_source.h"

#include <stdbool.h>

typedef struct HeardTakeReader HeardTakeReader;

HeardTakeReader *heard_take_reader_new(const char *path, HeardMediaSourceKind kind, int64_t from_us,
                                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
void heard_take_reader_free(HeardTakeReader *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeardTakeReader, heard_take_reader_free)

/* The last picture not after at_us, NULL before the first; ret_age_us since it was taken. */
GstSample *heard_take_reader_at(HeardTakeReader *self, int64_t at_us, int64_t *ret_age_us);
bool heard_take_reader_failed(const HeardTakeReader *self);
