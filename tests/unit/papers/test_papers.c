/* SPDX-License-Identifier: Apache-2.0 */

/* Every kind of document from its example facts, in both languages, against its golden text. */

#include "heard_test.h"

#include "server/hearing/case_document.h"
#include "server/papers/papers.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static HeardPapers *papers;

static json_t *example_of(const char *kind)
{
    g_autofree char *path = g_strdup_printf("%s/examples/%s.json", HERE, kind);
    json_t *document = json_load_file(path, 0, NULL);

    if (!document)
        fail_msg("%s", path);
    return document;
}

static HeardSheet *sheet_of(const char *kind, HeardDocumentLanguage language)
{
    const HeardTemplate *template = heard_papers_find(papers, kind, "460100");
    g_autoptr(json_t) document = example_of(kind);
    const json_t *facts = json_object_get(document, "facts");
    g_autoptr(GError) error = NULL;

    if (!heard_template_check(template, facts, &error))
        fail_msg("%s: %s", kind, error->message);
    return heard_template_fill(template, facts, language,
                               json_string_value(json_object_get(document, "number")),
                               json_integer_value(json_object_get(document, "made_ms")));
}

static void compare(const char *kind, HeardDocumentLanguage language)
{
    g_autofree char *path =
        g_strdup_printf("%s/golden/%s.%s.txt", HERE, kind, HEARD_SAY(language, "zh", "en"));
    g_autoptr(HeardSheet) sheet = sheet_of(kind, language);
    g_autofree char *text = heard_sheet_text(sheet);
    g_autofree char *wanted = NULL;

    assert_true(g_file_get_contents(path, &wanted, NULL, NULL));
    if (strcmp(text, wanted) != 0)
        fail_msg("%s is not what came:\n%s", path, text);
    assert_false(heard_sheet_is_full(sheet));
}

static void each_kind_says_what_it_should(void **state)
{
    unsigned count = 0;
    (void)state;

    for (const HeardPapersText *text = heard_papers_texts + 1; text->name; text++, count++) {
        assert_string_equal(heard_template_kind(heard_papers_find(papers, text->name, "460100")),
                            text->name);
        compare(text->name, HEARD_DOCUMENT_ZH);
        compare(text->name, HEARD_DOCUMENT_EN);
    }
    assert_int_equal(count, HEARD_PAPER_KIND_COUNT);
}

/* The table of who may and the templates speak of the same kinds; personal ones say whose. */
static void each_kind_has_a_template(void **state)
{
    (void)state;

    for (unsigned i = 0; i < HEARD_PAPER_KIND_COUNT; i++) {
        HeardPaperKind kind = (HeardPaperKind)i;
        const HeardTemplate *template =
            heard_papers_find(papers, heard_paper_kind_name(kind), "460100");
        const json_t *schema;
        assert_non_null(template);
        schema = heard_template_schema(template);
        assert_int_equal(json_object_get(schema, "to") != NULL, heard_paper_is_personal(kind));
        assert_non_null(json_object_get(schema, "hearing"));
        assert_string_not_equal(
            heard_papers_word(papers, "document", HEARD_DOCUMENT_ZH, heard_paper_kind_name(kind)),
            heard_paper_kind_name(kind));
    }
}

/* domain.md 3.10: what a notice of a hearing says at least. */
static void a_notice_has_all_of_its_contents(void **state)
{
    static const char *const wanted[] = {"2026年11月28日9时00分",
                                         "https://",
                                         "外墙漏水维修责任听证",
                                         "周敏",
                                         "赵文",
                                         "权利和义务",
                                         "申请其回避",
                                         "请准备的材料",
                                         "设备测试",
                                         "不视为缺席"};
    g_autoptr(HeardSheet) sheet = sheet_of("hearing_notice", HEARD_DOCUMENT_ZH);
    g_autofree char *text = heard_sheet_text(sheet);
    (void)state;

    for (unsigned i = 0; i < G_N_ELEMENTS(wanted); i++)
        if (!strstr(text, wanted[i]))
            fail_msg("%s", wanted[i]);
}

/* A consultation has no parties: nobody is told of rights as one, or of recusal. */
static void a_notice_of_a_consultation_speaks_to_units(void **state)
{
    static const char *const kinds[] = {"consultation", "training"};
    static const char *const unwanted[] = {"申请其回避", "您的权利", "视为放弃", "请准备的材料"};
    (void)state;

    for (unsigned i = 0; i < G_N_ELEMENTS(kinds); i++) {
        g_autoptr(json_t) document = example_of("hearing_notice");
        json_t *facts = json_object_get(document, "facts");
        g_autoptr(HeardSheet) sheet = NULL;
        g_autofree char *text = NULL;

        json_object_set_new(json_object_get(facts, "hearing"), "kind", json_string(kinds[i]));
        sheet = heard_template_fill(heard_papers_find(papers, "hearing_notice", "460100"), facts,
                                    HEARD_DOCUMENT_ZH, "N", 0);
        text = heard_sheet_text(sheet);
        assert_non_null(strstr(text, "安排其他人员参加"));
        for (unsigned k = 0; k < G_N_ELEMENTS(unwanted); k++)
            if (strstr(text, unwanted[k]))
                fail_msg("%s: %s", kinds[i], unwanted[k]);
    }
}

/* Nothing but the path's own letters and digits gets into a page. */
static void a_drawing_that_is_none_is_left_out(void **state)
{
    static const char *const paths[] = {
        "M1 1L5 5\"/><script>", "M1 1C1 1 2 2 3 3", "L1 1",         "M1 1 L2 2", "M1,1L2,2",
        "M1 1L400 1",           "M1e1 1L2 2",       "M1 1Q2 2L3 3", "M-1 1L2 2", ""};
    g_autoptr(json_t) document = example_of("hearing_report");
    json_t *facts = json_object_get(document, "facts");
    json_t *signing = json_object_get(facts, "signing");
    json_t *first = json_array_get(json_object_get(signing, "signatures"), 0);
    (void)state;

    json_incref(first);
    json_array_clear(json_object_get(signing, "signatures"));
    json_array_append_new(json_object_get(signing, "signatures"), first);
    for (unsigned i = 0; i <= G_N_ELEMENTS(paths); i++) {
        bool is_bad = i < G_N_ELEMENTS(paths);
        g_autoptr(HeardSheet) sheet = NULL;
        g_autofree char *html = NULL;

        json_object_set_new(json_object_get(first, "drawing"), "path",
                            json_string(is_bad ? paths[i] : "M1 1Q2.5 2 3 3L4 4"));
        sheet = heard_template_fill(heard_papers_find(papers, "hearing_report", ""), facts,
                                    HEARD_DOCUMENT_ZH, "N", 0);
        html = heard_sheet_html(sheet);
        if ((strstr(html, "<svg") == NULL) != is_bad)
            fail_msg("%s", is_bad ? paths[i] : "a good one");
        assert_null(strstr(html, "<script"));
    }
}

/* What somebody reads on a phone before signing: everything, in lines, without lines to sign on. */
static void the_plain_text_says_what_the_document_says(void **state)
{
    static const char *const wanted[] = {"听证报告\n", "外墙于2023年3月起渗漏", "应当；票数：2",
                                         "姓名：赵文；身份：听证员", "支持信访人关于限期修复"};
    g_autoptr(json_t) document = example_of("hearing_report");
    json_t *facts = json_object_get(document, "facts");
    g_autoptr(HeardSheet) sheet = NULL;
    g_autofree char *text = NULL;
    (void)state;

    json_object_del(facts, "signing");
    sheet = heard_template_fill(heard_papers_find(papers, "hearing_report", ""), facts,
                                HEARD_DOCUMENT_ZH, "N", 0);
    text = heard_sheet_plain(sheet);
    for (unsigned i = 0; i < G_N_ELEMENTS(wanted); i++)
        if (!strstr(text, wanted[i]))
            fail_msg("%s: %s", wanted[i], text);
    assert_null(strstr(text, "听证员　赵文："));
    assert_null(strstr(text, "|"));
}

static void english_has_no_chinese_of_ours(void **state)
{
    g_autoptr(HeardSheet) sheet = sheet_of("service_receipt", HEARD_DOCUMENT_EN);
    g_autofree char *text = heard_sheet_text(sheet);
    g_auto(GStrv) lines = NULL;
    static const char *const names[] = {"王秀英", "李建国", "外墙漏水维修责任听证", "示范县信访局"};
    (void)state;

    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
        g_auto(GStrv) parts = g_strsplit(text, names[i], -1);
        g_free(text);
        text = g_strjoinv("", parts);
    }
    for (const char *at = text; *at; at = g_utf8_next_char(at))
        assert_false(g_utf8_get_char(at) >= 0x3000 && g_utf8_get_char(at) < 0xa000);
}

static void a_page_is_escaped_and_without_scripts(void **state)
{
    const HeardTemplate *template = heard_papers_find(papers, "commitment_list", "");
    g_autoptr(json_t) document = example_of("commitment_list");
    json_t *facts = json_object_get(document, "facts");
    g_autoptr(HeardSheet) sheet = NULL;
    g_autofree char *html = NULL;
    (void)state;

    json_object_set_new(json_object_get(facts, "hearing"), "title",
                        json_string("<script>alert(1)</script>\"&"));
    sheet = heard_template_fill(template, facts, HEARD_DOCUMENT_ZH, "N-<1>", 0);
    html = heard_sheet_html(sheet);
    assert_null(strstr(html, "<script"));
    assert_non_null(strstr(html, "&lt;script&gt;alert(1)&lt;/script&gt;&quot;&amp;"));
    assert_non_null(strstr(html, "N-&lt;1&gt;"));
    assert_non_null(strstr(html, "<html lang=\"zh-CN\">"));
}

static void refuses(json_t *facts, const char *wanted)
{
    g_autoptr(GError) error = NULL;

    assert_false(
        heard_template_check(heard_papers_find(papers, "commitment_list", ""), facts, &error));
    if (!strstr(error->message, wanted))
        fail_msg("%s: %s", wanted, error->message);
}

static void facts_that_are_none_are_refused_by_name(void **state)
{
    g_autoptr(json_t) document = example_of("commitment_list");
    json_t *facts = json_object_get(document, "facts");
    json_t *hearing = json_object_get(facts, "hearing");
    (void)state;

    json_object_set_new(facts, "rumour", json_string("?"));
    refuses(facts, "has no member rumour");
    json_object_del(facts, "rumour");
    json_object_set_new(hearing, "start_ms", json_string("tomorrow"));
    refuses(facts, "start_ms: a whole number");
    json_object_del(hearing, "start_ms");
    refuses(facts, "start_ms: is missing");
    json_object_set_new(hearing, "start_ms", json_integer(1));
    json_object_set_new(facts, "commitments", json_object());
    refuses(facts, "a list");
    refuses(hearing, "is missing");
}

static int load(void **state)
{
    (void)state;
    setenv("TZ", "Asia/Shanghai", 1);
    tzset();
    papers = heard_papers_load(NULL, NULL);
    return papers ? 0 : -1;
}

static int unload(void **state)
{
    (void)state;
    heard_papers_free(papers);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_says_what_it_should),
        cmocka_unit_test(each_kind_has_a_template),
        cmocka_unit_test(a_notice_has_all_of_its_contents),
        cmocka_unit_test(a_notice_of_a_consultation_speaks_to_units),
        cmocka_unit_test(a_drawing_that_is_none_is_left_out),
        cmocka_unit_test(the_plain_text_says_what_the_document_says),
        cmocka_unit_test(english_has_no_chinese_of_ours),
        cmocka_unit_test(a_page_is_escaped_and_without_scripts),
        cmocka_unit_test(facts_that_are_none_are_refused_by_name),
    };

    return cmocka_run_group_tests(tests, load, unload);
}
