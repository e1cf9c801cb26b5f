/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The export package of a recording: one zip that can be kept, handed on and checked without us.
 *
 * <number>/readme.txt, verify.html, original/ (everything that is evidence, as it stands),
 * certificates/ (who signed, PEM), derived/ (what can be played, if it was made),
 * verification.json (what `heard verify` says, and what could not be read), manifest.sha256.
 *
 * Or an excerpt: of the originals only the segments that hold a stretch of time, with excerpt.json
 * (FORMAT.md 10), and in place of derived/ clip.mp4, a film of that stretch, if one was made.
 *
 * Files are stored, not compressed: a page in a browser reads them where they lie. A damaged
 * recording is packed as it is and verification.json says so; where bytes can't be read zeros
 * stand, and a file that can't be opened is named. Nothing is decrypted.
 *
 * Bounds     HEARD_PACKAGE_FILES_MAX; zip64 where sizes ask for it.
 * Ownership  Borrows its arguments.
 * Threads    Any thread; blocks as long as the other side of fd is slow.
 * Errors     HEARD_ERROR_NOT_FOUND (no recording), TOO_LARGE (too many files), STORAGE,
 *            STORAGE_FULL. What was written by then is no zip.
 */

#include "recordings/verify.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

enum {
    HEARD_PACKAGE_FILES_MAX = 20000,
    HEARD_PACKAGE_PAGE_MAX = 16 << 20,
};

typedef struct {
    uint64_t files, bytes; /* in it */
    uint64_t left_out;     /* could not be read, wholly or in part */
    bool intact;
} HeardPackageCount;

typedef struct {
    const char *recording;
    const char *page;         /* the file verify.html */
    HeardExcerpt excerpt;     /* all zero: everything */
    const char *clip;         /* film of the excerpt, MP4; NULL: none */
    const json_t *clip_facts; /* what heard composite said of it */
} HeardPackageSpec;

/* fd: where the zip goes; not sought, a pipe will do. */
bool heard_package_write(const HeardPackageSpec *spec, int fd, HeardPackageCount *ret_count,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Does a file of the recording belong to the excerpt's originals? */
bool heard_package_takes(const HeardExcerpt *excerpt, const char *name);
/* What heard verify says of the recording, or of the excerpt as it will lie in the package. */
HeardVerifyReport *heard_package_verify(const char *recording, const HeardExcerpt *excerpt,
                                        GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What readme.txt tells besides the report. */
typedef struct {
    const char *number;          /* how people call the recording */
    const char *end_certificate; /* file in the package whose key signed the end; NULL: none */
    bool end_is_sm2;
    bool has_derived, has_clip;
} HeardPackageFacts;

/* What stands in readme.txt, Chinese and English; the caller frees it. */
char *heard_package_readme(const HeardPackageFacts *facts, const HeardVerifyReport *report);
