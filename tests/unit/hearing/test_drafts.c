/* SPDX-License-Identifier: Apache-2.0 */
#include "heard_test.h"

#include "server/hearing/drafts.h"

#include <string.h>

static const HeardDraft *add(HeardDrafts *drafts, const char *id, int64_t begin_ms,
                             char ret_lost[static HEARD_ID_SIZE])
{
    char text[] = "words";
    HeardDraft draft = {.begin_ms = begin_ms, .end_ms = begin_ms + 1, .text = text};

    g_strlcpy(draft.id, id, sizeof draft.id);
    return heard_drafts_add(drafts, &draft, ret_lost);
}

static void they_stand_in_the_order_of_being_said(void **state)
{
    g_autoptr(HeardDrafts) drafts = heard_drafts_new();
    char lost[HEARD_ID_SIZE];
    (void)state;

    add(drafts, "b", 20, lost);
    add(drafts, "a", 10, lost);
    add(drafts, "c", 20, lost); /* of one moment: as they came */
    assert_string_equal(lost, "");
    assert_string_equal(heard_drafts_at(drafts, 0)->id, "a");
    assert_string_equal(heard_drafts_at(drafts, 1)->id, "b");
    assert_string_equal(heard_drafts_at(drafts, 2)->id, "c");
    assert_string_equal(heard_drafts_at(drafts, 2)->text, "words");
}

static void one_is_removed_once(void **state)
{
    g_autoptr(HeardDrafts) drafts = heard_drafts_new();
    char lost[HEARD_ID_SIZE];
    (void)state;

    add(drafts, "a", 10, lost);
    assert_true(heard_drafts_remove(drafts, "a"));
    assert_false(heard_drafts_remove(drafts, "a"));
    assert_false(heard_drafts_remove(drafts, "b"));
    add(drafts, "c", 10, lost);
    heard_drafts_clear(drafts);
    assert_int_equal(heard_drafts_count(drafts), 0);
}

static void the_oldest_goes_when_there_are_too_many(void **state)
{
    g_autoptr(HeardDrafts) drafts = heard_drafts_new();
    char lost[HEARD_ID_SIZE];
    (void)state;

    for (int i = 0; i < HEARD_DRAFTS_MAX; i++) {
        add(drafts, i ? "later" : "first", i, lost);
        assert_string_equal(lost, "");
    }
    add(drafts, "last", HEARD_DRAFTS_MAX, lost);
    assert_string_equal(lost, "first");
    assert_int_equal(heard_drafts_count(drafts), HEARD_DRAFTS_MAX);
    assert_string_equal(heard_drafts_at(drafts, HEARD_DRAFTS_MAX - 1)->id, "last");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(they_stand_in_the_order_of_being_said),
        cmocka_unit_test(one_is_removed_once),
        cmocka_unit_test(the_oldest_goes_when_there_are_too_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
