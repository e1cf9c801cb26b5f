/* SPDX-License-Identifier: Apache-2.0 */
#include "media/front/ice_lite.h"
#include "tests/unit/heard_test.h"

#include <stun/stunagent.h>
#include <stun/usages/ice.h>

enum { NOW_US = 5000000 };

static const uint16_t known[] = {
    STUN_ATTRIBUTE_USERNAME,       STUN_ATTRIBUTE_MESSAGE_INTEGRITY, STUN_ATTRIBUTE_ERROR_CODE,
    STUN_ATTRIBUTE_PRIORITY,       STUN_ATTRIBUTE_USE_CANDIDATE,     STUN_ATTRIBUTE_FINGERPRINT,
    STUN_ATTRIBUTE_ICE_CONTROLLED, STUN_ATTRIBUTE_ICE_CONTROLLING,   0,
};

static const HeardIceCredentials local = {"ours", "a password of two dozen"};

typedef struct {
    bool use_candidate, controlled;
    const char *username, *password;
} Check;

/* A browser's check, by libnice's client side; in a heap block of exactly its size and the
 * slack that the socket promises. */
static uint8_t *make_check(const Check *check, size_t *ret_size)
{
    const char *username = check->username ? check->username : "ours:theirs";
    const char *password = check->password ? check->password : local.pwd;
    StunAgent *agent = g_new0(StunAgent, 1);
    uint8_t buffer[1300], *copy;
    StunMessage message;

    stun_agent_init(agent, known, STUN_COMPATIBILITY_RFC5389,
                    STUN_AGENT_USAGE_SHORT_TERM_CREDENTIALS | STUN_AGENT_USAGE_USE_FINGERPRINT);
    *ret_size = stun_usage_ice_conncheck_create(
        agent, &message, buffer, sizeof(buffer), (const uint8_t *)username, strlen(username),
        (const uint8_t *)password, strlen(password), check->use_candidate, !check->controlled, 77,
        99, NULL, STUN_USAGE_ICE_COMPATIBILITY_RFC5245);
    assert_true(*ret_size > 0);
    g_free(agent);
    copy = g_malloc0(*ret_size + 32);
    memcpy(copy, buffer, *ret_size);
    return copy;
}

static HeardPath path_of(const char *address, uint16_t port)
{
    HeardPath path = {0};

    assert_true(heard_address_parse(address, port, &path.address));
    return path;
}

static HeardStunResult check_from(HeardIceLite *ice, const Check *check, const HeardPath *from,
                                  HeardStunAnswer *answer)
{
    HeardIcePeer *peer = NULL;
    size_t size;
    g_autofree uint8_t *datagram = make_check(check, &size);
    HeardStunResult result = heard_ice_check(ice, datagram, size, from, NOW_US, answer, &peer);

    assert_true((peer != NULL) == (result == HEARD_STUN_ANSWERED));
    /* Never more bytes than came: the port is no amplifier. */
    assert_true(answer->reply_size <= size);
    return result;
}

static void a_valid_check_is_answered_and_tells_the_path(void **state)
{
    g_autoptr(HeardIceLite) ice = heard_ice_lite_new();
    HeardPath from = path_of("::ffff:192.0.2.7", 40000);
    HeardStunAnswer answer;
    HeardIcePeer peer;

    (void)state;
    assert_true(heard_ice_add_peer(ice, &peer, &local, 0));
    assert_false(peer.has_path);
    assert_null(heard_ice_find(ice, &from));
    assert_int_equal(check_from(ice, &(Check){0}, &from, &answer), HEARD_STUN_ANSWERED);
    assert_true(peer.has_path);
    assert_int_equal(peer.checked_us, NOW_US);
    assert_ptr_equal(heard_ice_find(ice, &from), &peer);
    /* XOR-MAPPED-ADDRESS (RFC 8489 14.2) first, of family IPv4: the mapping was undone. */
    assert_memory_equal(answer.reply + 20, "\x00\x20\x00\x08\x00\x01", 6);
    heard_ice_remove_peer(ice, &peer);
    assert_null(heard_ice_find(ice, &from));
}

static void refusals_are_silent(void **state)
{
    char long_name[600];
    const Check wrong_password = {.password = "not the right password"};
    const Check unknown = {.username = "other:theirs"};
    const Check no_colon = {.username = "ours"};
    const Check too_long = {.username = long_name};
    g_autoptr(HeardIceLite) ice = heard_ice_lite_new();
    HeardPath from = path_of("192.0.2.7", 40000);
    HeardStunAnswer answer;
    HeardIcePeer peer;

    (void)state;
    memset(long_name, 'x', sizeof(long_name));
    memcpy(long_name, "ours:", 5);
    long_name[5 + HEARD_STUN_REMOTE_UFRAG_MAX + 1] = '\0';
    assert_true(heard_ice_add_peer(ice, &peer, &local, 0));
    assert_int_equal(check_from(ice, &wrong_password, &from, &answer), HEARD_STUN_FORGED);
    assert_int_equal(answer.reply_size, 0);
    assert_int_equal(check_from(ice, &unknown, &from, &answer), HEARD_STUN_UNKNOWN_UFRAG);
    assert_int_equal(answer.reply_size, 0);
    assert_int_equal(check_from(ice, &no_colon, &from, &answer), HEARD_STUN_MALFORMED);
    assert_int_equal(check_from(ice, &too_long, &from, &answer), HEARD_STUN_MALFORMED);
    assert_false(peer.has_path);
    /* The longest that RFC 8839 allows is answered, not asserted away. */
    long_name[5 + HEARD_STUN_REMOTE_UFRAG_MAX] = '\0';
    assert_int_equal(check_from(ice, &too_long, &from, &answer), HEARD_STUN_ANSWERED);
    heard_ice_remove_peer(ice, &peer);
}

static void altered_checks_are_refused(void **state)
{
    g_autoptr(HeardIceLite) ice = heard_ice_lite_new();
    HeardPath from = path_of("192.0.2.7", 40000);
    HeardStunAnswer answer;
    HeardIcePeer peer, *found;
    size_t size;
    g_autofree uint8_t *datagram = make_check(&(Check){0}, &size);

    (void)state;
    assert_true(heard_ice_add_peer(ice, &peer, &local, 0));
    for (size_t bit = 0; bit < size * 8; bit++) {
        datagram[bit / 8] ^= (uint8_t)(1U << bit % 8);
        assert_int_not_equal(heard_ice_check(ice, datagram, size, &from, NOW_US, &answer, &found),
                             HEARD_STUN_ANSWERED);
        datagram[bit / 8] ^= (uint8_t)(1U << bit % 8);
    }
    for (size_t cut = 0; cut < size; cut++) {
        g_autofree uint8_t *part = g_malloc0(cut + 32);

        memcpy(part, datagram, cut);
        assert_int_not_equal(heard_ice_check(ice, part, cut, &from, NOW_US, &answer, &found),
                             HEARD_STUN_ANSWERED);
    }
    heard_ice_remove_peer(ice, &peer);
}

static void a_role_conflict_is_told(void **state)
{
    g_autoptr(HeardIceLite) ice = heard_ice_lite_new();
    HeardPath from = path_of("192.0.2.7", 40000);
    HeardStunAnswer answer;
    HeardIcePeer peer;

    (void)state;
    assert_true(heard_ice_add_peer(ice, &peer, &local, 0));
    assert_int_equal(check_from(ice, &(Check){.controlled = true}, &from, &answer),
                     HEARD_STUN_ROLE_CONFLICT);
    assert_true(answer.reply_size > 0);
    assert_false(peer.has_path);
    heard_ice_remove_peer(ice, &peer);
}

static void use_candidate_moves_the_path(void **state)
{
    g_autoptr(HeardIceLite) ice = heard_ice_lite_new();
    HeardPath first = path_of("192.0.2.7", 1), second = path_of("192.0.2.7", 2);
    HeardStunAnswer answer;
    HeardIcePeer peer;

    (void)state;
    assert_true(heard_ice_add_peer(ice, &peer, &local, 0));
    check_from(ice, &(Check){.use_candidate = true}, &first, &answer);
    check_from(ice, &(Check){0}, &second, &answer);
    assert_int_equal(heard_address_port(&peer.path.address), 1);
    assert_ptr_equal(heard_ice_find(ice, &second), &peer); /* packets from there are taken */
    check_from(ice, &(Check){.use_candidate = true}, &second, &answer);
    assert_int_equal(heard_address_port(&peer.path.address), 2);
    for (uint16_t port = 3; port < 20; port++) {
        HeardPath more = path_of("192.0.2.7", port);

        check_from(ice, &(Check){0}, &more, &answer);
    }
    assert_int_equal(peer.path_count, HEARD_ICE_PATHS_MAX);
    assert_ptr_equal(heard_ice_find(ice, &second), &peer); /* the one in use is kept */
    assert_null(heard_ice_find(ice, &first));
    heard_ice_remove_peer(ice, &peer);
}

static void a_restart_takes_new_credentials(void **state)
{
    static const HeardIceCredentials renewed = {"again", "another password, as long"};
    const Check new_check = {.username = "again:theirs", .password = renewed.pwd};
    g_autoptr(HeardIceLite) ice = heard_ice_lite_new();
    HeardPath first = path_of("192.0.2.7", 1), second = path_of("192.0.2.8", 1);
    HeardStunAnswer answer;
    HeardIcePeer peer;

    (void)state;
    assert_true(heard_ice_add_peer(ice, &peer, &local, 0));
    check_from(ice, &(Check){.use_candidate = true}, &first, &answer);
    assert_true(heard_ice_restart_peer(ice, &peer, &renewed, &renewed));
    assert_true(peer.has_path); /* media goes on meanwhile */
    assert_int_equal(check_from(ice, &(Check){0}, &first, &answer), HEARD_STUN_UNKNOWN_UFRAG);
    assert_int_equal(check_from(ice, &new_check, &second, &answer), HEARD_STUN_ANSWERED);
    assert_true(heard_address_equal(&peer.path.address, &second.address));
    heard_ice_remove_peer(ice, &peer);
}

/* A guarded peer: its check is met by ours, and what answers ours moves the path. */
static void a_path_is_proven_before_it_is_used(void **state)
{
    g_autoptr(HeardIceLite) ice = heard_ice_lite_new();
    HeardPath first = path_of("192.0.2.7", 1), second = path_of("192.0.2.8", 2);
    const Check move = {.use_candidate = true};
    uint8_t response[20 + 32] = {1, 1, 0, 0, 0x21, 0x12, 0xA4, 0x42};
    static const uint8_t indication[20] = {0, 0x11, 0, 0, 0x21, 0x12, 0xA4, 0x42};
    HeardIcePeer peer, *found = NULL;
    HeardStunAnswer answer;

    (void)state;
    assert_true(heard_ice_add_peer(ice, &peer, &local, 0));
    peer.remote = (HeardIceCredentials){"theirs", "the client's own password"};
    check_from(ice, &move, &first, &answer);
    heard_ice_guard_peer(ice, &peer, true, &answer);
    assert_int_equal(answer.reply_size, 0);
    assert_int_equal(check_from(ice, &move, &first, &answer), HEARD_STUN_ANSWERED);
    assert_int_equal(answer.reply[0], 1); /* a response: this path is proven */
    assert_int_equal(check_from(ice, &move, &second, &answer), HEARD_STUN_ANSWERED);
    assert_int_equal(answer.reply[0], 0); /* a request of ours */
    assert_true(heard_path_equal(&peer.path, &first));
    memcpy(response + 8, answer.reply + 8, HEARD_STUN_ID_SIZE);
    /* From elsewhere, and with another id, it says nothing. */
    assert_int_equal(heard_ice_check(ice, response, 20, &first, 1, &answer, &found),
                     HEARD_STUN_RESPONSE);
    response[19] ^= 1;
    assert_int_equal(heard_ice_check(ice, response, 20, &second, 1, &answer, &found),
                     HEARD_STUN_RESPONSE);
    assert_int_equal(heard_ice_check(ice, indication, 20, &second, 1, &answer, &found),
                     HEARD_STUN_INDICATION);
    assert_int_equal(answer.reply_size, 0);
    response[19] ^= 1;
    assert_true(heard_path_equal(&peer.path, &first));
    assert_int_equal(heard_ice_check(ice, response, 20, &second, 1, &answer, &found),
                     HEARD_STUN_ANSWERED);
    assert_ptr_equal(found, &peer);
    assert_int_equal(answer.reply_size, 0);
    assert_true(heard_path_equal(&peer.path, &second));
    /* We ask more than once with one id, and a browser answers each: not an error. */
    assert_int_equal(heard_ice_check(ice, response, 20, &second, 1, &answer, &found),
                     HEARD_STUN_RESPONSE);
    assert_true(heard_path_equal(&peer.path, &second));
    heard_ice_remove_peer(ice, &peer);
}

/* Whoever never answers ours keeps the old path, and hears of that by ordinary answers. */
static void a_client_that_answers_nothing_stays_where_it_was(void **state)
{
    g_autoptr(HeardIceLite) ice = heard_ice_lite_new();
    HeardPath first = path_of("192.0.2.7", 1), second = path_of("192.0.2.8", 2);
    const Check move = {.use_candidate = true};
    unsigned asked = 0, answered = 0;
    HeardStunAnswer answer;
    HeardIcePeer peer;

    (void)state;
    assert_true(heard_ice_add_peer(ice, &peer, &local, 0));
    peer.remote = (HeardIceCredentials){"theirs", "the client's own password"};
    check_from(ice, &move, &first, &answer);
    heard_ice_guard_peer(ice, &peer, true, &answer);
    for (unsigned i = 0; i < 2 * HEARD_ICE_ASK_CYCLE; i++) {
        check_from(ice, &move, &second, &answer);
        asked += answer.reply[0] == 0;
        answered += answer.reply[0] == 1;
        assert_true(heard_path_equal(&peer.path, &first));
    }
    assert_int_equal(asked, 2 * HEARD_ICE_ASKS);
    assert_int_equal(answered, 2 * (HEARD_ICE_ASK_CYCLE - HEARD_ICE_ASKS));
    heard_ice_remove_peer(ice, &peer);
}

/* Not proven by the handshake: given up until our check is answered; TCP needs no proof. */
static void an_unproven_path_carries_no_media(void **state)
{
    g_autoptr(HeardIceLite) ice = heard_ice_lite_new();
    HeardPath udp = path_of("192.0.2.7", 1), tcp = path_of("192.0.2.7", 9);
    HeardStunAnswer answer;
    HeardIcePeer peer;

    (void)state;
    tcp.connection = &tcp;
    assert_true(heard_ice_add_peer(ice, &peer, &local, 0));
    peer.remote = (HeardIceCredentials){"theirs", "the client's own password"};
    check_from(ice, &(Check){0}, &udp, &answer);
    heard_ice_guard_peer(ice, &peer, false, &answer);
    assert_true(answer.reply_size > 0 && !peer.has_path);
    assert_true(heard_path_equal(&peer.wanted, &udp));
    check_from(ice, &(Check){0}, &tcp, &answer);
    assert_true(peer.has_path && heard_path_equal(&peer.path, &tcp));
    assert_ptr_equal(heard_ice_forget_path(ice, &tcp), &peer);
    assert_false(peer.has_path); /* the other one was never proven */
    heard_ice_remove_peer(ice, &peer);
}

static void the_newest_peer_of_an_address_has_it(void **state)
{
    static const HeardIceCredentials other = {"next", "another password, as long"};
    g_autoptr(HeardIceLite) ice = heard_ice_lite_new();
    HeardPath from = path_of("192.0.2.7", 1);
    HeardStunAnswer answer;
    HeardIcePeer old_peer, new_peer;

    (void)state;
    assert_true(heard_ice_add_peer(ice, &old_peer, &local, 0));
    assert_true(heard_ice_add_peer(ice, &new_peer, &other, 0));
    assert_false(heard_ice_add_peer(ice, &(HeardIcePeer){0}, &other, 0));
    check_from(ice, &(Check){0}, &from, &answer);
    check_from(ice, &(Check){.username = "next:x", .password = other.pwd}, &from, &answer);
    assert_ptr_equal(heard_ice_find(ice, &from), &new_peer);
    heard_ice_remove_peer(ice, &old_peer);
    assert_ptr_equal(heard_ice_find(ice, &from), &new_peer);
    assert_ptr_equal(heard_ice_forget_path(ice, &from), &new_peer);
    assert_false(new_peer.has_path);
    heard_ice_remove_peer(ice, &new_peer);
}

/* A browser closed without a word, and its port is another one's: packets of the old peer would
 * be noise to the new one. */
static void nothing_of_the_old_peer_goes_to_the_new_one(void **state)
{
    static const HeardIceCredentials other = {"next", "another password, as long"};
    const Check of_new = {.username = "next:x", .password = other.pwd};
    g_autoptr(HeardIceLite) ice = heard_ice_lite_new();
    HeardPath from = path_of("192.0.2.7", 1), away = path_of("192.0.2.7", 2);
    HeardStunAnswer answer;
    HeardIcePeer old_peer, new_peer;

    (void)state;
    assert_true(heard_ice_add_peer(ice, &old_peer, &local, 0));
    assert_true(heard_ice_add_peer(ice, &new_peer, &other, 0));
    check_from(ice, &(Check){0}, &from, &answer);
    heard_ice_guard_peer(ice, &old_peer, true, &answer);
    check_from(ice, &of_new, &from, &answer);
    /* a check alone takes nothing away: its address may be forged */
    assert_true(old_peer.has_path && heard_path_equal(&old_peer.path, &from));
    check_from(ice, &(Check){0}, &from, &answer);
    assert_ptr_equal(heard_ice_find(ice, &from), &old_peer);
    assert_int_equal(old_peer.path_count, 1);
    /* nor does one that never came to its media */
    check_from(ice, &of_new, &from, &answer);
    assert_ptr_equal(heard_ice_find(ice, &from), &new_peer);
    heard_ice_remove_peer(ice, &new_peer);
    assert_ptr_equal(heard_ice_find(ice, &from), &old_peer);
    assert_true(heard_ice_add_peer(ice, &new_peer, &other, 0));
    check_from(ice, &of_new, &from, &answer);
    heard_ice_guard_peer(ice, &new_peer, true, &answer);
    assert_false(old_peer.has_path);
    assert_true(new_peer.has_path && heard_path_equal(&new_peer.path, &from));

    /* the old one lives after all, elsewhere */
    old_peer.remote = (HeardIceCredentials){"theirs", "the client's own password"};
    check_from(ice, &(Check){0}, &away, &answer);
    assert_true(heard_path_equal(&old_peer.wanted, &away) && !old_peer.has_path);
    assert_true(new_peer.has_path);
    heard_ice_remove_peer(ice, &new_peer);
    heard_ice_remove_peer(ice, &old_peer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_valid_check_is_answered_and_tells_the_path),
        cmocka_unit_test(refusals_are_silent),
        cmocka_unit_test(altered_checks_are_refused),
        cmocka_unit_test(a_role_conflict_is_told),
        cmocka_unit_test(use_candidate_moves_the_path),
        cmocka_unit_test(a_restart_takes_new_credentials),
        cmocka_unit_test(a_path_is_proven_before_it_is_used),
        cmocka_unit_test(a_client_that_answers_nothing_stays_where_it_was),
        cmocka_unit_test(an_unproven_path_carries_no_media),
        cmocka_unit_test(the_newest_peer_of_an_address_has_it),
        cmocka_unit_test(nothing_of_the_old_peer_goes_to_the_new_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
