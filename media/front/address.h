/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Where a datagram came from and may be sent to: an IPv4 or IPv6 address and port, as the
 * worker's socket gives and takes it (on a dual-stack socket IPv4 is mapped into IPv6).
 *
 * Ownership  Plain values.
 * Threads    Pure.
 * Errors     heard_address_parse: false for what is not numeric.
 */

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

typedef union {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
} HeardAddress;

bool heard_address_parse(const char *text, uint16_t port, HeardAddress *ret_address);
bool heard_address_equal(const HeardAddress *a, const HeardAddress *b);
unsigned heard_address_hash(const HeardAddress *address);
/* The same host, whatever the port; for limits per host. */
unsigned heard_address_host_hash(const HeardAddress *address);

socklen_t heard_address_size(const HeardAddress *address);
uint16_t heard_address_port(const HeardAddress *address);
/* ::ffff:a.b.c.d becomes a.b.c.d; others stay. */
HeardAddress heard_address_unmap(const HeardAddress *address);
