/* SPDX-License-Identifier: Apache-2.0 */
#include "log_fixture.h"

#include "recordings/excerpt.h"

#include <fcntl.h>

/* Four segments; what is written last into the first three of them: at 70, 140 and 210 s. */
enum { SEGMENTS = 4, FIRST = 2, LAST = 3 };

static const char *const NAMES[] = {"log.json",   "journal.jsonl", "seal.json",
                                    "000002.seg", "000003.seg",    HEARD_EXCERPT_FILE};

static void make_log(const Fixture *fixture)
{
    HeardPacketLog *log = fixture_log(fixture, NULL);

    for (uint32_t i = 0; i < SEGMENTS * 3; i++) {
        int64_t at_us = (i / 3) * INT64_C(70000000) + (i % 3) * INT64_C(2000000);
        append_packet(log, 1, at_us, i, 60);
        assert_true(heard_packet_log_flush(log, at_us, 0, NULL));
    }
    assert_true(heard_packet_log_finish(log, INT64_C(220000000), 0, NULL));
    heard_packet_log_free(log);
}

static void remove_segment(const Fixture *fixture, unsigned number)
{
    g_autofree char *path = g_strdup_printf("%s/%06u.seg", fixture->path, number);

    assert_int_equal(unlink(path), 0);
}

static void write_excerpt(const Fixture *fixture, const char *text)
{
    g_autofree char *path = g_build_filename(fixture->path, HEARD_EXCERPT_FILE, NULL);

    assert_true(g_file_set_contents(path, text, -1, NULL));
}

static void say_range(const Fixture *fixture, const HeardExcerpt *excerpt)
{
    g_autofree char *text = heard_excerpt_text(excerpt);

    write_excerpt(fixture, text);
}

/* Segments 2 and 3 with their range: what a package holds. */
static Fixture excerpt_new(void)
{
    Fixture fixture = fixture_new();

    make_log(&fixture);
    remove_segment(&fixture, 1);
    remove_segment(&fixture, 4);
    say_range(&fixture, &(HeardExcerpt){71000, 209500, FIRST, LAST});
    return fixture;
}

/* Whatever an altered excerpt.json may say: not more than what is there, and never the whole. */
static bool is_honest(const HeardVerifyReport *report)
{
    const HeardExcerpt *excerpt = &report->excerpt;

    return report->result == HEARD_VERIFY_ALTERED ||
           (excerpt->first_segment == FIRST && excerpt->last_segment == LAST &&
            excerpt->from_ms > 70000 && excerpt->to_ms <= 210000 && report->segments == 2);
}

static void an_excerpt_is_intact_and_says_that_it_is_one(void **state)
{
    Fixture fixture = excerpt_new();
    g_autoptr(HeardVerifyReport) report = verify(&fixture);
    g_autofree char *en = heard_verify_report_to_text(report, "en");
    g_autofree char *zh = heard_verify_report_to_text(report, "zh");
    json_t *root = heard_verify_report_to_json(report);
    json_t *excerpt = json_object_get(root, "excerpt");
    (void)state;

    assert_int_equal(report->result, HEARD_VERIFY_INTACT);
    assert_int_equal(report->segments, 2);
    assert_int_equal(report->records, 6);
    assert_int_equal(report->log_segments, SEGMENTS);
    assert_non_null(strstr(en, "INTACT EXCERPT: "));
    assert_non_null(strstr(en, "excerpt: 00:01:11.000 – 00:03:29.500, segments 2–3 of 4\n"));
    assert_non_null(strstr(zh, "片段完好："));
    assert_non_null(strstr(zh, "片段：00:01:11.000 – 00:03:29.500，分段 2–3，共 4 段\n"));
    assert_int_equal(json_integer_value(json_object_get(excerpt, "from_ms")), 71000);
    assert_int_equal(json_integer_value(json_object_get(excerpt, "to_ms")), 209500);
    assert_int_equal(json_integer_value(json_object_get(excerpt, "first_segment")), 2);
    assert_int_equal(json_integer_value(json_object_get(excerpt, "last_segment")), 3);
    assert_int_equal(json_integer_value(json_object_get(excerpt, "log_segments")), 4);
    assert_int_equal(count_packets(&fixture, 4), 6);
    json_decref(root);
    fixture_free(&fixture);
}

/* The first and the last segment; a whole log has no such member. */
static void either_end_may_be_in_it(void **state)
{
    Fixture one = fixture_new(), two = fixture_new(), whole = fixture_new();
    (void)state;

    make_log(&one);
    for (unsigned i = 2; i <= SEGMENTS; i++)
        remove_segment(&one, i);
    say_range(&one, &(HeardExcerpt){0, 4000, 1, 1});
    make_log(&two);
    for (unsigned i = 1; i < SEGMENTS; i++)
        remove_segment(&two, i);
    say_range(&two, &(HeardExcerpt){210001, 220000, SEGMENTS, SEGMENTS});
    make_log(&whole);
    g_autoptr(HeardVerifyReport) first = verify(&one);
    g_autoptr(HeardVerifyReport) last = verify(&two);
    g_autoptr(HeardVerifyReport) all = verify(&whole);
    json_t *root = heard_verify_report_to_json(all);
    assert_int_equal(first->result, HEARD_VERIFY_INTACT);
    assert_int_equal(last->result, HEARD_VERIFY_INTACT);
    assert_int_equal(all->result, HEARD_VERIFY_INTACT);
    assert_null(json_object_get(root, "excerpt"));
    json_decref(root);
    fixture_free(&one);
    fixture_free(&two);
    fixture_free(&whole);
}

/* The claim is not signed: an altered one must be found, or say honestly what it claims. */
static bool tells(const HeardVerifyReport *report, const char *name)
{
    return strcmp(name, HEARD_EXCERPT_FILE) == 0 ? is_honest(report) : tells_altered(report, name);
}

static void every_flipped_byte_is_found(void **state)
{
    Fixture fixture = excerpt_new();
    (void)state;

    flip_each_byte(&fixture, NAMES, G_N_ELEMENTS(NAMES), HEARD_EXCERPT_FILE, tells);
    g_autoptr(HeardVerifyReport) again = verify(&fixture);
    assert_int_equal(again->result, HEARD_VERIFY_INTACT);
    fixture_free(&fixture);
}

static void a_cut_at_any_byte_is_found(void **state)
{
    Fixture fixture = excerpt_new();
    (void)state;

    cut_at_each_byte(&fixture, NAMES, G_N_ELEMENTS(NAMES));
    fixture_free(&fixture);
}

static void a_missing_middle_cannot_be_hidden(void **state)
{
    static const HeardExcerpt claims[] = {
        {71000, 213000, 2, 4}, /* as it was */
        {71000, 74000, 2, 2},  /* segment 4 stands outside */
        {211000, 213000, 4, 4}, {71000, 209000, 2, 3}, {141000, 209000, 3, 3}, {1000, 2000, 1, 1},
    };
    Fixture fixture = fixture_new();
    (void)state;

    make_log(&fixture);
    remove_segment(&fixture, 1);
    remove_segment(&fixture, 3);
    for (size_t i = 0; i < G_N_ELEMENTS(claims); i++) {
        g_autoptr(HeardVerifyReport) report = NULL;
        say_range(&fixture, &claims[i]);
        report = verify(&fixture);
        if (report->result != HEARD_VERIFY_ALTERED)
            fail_msg("claim %zu hid a missing segment", i);
    }
    fixture_free(&fixture);
}

static void a_segment_of_another_log_is_found(void **state)
{
    Fixture one = excerpt_new(), two = fixture_new();
    (void)state;

    heard_signer_free(two.signer);
    two.signer = fixture_signer(&one, "signing", HEARD_SIGNING_ED25519);
    make_log(&two);
    for (unsigned number = FIRST; number <= LAST; number++) {
        g_autofree char *from = g_strdup_printf("%s/%06u.seg", two.path, number);
        g_autofree char *to = g_strdup_printf("%s/%06u.seg", one.path, number);
        g_autofree char *aside = g_strdup_printf("%s/aside", one.root);
        g_autoptr(HeardVerifyReport) report = NULL;
        assert_int_equal(rename(to, aside), 0);
        assert_int_equal(link(from, to), 0);
        report = verify(&one);
        assert_int_equal(report->result, HEARD_VERIFY_ALTERED);
        assert_true(has_finding(report, HEARD_FINDING_SEGMENT_CHAIN));
        assert_int_equal(rename(aside, to), 0);
    }
    g_autoptr(HeardVerifyReport) again = verify(&one);
    assert_int_equal(again->result, HEARD_VERIFY_INTACT);
    fixture_free(&one);
    fixture_free(&two);
}

/* The segment is whole and of this log, but it is the one that stands there under another name. */
static void a_segment_under_another_number_is_found(void **state)
{
    Fixture fixture = excerpt_new();
    g_autofree char *from = g_build_filename(fixture.path, "000003.seg", NULL);
    g_autofree char *to = g_build_filename(fixture.path, "000002.seg", NULL);
    g_autoptr(HeardVerifyReport) report = NULL;
    (void)state;

    assert_int_equal(rename(from, to), 0);
    say_range(&fixture, &(HeardExcerpt){71000, 74000, 2, 2});
    report = verify(&fixture);
    assert_int_equal(report->result, HEARD_VERIFY_ALTERED);
    assert_true(has_finding(report, HEARD_FINDING_SEGMENT_CHAIN));
    fixture_free(&fixture);
}

static void what_is_no_excerpt_is_a_fault(void **state)
{
    static const char *const claims[] = {
        "",
        "{}",
        "[]",
        "null",
        "\n",
        "{\"first_segment\":2,\"from_ms\":71000,\"last_segment\":3,\"to_ms\":209500,\"version\":2}"
        "\n",
        "{\"first_segment\":2,\"from_ms\":71000,\"last_segment\":3,\"to_ms\":209500,\"version\":1}",
        "{\"first_segment\":2, \"from_ms\":71000,\"last_segment\":3,\"to_ms\":209500,"
        "\"version\":1}\n",
        "{\"first_segment\":2,\"from_ms\":-1,\"last_segment\":3,\"to_ms\":209500,\"version\":1}\n",
        "{\"first_segment\":2,\"from_ms\":71000.0,\"last_segment\":3,\"to_ms\":209500,"
        "\"version\":1}\n",
        /* nothing, backwards, outside */
        "{\"first_segment\":2,\"from_ms\":71000,\"last_segment\":3,\"to_ms\":71000,\"version\":1}"
        "\n",
        "{\"first_segment\":3,\"from_ms\":71000,\"last_segment\":2,\"to_ms\":209500,\"version\":1}"
        "\n",
        "{\"first_segment\":0,\"from_ms\":71000,\"last_segment\":3,\"to_ms\":209500,\"version\":1}"
        "\n",
        "{\"first_segment\":2,\"from_ms\":71000,\"last_segment\":9,\"to_ms\":209500,\"version\":1}"
        "\n",
        /* before segment 2 begins, after segment 3 ends */
        "{\"first_segment\":2,\"from_ms\":70000,\"last_segment\":3,\"to_ms\":209500,\"version\":1}"
        "\n",
        "{\"first_segment\":2,\"from_ms\":71000,\"last_segment\":3,\"to_ms\":210001,\"version\":1}"
        "\n",
    };
    Fixture fixture = excerpt_new();
    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(claims); i++) {
        g_autoptr(HeardVerifyReport) report = NULL;
        write_excerpt(&fixture, claims[i]);
        report = verify(&fixture);
        if (report->result != HEARD_VERIFY_ALTERED || !has_finding(report, HEARD_FINDING_EXCERPT))
            fail_msg("taken for an excerpt: %s", claims[i]);
    }
    fixture_free(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_excerpt_is_intact_and_says_that_it_is_one),
        cmocka_unit_test(either_end_may_be_in_it),
        cmocka_unit_test(every_flipped_byte_is_found),
        cmocka_unit_test(a_cut_at_any_byte_is_found),
        cmocka_unit_test(a_missing_middle_cannot_be_hidden),
        cmocka_unit_test(a_segment_of_another_log_is_found),
        cmocka_unit_test(a_segment_under_another_number_is_found),
        cmocka_unit_test(what_is_no_excerpt_is_a_fault),
    };

    return cmocka_run_group_tests_name("recordings excerpt", tests, NULL, NULL);
}
