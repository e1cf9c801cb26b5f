/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The built web pages: assets whose name carries a hash are kept by browsers for a year,
 * everything else is asked for again with an ETag. Addresses of the application
 * (/j/…, /hearings/…) get index.html, which is never stored.
 *
 * A file "x.js.gz" beside "x.js" goes to browsers that take gzip.
 *
 * Ownership  new/free; the folder is looked at for each request, so a new build shows.
 * Threads    Main only.
 * Errors     An unknown file is 404 not_found; a missing build is one clear sentence.
 */

#include "server/app/http.h"

#include <glib.h>

typedef struct HeardStaticFiles HeardStaticFiles;

/* folder NULL: HEARD_WEB_DIR of the environment, else ../../../web/dist and
 * ../share/heard/web beside the program, whichever exists. */
HeardStaticFiles *heard_static_files_new(const char *folder);
void heard_static_files_free(HeardStaticFiles *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeardStaticFiles, heard_static_files_free)

/* NULL when no build was found. */
const char *heard_static_files_folder(const HeardStaticFiles *self);

/* Answers a GET or HEAD that no route took. */
void heard_static_files_serve(HeardStaticFiles *self, HeardHttpRequest *request);

/* Is this an address that the pages handle themselves? */
bool heard_static_files_is_page(const char *path);
/* "app-3F2A9C01.js": eight or more capitals and digits before the last dot. */
bool heard_static_files_is_hashed(const char *name);
/* By the name's end; "application/octet-stream" for the unknown. */
const char *heard_static_files_media_type(const char *name);
