/* SPDX-License-Identifier: Apache-2.0 */
#include "heard_test.h"

#include "server/base/queue.h"

#include <pthread.h>

enum { RING_BYTES = 4096, THREAD_RECORDS = 200000 };

static void fill(uint8_t *bytes, size_t size, uint32_t seed)
{
    for (size_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)(seed + i * 31);
}

static void check_filled(const uint8_t *bytes, size_t size, uint32_t seed)
{
    for (size_t i = 0; i < size; i++)
        if (bytes[i] != (uint8_t)(seed + i * 31))
            fail_msg("record %u is damaged at byte %zu", seed, i);
}

static void gives_back_in_order(void **state)
{
    g_autoptr(HeardRing) ring = heard_ring_new(RING_BYTES);
    size_t size = 0;
    (void)state;

    assert_null(heard_ring_peek(ring, &size));
    memcpy(heard_ring_reserve(ring, 3), "one", 3);
    assert_null(heard_ring_peek(ring, &size)); /* not committed */
    heard_ring_commit(ring);
    assert_non_null(heard_ring_reserve(ring, 0)); /* empty records are records */
    heard_ring_commit(ring);
    assert_memory_equal(heard_ring_peek(ring, &size), "one", 3);
    assert_int_equal(size, 3);
    assert_memory_equal(heard_ring_peek(ring, &size), "one", 3); /* until released */
    heard_ring_release(ring);
    assert_non_null(heard_ring_peek(ring, &size));
    assert_int_equal(size, 0);
    heard_ring_release(ring);
    assert_null(heard_ring_peek(ring, &size));
    assert_int_equal(heard_ring_used_bytes(ring), 0);
}

static void refuses_when_full_and_changes_nothing(void **state)
{
    g_autoptr(HeardRing) ring = heard_ring_new(RING_BYTES);
    unsigned taken = 0;
    size_t size = 0;
    size_t used;
    (void)state;

    for (uint8_t *at; (at = heard_ring_reserve(ring, 100)); taken++) {
        fill(at, 100, taken);
        heard_ring_commit(ring);
    }
    assert_in_range(taken, RING_BYTES / 128, RING_BYTES / 100);
    used = heard_ring_used_bytes(ring);
    assert_null(heard_ring_reserve(ring, 100));
    assert_int_equal(heard_ring_used_bytes(ring), used);
    assert_true(used <= RING_BYTES);
    for (unsigned i = 0; i < taken; i++) {
        check_filled(heard_ring_peek(ring, &size), 100, i);
        heard_ring_release(ring);
    }
    assert_null(heard_ring_peek(ring, &size));
}

static void never_takes_more_than_half_of_itself(void **state)
{
    g_autoptr(HeardRing) ring = heard_ring_new(RING_BYTES);
    (void)state;

    assert_null(heard_ring_reserve(ring, RING_BYTES));
    assert_null(heard_ring_reserve(ring, RING_BYTES / 2));
    assert_null(heard_ring_reserve(ring, SIZE_MAX));
    assert_null(heard_ring_reserve(ring, UINT32_MAX));
    /* What it takes when empty it takes wherever the wrap happens to be. */
    for (unsigned i = 0; i < 600; i++) {
        size_t size = 0;
        uint8_t *at = heard_ring_reserve(ring, i % 7 ? 40 : RING_BYTES / 2 - 8);
        assert_non_null(at);
        heard_ring_commit(ring);
        assert_non_null(heard_ring_peek(ring, &size));
        heard_ring_release(ring);
    }
}

/* Whoever drains it in time uses a small part of it, again and again: cache and memory. */
static void stays_warm_while_it_is_drained(void **state)
{
    enum { WHOLE = 4 << 20, WARM = 80 * 1024, PACKET = 1200 };
    g_autoptr(HeardRing) ring = heard_ring_new(WHOLE);
    uint8_t *first = heard_ring_reserve(ring, PACKET);
    size_t size = 0;
    (void)state;

    fill(first, PACKET, 0);
    heard_ring_commit(ring);
    for (uint32_t i = 1; i < 20000; i++) {
        uint8_t *at = heard_ring_reserve(ring, PACKET);
        assert_in_range(at - first, 0, WARM);
        fill(at, PACKET, i);
        heard_ring_commit(ring);
        if (i % 8)
            continue;
        for (uint32_t k = i - (i == 8 ? 8 : 7); k <= i; k++) {
            check_filled(heard_ring_peek(ring, &size), PACKET, k);
            heard_ring_release(ring);
        }
    }
}

typedef struct {
    uint32_t seed;
    size_t size;
} Model;

/* Model: a list of what went in. Sizes and the order of calls come from a seed. */
static void behaves_as_a_list(void **state)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(20261123);
    g_autoptr(HeardRing) ring = heard_ring_new(RING_BYTES);
    g_autoptr(GArray) model = g_array_new(FALSE, FALSE, sizeof(Model));
    unsigned refused = 0;
    (void)state;

    for (uint32_t step = 0; step < 50000; step++) {
        size_t size = (size_t)g_rand_int_range(rand, 0, g_rand_boolean(rand) ? 60 : 2000);
        /* Phases of filling and of draining, so that full and empty both happen. */
        if (g_rand_int_range(rand, 0, 100) < (step / 500 % 2 ? 70 : 30)) {
            uint8_t *at = heard_ring_reserve(ring, size);
            Model entry = {step, size};
            if (!at) {
                assert_true(model->len > 0);
                refused++;
                continue;
            }
            fill(at, size, step);
            heard_ring_commit(ring);
            g_array_append_val(model, entry);
        } else {
            size_t got = 0;
            const uint8_t *at = heard_ring_peek(ring, &got);
            Model entry;
            assert_true((at == NULL) == (model->len == 0));
            if (!at)
                continue;
            entry = g_array_index(model, Model, 0);
            assert_int_equal(got, entry.size);
            check_filled(at, got, entry.seed);
            heard_ring_release(ring);
            g_array_remove_index(model, 0);
        }
        assert_true((heard_ring_used_bytes(ring) == 0) == (model->len == 0));
        assert_true(heard_ring_used_bytes(ring) <= RING_BYTES);
    }
    assert_true(refused > 100);
}

static void *produce(void *data)
{
    HeardRing *ring = data;

    for (uint32_t i = 0; i < THREAD_RECORDS;) {
        size_t size = sizeof i + i * 7 % 200;
        uint8_t *at = heard_ring_reserve(ring, size);
        if (!at) {
            sched_yield();
            continue;
        }
        memcpy(at, &i, sizeof i);
        fill(at + sizeof i, size - sizeof i, i);
        heard_ring_commit(ring);
        i++;
    }
    return NULL;
}

static void carries_records_between_two_threads(void **state)
{
    g_autoptr(HeardRing) ring = heard_ring_new(RING_BYTES);
    pthread_t producer;
    (void)state;

    assert_int_equal(pthread_create(&producer, NULL, produce, ring), 0);
    for (uint32_t i = 0; i < THREAD_RECORDS;) {
        size_t size = 0;
        uint32_t seen;
        const uint8_t *at = heard_ring_peek(ring, &size);
        if (!at) {
            sched_yield();
            continue;
        }
        memcpy(&seen, at, sizeof seen);
        if (seen != i || size != sizeof i + i * 7 % 200)
            fail_msg("record %u came in place of %u", seen, i);
        check_filled(at + sizeof i, size - sizeof i, i);
        heard_ring_release(ring);
        i++;
    }
    pthread_join(producer, NULL);
    assert_int_equal(heard_ring_used_bytes(ring), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_back_in_order),
        cmocka_unit_test(refuses_when_full_and_changes_nothing),
        cmocka_unit_test(never_takes_more_than_half_of_itself),
        cmocka_unit_test(stays_warm_while_it_is_drained),
        cmocka_unit_test(behaves_as_a_list),
        cmocka_unit_test(carries_records_between_two_threads),
    };

    return cmocka_run_group_tests_name("base queue", tests, NULL, NULL);
}
