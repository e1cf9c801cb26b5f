/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/veil.h"

#include "tests/unit/heard_test.h"

static char *covered(const char *text, const char *language)
{
    g_autoptr(HeardVeil) veil = heard_veil_new();
    g_autoptr(json_t) before = json_loads(text, JSON_DECODE_ANY, NULL);
    g_autoptr(json_t) after = NULL;
    g_autofree char *dumped = NULL, *again = NULL;
    char *out;

    assert_non_null(before);
    assert_true(heard_veil_is_empty(veil));
    heard_veil_add(veil, "张三");
    heard_veil_add(veil, "张三丰");
    heard_veil_add(veil, "王");
    heard_veil_add(veil, "Ann Lee");
    heard_veil_add(veil, "petitioner");
    assert_false(heard_veil_is_empty(veil));
    dumped = json_dumps(before, JSON_COMPACT | JSON_ENCODE_ANY);
    after = heard_veil_cover(veil, before, language);
    again = json_dumps(before, JSON_COMPACT | JSON_ENCODE_ANY);
    assert_string_equal(dumped, again); /* others are told the same text uncovered */
    out = json_dumps(after, JSON_COMPACT | JSON_ENCODE_ANY);
    return out;
}

static void names_are_covered_wherever_they_stand(void **state)
{
    static const struct {
        const char *text, *language, *seen;
    } rows[] = {
        {"{\"name\":\"张三\"}", "zh", "{\"name\":\"受保护的参加人\"}"},
        {"{\"name\":\"张三\"}", "en", "{\"name\":\"Protected participant\"}"},
        {"{\"name\":\"张三\"}", "", "{\"name\":\"Protected participant\"}"},
        {"[{\"a\":[\"问张三，张三答：是。\"]}]", "zh",
         "[{\"a\":[\"问受保护的参加人，受保护的参加人答：是。\"]}]"},
        /* the longer name first, and as observers are shown it */
        {"[\"张三丰\",\"张*\",\"张**\"]", "zh",
         "[\"受保护的参加人\",\"受保护的参加人\",\"受保护的参加人\"]"},
        /* one letter is a word of many others */
        {"[\"王\",\"王府\"]", "zh", "[\"受保护的参加人\",\"王府\"]"},
        {"[\"Ann Lee, Joann Lee, Ann Leeds\"]", "en",
         "[\"Protected participant, Joann Lee, Ann Leeds\"]"},
        {"{\"role\":\"petitioner\",\"text\":\"petitioner, 你好\"}", "en",
         "{\"role\":\"petitioner\",\"text\":\"Protected participant, 你好\"}"},
        {"{\"张三\":1,\"n\":1.5,\"t\":true,\"z\":null,\"s\":\"李四\"}", "zh",
         "{\"张三\":1,\"n\":1.5,\"t\":true,\"z\":null,\"s\":\"李四\"}"},
    };
    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *seen = covered(rows[i].text, rows[i].language);

        assert_string_equal(seen, rows[i].seen);
    }
}

static void who_has_no_name_covers_nothing(void **state)
{
    g_autoptr(HeardVeil) veil = heard_veil_new();
    (void)state;

    heard_veil_add(veil, "");
    assert_true(heard_veil_is_empty(veil));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_covered_wherever_they_stand),
        cmocka_unit_test(who_has_no_name_covers_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
