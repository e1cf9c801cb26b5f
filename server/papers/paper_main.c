/* SPDX-License-Identifier: Apache-2.0 */
#include "server/base/error.h"
#include "server/papers/commands.h"
#include "server/papers/papers.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { FILE_BYTES_MAX = 16 << 20 };

typedef struct {
    char *in, *out, *templates, *region;
    gboolean as_text;
} Options;

static void options_clear(Options *self)
{
    g_free(self->in);
    g_free(self->out);
    g_free(self->templates);
    g_free(self->region);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

static json_t *read_document(const char *path, GError **error)
{
    g_autofree char *text = NULL;
    json_error_t why;
    json_t *document;
    gsize size;

    if (!g_file_get_contents(path, &text, &size, error))
        return NULL;
    document = size <= FILE_BYTES_MAX ? json_loadb(text, size, 0, &why) : NULL;
    if (json_is_object(document))
        return document;
    json_decref(document);
    g_set_error(error, HEARD_ERROR, HEARD_ERROR_BAD_JSON, "%s: is no document", path);
    return NULL;
}

/* Times of day are those of the office, whatever the machine's are. */
static void use_zone(const char *zone)
{
    if (!zone || !*zone)
        return;
    g_setenv("TZ", zone, true);
    tzset();
}

static HeardSheet *lay_out(const Options *options, const json_t *document, GError **error)
{
    g_autoptr(HeardPapers) papers = heard_papers_load(options->templates, error);
    const json_t *facts = json_object_get(document, "facts");
    const char *kind = NULL, *number = NULL, *language = NULL, *zone = NULL;
    const HeardTemplate *template = NULL;
    int64_t made_ms = 0;

    if (!papers || !heard_json_text(document, "kind", 64, false, &kind, error) ||
        !heard_json_text(document, "number", 64, false, &number, error) ||
        !heard_json_text(document, "language", 8, false, &language, error) ||
        !heard_json_text(document, "zone", 64, true, &zone, error) ||
        !heard_json_number(document, "made_ms", 0, INT64_MAX, false, &made_ms, error))
        return NULL;
    template = heard_papers_find(papers, kind, options->region ? options->region : "");
    if (!template) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_BAD_FIELD, "kind: there is no %s", kind);
        return NULL;
    }
    if (!heard_template_check(template, facts, error))
        return NULL;
    use_zone(zone);
    return heard_template_fill(template, facts,
                               strcmp(language, "en") == 0 ? HEARD_DOCUMENT_EN : HEARD_DOCUMENT_ZH,
                               number, made_ms);
}

static bool make(const Options *options, GError **error)
{
    g_autoptr(json_t) document = read_document(options->in, error);
    g_autoptr(HeardSheet) sheet = document ? lay_out(options, document, error) : NULL;
    g_autofree char *html = NULL, *plain = NULL;
    g_autofree char *pdf_path = NULL, *html_path = NULL, *plain_path = NULL;

    if (!sheet)
        return false;
    if (options->as_text) {
        g_autofree char *text = heard_sheet_text(sheet);
        fputs(text, stdout);
        return true;
    }
    html = heard_sheet_html(sheet);
    plain = heard_sheet_plain(sheet);
    plain_path = g_build_filename(options->out, "document.txt", NULL);
    html_path = g_build_filename(options->out, "document.html", NULL);
    pdf_path = g_build_filename(options->out, "document.pdf", NULL);
    return g_file_set_contents(html_path, html, -1, error) &&
           g_file_set_contents(plain_path, plain, -1, error) &&
           heard_sheet_write_pdf(sheet, pdf_path, error);
}

int heard_paper_main(int argc, char **argv)
{
    g_auto(Options) options = {0};
    GOptionEntry entries[] = {
        {"in", 0, 0, G_OPTION_ARG_FILENAME, &options.in, "the document's JSON", "FILE"},
        {"out", 0, 0, G_OPTION_ARG_FILENAME, &options.out,
         "folder for document.pdf, .html and .txt", "DIR"},
        {"templates", 0, 0, G_OPTION_ARG_FILENAME, &options.templates, "the office's own wording",
         "DIR"},
        {"region", 0, 0, G_OPTION_ARG_STRING, &options.region, "region code of the office", "CODE"},
        {"text", 0, 0, G_OPTION_ARG_NONE, &options.as_text, "print it as text instead", NULL},
        {NULL, 0, 0, 0, NULL, NULL, NULL}};
    g_autoptr(GOptionContext) context =
        g_option_context_new("- a document of a hearing from its JSON");
    g_autoptr(GError) error = NULL;
    bool made;

    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, &argc, &argv, &error) || argc != 1 || !options.in ||
        (!options.out && !options.as_text)) {
        fprintf(stderr, "heard paper: %s\n",
                error ? error->message : "usage: heard paper --in FILE.json (--out DIR | --text)");
        return 2;
    }
    made = make(&options, &error);
    heard_paper_finish();
    if (made)
        return 0;
    fprintf(stderr, "heard paper: %s: %s\n", heard_error_name(heard_error_code(error)),
            error->message);
    return 1;
}
