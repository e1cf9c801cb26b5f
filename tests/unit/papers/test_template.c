/* SPDX-License-Identifier: Apache-2.0 */

/* Templates: an office's own wording, and what is wrong in one is found before anybody needs it. */

#include "heard_test.h"

#include "server/papers/papers.h"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCKS(blocks)                                                                             \
    "{\"kind\": \"commitment_list\", \"title\": \"清单\", \"blocks\": [" blocks "]}"

typedef struct {
    const char *text, *complaint; /* NULL: it is well */
} Case;

static const Case cases[] = {
    {BLOCKS("{\"text\": \"{hearing.title}\"}"), NULL},
    {BLOCKS("{\"text\": \"{hearing.start_ms|date}\", \"if\": \"case\"}"), NULL},
    {BLOCKS("{\"each\": \"commitments\", \"do\": [{\"text\": \"{owner}: {hearing.number}\"}]}"),
     NULL},
    {BLOCKS(""), "a list of blocks is wanted"},
    {BLOCKS("{\"text\": \"{hearing.secret}\"}"), "names no fact of this kind"},
    {BLOCKS("{\"text\": \"{owner}\"}"), "names no fact of this kind"},
    {BLOCKS("{\"text\": \"{hearing.title|date}\"}"), "that form is not for this fact"},
    {BLOCKS("{\"text\": \"{commitments}\"}"), "that form is not for this fact"},
    {BLOCKS("{\"text\": \"{hearing.title\"}"), "a brace that is not"},
    {BLOCKS("{\"text\": \"}\"}"), "a brace that is not"},
    {BLOCKS("{\"text\": \"{}\"}"), "a brace that is not"},
    {BLOCKS("{\"text\": {\"zh\": \"只有中文\"}}"), "a text is wanted"},
    {BLOCKS("{\"shout\": \"!\"}"), "there is no such block"},
    {BLOCKS("{\"text\": \"a\", \"heading\": \"b\"}"), "two blocks in one"},
    {BLOCKS("{\"if\": \"case\"}"), "says nothing"},
    {BLOCKS("{\"text\": \"a\", \"if\": \"secret\"}"), "names no fact"},
    {BLOCKS("{\"each\": \"hearing\", \"do\": [{\"text\": \"a\"}]}"), "is no list of this kind"},
    {BLOCKS("{\"use\": \"everything\"}"), "names no shared blocks"},
    {BLOCKS("{\"use\": \"who\"}"), "is no list of this kind"},
    {BLOCKS("{\"fact\": \"a\"}"), "a text is wanted"},
    {BLOCKS("{\"signed\": \"a\"}"), "stands within a list of signatures"},
    {BLOCKS("{\"signatures\": []}"), "1 to 8 labels"},
    {BLOCKS("{\"table\": \"commitments\", \"columns\": []}"), "1 to 6 columns"},
    {BLOCKS("{\"table\": \"commitments\", \"columns\": [{\"head\": \"a\", \"width\": 999, "
            "\"cell\": \"{text}\"}]}"),
     "make 1000"},
    {"{\"kind\": \"commitment_list\", \"title\": \"a\", \"facts\": {}, \"blocks\": []}",
     "an office's wording has"},
    {"{\"kind\": \"service_receipt\", \"title\": \"a\", \"blocks\": [{\"text\": \"a\"}]}",
     "is not that of the file's name"},
    {"{\"kind\": \"commitment_list\"", "JSON"},
};

/* Loads a folder with this one file; the complaint, NULL: none. */
static char *load_one(const char *name, const char *text, HeardPapers **ret_papers)
{
    g_autofree char *folder = g_dir_make_tmp("heard-papers-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_autoptr(GError) error = NULL;
    HeardPapers *papers;

    assert_true(g_file_set_contents(path, text, -1, NULL));
    papers = heard_papers_load(folder, &error);
    g_unlink(path);
    g_rmdir(folder);
    if (ret_papers)
        *ret_papers = papers;
    else
        heard_papers_free(papers);
    return papers ? NULL : g_strdup(error->message);
}

static void what_is_wrong_is_said(void **state)
{
    (void)state;

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *complaint = load_one("commitment_list.json", cases[i].text, NULL);
        bool is_right =
            cases[i].complaint ? complaint && strstr(complaint, cases[i].complaint) : !complaint;
        if (!is_right)
            fail_msg("%s: %s", cases[i].text, complaint ? complaint : "taken");
    }
}

static void a_file_is_named_after_its_kind(void **state)
{
    static const char *const names[] = {"rumour.json", "commitment_list@.json",
                                        "commitment_list@46x.json",
                                        "commitment_list@1234567890123.json", "common.json"};
    (void)state;

    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *complaint = load_one(names[i], cases[0].text, NULL);
        assert_non_null(complaint);
    }
}

static void the_longest_region_fits(void **state)
{
    HeardPapers *papers = NULL;
    g_autofree char *complaint = load_one("commitment_list@4601.json", cases[0].text, &papers);
    const HeardTemplate *own = heard_papers_find(papers, "commitment_list", "460105");
    const HeardTemplate *other = heard_papers_find(papers, "commitment_list", "460200");
    (void)state;

    assert_null(complaint);
    assert_string_equal(heard_template_title(own, HEARD_DOCUMENT_ZH), "清单");
    assert_string_equal(heard_template_title(other, HEARD_DOCUMENT_ZH), "承诺事项清单");
    assert_string_not_equal(heard_template_sha256(own), heard_template_sha256(other));
    assert_null(heard_papers_find(papers, "rumour", "460105"));
    heard_papers_free(papers);
}

static void a_long_list_ends_somewhere(void **state)
{
    g_autoptr(HeardSheet) sheet = heard_sheet_new(HEARD_DOCUMENT_ZH);
    g_autoptr(GError) error = NULL;
    (void)state;

    heard_sheet_set_title(sheet, "长", "N", "N");
    for (unsigned i = 0; i < HEARD_SHEET_BLOCKS_MAX; i++)
        heard_sheet_add_take(sheet, HEARD_BLOCK_TEXT, g_strsplit("段", "|", 1), NULL);
    assert_false(heard_sheet_is_full(sheet));
    heard_sheet_add_take(sheet, HEARD_BLOCK_TEXT, g_strsplit("段", "|", 1), NULL);
    assert_true(heard_sheet_is_full(sheet));
    assert_false(heard_sheet_write_pdf(sheet, "/nowhere/at-all.pdf", &error));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_wrong_is_said),
        cmocka_unit_test(a_file_is_named_after_its_kind),
        cmocka_unit_test(the_longest_region_fits),
        cmocka_unit_test(a_long_list_ends_somewhere),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
