/* SPDX-License-Identifier: Apache-2.0 */
#include "media/front/address.h"

#include <arpa/inet.h>
#include <string.h>

bool heard_address_parse(const char *text, uint16_t port, HeardAddress *ret_address)
{
    HeardAddress address;

    memset(&address, 0, sizeof(address));
    if (inet_pton(AF_INET, text, &address.v4.sin_addr) == 1) {
        address.v4.sin_family = AF_INET;
        address.v4.sin_port = htons(port);
    } else if (inet_pton(AF_INET6, text, &address.v6.sin6_addr) == 1) {
        address.v6.sin6_family = AF_INET6;
        address.v6.sin6_port = htons(port);
    } else {
        return false;
    }
    *ret_address = address;
    return true;
}

bool heard_address_equal(const HeardAddress *a, const HeardAddress *b)
{
    if (a->any.sa_family != b->any.sa_family)
        return false;
    if (a->any.sa_family == AF_INET)
        return a->v4.sin_port == b->v4.sin_port && a->v4.sin_addr.s_addr == b->v4.sin_addr.s_addr;
    return a->v6.sin6_port == b->v6.sin6_port && a->v6.sin6_scope_id == b->v6.sin6_scope_id &&
           !memcmp(&a->v6.sin6_addr, &b->v6.sin6_addr, sizeof(a->v6.sin6_addr));
}

static unsigned mix(unsigned hash, uint32_t word)
{
    /* The finalizer of MurmurHash3: every bit of the word reaches the low bits. */
    hash ^= word;
    hash ^= hash >> 16;
    hash *= 0x85ebca6bU;
    hash ^= hash >> 13;
    hash *= 0xc2b2ae35U;
    return hash ^ hash >> 16;
}

unsigned heard_address_host_hash(const HeardAddress *address)
{
    uint32_t words[4];
    unsigned hash = 0;

    if (address->any.sa_family == AF_INET)
        return mix(0, address->v4.sin_addr.s_addr);
    memcpy(words, &address->v6.sin6_addr, sizeof(words));
    for (unsigned i = 0; i < 4; i++)
        hash = mix(hash, words[i]);
    return hash;
}

unsigned heard_address_hash(const HeardAddress *address)
{
    return mix(heard_address_host_hash(address), heard_address_port(address));
}

socklen_t heard_address_size(const HeardAddress *address)
{
    return address->any.sa_family == AF_INET ? sizeof(address->v4) : sizeof(address->v6);
}

uint16_t heard_address_port(const HeardAddress *address)
{
    return ntohs(address->any.sa_family == AF_INET ? address->v4.sin_port : address->v6.sin6_port);
}

HeardAddress heard_address_unmap(const HeardAddress *address)
{
    HeardAddress plain;

    if (address->any.sa_family != AF_INET6 || !IN6_IS_ADDR_V4MAPPED(&address->v6.sin6_addr))
        return *address;
    memset(&plain, 0, sizeof(plain));
    plain.v4.sin_family = AF_INET;
    plain.v4.sin_port = address->v6.sin6_port;
    memcpy(&plain.v4.sin_addr, address->v6.sin6_addr.s6_addr + 12, 4);
    return plain;
}
