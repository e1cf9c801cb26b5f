/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Write a capture file that Wireshark, tcpdump and others read (draft-ietf-opsawg-pcapng): UDP
 * over IPv4 without a link layer, one made-up address a source.
 *
 * The file is written beside and renamed by finish: it is there whole or not at all, and for its
 * owner only, since what was sealed lies open in it.
 *
 * Units      wall_us UTC microseconds; addresses and ports in host order.
 * Ownership  new/free; free without finish leaves nothing behind.
 * Threads    Lives on one thread.
 * Errors     HEARD_ERROR_STORAGE_FULL, HEARD_ERROR_STORAGE; the first is told by finish.
 */

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { HEARD_PCAPNG_PAYLOAD_MAX = 65507 }; /* of one UDP datagram over IPv4 */

typedef struct HeardPcapng HeardPcapng;

HeardPcapng *heard_pcapng_new(const char *path, const char *comment,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
void heard_pcapng_free(HeardPcapng *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeardPcapng, heard_pcapng_free)

/* What readers show in place of the address, from here on. */
void heard_pcapng_name(HeardPcapng *self, uint32_t address, const char *name);
/* From that address and port to the same port of HEARD_PCAPNG_TO. */
void heard_pcapng_datagram(HeardPcapng *self, int64_t wall_us, uint32_t from, uint16_t port,
                           const void *payload, size_t size);
bool heard_pcapng_finish(HeardPcapng *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#define HEARD_PCAPNG_TO UINT32_C(0x0a800001) /* 10.128.0.1 */
