/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The handlers of route_table.c; their contract is openapi.yaml. One file per resource:
 * api_session, api_links, api_units, api_summons, api_cases, api_hearings, api_quality,
 * api_recordings, api_recording_list, api_minutes, api_minutes_course, api_signings, api_ballots,
 * api_deliberation, api_notes, api_recording_tasks, api_recording_faults, api_documents,
 * api_papers, paper_new, paper_signing, api_exports, api_keeping, api_media, api_events,
 * api_operate.
 *
 * Threads  heard_api_…_store: a store thread. heard_api_…_main: main.
 */

#include "server/app/call.h"
#include "server/store/recording_rows.h"

bool heard_api_login_store(HeardStore *store, HeardCall *call);
bool heard_api_logout_store(HeardStore *store, HeardCall *call);
void heard_api_logout_main(HeardCall *call);
bool heard_api_me_store(HeardStore *store, HeardCall *call);
bool heard_api_ice_servers_store(HeardStore *store, HeardCall *call);

bool heard_api_link_open_store(HeardStore *store, HeardCall *call);
bool heard_api_link_identify_store(HeardStore *store, HeardCall *call);
void heard_api_link_identify_main(HeardCall *call);
bool heard_api_link_renew_store(HeardStore *store, HeardCall *call);
bool heard_api_link_revoke_store(HeardStore *store, HeardCall *call);
void heard_api_link_revoke_main(HeardCall *call);

bool heard_api_summons_units_store(HeardStore *store, HeardCall *call);
void heard_api_summons_units_main(HeardCall *call);
bool heard_api_summons_seen_store(HeardStore *store, HeardCall *call);
void heard_api_summons_seen_main(HeardCall *call);
bool heard_api_summons_answer_store(HeardStore *store, HeardCall *call);
void heard_api_summons_answer_main(HeardCall *call);
bool heard_api_duty_store(HeardStore *store, HeardCall *call);
void heard_api_duty_main(HeardCall *call);

bool heard_api_units_store(HeardStore *store, HeardCall *call);
bool heard_api_accounts_store(HeardStore *store, HeardCall *call);

bool heard_api_cases_store(HeardStore *store, HeardCall *call);
bool heard_api_case_new_store(HeardStore *store, HeardCall *call);
bool heard_api_case_store(HeardStore *store, HeardCall *call);

bool heard_api_hearings_store(HeardStore *store, HeardCall *call);
bool heard_api_hearing_store(HeardStore *store, HeardCall *call);
bool heard_api_hearing_new_store(HeardStore *store, HeardCall *call);
bool heard_api_quality_store(HeardStore *store, HeardCall *call);

bool heard_api_recordings_store(HeardStore *store, HeardCall *call);
bool heard_api_recording_store(HeardStore *store, HeardCall *call);
bool heard_api_recording_view_store(HeardStore *store, HeardCall *call);
bool heard_api_recording_timeline_store(HeardStore *store, HeardCall *call);
bool heard_api_recording_file_store(HeardStore *store, HeardCall *call);
void heard_api_recording_file_main(HeardCall *call);
bool heard_api_recording_integrity_store(HeardStore *store, HeardCall *call);
void heard_api_recording_integrity_main(HeardCall *call);
bool heard_api_composite_new_store(HeardStore *store, HeardCall *call);
void heard_api_recording_task_main(HeardCall *call);
bool heard_api_restore_store(HeardStore *store, HeardCall *call);
bool heard_api_composite_store(HeardStore *store, HeardCall *call);

/* What handlers of recordings share. Playing needs the right; with needs_view also a reason
 * given in this session. NULL: the call has its error. */
HeardRecordingRow *heard_api_reach_to_play(HeardStore *store, HeardCall *call, bool needs_view);
/* True: its segments are at the second place, or nobody knows; the call has its error. */
bool heard_api_refuse_away(HeardStore *store, HeardCall *call, const char *recording_id);
/* For heard_api_recording_file_main(): name below the recording's directory. */
void heard_api_answer_with_file(HeardCall *call, const char *directory, const char *name,
                                const char *media_type, const char *sha256);

bool heard_api_drafts_store(HeardStore *store, HeardCall *call);
void heard_api_drafts_main(HeardCall *call);
void heard_api_drafts_drop_main(HeardCall *call);
void heard_api_draft_drop_main(HeardCall *call);
bool heard_api_minutes_store(HeardStore *store, HeardCall *call);
bool heard_api_minutes_versions_store(HeardStore *store, HeardCall *call);
bool heard_api_minutes_add_store(HeardStore *store, HeardCall *call);
bool heard_api_minutes_change_store(HeardStore *store, HeardCall *call);
void heard_api_minutes_changed_main(HeardCall *call);
bool heard_api_minutes_course_store(HeardStore *store, HeardCall *call);
bool heard_api_minutes_act_store(HeardStore *store, HeardCall *call);
bool heard_api_minutes_propose_store(HeardStore *store, HeardCall *call);
bool heard_api_minutes_decide_store(HeardStore *store, HeardCall *call);
bool heard_api_minutes_addendum_store(HeardStore *store, HeardCall *call);
void heard_api_minutes_course_main(HeardCall *call);
bool heard_api_signings_store(HeardStore *store, HeardCall *call);
bool heard_api_signing_store(HeardStore *store, HeardCall *call);
bool heard_api_signing_code_store(HeardStore *store, HeardCall *call);
void heard_api_signing_code_main(HeardCall *call);
bool heard_api_signing_sign_store(HeardStore *store, HeardCall *call);
bool heard_api_signing_refuse_store(HeardStore *store, HeardCall *call);
void heard_api_signing_changed_main(HeardCall *call);

bool heard_api_deliberation_store(HeardStore *store, HeardCall *call);
bool heard_api_opinion_store(HeardStore *store, HeardCall *call);
bool heard_api_opinion_confirm_store(HeardStore *store, HeardCall *call);
bool heard_api_dissent_store(HeardStore *store, HeardCall *call);
bool heard_api_deliberation_seal_store(HeardStore *store, HeardCall *call);
bool heard_api_deliberation_release_store(HeardStore *store, HeardCall *call);
void heard_api_deliberation_changed_main(HeardCall *call);
void heard_api_deliberation_release_main(HeardCall *call);
bool heard_api_ballot_new_store(HeardStore *store, HeardCall *call);
bool heard_api_ballot_vote_store(HeardStore *store, HeardCall *call);
bool heard_api_ballot_close_store(HeardStore *store, HeardCall *call);
bool heard_api_ballot_withdraw_store(HeardStore *store, HeardCall *call);
bool heard_api_notes_store(HeardStore *store, HeardCall *call);
bool heard_api_note_new_store(HeardStore *store, HeardCall *call);
bool heard_api_note_edit_store(HeardStore *store, HeardCall *call);
bool heard_api_note_take_out_store(HeardStore *store, HeardCall *call);
bool heard_api_recording_faults_store(HeardStore *store, HeardCall *call);
bool heard_api_recording_fault_note_store(HeardStore *store, HeardCall *call);
bool heard_api_recording_fault_sign_store(HeardStore *store, HeardCall *call);

bool heard_api_statement_store(HeardStore *store, HeardCall *call);
bool heard_api_certificate_store(HeardStore *store, HeardCall *call);
void heard_api_document_main(HeardCall *call);

bool heard_api_keeping_store(HeardStore *store, HeardCall *call);
bool heard_api_keeping_one_store(HeardStore *store, HeardCall *call);
bool heard_api_keeping_holds_store(HeardStore *store, HeardCall *call);
bool heard_api_keeping_hold_store(HeardStore *store, HeardCall *call);
bool heard_api_keeping_lift_store(HeardStore *store, HeardCall *call);
bool heard_api_keeping_permanent_store(HeardStore *store, HeardCall *call);
bool heard_api_keeping_end_store(HeardStore *store, HeardCall *call);
bool heard_api_keeping_end_withdraw_store(HeardStore *store, HeardCall *call);
bool heard_api_keeping_end_confirm_store(HeardStore *store, HeardCall *call);
bool heard_api_keeping_request_store(HeardStore *store, HeardCall *call);
bool heard_api_keeping_withdraw_store(HeardStore *store, HeardCall *call);
bool heard_api_keeping_confirm_store(HeardStore *store, HeardCall *call);
void heard_api_keeping_confirm_main(HeardCall *call);
bool heard_api_keeping_certificate_store(HeardStore *store, HeardCall *call);

bool heard_api_exhibits_store(HeardStore *store, HeardCall *call);
bool heard_api_exhibit_store(HeardStore *store, HeardCall *call);
bool heard_api_exhibit_new_store(HeardStore *store, HeardCall *call);
void heard_api_exhibit_new_main(HeardCall *call);
void heard_api_upload_main(HeardCall *call);
bool heard_api_exhibit_content_store(HeardStore *store, HeardCall *call);
bool heard_api_exhibit_act_store(HeardStore *store, HeardCall *call);
void heard_api_exhibit_act_main(HeardCall *call);
bool heard_api_exhibit_show_store(HeardStore *store, HeardCall *call);
void heard_api_exhibit_show_main(HeardCall *call);
void heard_api_exhibit_hide_main(HeardCall *call);

bool heard_api_mediation_store(HeardStore *store, HeardCall *call);
bool heard_api_mediation_act_store(HeardStore *store, HeardCall *call);
void heard_api_mediation_act_main(HeardCall *call);
bool heard_api_papers_store(HeardStore *store, HeardCall *call);
bool heard_api_paper_store(HeardStore *store, HeardCall *call);
bool heard_api_paper_new_store(HeardStore *store, HeardCall *call);
void heard_api_paper_new_main(HeardCall *call);
bool heard_api_paper_signed_store(HeardStore *store, HeardCall *call);
bool heard_api_paper_signing_store(HeardStore *store, HeardCall *call);
void heard_api_paper_signing_main(HeardCall *call);
bool heard_api_paper_file_store(HeardStore *store, HeardCall *call);
void heard_api_paper_file_main(HeardCall *call);
bool heard_api_paper_send_store(HeardStore *store, HeardCall *call);
bool heard_api_paper_confirm_store(HeardStore *store, HeardCall *call);

bool heard_api_exports_store(HeardStore *store, HeardCall *call);
bool heard_api_export_new_store(HeardStore *store, HeardCall *call);
bool heard_api_export_decide_store(HeardStore *store, HeardCall *call);
bool heard_api_package_store(HeardStore *store, HeardCall *call);
void heard_api_package_main(HeardCall *call);

bool heard_api_join_store(HeardStore *store, HeardCall *call);
void heard_api_peer_main(HeardCall *call);
void heard_api_whip_main(HeardCall *call);
void heard_api_whep_main(HeardCall *call);
void heard_api_peer_restart_main(HeardCall *call);
void heard_api_peer_leave_main(HeardCall *call);
void heard_api_test_main(HeardCall *call);
void heard_api_test_end_main(HeardCall *call);
void heard_api_events_main(HeardCall *call);

void heard_api_healthz_main(HeardCall *call);
bool heard_api_readyz_store(HeardStore *store, HeardCall *call);
void heard_api_metrics_main(HeardCall *call);
