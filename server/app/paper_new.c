/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/paper_new.h"

#include "server/app/api.h"
#include "server/app/audit_trail.h"
#include "server/app/child.h"
#include "server/app/files.h"
#include "server/app/paper_desk.h"
#include "server/app/paper_facts.h"
#include "server/app/paper_signing.h"
#include "server/base/error.h"
#include "server/papers/papers.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define MAKING "documents/making"

enum {
    HEARD_PAPERS_AT_ONCE_MAX = 4,
    HEARD_PAPER_SECONDS_MAX = 120,
    HEARD_PAPER_KIND_CHARS_MAX = 40,
    HEARD_PAPER_DETAIL_CHARS_MAX = 4000,
    HEARD_PAPER_FILES = 4,
};

static const char *const file_names[HEARD_PAPER_FILES] = {"document.pdf", "document.html",
                                                          "document.json", "document.txt"};
static unsigned at_once; /* main thread */

/* A document between its row and its files. */
typedef struct {
    HeardCall *call;
    char id[HEARD_ID_SIZE];
    char *json, *region;
    char *making, *folder; /* absolute: now, and when it is whole */
    bool is_counted;
} Making;

static void remove_folder(const char *folder)
{
    g_autoptr(GDir) files = g_dir_open(folder, 0, NULL);
    const char *name;

    while (files && (name = g_dir_read_name(files))) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        g_unlink(path);
    }
    g_rmdir(folder);
}

static void making_free(void *data)
{
    Making *self = data;

    if (self->making)
        remove_folder(self->making);
    if (self->is_counted)
        at_once--;
    g_free(self->json);
    g_free(self->region);
    g_free(self->making);
    g_free(self->folder);
    g_free(self);
}

bool heard_paper_new_prepare(const char *data_dir, GError **error)
{
    g_autofree char *folder = g_build_filename(data_dir, MAKING, NULL);
    g_autoptr(GDir) left = NULL;
    const char *name;

    if (g_mkdir_with_parents(folder, 0700) < 0) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_STORAGE, "%s: %s", folder, g_strerror(errno));
        return false;
    }
    left = g_dir_open(folder, 0, NULL);
    while (left && (name = g_dir_read_name(left))) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        remove_folder(path);
    }
    return true;
}

/* ---- what is wanted ---- */

typedef struct {
    HeardPaperKind kind;
    const char *language, *participant;
    json_t *details; /* borrowed; NULL: none */
} Wanted;

static bool check_details(HeardCall *call, const json_t *details)
{
    const char *name, *text = NULL;
    json_t *value;

    if (details && !json_is_object(details))
        return heard_call_refuse(call, HEARD_ERROR_BAD_FIELD, "details: an object");
    json_object_foreach((json_t *)details, name,
                        value) if (!heard_json_text(details, name, HEARD_PAPER_DETAIL_CHARS_MAX,
                                                    true, &text, &call->error)) return false;
    return true;
}

static bool read_wanted(HeardCall *call, Wanted *wanted)
{
    const char *kind = NULL;

    wanted->language = "zh";
    wanted->details = json_object_get(call->body, "details");
    if (!heard_json_text(call->body, "kind", HEARD_PAPER_KIND_CHARS_MAX, false, &kind,
                         &call->error) ||
        !heard_json_text(call->body, "language", 2, true, &wanted->language, &call->error) ||
        !heard_json_text(call->body, "participant", HEARD_ID_SIZE, true, &wanted->participant,
                         &call->error) ||
        !check_details(call, wanted->details))
        return false;
    if (!heard_paper_kind_from_name(kind, &wanted->kind))
        return heard_call_refuse(call, HEARD_ERROR_BAD_FIELD, "kind: there is no such document");
    if (strcmp(wanted->language, "zh") != 0 && strcmp(wanted->language, "en") != 0)
        return heard_call_refuse(call, HEARD_ERROR_BAD_FIELD, "language: zh or en");
    if (heard_paper_is_personal(wanted->kind) != (wanted->participant != NULL))
        return heard_call_refuse(call, HEARD_ERROR_BAD_FIELD,
                                 wanted->participant ? "participant: it is about nobody"
                                                     : "participant: whom it is about");
    return true;
}

static bool is_possible(HeardStore *store, HeardCall *call, const HeardPaperDesk *desk,
                        HeardPaperKind kind)
{
    HeardKind hearing;
    HeardPaperMoment moment;
    HeardPaperAnswer answer;

    if (!heard_kind_from_name(desk->hearing->kind, &hearing) || !heard_paper_is_of(kind, hearing))
        return heard_call_refuse(call, HEARD_ERROR_CONFLICT,
                                 "a hearing of this kind has no such document");
    if (!heard_paper_may_make(kind, &desk->person))
        return heard_call_refuse(call, HEARD_ERROR_WRONG_ROLE, "your role may not make it");
    if (!heard_paper_moment(store, desk->hearing, call->wall_ms, &moment, &call->error))
        return false;
    answer = heard_paper_ask(kind, &moment);
    if (answer == HEARD_PAPER_OK)
        return true;
    call->problem = json_pack("{s:s}", "reason", heard_paper_answer_name(answer));
    return heard_call_refuse(call, HEARD_ERROR_CONFLICT, "it cannot be made yet: %s",
                             heard_paper_answer_name(answer));
}

/* ---- its row, and what will stand in it ---- */

static char *document_json(const HeardDocumentRow *row, const HeardPaperOrder *order, json_t *facts)
{
    const char *title = heard_template_title(
        order->template, strcmp(row->language, "en") == 0 ? HEARD_DOCUMENT_EN : HEARD_DOCUMENT_ZH);
    g_autoptr(json_t) json = json_pack(
        "{s:s, s:s, s:s, s:s, s:I, s:s, s:I, s:s, s:s, s:O}", "schema", "heard.document.1", "kind",
        row->kind, "title", title, "number", row->document_no, "version", (json_int_t)row->version,
        "language", row->language, "made_ms", (json_int_t)row->created_ms, "made_by", row->made_by,
        "template_sha256", row->template_sha256, "facts", facts);

    if (order->office->tz)
        json_object_set_new(json, "zone", json_string(order->office->tz));
    return heard_json_dump(json);
}

static bool insert_row(HeardStore *store, HeardCall *call, const HeardPaperDesk *desk,
                       HeardDocumentRow *row, char number[static HEARD_PAPER_NUMBER_SIZE])
{
    if (!heard_store_begin(store, &call->error))
        return false;
    if (heard_document_rows_next(store, row, &row->number, &row->version, &call->error)) {
        heard_paper_number(number, desk->hearing->hearing_no, row->number, row->version);
        if (heard_audit_trail_append(store, call, "document.make", "document", row->id,
                                     row->hearing_id, row->document_no) &&
            heard_document_rows_insert(store, row, &call->error) &&
            heard_store_commit(store, &call->error))
            return true;
    }
    heard_store_rollback(store);
    return false;
}

static void order_start(HeardPaperOrder *order, HeardDocumentRow *row, const HeardCall *call,
                        const HeardPaperDesk *desk, HeardPaperKind kind)
{
    *order = (HeardPaperOrder){.kind = kind,
                               .hearing = desk->hearing,
                               .site = call->app->public_url,
                               .wall_ms = call->wall_ms};
    *row = (HeardDocumentRow){.hearing_id = desk->hearing->id,
                              .kind = heard_paper_kind_name(kind),
                              .state = "making",
                              .made_by_id = heard_caller_id(&call->caller),
                              .made_by = desk->name,
                              .created_ms = call->wall_ms};
}

/* Checks the facts, writes the row, and keeps for the main half what is to be made. */
static bool take_order(HeardStore *store, HeardCall *call, const HeardPaperDesk *desk,
                       const HeardPaperOrder *order, HeardDocumentRow *row, json_t *facts)
{
    Making *making = call->extra;
    char number[HEARD_PAPER_NUMBER_SIZE] = "";
    g_autofree char *below = NULL;

    if (!facts || !heard_template_check(order->template, facts, &call->error))
        return false;
    heard_id_new(making->id, call->wall_ms);
    row->id = making->id;
    row->document_no = number;
    row->template_sha256 = heard_template_sha256(order->template);
    row->signing_id = order->signing ? order->signing->id : NULL;
    if (!insert_row(store, call, desk, row, number))
        return false;
    below = heard_paper_folder(row);
    making->folder = g_build_filename(call->app->data_dir, below, NULL);
    making->making = g_build_filename(call->app->data_dir, MAKING, making->id, NULL);
    making->region = g_strdup(order->office->region_code);
    making->json = document_json(row, order, facts);
    call->status = 201;
    call->answer = json_pack("{s:s, s:s, s:s, s:I}", "id", row->id, "number", row->document_no,
                             "kind", row->kind, "version", (json_int_t)row->version);
    return true;
}

static bool prepare(HeardStore *store, HeardCall *call, const HeardPaperDesk *desk,
                    const Wanted *wanted)
{
    g_autofree HeardUnitRow *office =
        heard_unit_rows_get(store, desk->hearing->organiser_unit_id, &call->error);
    g_autofree HeardSigningRow *signing = NULL;
    g_autoptr(json_t) facts = NULL;
    HeardPaperOrder order;
    HeardDocumentRow row;

    if (!office)
        return false;
    order_start(&order, &row, call, desk, wanted->kind);
    order.office = office;
    order.participant_id = row.participant_id = wanted->participant;
    order.details = wanted->details;
    order.template = heard_papers_find(call->app->papers, row.kind, office->region_code);
    row.language = wanted->language;
    if (!heard_paper_is_signed_itself(wanted->kind))
        order.signing = signing =
            heard_paper_settled_signing(store, desk->hearing->id, wanted->kind, &call->error);
    if (call->error)
        return false;
    facts = heard_paper_facts(store, &order, &call->error);
    return take_order(store, call, desk, &order, &row, facts);
}

static void begin(HeardCall *call)
{
    call->extra = g_new0(Making, 1);
    call->extra_destroy = making_free;
}

bool heard_api_paper_new_store(HeardStore *store, HeardCall *call)
{
    g_auto(HeardPaperDesk) desk = {0};
    Wanted wanted = {0};

    begin(call);
    return read_wanted(call, &wanted) && heard_paper_desk_open(store, call, &desk) &&
           is_possible(store, call, &desk, wanted.kind) && prepare(store, call, &desk, &wanted);
}

/* ---- the version that carries the signatures ---- */

/* What was signed, with the signatures: none of its facts is gathered anew. */
static json_t *signed_facts(HeardStore *store, HeardCall *call, const HeardDocumentRow *row,
                            const HeardPaperOrder *order)
{
    g_autofree char *text = heard_paper_read_file(call, row, "document.json", row->json_sha256);
    g_autoptr(json_t) document =
        text ? heard_json_parse_object(text, strlen(text), &call->error) : NULL;
    json_t *facts = json_object_get(document, "facts");
    json_t *signing = facts ? heard_paper_signing_facts(store, order, &call->error) : NULL;

    if (!signing)
        return NULL;
    json_object_set_new(facts, "signing", signing);
    return json_incref(facts);
}

bool heard_api_paper_signed_store(HeardStore *store, HeardCall *call)
{
    g_auto(HeardPaperDesk) desk = {0};
    g_autofree HeardDocumentRow *old = NULL;
    g_autofree HeardUnitRow *office = NULL;
    g_autoptr(json_t) facts = NULL;
    HeardPaperOrder order;
    HeardDocumentRow row;
    HeardPaperKind kind;

    begin(call);
    if (!heard_paper_desk_open(store, call, &desk))
        return false;
    old = heard_paper_desk_get(store, call, &desk);
    if (!old || !heard_paper_signing_start(store, call, &desk, old, &kind))
        return false;
    office = heard_unit_rows_get(store, desk.hearing->organiser_unit_id, &call->error);
    if (!office)
        return false;
    order_start(&order, &row, call, &desk, kind);
    order.office = office;
    order.template = heard_papers_find(call->app->papers, row.kind, office->region_code);
    order.signing = heard_paper_desk_signing(&desk, old);
    order.signed_number = old->document_no;
    row.language = old->language;
    if (!order.signing ||
        strcmp(order.signing->state, heard_signing_state_name(HEARD_SIGNING_SETTLED)) != 0)
        return heard_call_refuse(call, HEARD_ERROR_CONFLICT,
                                 "not everybody has signed or refused yet");
    facts = signed_facts(store, call, old, &order);
    return take_order(store, call, &desk, &order, &row, facts);
}

/* ---- its files ---- */

static bool fail(HeardCall *call, const char *what, const char *path)
{
    int number = errno;

    return heard_call_refuse(call,
                             number == ENOSPC ? HEARD_ERROR_STORAGE_FULL : HEARD_ERROR_STORAGE,
                             "%s %s: %s", what, path, g_strerror(number));
}

static bool sync_path(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool synced = fd >= 0 && fsync(fd) == 0;

    if (fd >= 0)
        close(fd);
    return synced;
}

/* Whole, on the disk, under its own name. */
static bool keep_files(HeardCall *call, const Making *self, char *sums[HEARD_PAPER_FILES],
                       int64_t sizes[HEARD_PAPER_FILES])
{
    g_autofree char *above = g_path_get_dirname(self->folder);
    g_autofree char *all = g_path_get_dirname(above);

    for (unsigned i = 0; i < HEARD_PAPER_FILES; i++) {
        g_autofree char *path = g_build_filename(self->making, file_names[i], NULL);
        g_autofree char *bytes = NULL;
        gsize size = 0;
        if (!g_file_get_contents(path, &bytes, &size, NULL) || g_chmod(path, 0600) < 0 ||
            !sync_path(path))
            return fail(call, "document", path);
        sums[i] = g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)bytes, size);
        sizes[i] = (int64_t)size;
    }
    if (g_mkdir_with_parents(above, 0700) < 0 || !sync_path(self->making) || !sync_path(all) ||
        g_rename(self->making, self->folder) < 0 || !sync_path(above))
        return fail(call, "document", self->folder);
    return true;
}

static bool answer(HeardStore *store, HeardCall *call, const Making *self)
{
    g_auto(HeardPaperDesk) desk = {0};
    g_autofree HeardDocumentRow *row = NULL;
    g_autoptr(GPtrArray) sendings = NULL;

    if (!heard_paper_desk_open(store, call, &desk))
        return false;
    row = heard_document_rows_get(store, self->id, &call->error);
    sendings = row ? heard_sending_rows_list(store, row->hearing_id, &call->error) : NULL;
    if (!sendings)
        return false;
    json_decref(call->answer);
    call->answer = heard_paper_desk_json(&desk, row, sendings);
    return true;
}

static void keep_on_store(HeardStore *store, void *data)
{
    Making *self = data;
    HeardCall *call = self->call;
    char *sums[HEARD_PAPER_FILES] = {NULL};
    int64_t sizes[HEARD_PAPER_FILES] = {0};

    if (keep_files(call, self, sums, sizes)) {
        HeardDocumentRow row = {.id = self->id,
                                .pdf_sha256 = sums[0],
                                .pdf_size = sizes[0],
                                .html_sha256 = sums[1],
                                .html_size = sizes[1],
                                .json_sha256 = sums[2],
                                .json_size = sizes[2],
                                .text_sha256 = sums[3]};
        if (heard_document_rows_made(store, &row, &call->error))
            answer(store, call, self);
    }
    for (unsigned i = 0; i < HEARD_PAPER_FILES; i++)
        g_free(sums[i]);
}

static void kept_on_main(void *data)
{
    heard_call_reply(((Making *)data)->call);
}

static void on_made(int status, void *data)
{
    Making *self = data;
    HeardCall *call = self->call;

    if (status == 0 && heard_store_thread_post(call->app->store, keep_on_store, self,
                                               call->app->loop, kept_on_main, NULL))
        return;
    heard_call_refuse(call, HEARD_ERROR_UNAVAILABLE, "the document cannot be made now");
    heard_call_reply(call);
}

static bool start(Making *self)
{
    HeardCall *call = self->call;
    g_autofree char *in = g_build_filename(self->making, file_names[2], NULL);
    const char *templates = heard_config_text(call->app->config, "papers");
    const char *argv[] = {"paper",      "--in",     in,           "--out",
                          self->making, "--region", self->region, templates ? "--templates" : NULL,
                          templates,    NULL};
    HeardChildHooks hooks = {NULL, on_made, self};

    if (at_once >= HEARD_PAPERS_AT_ONCE_MAX)
        return heard_call_refuse(call, HEARD_ERROR_UNAVAILABLE,
                                 "too many documents at once, try again");
    at_once++;
    self->is_counted = true;
    if (g_mkdir(self->making, 0700) < 0)
        return fail(call, "document", self->making);
    return heard_files_write(in, self->json, 0600, &call->error) &&
           heard_child_start(argv, HEARD_PAPER_SECONDS_MAX, &hooks, &call->error) != NULL;
}

void heard_api_paper_new_main(HeardCall *call)
{
    Making *self = call->extra;

    self->call = call;
    if (!start(self))
        heard_call_reply(call);
}
