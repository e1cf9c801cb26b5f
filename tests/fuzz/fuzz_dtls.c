/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A handshake over a wire that loses, repeats, keeps back, cuts and changes datagrams, or
 * puts in its own. Whoever connects has the keys of the other.
 *
 * One byte for each datagram: what happens to it, then where and with what.
 */
#include "media/transport/dtls.h"

#include <string.h>

enum { NOW_US = 1000000, ROUNDS = 12, HELD_MAX = 8, OUT_MAX = 400 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct {
    const uint8_t *data;
    size_t size;
    HeardDtls *ends[2];
    GQueue held; /* of GBytes, for ends[0] */
    unsigned sent;
} Wire;

static HeardDtlsIdentity *identities[2];

static uint8_t next_byte(Wire *wire)
{
    if (wire->size == 0)
        return 0;
    wire->size--;
    return *wire->data++;
}

static void give(HeardDtls *to, const uint8_t *bytes, size_t size)
{
    g_autofree uint8_t *exact = g_memdup2(bytes, size); /* ASan sees the end */

    heard_dtls_receive(to, exact, size, NOW_US);
}

static void change_and_give(Wire *wire, HeardDtls *to, const uint8_t *bytes, size_t size)
{
    g_autofree uint8_t *copy = g_memdup2(bytes, size);
    size_t at = (size_t)(next_byte(wire) << 8 | next_byte(wire)) % size;

    copy[at] = next_byte(wire);
    give(to, copy, size);
}

static void put_in(Wire *wire, HeardDtls *to)
{
    size_t size = next_byte(wire);

    size = MIN(size, wire->size);
    if (size > 0)
        give(to, wire->data, size);
    wire->data += size;
    wire->size -= size;
}

static void carry_one(Wire *wire, HeardDtls *to, const uint8_t *bytes, size_t size)
{
    GBytes *held;

    switch (next_byte(wire) % 8) {
    case 1: /* lost */
        break;
    case 2: /* twice */
        give(to, bytes, size);
        give(to, bytes, size);
        break;
    case 3: /* changed */
        change_and_give(wire, to, bytes, size);
        break;
    case 4: /* cut off */
        give(to, bytes, (size_t)(next_byte(wire) << 8 | next_byte(wire)) % size);
        break;
    case 5: /* kept back, for whichever side */
        if (wire->held.length < HELD_MAX)
            g_queue_push_tail(&wire->held, g_bytes_new(bytes, size));
        break;
    case 6:
        if ((held = g_queue_pop_head(&wire->held))) {
            give(to, g_bytes_get_data(held, NULL), g_bytes_get_size(held));
            g_bytes_unref(held);
        }
        give(to, bytes, size);
        break;
    case 7:
        put_in(wire, to);
        give(to, bytes, size);
        break;
    default:
        give(to, bytes, size);
    }
}

static bool carry(Wire *wire, unsigned from)
{
    const uint8_t *datagram;
    bool any = false;
    size_t size;

    while ((datagram = heard_dtls_poll_datagram(wire->ends[from], &size))) {
        g_autofree uint8_t *copy = g_memdup2(datagram, size);

        g_assert(size <= HEARD_DTLS_DATAGRAM_MAX && ++wire->sent < OUT_MAX);
        carry_one(wire, wire->ends[1 - from], copy, size);
        any = true;
    }
    return any;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Wire wire = {.data = data, .size = size, .held = G_QUEUE_INIT};
    HeardSrtpKeys keys[2];

    for (unsigned i = 0; i < 2 && !identities[i]; i++)
        identities[i] = heard_dtls_identity_new(NULL);
    for (unsigned i = 0; i < 2; i++)
        wire.ends[i] = heard_dtls_new(identities[i], i ? HEARD_DTLS_CLIENT : HEARD_DTLS_SERVER,
                                      heard_dtls_identity_digest(identities[1 - i]));
    heard_dtls_start(wire.ends[1], NOW_US);
    for (unsigned i = 0; i < ROUNDS; i++) {
        bool asked = carry(&wire, 1), answered = carry(&wire, 0);

        if (!asked && !answered)
            break;
    }
    put_in(&wire, wire.ends[0]);
    if (heard_dtls_export_keys(wire.ends[0], &keys[0]) &&
        heard_dtls_export_keys(wire.ends[1], &keys[1]))
        g_assert(keys[0].profile == keys[1].profile && !memcmp(keys[0].local, keys[1].remote, 28));
    g_queue_clear_full(&wire.held, (GDestroyNotify)g_bytes_unref);
    heard_dtls_free(wire.ends[0]);
    heard_dtls_free(wire.ends[1]);
    return 0;
}
