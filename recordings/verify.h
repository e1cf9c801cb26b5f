/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Check a recording with nothing but its folder: no server, no key. Chain of the
 * journal, Merkle root of each segment, chain of segments, counts, signatures; what a crash
 * left; pauses, losses and holes in time. Of an excerpt: the same for the segments that are there,
 * and that they are those which it claims; the report then says that it is no whole recording.
 *
 * It can't see inside the seals: whether a packet is what a camera sent is the key
 * holder's question. Whose an altered chunk may be is told by the tracks that the journal names
 * for that time. A log that was made anew as a whole, by another key, is told only by who
 * signed it: compare the fingerprint with the office's, or give its certificate as ca_path;
 * or compare chain_head with the one kept elsewhere.
 *
 * Units      *_us on the recording's clock, -1: not known.
 * Ownership  heard_verify() returns a new report, freed with heard_verify_report_free.
 * Threads    Any thread; reads files only.
 * Errors     GError only when the folder can't be read. What is wrong with a log is in
 *            the report.
 */

#include "recordings/excerpt.h"
#include "recordings/log_reader.h"
#include "recordings/noted_tracks.h"
#include "recordings/signer.h"

#include <glib.h>
#include <jansson.h>

enum { HEARD_VERIFY_FINDINGS_MAX = 200 };

typedef enum {
    /* alterations */
    HEARD_FINDING_LOG_JSON,  /* log.json unreadable */
    HEARD_FINDING_JOURNAL,   /* a journal line altered, missing or torn */
    HEARD_FINDING_SEAL,      /* seal.json does not fit the journal */
    HEARD_FINDING_NOT_ENDED, /* no end: still recording, or a crash not recovered */
    HEARD_FINDING_SEGMENT_MISSING,
    HEARD_FINDING_SEGMENT_HEAD,
    HEARD_FINDING_SEGMENT_CHAIN, /* not the successor of the one before, or of another log */
    HEARD_FINDING_CHUNK,         /* altered */
    HEARD_FINDING_CHUNK_MISSING,
    HEARD_FINDING_TRAILER,     /* altered or missing */
    HEARD_FINDING_ROOT,        /* the root does not fit the leaves */
    HEARD_FINDING_COUNT,       /* numbers do not fit */
    HEARD_FINDING_TRAILING,    /* bytes that do not belong there */
    HEARD_FINDING_SIGNATURE,   /* missing or wrong */
    HEARD_FINDING_SIGNER,      /* its certificate is unreadable, not valid then, not trusted */
    HEARD_FINDING_TIMESTAMP,   /* does not fit, or not of a trusted authority */
    HEARD_FINDING_DESTRUCTION, /* a certificate of destruction that is not good */
    HEARD_FINDING_EXCERPT,     /* excerpt.json is not well-formed, or claims what is not there */
    /* notes: not faults of the log */
    HEARD_FINDING_RECOVERED,
    HEARD_FINDING_PAUSED,
    HEARD_FINDING_FAULT, /* the disk refused bytes */
    HEARD_FINDING_LOST,  /* packets the log says are missing */
    HEARD_FINDING_HOLE,  /* seconds without any chunk */
    HEARD_FINDING_EXTRA_FILE,
    HEARD_FINDING_DESTROYING, /* ordered, not done yet: the log is still there */
    HEARD_FINDING_UNSIGNED,   /* nobody vouches for it: made before there were signatures */
    HEARD_FINDING_COUNT_MAX
} HeardFindingKind;

typedef struct {
    HeardFindingKind kind;
    uint32_t segment; /* 0: not about one */
    int64_t chunk;    /* -1: not about one */
    int64_t from_us, to_us;
    int64_t number; /* line, bytes or packets */
    char detail[96];
} HeardFinding;

/* DESTROYED: by a certificate that is good, and what it left is intact. ELSEWHERE: what is here is
 * intact, the other segments gave their room up (away.h) and are to be brought back. */
typedef enum {
    HEARD_VERIFY_INTACT,
    HEARD_VERIFY_ALTERED,
    HEARD_VERIFY_DESTROYED,
    HEARD_VERIFY_ELSEWHERE
} HeardVerifyResult;

typedef struct {
    HeardVerifyResult result;
    char hearing[80], recording[80], log_id[48], chain_head[HEARD_CHAIN_HEX_SIZE];
    int64_t started_wall_ms, duration_us, bytes;
    uint64_t segments, chunks, records, lost, journal_lines;
    HeardExcerpt excerpt;                                           /* this is only a part */
    uint64_t log_segments;                                          /* of the whole; 0: no end */
    char signer[128], signer_fingerprint[65], signer_algorithm[16]; /* "": not signed */
    uint64_t signatures;                                            /* good ones */
    int64_t signed_us;                                              /* by the last of them */
    char authority[128];                                            /* that stamped it; "": none */
    int64_t timestamp_ms;                                           /* 0: not stamped */
    uint64_t hourly_stamps;                                         /* good ones, while it ran */
    int64_t hourly_ms, hourly_us; /* of the last of them: its time; up to where it is over */
    uint64_t away_segments;       /* not here, by away.json */
    char away_place[128];
    int64_t destroyed_ms;                              /* 0: not destroyed */
    char destruction[48], destruction_fingerprint[65]; /* order id; who signed it */
    char requested_by[128], confirmed_by[128];
    HeardNotedTracks *tracks; /* by the journal; the report's own */
    HeardFinding findings[HEARD_VERIFY_FINDINGS_MAX];
    unsigned finding_count;
    uint64_t finding_overflow; /* not kept */
} HeardVerifyReport;

/* PEM files with certificates that are trusted; NULL: whoever signed, whoever stamped. */
typedef struct {
    const char *ca_path, *tsa_path;
} HeardVerifyTrust;

/* trust: NULL: nothing is asked of anybody. */
HeardVerifyReport *heard_verify(const char *path, const HeardVerifyTrust *trust,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
void heard_verify_report_free(HeardVerifyReport *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeardVerifyReport, heard_verify_report_free)

/*
 * Where log.json is gone by a certificate that is good, that says in its place what the log was:
 * info and report are filled, ret_signatory is who signed it (a new object). Otherwise ret_found,
 * if anything is to be said, with the detail that is returned: of a bad certificate, or of one
 * beside a log that is still there.
 */
char *heard_verify_destruction(const char *path, HeardLogInfo *info, HeardVerifyReport *report,
                               HeardSignatory **ret_signatory, HeardFindingKind *ret_found);

bool heard_finding_is_fault(HeardFindingKind kind);
/* New reference. */
json_t *heard_verify_report_to_json(const HeardVerifyReport *self);
/* language "zh" or "en"; the caller frees it. */
char *heard_verify_report_to_text(const HeardVerifyReport *self, const char *language);
