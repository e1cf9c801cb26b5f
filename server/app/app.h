/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What the parts of one running server share. server.c makes and frees it; handlers borrow.
 *
 * Threads  Main, but for what says otherwise. Members are set before the first request.
 */

#include "server/app/static_files.h"
#include "server/app/turn.h"
#include "server/base/config.h"
#include "server/base/loop.h"
#include "server/store/field_cipher.h"
#include "server/hearing/deadline.h"
#include "server/hearing/keeping.h"
#include "server/store/store_thread.h"

#include <glib.h>
#include <stdatomic.h>

typedef struct HeardApp {
    HeardConfig *config;
    HeardLoop *loop;
    HeardHttp *http;
    HeardStaticFiles *pages;
    /* Writes and the audit trail, reading for pages, argon2id: three threads, so that the
     * audit trail waits neither for a list nor for a login. */
    HeardStoreThread *store, *reader, *logins;
    HeardFieldCipher *cipher; /* read-only: any thread */
    HeardTurn *turn;          /* read-only: any thread */
    struct HeardLive *live;
    struct HeardDuty *duty;       /* main */
    struct HeardJobs *jobs;       /* main */
    struct HeardUploads *uploads; /* main */
    struct HeardDestroyer *destroyer;
    struct HeardProfiles *profiles;                  /* read-only: any thread */
    const struct HeardSignatureProvider *signatures; /* how people sign; read-only: any thread */
    struct HeardPapers *papers;                      /* the same: templates of documents */
    const struct HeardSigner *signer; /* vouches for recordings; read-only: any thread */
    HeardKeepPolicy keeping;          /* read-only: any thread, as the next */
    HeardCalendar calendar;           /* days off and made up for */
    bool keeps_ciphertext;            /* of destroyed recordings */
    char *data_dir;
    char *public_url; /* "https://host:port", for links; no slash at the end; any thread */
    GStrv addresses;
    unsigned packages_running; /* package_stream.h */
    atomic_bool ready;         /* everything runs; false while starting and stopping; any thread */
} HeardApp;
