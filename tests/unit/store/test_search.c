/* SPDX-License-Identifier: Apache-2.0 */
#include "store_fixture.h"

#include "server/store/row.h"
#include "server/store/search.h"

#include <stdlib.h>

static void check_index(const char *text, const char *wanted)
{
    g_autofree char *got = heard_search_index_text(text);

    assert_string_equal(got, wanted);
}

static void splits_chinese_into_pairs(void **state)
{
    (void)state;
    check_index("劳动合同", "劳动 动合 合同");
    check_index("水", "水");
    check_index("漏水。维修", "漏水 维修");
    check_index("", "");
    check_index("。，、 \t\n", "");
}

static void keeps_numbers_and_words_whole(void **state)
{
    (void)state;
    check_index("案号XF46010020260301000042-R01号", "案号 xf46010020260301000042-r01 号");
    check_index("a-b -c d- 10_2", "a-b c d 10_2");
    check_index("ＡＢＣ１２３", "abc123"); /* full width */
    check_index("第3号楼", "第 3 号楼");
}

static void takes_other_scripts_as_words(void **state)
{
    (void)state;
    check_index("ئۇيغۇر خەت", "ئۇيغۇر خەت");
    check_index("བོད་ཡིག", "བོད ཡིག");
}

static void gives_nothing_for_what_is_not_text(void **state)
{
    g_autofree char *query = heard_search_query_fts5("\xff\xfe");
    (void)state;

    check_index("\xe5\x8a", "");
    assert_null(query);
}

static void bounds_a_hostile_text(void **state)
{
    GString *text = g_string_new(NULL);
    g_autofree char *index = NULL;
    g_autofree char *query = NULL;
    unsigned spaces = 0;
    (void)state;

    for (unsigned i = 0; i < HEARD_SEARCH_TOKENS_MAX + 50; i++)
        g_string_append(text, "水 ");
    index = heard_search_index_text(text->str);
    query = heard_search_query_fts5(text->str);
    for (const char *c = index; *c; c++)
        spaces += *c == ' ';
    assert_int_equal(spaces + 1, HEARD_SEARCH_TOKENS_MAX);
    assert_true(strlen(query) < HEARD_SEARCH_QUERY_TOKENS_MAX * 16);
    g_string_assign(text, "");
    for (unsigned i = 0; i < 500; i++)
        g_string_append_c(text, 'a');
    check_index(text->str, "");
    g_string_free(text, TRUE);
}

static void check_query(const char *question, const char *wanted)
{
    g_autofree char *got = heard_search_query_fts5(question);

    if (wanted)
        assert_string_equal(got, wanted);
    else
        assert_null(got);
}

static void asks_for_phrases(void **state)
{
    (void)state;
    check_query("合同", "\"合同\"");
    check_query("劳动合同 2026", "\"劳动 动合 合同\" AND \"2026\"");
    check_query("水", "\"水\"*");
    check_query("\" OR x NEAR(*)", "\"or\" AND \"x\" AND \"near\"");
    check_query("***", NULL);
}

/* Model: a phrase of Chinese is found exactly where it stands in the text. */
static bool model_finds(const char *text, const char *phrase)
{
    return strstr(text, phrase) != NULL;
}

static char *random_chinese(GRand *rand, int count)
{
    static const char *const letters[] = {"房", "屋", "漏", "水", "维", "修"};
    GString *text = g_string_new(NULL);

    for (int i = 0; i < count; i++)
        g_string_append(text, letters[g_rand_int_range(rand, 0, G_N_ELEMENTS(letters))]);
    return g_string_free(text, FALSE);
}

static void finds_what_a_plain_search_finds(void **state)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(20261123);
    HeardStore *store = *state;
    GError *error = NULL;
    unsigned found = 0;

    assert_true(heard_store_exec(store, "CREATE VIRTUAL TABLE t USING fts5 (body)", &error));
    for (unsigned round = 0; round < 300; round++) {
        g_autofree char *text = random_chinese(rand, g_rand_int_range(rand, 2, 12));
        g_autofree char *phrase = random_chinese(rand, g_rand_int_range(rand, 2, 5));
        g_autofree char *index = heard_search_index_text(text);
        g_autofree char *query = heard_search_query_fts5(phrase);
        int64_t count = -1;

        assert_true(heard_store_exec(store, "DELETE FROM t", NULL));
        assert_true(heard_row_run(store, "INSERT INTO t (body) VALUES ($1)",
                                  HEARD_VALUES(HEARD_TEXT(index)), NULL, &error));
        assert_true(heard_row_number(store, "SELECT count(*) FROM t WHERE t MATCH $1",
                                     HEARD_VALUES(HEARD_TEXT(query)), &count, &error));
        assert_int_equal(count, model_finds(text, phrase) ? 1 : 0);
        found += count > 0;
    }
    assert_in_range(found, 20, 280); /* both answers were tried */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(splits_chinese_into_pairs),
        cmocka_unit_test(keeps_numbers_and_words_whole),
        cmocka_unit_test(takes_other_scripts_as_words),
        cmocka_unit_test(gives_nothing_for_what_is_not_text),
        cmocka_unit_test(bounds_a_hostile_text),
        cmocka_unit_test(asks_for_phrases),
        cmocka_unit_test_setup_teardown(finds_what_a_plain_search_finds, fixture_open,
                                        fixture_close),
    };

    return cmocka_run_group_tests_name("store search", tests, NULL, NULL);
}
