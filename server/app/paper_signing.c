/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/paper_signing.h"

#include "server/app/api.h"
#include "server/app/live.h"
#include "server/app/signings.h"
#include "server/papers/papers.h"

#include <string.h>

bool heard_paper_signing_start(HeardStore *store, HeardCall *call, const HeardPaperDesk *desk,
                               const HeardDocumentRow *row, HeardPaperKind *ret_kind)
{
    int64_t number = 0, next = 0;

    if (!heard_paper_kind_from_name(row->kind, ret_kind) ||
        !heard_paper_may_make(*ret_kind, &desk->person))
        return heard_call_refuse(call, HEARD_ERROR_WRONG_ROLE, "your role may not");
    if (!heard_paper_is_signed_itself(*ret_kind) || row->signing_id ||
        strcmp(row->language, "zh") != 0)
        return heard_call_refuse(call, HEARD_ERROR_CONFLICT, "this one is not put to signature");
    if (!heard_document_rows_next(store, row, &number, &next, &call->error))
        return false;
    return next == row->version + 1 ||
           heard_call_refuse(call, HEARD_ERROR_CONFLICT, "there is a newer version");
}

char *heard_paper_read_file(HeardCall *call, const HeardDocumentRow *row, const char *name,
                            const char *sha256)
{
    g_autofree char *folder = heard_paper_folder(row);
    g_autofree char *path = g_build_filename(call->app->data_dir, folder, name, NULL);
    g_autofree char *text = NULL, *sum = NULL;
    gsize size = 0;

    if (!sha256) {
        heard_call_refuse(call, HEARD_ERROR_CONFLICT, "it was made before there was %s", name);
        return NULL;
    }
    if (!g_file_get_contents(path, &text, &size, NULL)) {
        heard_call_refuse(call, HEARD_ERROR_STORAGE, "%s of %s cannot be read", name,
                          row->document_no);
        return NULL;
    }
    sum = g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)text, size);
    if (strcmp(sum, sha256) == 0)
        return g_steal_pointer(&text);
    heard_call_refuse(call, HEARD_ERROR_CORRUPT, "%s of %s is not what was made", name,
                      row->document_no);
    return NULL;
}

/* The text, and below it which files it stands for. */
static char *text_of(HeardCall *call, const HeardDocumentRow *row)
{
    g_autofree char *plain = heard_paper_read_file(call, row, "document.txt", row->text_sha256);

    return plain ? g_strdup_printf("%s\n签署文件：%s\nPDF 文件校验值 SHA-256：%s\n"
                                   "数据文件校验值 SHA-256：%s\n",
                                   plain, row->document_no, row->pdf_sha256, row->json_sha256)
                 : NULL;
}

static bool open_signing(HeardStore *store, HeardCall *call, const HeardPaperDesk *desk,
                         const HeardDocumentRow *row)
{
    g_autofree char *text = text_of(call, row);
    g_autoptr(GPtrArray) signers =
        text ? heard_signings_panel(store, desk->hearing->id, &call->error) : NULL;
    char id[HEARD_ID_SIZE];
    const HeardSigningRow what = {
        .hearing_id = desk->hearing->id,
        .subject_kind = row->kind,
        .subject_id = desk->hearing->id,
        .version = row->version,
        .title = heard_papers_word(call->app->papers, "document", HEARD_DOCUMENT_ZH, row->kind),
        .text = text};

    if (!signers || !heard_store_begin(store, &call->error))
        return false;
    if (heard_signings_open(store, call, &what, signers, id) &&
        heard_store_commit(store, &call->error))
        return true;
    heard_store_rollback(store);
    return false;
}

bool heard_api_paper_signing_store(HeardStore *store, HeardCall *call)
{
    g_auto(HeardPaperDesk) desk = {0}, now = {0};
    g_autofree HeardDocumentRow *row = NULL;
    g_autoptr(GPtrArray) sendings = NULL;
    HeardPaperKind kind;

    if (!heard_paper_desk_open(store, call, &desk))
        return false;
    row = heard_paper_desk_get(store, call, &desk);
    if (!row || !heard_paper_signing_start(store, call, &desk, row, &kind) ||
        !open_signing(store, call, &desk, row) || !heard_paper_desk_open(store, call, &now))
        return false;
    sendings = heard_sending_rows_list(store, desk.hearing->id, &call->error);
    if (!sendings)
        return false;
    call->status = 201;
    call->answer = heard_paper_desk_json(&now, row, sendings);
    return true;
}

void heard_api_paper_signing_main(HeardCall *call)
{
    if (!call->error)
        heard_live_signing_changed(call->app->live, call->params[0], NULL);
    heard_call_reply(call);
}
