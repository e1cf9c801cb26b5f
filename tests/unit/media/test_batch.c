/* SPDX-License-Identifier: Apache-2.0 */
#include "media/front/batch.h"
#include "tests/unit/heard_test.h"

#include <errno.h>
#include <netinet/udp.h>

enum { LOG_MAX = 4096, SEED = 4711 };

/* What the fake kernel took: one entry per packet on the wire. */
typedef struct {
    uint16_t port;
    size_t size;
    uint8_t tag;
} Wire;

typedef struct {
    Wire wire[LOG_MAX];
    unsigned wire_count, message_count, call_count;
    unsigned take_max;          /* messages of one call; 0: all */
    int fail_errno, fail_count; /* the next calls fail so */
    bool refuse_segments;
} Kernel;

static void take_message(Kernel *kernel, const struct msghdr *header)
{
    const struct cmsghdr *control = header->msg_controllen ? CMSG_FIRSTHDR(header) : NULL;
    uint16_t segment = 0, port = heard_address_port(header->msg_name);

    if (control)
        memcpy(&segment, CMSG_DATA(control), sizeof(segment));
    for (size_t i = 0; i < header->msg_iovlen; i++) {
        size_t size = header->msg_iov[i].iov_len;

        /* What the kernel would cut must be what was added. */
        if (segment && i + 1 < header->msg_iovlen)
            assert_int_equal(size, segment);
        if (segment)
            assert_true(size <= segment);
        else
            assert_int_equal(header->msg_iovlen, 1);
        kernel->wire[kernel->wire_count++] =
            (Wire){port, size, *(uint8_t *)header->msg_iov[i].iov_base};
    }
    kernel->message_count++;
}

static int fake_send(void *data, struct mmsghdr *messages, unsigned count)
{
    Kernel *kernel = data;
    unsigned taken = 0;

    kernel->call_count++;
    if (kernel->fail_count > 0) {
        kernel->fail_count--;
        errno = kernel->fail_errno;
        return -1;
    }
    for (; taken < count && (kernel->take_max == 0 || taken < kernel->take_max); taken++) {
        if (kernel->refuse_segments && messages[taken].msg_hdr.msg_controllen)
            break;
        take_message(kernel, &messages[taken].msg_hdr);
    }
    if (taken > 0)
        return (int)taken;
    errno = EIO;
    return -1;
}

static HeardAddress receiver(uint16_t port)
{
    HeardAddress address;

    assert_true(heard_address_parse("192.0.2.1", port, &address));
    return address;
}

static void add(HeardBatch *batch, uint16_t port, size_t size, uint8_t tag)
{
    HeardAddress to = receiver(port);
    unsigned slot = heard_batch_reserve(batch, 1);

    memset(heard_batch_slot(batch, slot), tag, size);
    heard_batch_add(batch, slot, size, &to);
}

static void equal_neighbours_are_one_message(void **state)
{
    Kernel kernel = {0};
    g_autoptr(HeardBatch) batch = heard_batch_new(fake_send, &kernel);

    (void)state;
    add(batch, 1, 1000, 1);
    add(batch, 1, 1000, 2);
    add(batch, 1, 900, 3); /* a shorter one ends the run */
    add(batch, 1, 900, 4);
    add(batch, 2, 900, 5);
    add(batch, 2, 901, 6); /* a longer one can't follow */
    assert_int_equal(kernel.call_count, 0);
    heard_batch_flush(batch);
    assert_int_equal(kernel.call_count, 1);
    assert_int_equal(kernel.message_count, 4);
    assert_int_equal(kernel.wire_count, 6);
    for (unsigned i = 0; i < 6; i++)
        assert_int_equal(kernel.wire[i].tag, i + 1);
    heard_batch_flush(batch);
    assert_int_equal(kernel.call_count, 1); /* nothing to send, no call */
}

static void partial_results_go_on(void **state)
{
    Kernel kernel = {.take_max = 3};
    g_autoptr(HeardBatch) batch = heard_batch_new(fake_send, &kernel);

    (void)state;
    for (uint16_t port = 1; port <= 10; port++)
        add(batch, port, 100, (uint8_t)port);
    heard_batch_flush(batch);
    assert_int_equal(kernel.wire_count, 10);
    assert_int_equal(kernel.call_count, 4);
    assert_int_equal(heard_batch_stats(batch)->packets, 10);
}

static void refused_segmentation_falls_back(void **state)
{
    Kernel kernel = {.refuse_segments = true};
    g_autoptr(HeardBatch) batch = heard_batch_new(fake_send, &kernel);

    (void)state;
    for (uint8_t i = 0; i < 4; i++)
        add(batch, 1, 1000, i);
    add(batch, 2, 50, 4);
    heard_batch_flush(batch);
    assert_int_equal(kernel.wire_count, 5);
    assert_int_equal(kernel.wire[3].tag, 3);
    kernel.call_count = 0;
    for (uint8_t i = 0; i < 4; i++)
        add(batch, 1, 1000, i);
    heard_batch_flush(batch);
    assert_int_equal(kernel.call_count, 1); /* learned: no runs any more */
    assert_int_equal(kernel.wire_count, 9);
    assert_int_equal(heard_batch_stats(batch)->dropped_refused, 0);
}

static void a_full_socket_drops_and_counts(void **state)
{
    Kernel kernel = {.fail_errno = EAGAIN, .fail_count = 1};
    g_autoptr(HeardBatch) batch = heard_batch_new(fake_send, &kernel);

    (void)state;
    add(batch, 1, 100, 0);
    add(batch, 1, 100, 0);
    add(batch, 2, 100, 0);
    heard_batch_flush(batch);
    assert_int_equal(kernel.wire_count, 0);
    assert_int_equal(heard_batch_stats(batch)->dropped_full, 3);
    add(batch, 2, 100, 9);
    heard_batch_flush(batch);
    assert_int_equal(kernel.wire_count, 1);
}

static void one_bad_receiver_harms_no_other(void **state)
{
    Kernel kernel = {.fail_errno = ENETUNREACH, .fail_count = 1};
    g_autoptr(HeardBatch) batch = heard_batch_new(fake_send, &kernel);

    (void)state;
    add(batch, 1, 100, 1);
    add(batch, 2, 100, 2);
    heard_batch_flush(batch);
    assert_int_equal(kernel.wire_count, 1);
    assert_int_equal(kernel.wire[0].tag, 2);
    assert_int_equal(heard_batch_stats(batch)->dropped_refused, 1);
}

static void interruption_is_tried_again(void **state)
{
    Kernel kernel = {.fail_errno = EINTR, .fail_count = 2};
    g_autoptr(HeardBatch) batch = heard_batch_new(fake_send, &kernel);

    (void)state;
    add(batch, 1, 100, 1);
    heard_batch_flush(batch);
    assert_int_equal(kernel.wire_count, 1);
}

/* Whatever is added comes out in the same order, nothing else (the slow model: a list). */
static void random_batches_keep_everything_in_order(void **state)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(SEED);
    Kernel *kernel = g_new0(Kernel, 1);
    g_autoptr(HeardBatch) batch = heard_batch_new(fake_send, kernel);
    Wire *model = g_new0(Wire, LOG_MAX);

    (void)state;
    for (unsigned i = 0; i < LOG_MAX;) {
        unsigned reserved = MIN((unsigned)g_rand_int_range(random, 1, 20), LOG_MAX - i);
        unsigned first = heard_batch_reserve(batch, reserved);
        uint16_t port = (uint16_t)g_rand_int_range(random, 1, 4);
        HeardAddress to = receiver(port);

        for (unsigned k = 0; k < reserved; k++)
            *heard_batch_slot(batch, first + k) = (uint8_t)(i + k);
        for (unsigned k = 0; k < reserved; k++, i++) {
            size_t size = (size_t)g_rand_int_range(random, 1000, 1003);

            model[i] = (Wire){port, size, (uint8_t)i};
            heard_batch_add(batch, first + k, size, &to);
        }
        kernel->take_max = (unsigned)g_rand_int_range(random, 0, 4);
    }
    heard_batch_flush(batch);
    assert_int_equal(kernel->wire_count, LOG_MAX);
    for (unsigned i = 0; i < LOG_MAX; i++) {
        assert_int_equal(kernel->wire[i].port, model[i].port);
        assert_int_equal(kernel->wire[i].size, model[i].size);
        assert_int_equal(kernel->wire[i].tag, model[i].tag);
    }
    assert_true(kernel->message_count < LOG_MAX * 3 / 4);
    g_free(kernel);
    g_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_neighbours_are_one_message),
        cmocka_unit_test(partial_results_go_on),
        cmocka_unit_test(refused_segmentation_falls_back),
        cmocka_unit_test(a_full_socket_drops_and_counts),
        cmocka_unit_test(one_bad_receiver_harms_no_other),
        cmocka_unit_test(interruption_is_tried_again),
        cmocka_unit_test(random_batches_keep_everything_in_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
