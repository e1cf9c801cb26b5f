/* SPDX-License-Identifier: Apache-2.0 */
#include "log_fixture.h"

#include "server/base/error.h"

static const HeardSigningKind kinds[] = {HEARD_SIGNING_ED25519, HEARD_SIGNING_SM2};
static const char *const names[] = {"Ed25519", "SM2-SM3"};

static void signs_and_checks(void **state)
{
    Fixture fixture = fixture_new();
    (void)state;

    for (unsigned i = 0; i < G_N_ELEMENTS(kinds); i++) {
        g_autoptr(HeardSigner) signer = fixture_signer(&fixture, names[i], kinds[i]);
        g_autoptr(HeardSigner) again = fixture_signer(&fixture, names[i], kinds[i]);
        g_autoptr(HeardSignatory) signatory =
            heard_signatory_new(heard_signer_certificate(again), NULL);
        g_autofree char *signature = heard_signer_sign(signer, "what was said", 13);
        int64_t now_ms = heard_clock_wall_ms(), day_ms = INT64_C(86400000);

        assert_non_null(signatory);
        assert_string_equal(heard_signatory_algorithm(signatory), names[i]);
        assert_string_equal(heard_signatory_name(signatory), "听证办公室");
        assert_int_equal(strlen(heard_signatory_fingerprint(signatory)), 64);
        assert_true(strlen(signature) <= HEARD_SIGNATURE_HEX_MAX);
        assert_true(heard_signatory_check(signatory, "what was said", 13, signature));
        assert_false(heard_signatory_check(signatory, "what was said!", 14, signature));
        assert_false(heard_signatory_check(signatory, "what was said", 13, NULL));
        assert_false(heard_signatory_check(signatory, "what was said", 13, ""));
        for (char *digit = signature; *digit; digit++) {
            char right = *digit;

            *digit = right == '0' ? '1' : '0';
            assert_false(heard_signatory_check(signatory, "what was said", 13, signature));
            *digit = g_ascii_isdigit(right) ? 'x' : g_ascii_toupper(right);
            assert_false(heard_signatory_check(signatory, "what was said", 13, signature));
            *digit = right;
        }
        assert_true(heard_signatory_is_valid_at(signatory, now_ms));
        assert_false(heard_signatory_is_valid_at(signatory, now_ms - 2 * day_ms));
        assert_false(
            heard_signatory_is_valid_at(signatory, now_ms + (HEARD_SIGNER_DAYS + 1) * day_ms));
    }
    fixture_free(&fixture);
}

static void refuses(const char *key, const char *certificate, HeardError code)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HeardSigner) signer =
        heard_signer_load_or_create(key, certificate, HEARD_SIGNING_ED25519, "x", &error);

    assert_null(signer);
    assert_int_equal(heard_error_code(error), code);
}

static void wrong_files_are_named_and_never_replaced(void **state)
{
    Fixture fixture = fixture_new();
    g_autoptr(HeardSigner) other = fixture_signer(&fixture, "other", HEARD_SIGNING_SM2);
    g_autofree char *key = g_build_filename(fixture.root, "signing.key", NULL);
    g_autofree char *certificate = g_build_filename(fixture.root, "signing.pem", NULL);
    g_autofree char *foreign = g_build_filename(fixture.root, "other.pem", NULL);
    g_autofree char *missing = g_build_filename(fixture.root, "missing", NULL);
    struct stat info;
    (void)state;

    assert_int_equal(stat(key, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    refuses(key, foreign, HEARD_ERROR_CONFIG);
    refuses(certificate, certificate, HEARD_ERROR_CONFIG);
    refuses(missing, certificate, HEARD_ERROR_CONFIG);
    refuses(key, missing, HEARD_ERROR_NOT_FOUND);
    assert_int_not_equal(access(missing, F_OK), 0);
    assert_int_equal(chmod(key, 0640), 0);
    refuses(key, certificate, HEARD_ERROR_CONFIG);
    fixture_free(&fixture);
}

/* 130 s of a log: three segments, two of them ended while it ran. */
static void make_log(const Fixture *fixture)
{
    HeardPacketLog *log = fixture_log(fixture, NULL);

    for (uint32_t i = 0; i <= 130; i++) {
        append_packet(log, 1, i * INT64_C(1000000), i, 60);
        assert_true(heard_packet_log_flush(log, i * INT64_C(1000000), 0, NULL));
    }
    assert_true(heard_packet_log_finish(log, 131000000, 0, NULL));
    heard_packet_log_free(log);
}

static void a_log_is_signed_each_minute_and_at_its_end(void **state)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(kinds); i++) {
        Fixture fixture = fixture_new();
        g_autoptr(HeardVerifyReport) report = NULL;
        g_autofree char *text = NULL;
        (void)state;

        heard_signer_free(fixture.signer);
        fixture.signer = fixture_signer(&fixture, names[i], kinds[i]);
        make_log(&fixture);
        report = verify(&fixture);
        assert_int_equal(report->result, HEARD_VERIFY_INTACT);
        assert_int_equal(report->signatures, 4);
        assert_int_equal(report->signed_us, 131000000);
        assert_string_equal(report->signer_algorithm, names[i]);
        text = heard_verify_report_to_text(report, "zh");
        assert_non_null(strstr(text, "签名者：听证办公室"));
        fixture_free(&fixture);
    }
}

static void only_who_is_trusted_may_have_signed(void **state)
{
    Fixture fixture = fixture_new();
    g_autoptr(HeardSigner) other = fixture_signer(&fixture, "other", HEARD_SIGNING_ED25519);
    g_autofree char *own = g_build_filename(fixture.root, "signing.pem", NULL);
    g_autofree char *foreign = g_build_filename(fixture.root, "other.pem", NULL);
    g_autoptr(HeardVerifyReport) trusted = NULL;
    g_autoptr(HeardVerifyReport) strange = NULL;
    (void)state;

    make_log(&fixture);
    trusted = heard_verify(fixture.path, &(HeardVerifyTrust){own, NULL}, NULL);
    strange = heard_verify(fixture.path, &(HeardVerifyTrust){foreign, NULL}, NULL);
    assert_int_equal(trusted->result, HEARD_VERIFY_INTACT);
    assert_int_equal(strange->result, HEARD_VERIFY_ALTERED);
    assert_true(has_finding(strange, HEARD_FINDING_SIGNER));
    fixture_free(&fixture);
}

/* Who makes a log anew can close the chain, but not sign it. */
static void a_forged_end_is_found(void **state)
{
    Fixture fixture = fixture_new();
    g_autoptr(HeardSigner) forger = fixture_signer(&fixture, "forger", HEARD_SIGNING_ED25519);
    g_autofree char *seal_path = g_build_filename(fixture.path, "seal.json", NULL);
    g_autofree char *journal_path = g_build_filename(fixture.path, "journal.jsonl", NULL);
    g_autofree char *journal = NULL;
    g_autofree char *seal = NULL;
    g_autofree char *unsigned_seal = NULL;
    g_autofree char *forged = NULL;
    g_autofree char *signature = NULL;
    g_autoptr(HeardVerifyReport) bare = NULL;
    g_autoptr(HeardVerifyReport) other = NULL;
    uint8_t bytes[HEARD_CHECKPOINT_SIZE];
    HeardJournalState at_end;
    HeardLogInfo info;
    size_t size;
    (void)state;

    make_log(&fixture);
    assert_true(heard_log_info_read(&info, fixture.path, NULL));
    at_end = info.journal;
    journal = heard_disk_read(journal_path, 1 << 20, &size, NULL);
    for (char *line = journal; *line;) {
        char *feed = strchr(line, '\n');
        const char *why;
        json_t *fields;

        assert_true(heard_journal_check(&at_end, line, (size_t)(feed - line), &fields, &why));
        json_decref(fields);
        line = feed + 1;
    }
    unsigned_seal = heard_journal_seal_text(&at_end, NULL, NULL);
    assert_true(heard_disk_replace(seal_path, unsigned_seal, strlen(unsigned_seal), NULL));
    bare = verify(&fixture);
    assert_true(has_finding(bare, HEARD_FINDING_SIGNATURE));
    heard_journal_checkpoint(&at_end, info.log_id, bytes);
    signature = heard_signer_sign(forger, bytes, sizeof bytes);
    forged = heard_journal_seal_text(&at_end, signature, NULL);
    assert_true(heard_disk_replace(seal_path, forged, strlen(forged), NULL));
    other = verify(&fixture);
    assert_int_equal(other->result, HEARD_VERIFY_ALTERED);
    assert_true(has_finding(other, HEARD_FINDING_SIGNATURE));
    assert_int_equal(other->signatures, 3);
    heard_log_info_clear(&info);
    fixture_free(&fixture);
}

/* The key was changed while the server was down: who recovers signs with the new one. */
static void another_key_may_end_what_a_crash_left(void **state)
{
    Fixture fixture = fixture_new();
    g_autoptr(HeardSigner) new_signer = fixture_signer(&fixture, "new", HEARD_SIGNING_SM2);
    g_autofree char *old_path = g_build_filename(fixture.root, "signing.pem", NULL);
    HeardPacketLog *log = fixture_log(&fixture, NULL);
    g_autoptr(HeardVerifyReport) report = NULL;
    g_autoptr(HeardVerifyReport) strict = NULL;
    HeardRecoverReport recovered;
    (void)state;

    for (uint32_t i = 0; i <= 70; i++) {
        append_packet(log, 1, i * INT64_C(1000000), i, 60);
        assert_true(heard_packet_log_flush(log, i * INT64_C(1000000), 0, NULL));
    }
    heard_packet_log_free(log);
    heard_recover_log(fixture.path, new_signer, &recovered);
    assert_int_equal(recovered.result, HEARD_RECOVER_REPAIRED);
    report = verify(&fixture);
    assert_int_equal(report->result, HEARD_VERIFY_INTACT);
    assert_int_equal(report->signatures, 2);
    assert_true(has_finding(report, HEARD_FINDING_RECOVERED));
    strict = heard_verify(fixture.path, &(HeardVerifyTrust){old_path, NULL},
                          NULL); /* the new one is not certified by it */
    assert_true(has_finding(strict, HEARD_FINDING_SIGNER));
    fixture_free(&fixture);
}

static void what_nobody_signed_is_said(void **state)
{
    Fixture fixture = fixture_new();
    g_autoptr(HeardVerifyReport) report = NULL;
    (void)state;

    g_clear_pointer(&fixture.signer, heard_signer_free);
    make_log(&fixture);
    report = verify(&fixture);
    assert_int_equal(report->result, HEARD_VERIFY_INTACT);
    assert_true(has_finding(report, HEARD_FINDING_UNSIGNED));
    assert_int_equal(report->signatures, 0);
    fixture_free(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signs_and_checks),
        cmocka_unit_test(wrong_files_are_named_and_never_replaced),
        cmocka_unit_test(a_log_is_signed_each_minute_and_at_its_end),
        cmocka_unit_test(only_who_is_trusted_may_have_signed),
        cmocka_unit_test(a_forged_end_is_found),
        cmocka_unit_test(another_key_may_end_what_a_crash_left),
        cmocka_unit_test(what_nobody_signed_is_said),
    };

    return cmocka_run_group_tests_name("recordings signer", tests, NULL, NULL);
}
