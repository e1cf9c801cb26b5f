/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What the files that gather facts share. Each gatherer returns its member; NULL without an error:
 * there is none. Everything else as paper_facts.h says.
 */

#include "server/app/paper_facts.h"
#include "server/store/participant_rows.h"
#include "server/store/seat_rows.h"

typedef struct {
    HeardSeatRow *seat;
    HeardParticipantRow *participant;
} HeardPaperSeat;

typedef struct {
    HeardStore *store;
    const HeardPaperOrder *order;
    GPtrArray *seats; /* HeardPaperSeat, by position */
} HeardPaperSource;

/* Who that is; NULL: nobody of this hearing. */
const HeardPaperSeat *heard_paper_seat_of(const HeardPaperSource *source,
                                          const char *participant_id);
/* The word of the role as people call it: both parties of a mediation have their own. */
const char *heard_paper_role_of(const HeardPaperSource *source, const HeardSeatRow *seat);
json_t *heard_paper_person(const HeardPaperSource *source, const HeardSeatRow *seat);
/* Came, was let in, and was not sent out for good. */
bool heard_paper_took_part(const HeardPaperSeat *one);
/* Leaves the member out where there is nothing. */
void heard_paper_set_text(json_t *object, const char *name, const char *text);
void heard_paper_set_time(json_t *object, const char *name, int64_t wall_ms);

/* paper_facts_course.c */
json_t *heard_paper_phases(HeardPaperSource *source, GError **error);
json_t *heard_paper_undisputed(HeardPaperSource *source, GError **error);
json_t *heard_paper_minutes_state(HeardPaperSource *source, GError **error);
json_t *heard_paper_outcomes(HeardPaperSource *source, GError **error);
json_t *heard_paper_commitments(HeardPaperSource *source, GError **error);

/* paper_facts_attendance.c */
json_t *heard_paper_attendees(HeardPaperSource *source, GError **error);
json_t *heard_paper_rolls(HeardPaperSource *source, GError **error);

/* paper_facts_agreement.c */
json_t *heard_paper_about_parties(HeardPaperSource *source, GError **error);
json_t *heard_paper_agreed_facts(HeardPaperSource *source, GError **error);
json_t *heard_paper_disputes(HeardPaperSource *source, GError **error);
json_t *heard_paper_responsibilities(HeardPaperSource *source, GError **error);
json_t *heard_paper_terms(HeardPaperSource *source, GError **error);
json_t *heard_paper_effective(HeardPaperSource *source, GError **error);
json_t *heard_paper_agreed_ms(HeardPaperSource *source, GError **error);
json_t *heard_paper_apply_by(HeardPaperSource *source, GError **error);
json_t *heard_paper_agreement_number(HeardPaperSource *source, GError **error);
/* Of a mediation without an agreement: its reason, or what the desk wrote. */
json_t *heard_paper_end(HeardPaperSource *source, GError **error);

/* paper_facts_panel.c */
json_t *heard_paper_requests(HeardPaperSource *source, GError **error);
json_t *heard_paper_votes(HeardPaperSource *source, GError **error);
json_t *heard_paper_opinion(HeardPaperSource *source, GError **error);
json_t *heard_paper_questions(HeardPaperSource *source, GError **error);
json_t *heard_paper_dissents(HeardPaperSource *source, GError **error);
json_t *heard_paper_members(HeardPaperSource *source, GError **error);
json_t *heard_paper_seal(HeardPaperSource *source, GError **error);
json_t *heard_paper_began(HeardPaperSource *source, GError **error);
json_t *heard_paper_ended(HeardPaperSource *source, GError **error);

/* paper_facts_file.c */
json_t *heard_paper_exhibits(HeardPaperSource *source, GError **error);
json_t *heard_paper_exhibit_files(HeardPaperSource *source, GError **error);
json_t *heard_paper_faults(HeardPaperSource *source, GError **error);
json_t *heard_paper_recordings(HeardPaperSource *source, GError **error);
json_t *heard_paper_documents(HeardPaperSource *source, GError **error);
json_t *heard_paper_enclosed(HeardPaperSource *source, GError **error);
json_t *heard_paper_sendings(HeardPaperSource *source, GError **error);

/* paper_facts_signed.c */
json_t *heard_paper_signing_json(HeardPaperSource *source, GError **error);
