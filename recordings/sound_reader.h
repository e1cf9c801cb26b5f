/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The mixed audio as a row of samples from a time on, without a hole: what the file does not
 * have is silence.
 *
 * Units      Samples of 48 kHz, 16 bit, mono; *_us on the recording's clock.
 * Ownership  new/free.
 * Threads    Lives on one thread.
 * Errors     HEARD_ERROR_CORRUPT.
 */

#include "recordings/media_source.h"

#include <stdbool.h>

enum { HEARD_SOUND_RATE_HZ = 48000 };

typedef struct HeardSoundReader HeardSoundReader;

HeardSoundReader *heard_sound_reader_new(const char *path, HeardMediaSourceKind kind,
                                         int64_t from_us, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void heard_sound_reader_free(HeardSoundReader *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeardSoundReader, heard_sound_reader_free)

bool heard_sound_reader_read(HeardSoundReader *self, int16_t *ret_samples, size_t count,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
