/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/route_table.h"

#include "server/app/api.h"
#include "server/app/http_text.h"
#include "server/app/joining.h"

#include <string.h>

#define PLAIN(method, path, rule, permissions, body, thread, store_half, main_half)                \
    {                                                                                              \
        HEARD_HTTP_##method, path, HEARD_RULE_##rule, permissions, HEARD_BODY_##body,              \
            HEARD_ON_##thread, store_half, main_half                                               \
    }
#define ROUTE(method, path, rule, permissions, body, thread, store_half, main_half)                \
    PLAIN(method, "/api/v1" path, rule, permissions, body, thread, store_half, main_half)
#define ANY      HEARD_MAY_ANY
#define JOIN     HEARD_MAY(JOIN)
#define EXPORT   HEARD_MAY(EXPORT_RECORDING)
#define CASES    (HEARD_MAY(VIEW_TIMELINE) | HEARD_MAY(SCHEDULE))
#define MINUTES  (HEARD_MAY(JOIN) | HEARD_MAY(PLAY_RECORDING))
#define HEARINGS (HEARD_MAY(JOIN) | HEARD_MAY(SCHEDULE) | HEARD_MAY(VIEW_TIMELINE))

#define PANEL    HEARD_MAY(DELIBERATE)
#define EXHIBITS (HEARINGS | HEARD_MAY(PLAY_RECORDING))

/* clang-format off */
const HeardRoute heard_routes[] = {
    PLAIN(GET, "/healthz", PUBLIC, ANY, NONE, READER,
          NULL, heard_api_healthz_main),
    PLAIN(GET, "/readyz", OPERATOR, ANY, NONE, READER,
          heard_api_readyz_store, NULL),
    PLAIN(GET, "/metrics", OPERATOR, ANY, NONE, READER,
          NULL, heard_api_metrics_main),

    ROUTE(POST, "/login", PUBLIC, ANY, JSON, LOGINS,
          heard_api_login_store, NULL),
    ROUTE(POST, "/logout", SESSION, ANY, JSON, STORE,
          heard_api_logout_store, heard_api_logout_main),
    ROUTE(GET, "/me", SESSION, ANY, NONE, READER,
          heard_api_me_store, NULL),
    ROUTE(GET, "/ice-servers", SESSION, ANY, NONE, READER,
          heard_api_ice_servers_store, NULL),
    ROUTE(POST, "/links/open", PUBLIC, ANY, JSON, STORE,
          heard_api_link_open_store, NULL),
    ROUTE(POST, "/links/identify", PARTICIPANT, ANY, JSON, STORE,
          heard_api_link_identify_store, heard_api_link_identify_main),

    ROUTE(GET, "/units", ACCOUNT, ANY, NONE, READER,
          heard_api_units_store, NULL),
    ROUTE(GET, "/accounts", ACCOUNT, HEARD_MAY(SCHEDULE) | HEARD_MAY(SET_ACCOUNTS), NONE, READER,
          heard_api_accounts_store, NULL),

    ROUTE(GET, "/cases", ACCOUNT, CASES, NONE, READER,
          heard_api_cases_store, NULL),
    ROUTE(POST, "/cases", ACCOUNT, HEARD_MAY(SCHEDULE), JSON, STORE,
          heard_api_case_new_store, NULL),
    ROUTE(GET, "/cases/{}", ACCOUNT, CASES, NONE, READER,
          heard_api_case_store, NULL),
    ROUTE(POST, "/cases/{}/hearings", ACCOUNT, HEARD_MAY(SCHEDULE), JSON, STORE,
          heard_api_hearing_new_store, NULL),

    ROUTE(POST, "/hearings", ACCOUNT, HEARD_MAY(SCHEDULE), JSON, STORE,
          heard_api_hearing_new_store, NULL),
    ROUTE(GET, "/hearings", SESSION, HEARINGS, NONE, READER,
          heard_api_hearings_store, NULL),
    ROUTE(GET, "/hearings/{}", SESSION, HEARINGS, NONE, READER,
          heard_api_hearing_store, NULL),
    ROUTE(GET, "/hearings/{}/quality", ACCOUNT, HEARD_MAY(PLAY_RECORDING), NONE, READER,
          heard_api_quality_store, NULL),
    ROUTE(POST, "/hearings/{}/participants/{}/link", SESSION, HEARD_MAY(ADMIT), JSON, STORE,
          heard_api_link_renew_store, heard_api_link_revoke_main),
    ROUTE(DELETE, "/hearings/{}/participants/{}/link", SESSION, HEARD_MAY(ADMIT), NONE, STORE,
          heard_api_link_revoke_store, heard_api_link_revoke_main),

    ROUTE(GET, "/hearings/{}/minutes", SESSION, MINUTES, NONE, READER,
          heard_api_minutes_store, NULL),
    ROUTE(POST, "/hearings/{}/minutes", SESSION, HEARD_MAY(EDIT_MINUTES), JSON, STORE,
          heard_api_minutes_add_store, heard_api_minutes_changed_main),
    ROUTE(PATCH, "/hearings/{}/minutes/{}", SESSION, HEARD_MAY(EDIT_MINUTES), JSON, STORE,
          heard_api_minutes_change_store, heard_api_minutes_changed_main),
    ROUTE(GET, "/hearings/{}/minutes/{}/versions", SESSION, HEARD_MAY(EDIT_MINUTES), NONE, READER,
          heard_api_minutes_versions_store, NULL),
    ROUTE(GET, "/hearings/{}/drafts", SESSION, HEARD_MAY(EDIT_MINUTES), NONE, READER,
          heard_api_drafts_store, heard_api_drafts_main),
    ROUTE(DELETE, "/hearings/{}/drafts", SESSION, HEARD_MAY(EDIT_MINUTES), NONE, READER,
          heard_api_drafts_store, heard_api_drafts_drop_main),
    ROUTE(DELETE, "/hearings/{}/drafts/{}", SESSION, HEARD_MAY(EDIT_MINUTES), NONE, READER,
          heard_api_drafts_store, heard_api_draft_drop_main),
    ROUTE(GET, "/hearings/{}/minutes/confirmation", SESSION, MINUTES, NONE, READER,
          heard_api_minutes_course_store, NULL),
    ROUTE(POST, "/hearings/{}/minutes/confirmation", SESSION, HEARD_MAY(SIGN), JSON, STORE,
          heard_api_minutes_act_store, heard_api_minutes_course_main),
    ROUTE(POST, "/hearings/{}/minutes/corrections", SESSION, HEARD_MAY(SIGN), JSON, STORE,
          heard_api_minutes_propose_store, heard_api_minutes_course_main),
    ROUTE(POST, "/hearings/{}/minutes/corrections/{}", SESSION, HEARD_MAY(EDIT_MINUTES), JSON,
          STORE, heard_api_minutes_decide_store, heard_api_minutes_course_main),
    ROUTE(POST, "/hearings/{}/minutes/addenda", SESSION, HEARD_MAY(EDIT_MINUTES), JSON, STORE,
          heard_api_minutes_addendum_store, heard_api_minutes_course_main),
    ROUTE(GET, "/hearings/{}/signings", SESSION, HEARD_MAY(SIGN), NONE, READER,
          heard_api_signings_store, NULL),
    ROUTE(GET, "/hearings/{}/signings/{}", SESSION, HEARD_MAY(SIGN), NONE, READER,
          heard_api_signing_store, NULL),
    ROUTE(POST, "/hearings/{}/signings/{}/code", SESSION, HEARD_MAY(SIGN), JSON, STORE,
          heard_api_signing_code_store, heard_api_signing_code_main),
    ROUTE(POST, "/hearings/{}/signings/{}/sign", SESSION, HEARD_MAY(SIGN), JSON, STORE,
          heard_api_signing_sign_store, heard_api_signing_changed_main),
    ROUTE(POST, "/hearings/{}/signings/{}/refuse", SESSION, HEARD_MAY(SIGN), JSON, STORE,
          heard_api_signing_refuse_store, heard_api_signing_changed_main),
    ROUTE(GET, "/hearings/{}/exhibits", SESSION, EXHIBITS, NONE, READER,
          heard_api_exhibits_store, NULL),
    ROUTE(POST, "/hearings/{}/exhibits", SESSION, HEARD_MAY(SHARE), JSON, READER,
          heard_api_exhibit_new_store, heard_api_exhibit_new_main),
    ROUTE(POST, "/uploads/{}", SESSION, HEARD_MAY(SHARE), FILE, READER,
          NULL, heard_api_upload_main),
    ROUTE(GET, "/hearings/{}/exhibits/{}", SESSION, EXHIBITS, NONE, READER,
          heard_api_exhibit_store, NULL),
    ROUTE(GET, "/hearings/{}/exhibits/{}/content", SESSION, EXHIBITS, NONE, READER,
          heard_api_exhibit_content_store, heard_api_recording_file_main),
    ROUTE(POST, "/hearings/{}/exhibits/{}/acts", SESSION, JOIN, JSON, STORE,
          heard_api_exhibit_act_store, heard_api_exhibit_act_main),
    ROUTE(POST, "/hearings/{}/exhibits/{}/show", SESSION, HEARD_MAY(SHARE), JSON, READER,
          heard_api_exhibit_show_store, heard_api_exhibit_show_main),
    ROUTE(POST, "/hearings/{}/exhibits/{}/hide", SESSION, HEARD_MAY(SHARE), JSON, READER,
          heard_api_exhibit_show_store, heard_api_exhibit_hide_main),

    ROUTE(GET, "/hearings/{}/mediation", SESSION, MINUTES, NONE, READER,
          heard_api_mediation_store, NULL),
    ROUTE(POST, "/hearings/{}/mediation/acts", SESSION, JOIN, JSON, STORE,
          heard_api_mediation_act_store, heard_api_mediation_act_main),
    ROUTE(GET, "/hearings/{}/documents", SESSION, EXHIBITS, NONE, READER,
          heard_api_papers_store, NULL),
    ROUTE(POST, "/hearings/{}/documents", SESSION, EXHIBITS, JSON, STORE,
          heard_api_paper_new_store, heard_api_paper_new_main),
    ROUTE(GET, "/hearings/{}/documents/{}", SESSION, EXHIBITS, NONE, READER,
          heard_api_paper_store, NULL),
    ROUTE(GET, "/hearings/{}/documents/{}/files/{}", SESSION, EXHIBITS, NONE, STORE,
          heard_api_paper_file_store, heard_api_paper_file_main),
    ROUTE(POST, "/hearings/{}/documents/{}/sendings", SESSION, HEARINGS, JSON, STORE,
          heard_api_paper_send_store, NULL),
    ROUTE(POST, "/hearings/{}/documents/{}/signing", SESSION, EXHIBITS, NONE, STORE,
          heard_api_paper_signing_store, heard_api_paper_signing_main),
    ROUTE(POST, "/hearings/{}/documents/{}/signed", SESSION, EXHIBITS, NONE, STORE,
          heard_api_paper_signed_store, heard_api_paper_new_main),
    ROUTE(POST, "/hearings/{}/documents/{}/confirmation", SESSION, HEARINGS, NONE, STORE,
          heard_api_paper_confirm_store, NULL),
    ROUTE(GET, "/hearings/{}/deliberation", SESSION, EXHIBITS | HEARD_MAY(READ_AUDIT), NONE, READER,
          heard_api_deliberation_store, NULL),
    ROUTE(POST, "/hearings/{}/deliberation/opinion", SESSION, PANEL, JSON, STORE,
          heard_api_opinion_store, heard_api_deliberation_changed_main),
    ROUTE(POST, "/hearings/{}/deliberation/confirm", SESSION, PANEL, JSON, STORE,
          heard_api_opinion_confirm_store, heard_api_deliberation_changed_main),
    ROUTE(POST, "/hearings/{}/deliberation/dissent", SESSION, PANEL, JSON, STORE,
          heard_api_dissent_store, heard_api_deliberation_changed_main),
    ROUTE(POST, "/hearings/{}/deliberation/seal", SESSION, PANEL, JSON, STORE,
          heard_api_deliberation_seal_store, heard_api_deliberation_changed_main),
    ROUTE(POST, "/hearings/{}/deliberation/release", SESSION, PANEL, JSON, STORE,
          heard_api_deliberation_release_store, heard_api_deliberation_release_main),
    ROUTE(POST, "/hearings/{}/ballots", SESSION, PANEL, JSON, STORE,
          heard_api_ballot_new_store, heard_api_deliberation_changed_main),
    ROUTE(POST, "/hearings/{}/ballots/{}/vote", SESSION, PANEL, SECRET, STORE,
          heard_api_ballot_vote_store, heard_api_deliberation_changed_main),
    ROUTE(POST, "/hearings/{}/ballots/{}/close", SESSION, PANEL, JSON, STORE,
          heard_api_ballot_close_store, heard_api_deliberation_changed_main),
    ROUTE(POST, "/hearings/{}/ballots/{}/withdraw", SESSION, PANEL, JSON, STORE,
          heard_api_ballot_withdraw_store, heard_api_deliberation_changed_main),

    ROUTE(GET, "/hearings/{}/events", SESSION, JOIN, NONE, READER,
          heard_joining_find, heard_api_events_main),
    ROUTE(GET, "/hearings/{}/summonable-units", SESSION, HEARD_MAY(SUMMON), NONE, READER,
          heard_api_summons_units_store, heard_api_summons_units_main),
    ROUTE(POST, "/summonses/{}/seen", ACCOUNT, JOIN, NONE, STORE,
          heard_api_summons_seen_store, heard_api_summons_seen_main),
    ROUTE(POST, "/summonses/{}/answer", ACCOUNT, JOIN, JSON, READER,
          heard_api_summons_answer_store, heard_api_summons_answer_main),
    ROUTE(GET, "/duty/events", ACCOUNT, JOIN, NONE, READER,
          heard_api_duty_store, heard_api_duty_main),
    ROUTE(POST, "/hearings/{}/peers", SESSION, JOIN, SDP, READER,
          heard_api_join_store, heard_api_peer_main),
    ROUTE(PATCH, "/hearings/{}/peers/{}", SESSION, JOIN, SDP_FRAGMENT, READER,
          heard_joining_find, heard_api_peer_restart_main),
    ROUTE(DELETE, "/hearings/{}/peers/{}", SESSION, JOIN, NONE, READER,
          heard_joining_find, heard_api_peer_leave_main),
    ROUTE(POST, "/hearings/{}/connection-tests", SESSION, JOIN, SDP, READER,
          heard_joining_find, heard_api_test_main),
    ROUTE(DELETE, "/hearings/{}/connection-tests/{}", SESSION, JOIN, NONE, READER,
          heard_joining_find, heard_api_test_end_main),
    ROUTE(POST, "/hearings/{}/whip", PUBLISH, JOIN, SDP, READER,
          heard_api_join_store, heard_api_whip_main),
    ROUTE(PATCH, "/hearings/{}/whip/{}", PUBLISH, JOIN, SDP_FRAGMENT, READER,
          heard_joining_find, heard_api_peer_restart_main),
    ROUTE(DELETE, "/hearings/{}/whip/{}", PUBLISH, JOIN, NONE, READER,
          heard_joining_find, heard_api_peer_leave_main),
    ROUTE(POST, "/hearings/{}/whep", WATCH, JOIN, SDP, READER,
          heard_api_join_store, heard_api_whep_main),
    ROUTE(PATCH, "/hearings/{}/whep/{}", WATCH, JOIN, SDP_FRAGMENT, READER,
          heard_joining_find, heard_api_peer_restart_main),
    ROUTE(DELETE, "/hearings/{}/whep/{}", WATCH, JOIN, NONE, READER,
          heard_joining_find, heard_api_peer_leave_main),

    ROUTE(GET, "/recordings", ACCOUNT, HEARD_MAY(PLAY_RECORDING), NONE, READER,
          heard_api_recordings_store, NULL),
    ROUTE(GET, "/recordings/{}", ACCOUNT, HEARD_MAY(PLAY_RECORDING), NONE, READER,
          heard_api_recording_store, NULL),
    ROUTE(POST, "/recordings/{}/views", ACCOUNT, HEARD_MAY(PLAY_RECORDING), JSON, STORE,
          heard_api_recording_view_store, NULL),
    ROUTE(GET, "/recordings/{}/timeline", ACCOUNT, HEARD_MAY(PLAY_RECORDING), NONE, READER,
          heard_api_recording_timeline_store, heard_api_recording_file_main),
    ROUTE(GET, "/recordings/{}/files/{}", ACCOUNT, HEARD_MAY(PLAY_RECORDING), NONE, READER,
          heard_api_recording_file_store, heard_api_recording_file_main),
    ROUTE(GET, "/recordings/{}/integrity", ACCOUNT, HEARD_MAY(PLAY_RECORDING), NONE, READER,
          heard_api_recording_integrity_store, heard_api_recording_integrity_main),
    ROUTE(POST, "/recordings/{}/composite", ACCOUNT, HEARD_MAY(PLAY_RECORDING), JSON, STORE,
          heard_api_composite_new_store, heard_api_recording_task_main),
    ROUTE(POST, "/recordings/{}/restore", ACCOUNT, HEARD_MAY(PLAY_RECORDING), NONE, STORE,
          heard_api_restore_store, heard_api_recording_task_main),
    ROUTE(GET, "/recordings/{}/composite", ACCOUNT, HEARD_MAY(PLAY_RECORDING), NONE, READER,
          heard_api_composite_store, heard_api_recording_file_main),
    ROUTE(GET, "/recordings/{}/notes", ACCOUNT, HEARD_MAY(PLAY_RECORDING), NONE, READER,
          heard_api_notes_store, NULL),
    ROUTE(POST, "/recordings/{}/notes", ACCOUNT, HEARD_MAY(PLAY_RECORDING), JSON, STORE,
          heard_api_note_new_store, NULL),
    ROUTE(PATCH, "/recordings/{}/notes/{}", ACCOUNT, HEARD_MAY(PLAY_RECORDING), JSON, STORE,
          heard_api_note_edit_store, NULL),
    ROUTE(DELETE, "/recordings/{}/notes/{}", ACCOUNT, HEARD_MAY(PLAY_RECORDING), NONE, STORE,
          heard_api_note_take_out_store, NULL),
    ROUTE(GET, "/recordings/{}/faults", ACCOUNT, HEARD_MAY(PLAY_RECORDING), NONE, READER,
          heard_api_recording_faults_store, NULL),
    ROUTE(POST, "/recordings/{}/faults/{}/note", ACCOUNT, HEARD_MAY(RECORD), JSON, STORE,
          heard_api_recording_fault_note_store, NULL),
    ROUTE(POST, "/recordings/{}/faults/{}/countersign", ACCOUNT, HEARD_MAY(RECORD), JSON, STORE,
          heard_api_recording_fault_sign_store, NULL),
    ROUTE(GET, "/recordings/{}/statement.pdf", ACCOUNT, HEARD_MAY(PLAY_RECORDING), NONE, STORE,
          heard_api_statement_store, heard_api_document_main),
    ROUTE(GET, "/recordings/{}/certificate.pdf", ACCOUNT, HEARD_MAY(PLAY_RECORDING), NONE, STORE,
          heard_api_certificate_store, heard_api_document_main),

    ROUTE(GET, "/keeping", ACCOUNT, HEARD_MAY(RETAIN), NONE, READER,
          heard_api_keeping_store, NULL),
    ROUTE(GET, "/keeping/{}", ACCOUNT, HEARD_MAY(RETAIN), NONE, READER,
          heard_api_keeping_one_store, NULL),
    ROUTE(GET, "/keeping/{}/holds", ACCOUNT, HEARD_MAY(RETAIN), NONE, READER,
          heard_api_keeping_holds_store, NULL),
    ROUTE(POST, "/keeping/{}/holds", ACCOUNT, HEARD_MAY(RETAIN), JSON, STORE,
          heard_api_keeping_hold_store, NULL),
    ROUTE(POST, "/keeping/{}/holds/{}/lift", ACCOUNT, HEARD_MAY(RETAIN), JSON, STORE,
          heard_api_keeping_lift_store, NULL),
    ROUTE(POST, "/keeping/{}/permanent", ACCOUNT, HEARD_MAY(RETAIN), JSON, STORE,
          heard_api_keeping_permanent_store, NULL),
    ROUTE(POST, "/keeping/{}/permanent/end", ACCOUNT, HEARD_MAY(RETAIN), JSON, STORE,
          heard_api_keeping_end_store, NULL),
    ROUTE(POST, "/keeping/{}/permanent/end/withdraw", ACCOUNT, HEARD_MAY(RETAIN), JSON, STORE,
          heard_api_keeping_end_withdraw_store, NULL),
    ROUTE(POST, "/keeping/{}/permanent/end/confirm", ACCOUNT, HEARD_MAY(RETAIN), JSON, STORE,
          heard_api_keeping_end_confirm_store, NULL),
    ROUTE(POST, "/keeping/{}/request", ACCOUNT, HEARD_MAY(RETAIN), JSON, STORE,
          heard_api_keeping_request_store, NULL),
    ROUTE(POST, "/keeping/{}/withdraw", ACCOUNT, HEARD_MAY(RETAIN), JSON, STORE,
          heard_api_keeping_withdraw_store, NULL),
    ROUTE(POST, "/keeping/{}/confirm", ACCOUNT, HEARD_MAY(RETAIN), JSON, STORE,
          heard_api_keeping_confirm_store, heard_api_keeping_confirm_main),
    ROUTE(GET, "/keeping/{}/certificate", ACCOUNT, HEARD_MAY(RETAIN), NONE, READER,
          heard_api_keeping_certificate_store, NULL),
    ROUTE(GET, "/recordings/{}/exports", ACCOUNT, EXPORT, NONE, READER,
          heard_api_exports_store, NULL),
    ROUTE(POST, "/recordings/{}/exports", ACCOUNT, EXPORT, JSON, STORE,
          heard_api_export_new_store, NULL),
    ROUTE(POST, "/recordings/{}/exports/{}/decision", ACCOUNT, EXPORT, JSON, STORE,
          heard_api_export_decide_store, NULL),
    ROUTE(GET, "/recordings/{}/package", ACCOUNT, EXPORT, NONE, STORE,
          heard_api_package_store, heard_api_package_main),
};
/* clang-format on */
const size_t heard_route_count = G_N_ELEMENTS(heard_routes);

/* A segment that may stand for {}: ids, labels, numbers. */
static bool take_param(const char *text, size_t size, char **ret_param)
{
    g_autofree char *param = g_strndup(text, size);

    if (size == 0 || !heard_http_is_plain_name(param, HEARD_ROUTE_PARAM_SIZE - 1))
        return false;
    *ret_param = g_steal_pointer(&param);
    return true;
}

static void clear_params(char *params[static HEARD_ROUTE_PARAMS_MAX])
{
    for (unsigned i = 0; i < HEARD_ROUTE_PARAMS_MAX; i++)
        g_clear_pointer(&params[i], g_free);
}

static bool match_pattern(const char *pattern, const char *path,
                          char *ret_params[static HEARD_ROUTE_PARAMS_MAX])
{
    unsigned count = 0;

    while (*pattern) {
        if (strncmp(pattern, "{}", 2) == 0) {
            size_t size = strcspn(path, "/");
            if (!take_param(path, size, &ret_params[count++])) {
                clear_params(ret_params);
                return false;
            }
            path += size;
            pattern += 2;
        } else if (*pattern++ != *path++) {
            clear_params(ret_params);
            return false;
        }
    }
    if (*path == '\0')
        return true;
    clear_params(ret_params);
    return false;
}

static const char *method_name(HeardHttpMethod method)
{
    static const char *const names[] = {"GET", "HEAD", "POST", "PATCH", "DELETE", "OPTIONS", "?"};

    return names[method];
}

HeardMatch heard_route_match(HeardHttpMethod method, const char *path, const HeardRoute **ret_route,
                             char *ret_params[static HEARD_ROUTE_PARAMS_MAX], char **ret_allow)
{
    g_autoptr(GString) allow = g_string_new(NULL);

    if (method == HEARD_HTTP_HEAD)
        method = HEARD_HTTP_GET;
    for (size_t i = 0; i < heard_route_count; i++) {
        if (!match_pattern(heard_routes[i].pattern, path, ret_params))
            continue;
        if (heard_routes[i].method == method) {
            *ret_route = &heard_routes[i];
            return HEARD_MATCH_FOUND;
        }
        clear_params(ret_params);
        g_string_append_printf(allow, "%s%s", allow->len ? ", " : "",
                               method_name(heard_routes[i].method));
    }
    if (allow->len == 0)
        return HEARD_MATCH_NONE;
    *ret_allow = g_string_free(g_steal_pointer(&allow), FALSE);
    return HEARD_MATCH_OTHER_METHOD;
}

size_t heard_route_body_max(HeardHttpMethod method, const char *path)
{
    char *params[HEARD_ROUTE_PARAMS_MAX] = {NULL};
    const HeardRoute *route = NULL;
    g_autofree char *allow = NULL;

    if (heard_route_match(method, path, &route, params, &allow) != HEARD_MATCH_FOUND)
        return HEARD_ROUTE_JSON_BYTES_MAX; /* the answer says what is wrong instead */
    clear_params(params);
    switch (route->body) {
    case HEARD_BODY_NONE:
    case HEARD_BODY_JSON:
    case HEARD_BODY_SECRET:
    case HEARD_BODY_SDP_FRAGMENT:
    case HEARD_BODY_FILE:
        return HEARD_ROUTE_JSON_BYTES_MAX;
    case HEARD_BODY_SDP:
        return HEARD_ROUTE_SDP_BYTES_MAX;
    }
    return 0;
}

static bool kind_allowed(HeardRule rule, const HeardCaller *caller)
{
    bool person = caller->kind == HEARD_CALLER_ACCOUNT || caller->kind == HEARD_CALLER_PARTICIPANT;

    switch (rule) {
    case HEARD_RULE_MISSING:
        return false;
    case HEARD_RULE_PUBLIC:
        return true;
    case HEARD_RULE_OPERATOR:
        return heard_caller_has_scope(caller, "operate");
    case HEARD_RULE_SESSION:
        return person;
    case HEARD_RULE_ACCOUNT:
        return caller->kind == HEARD_CALLER_ACCOUNT;
    case HEARD_RULE_PARTICIPANT:
        return caller->kind == HEARD_CALLER_PARTICIPANT;
    case HEARD_RULE_PUBLISH:
        return person || heard_caller_has_scope(caller, "publish");
    case HEARD_RULE_WATCH:
        return person || heard_caller_has_scope(caller, "watch");
    }
    return false;
}

HeardCheck heard_route_check(const HeardRoute *route, const HeardCaller *caller, bool loopback)
{
    if (route->rule == HEARD_RULE_PUBLIC || (route->rule == HEARD_RULE_OPERATOR && loopback))
        return HEARD_CHECK_ALLOWED;
    if (caller->kind == HEARD_CALLER_NOBODY)
        return HEARD_CHECK_UNAUTHENTICATED;
    if (!kind_allowed(route->rule, caller))
        return HEARD_CHECK_FORBIDDEN;
    if (route->permissions == HEARD_MAY_ANY || caller->kind == HEARD_CALLER_TOKEN)
        return HEARD_CHECK_ALLOWED;
    for (unsigned permission = 0; permission < HEARD_MAY_COUNT; permission++)
        if ((route->permissions & (UINT32_C(1) << permission)) &&
            heard_caller_permit(caller, (HeardPermission)permission) != HEARD_PERMIT_NO)
            return HEARD_CHECK_ALLOWED;
    return HEARD_CHECK_WRONG_ROLE;
}
