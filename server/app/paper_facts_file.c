/* SPDX-License-Identifier: Apache-2.0 */

/* What lies in the file beside the minutes: exhibits, recordings and their faults, documents. */

#include "server/app/paper_facts_private.h"
#include "server/hearing/exhibit.h"
#include "server/store/document_rows.h"
#include "server/store/exhibit_rows.h"
#include "server/store/fault_rows.h"
#include "server/store/recording_rows.h"

#include <string.h>

static void number_of(const HeardExhibitRow *row, char ret_number[static HEARD_EXHIBIT_NUMBER_SIZE])
{
    HeardExhibitSide side = HEARD_EXHIBIT_OF_ORGANISER;

    ret_number[0] = '\0';
    if (heard_exhibit_side_from_name(row->side, &side))
        heard_exhibit_number(side, (unsigned)row->number, ret_number);
}

static bool is_offered(const HeardExhibitRow *row)
{
    return strcmp(row->state, heard_exhibit_state_name(HEARD_EXHIBIT_UPLOADED)) != 0;
}

static json_t *objections_json(HeardPaperSource *source, const HeardExhibitRow *exhibit,
                               GError **error)
{
    g_autoptr(GPtrArray) rows =
        heard_exhibit_objection_rows_list(source->store, exhibit->id, error);
    json_t *list = json_array();

    for (guint i = 0; rows && i < rows->len; i++) {
        const HeardExhibitObjectionRow *row = g_ptr_array_index(rows, i);
        json_array_append_new(list, json_pack("{s:s, s:s, s:s}", "name", row->name, "ground",
                                              row->ground, "text", row->text));
    }
    return list;
}

json_t *heard_paper_exhibits(HeardPaperSource *source, GError **error)
{
    g_autoptr(GPtrArray) rows =
        heard_exhibit_rows_list(source->store, source->order->hearing->id, error);
    json_t *list = rows ? json_array() : NULL;

    for (guint i = 0; rows && i < rows->len; i++) {
        const HeardExhibitRow *row = g_ptr_array_index(rows, i);
        char number[HEARD_EXHIBIT_NUMBER_SIZE];
        json_t *json;
        if (row->is_closed || !is_offered(row))
            continue;
        number_of(row, number);
        json =
            json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:o}", "number", number, "title", row->title,
                      "side", row->side, "brought_by", row->uploader, "state", row->state, "sha256",
                      row->sha256, "objections", objections_json(source, row, error));
        heard_paper_set_text(json, "note", row->ended_note);
        json_array_append_new(list, json);
    }
    return list;
}

json_t *heard_paper_exhibit_files(HeardPaperSource *source, GError **error)
{
    g_autoptr(GPtrArray) rows =
        heard_exhibit_rows_list(source->store, source->order->hearing->id, error);
    json_t *list = rows ? json_array() : NULL;

    for (guint i = 0; rows && i < rows->len; i++) {
        const HeardExhibitRow *row = g_ptr_array_index(rows, i);
        char number[HEARD_EXHIBIT_NUMBER_SIZE];
        if (!is_offered(row))
            continue;
        number_of(row, number);
        json_array_append_new(list, json_pack("{s:s, s:s, s:I, s:s}", "number", number, "title",
                                              row->title, "size", (json_int_t)row->size, "sha256",
                                              row->sha256));
    }
    return list;
}

static void add_faults(HeardPaperSource *source, const char *recording_id, json_t *list,
                       GError **error)
{
    g_autoptr(GPtrArray) rows = heard_fault_rows_list(source->store, recording_id, error);

    for (guint i = 0; rows && i < rows->len; i++) {
        const HeardFaultRow *row = g_ptr_array_index(rows, i);
        json_t *json =
            json_pack("{s:s, s:I}", "what", row->fault, "from_ms", (json_int_t)row->from_ms);
        heard_paper_set_time(json, "to_ms", row->to_ms);
        heard_paper_set_text(json, "note", row->note);
        json_array_append_new(list, json);
    }
}

json_t *heard_paper_faults(HeardPaperSource *source, GError **error)
{
    g_autoptr(GError) failure = NULL;
    g_autoptr(GPtrArray) rows = heard_recording_rows_list_of_hearing(
        source->store, source->order->hearing->id, NULL, &failure);
    json_t *list = json_array();

    for (guint i = 0; rows && i < rows->len && !failure; i++)
        add_faults(source, ((const HeardRecordingRow *)rows->pdata[i])->id, list, &failure);
    if (failure)
        g_propagate_error(error, g_steal_pointer(&failure));
    return list;
}

json_t *heard_paper_recordings(HeardPaperSource *source, GError **error)
{
    g_autoptr(GPtrArray) rows = heard_recording_rows_list_of_hearing(
        source->store, source->order->hearing->id, NULL, error);
    json_t *list = rows ? json_array() : NULL;

    for (guint i = 0; rows && i < rows->len; i++) {
        const HeardRecordingRow *row = g_ptr_array_index(rows, i);
        json_t *json;
        if (strcmp(row->state, "unused") == 0)
            continue;
        json = json_pack("{s:s, s:I, s:s}", "number", row->recording_no, "length_ms",
                         (json_int_t)row->duration_ms, "state", row->state);
        heard_paper_set_text(json, "sha256", row->chain_head);
        json_array_append_new(list, json);
    }
    return list;
}

json_t *heard_paper_documents(HeardPaperSource *source, GError **error)
{
    g_autoptr(GPtrArray) rows =
        heard_document_rows_list(source->store, source->order->hearing->id, error);
    json_t *list = rows ? json_array() : NULL;

    for (guint i = 0; rows && i < rows->len; i++) {
        const HeardDocumentRow *row = g_ptr_array_index(rows, i);
        json_array_append_new(
            list, json_pack("{s:s, s:s, s:I, s:I, s:s}", "number", row->document_no, "kind",
                            row->kind, "made_ms", (json_int_t)row->created_ms, "size",
                            (json_int_t)row->pdf_size, "sha256", row->pdf_sha256));
    }
    return list;
}

/* A report that the panel did not sign yet is a draft. */
static bool is_finished(const HeardDocumentRow *row)
{
    return strcmp(row->kind, heard_paper_kind_name(HEARD_PAPER_HEARING_REPORT)) != 0 ||
           row->signing_id != NULL;
}

/* What goes with a letter: the records, in the language in which they hold. */
json_t *heard_paper_enclosed(HeardPaperSource *source, GError **error)
{
    static const char *const wanted[] = {"reception_record", "hearing_minutes", "mediation_record",
                                         "hearing_report", NULL};
    g_autoptr(GPtrArray) rows =
        heard_document_rows_list(source->store, source->order->hearing->id, error);
    json_t *list = rows ? json_array() : NULL;

    for (guint i = 0; rows && i < rows->len; i++) {
        const HeardDocumentRow *row = g_ptr_array_index(rows, i);
        if (g_strv_contains(wanted, row->kind) && strcmp(row->language, "zh") == 0 &&
            is_finished(row))
            json_array_append_new(
                list, json_pack("{s:s, s:s}", "number", row->document_no, "kind", row->kind));
    }
    return list;
}

static const HeardDocumentRow *document_of(const GPtrArray *documents, const char *id)
{
    for (guint i = 0; i < documents->len; i++) {
        const HeardDocumentRow *row = g_ptr_array_index(documents, i);
        if (strcmp(row->id, id) == 0)
            return row;
    }
    return NULL;
}

json_t *heard_paper_sendings(HeardPaperSource *source, GError **error)
{
    const char *hearing_id = source->order->hearing->id;
    g_autoptr(GPtrArray) documents = heard_document_rows_list(source->store, hearing_id, error);
    g_autoptr(GPtrArray) rows =
        documents ? heard_sending_rows_list(source->store, hearing_id, error) : NULL;
    json_t *list = rows ? json_array() : NULL;

    for (guint i = 0; rows && i < rows->len; i++) {
        const HeardSendingRow *row = g_ptr_array_index(rows, i);
        const HeardDocumentRow *document = document_of(documents, row->document_id);
        json_t *json;
        if (!document)
            continue;
        json = json_pack("{s:s, s:s, s:s, s:s, s:s, s:I}", "number", document->document_no,
                         "document", document->kind, "name", row->name, "role", row->role,
                         "channel", row->channel, "sent_ms", (json_int_t)row->sent_ms);
        heard_paper_set_time(json, "delivered_ms", row->delivered_ms);
        heard_paper_set_time(json, "read_ms", row->read_ms);
        heard_paper_set_time(json, "confirmed_ms", row->confirmed_ms);
        json_array_append_new(list, json);
    }
    return list;
}
