/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/bench/consent.h"

#include "media/rtp/bytes.h"
#include "server/base/random.h"

#include <netinet/in.h>
#include <string.h>

enum {
    HEADER_SIZE = 20,
    BINDING_REQUEST = 0x0001,
    BINDING_SUCCESS = 0x0101,
    ATTRIBUTE_USERNAME = 0x0006,
    ATTRIBUTE_INTEGRITY = 0x0008,
    ATTRIBUTE_XOR_ADDRESS = 0x0020,
    ATTRIBUTE_PRIORITY = 0x0024,
    ATTRIBUTE_FINGERPRINT = 0x8028,
    ATTRIBUTE_CONTROLLED = 0x8029,
    ATTRIBUTE_CONTROLLING = 0x802a,
    COOKIE = 0x2112a442,
    INTEGRITY_SIZE = 20,
    FINGERPRINT_XOR = 0x5354554e,
    HOST_PRIORITY = 0x6effffff, /* peer-reflexive, RFC 8445 7.1.1 */
};

static size_t put_attribute(uint8_t *message, size_t at, unsigned type, const void *value,
                            size_t size)
{
    heard_put16(message + at, (uint16_t)type);
    heard_put16(message + at + 2, (uint16_t)size);
    memset(message + at + 4, 0, (size + 3) & ~(size_t)3);
    memcpy(message + at + 4, value, size);
    return at + 4 + ((size + 3) & ~(size_t)3);
}

static uint32_t crc32_of(const uint8_t *bytes, size_t size)
{
    uint32_t crc = UINT32_MAX;

    for (size_t i = 0; i < size; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
    }
    return ~crc;
}

/* MESSAGE-INTEGRITY and FINGERPRINT; the length field counts what each of them covers. */
static size_t seal(uint8_t *message, size_t at, const char *key)
{
    GHmac *hmac = g_hmac_new(G_CHECKSUM_SHA1, (const guchar *)key, strlen(key));
    uint8_t digest[INTEGRITY_SIZE], crc[4];
    gsize digest_size = sizeof digest;

    heard_put16(message + 2, (uint16_t)(at + 4 + INTEGRITY_SIZE - HEADER_SIZE));
    g_hmac_update(hmac, message, (gssize)at);
    g_hmac_get_digest(hmac, digest, &digest_size);
    g_hmac_unref(hmac);
    at = put_attribute(message, at, ATTRIBUTE_INTEGRITY, digest, sizeof digest);
    heard_put16(message + 2, (uint16_t)(at + 8 - HEADER_SIZE));
    heard_put32(crc, crc32_of(message, at) ^ FINGERPRINT_XOR);
    return put_attribute(message, at, ATTRIBUTE_FINGERPRINT, crc, sizeof crc);
}

static void put_header(uint8_t *message, unsigned type)
{
    heard_put16(message, (uint16_t)type);
    heard_put16(message + 2, 0);
    heard_put32(message + 4, COOKIE);
}

size_t heard_bench_consent_check(uint8_t ret_message[static HEARD_BENCH_STUN_MAX],
                                 const HeardIceCredentials *local,
                                 const HeardIceCredentials *remote, bool controlling)
{
    char username[2 * HEARD_ICE_UFRAG_SIZE];
    uint8_t number[8];
    size_t at = HEADER_SIZE;

    put_header(ret_message, BINDING_REQUEST);
    heard_random_bytes(ret_message + 8, 12);
    g_snprintf(username, sizeof username, "%s:%s", remote->ufrag, local->ufrag);
    at = put_attribute(ret_message, at, ATTRIBUTE_USERNAME, username, strlen(username));
    heard_random_bytes(number, sizeof number); /* the tie-breaker; no conflict is left to break */
    at = put_attribute(ret_message, at, controlling ? ATTRIBUTE_CONTROLLING : ATTRIBUTE_CONTROLLED,
                       number, 8);
    heard_put32(number, HOST_PRIORITY);
    at = put_attribute(ret_message, at, ATTRIBUTE_PRIORITY, number, 4);
    return seal(ret_message, at, remote->pwd);
}

static size_t xor_address(uint8_t *value, const HeardBenchAddress *from, const uint8_t *request)
{
    uint16_t port;
    size_t size;

    value[0] = 0;
    if (from->address.ss_family == AF_INET) {
        const struct sockaddr_in *in = (const void *)&from->address;

        value[1] = 1;
        port = ntohs(in->sin_port);
        memcpy(value + 4, &in->sin_addr, size = 4);
    } else {
        const struct sockaddr_in6 *in6 = (const void *)&from->address;

        value[1] = 2;
        port = ntohs(in6->sin6_port);
        memcpy(value + 4, &in6->sin6_addr, size = 16);
    }
    heard_put16(value + 2, (uint16_t)(port ^ COOKIE >> 16));
    for (size_t i = 0; i < size; i++)
        value[4 + i] ^= request[4 + i]; /* the cookie, then the transaction id */
    return 4 + size;
}

static bool is_message(const uint8_t *message, size_t size, unsigned type)
{
    return size >= HEADER_SIZE && heard_get16(message) == type &&
           heard_get32(message + 4) == COOKIE &&
           heard_get16(message + 2) == (uint16_t)(size - HEADER_SIZE);
}

size_t heard_bench_consent_answer(uint8_t ret_message[static HEARD_BENCH_STUN_MAX],
                                  const uint8_t *request, size_t size,
                                  const HeardIceCredentials *local, const HeardBenchAddress *from)
{
    uint8_t address[20];
    size_t at;

    if (!is_message(request, size, BINDING_REQUEST))
        return 0;
    put_header(ret_message, BINDING_SUCCESS);
    memcpy(ret_message + 8, request + 8, 12);
    at = put_attribute(ret_message, HEADER_SIZE, ATTRIBUTE_XOR_ADDRESS, address,
                       xor_address(address, from, request));
    return seal(ret_message, at, local->pwd);
}

bool heard_bench_consent_is_answer(const uint8_t *message, size_t size)
{
    return is_message(message, size, BINDING_SUCCESS);
}
