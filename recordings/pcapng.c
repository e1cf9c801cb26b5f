/* SPDX-License-Identifier: Apache-2.0 */
#include "recordings/pcapng.h"

#include "recordings/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    BLOCK_SECTION = 0x0a0d0d0a,
    BLOCK_INTERFACE = 1,
    BLOCK_NAMES = 4,
    BLOCK_PACKET = 6,
    BYTE_ORDER_MAGIC = 0x1a2b3c4d,
    LINKTYPE_RAW = 101, /* IP from the first byte on */
    OPTION_COMMENT = 1,
    NAME_IPV4 = 1,
    NAME_BYTES_MAX = 200,
    IP_HEADER = 20,
    UDP_HEADER = 8,
    PROTOCOL_UDP = 17,
};

struct HeardPcapng {
    char *path, *part;
    FILE *file;
    GByteArray *block; /* under way; its length is put in at its end */
    uint16_t ip_id;
    int failed; /* errno of the first write that failed */
};

/* The file says which byte order it has; ours is little. */
static void put32(GByteArray *block, uint32_t value)
{
    uint8_t bytes[4] = {(uint8_t)value, (uint8_t)(value >> 8), (uint8_t)(value >> 16),
                        (uint8_t)(value >> 24)};

    g_byte_array_append(block, bytes, sizeof(bytes));
}

static void put16(GByteArray *block, unsigned value)
{
    uint8_t bytes[2] = {(uint8_t)value, (uint8_t)(value >> 8)};

    g_byte_array_append(block, bytes, sizeof(bytes));
}

static void put_padded(GByteArray *block, const void *bytes, size_t size)
{
    static const uint8_t zeros[4];

    g_byte_array_append(block, bytes, (guint)size);
    g_byte_array_append(block, zeros, (guint)(-size & 3));
}

static GByteArray *begin_block(HeardPcapng *self, uint32_t type)
{
    g_byte_array_set_size(self->block, 0);
    put32(self->block, type);
    put32(self->block, 0);
    return self->block;
}

static void end_block(HeardPcapng *self)
{
    GByteArray *block = self->block;
    uint32_t size = block->len + 4;

    put32(block, size);
    memcpy(block->data + 4, block->data + block->len - 4, 4);
    if (self->failed == 0 && fwrite(block->data, 1, block->len, self->file) != block->len)
        self->failed = errno != 0 ? errno : EIO;
}

HeardPcapng *heard_pcapng_new(const char *path, const char *comment, GError **error)
{
    g_autoptr(HeardPcapng) self = g_new0(HeardPcapng, 1);
    GByteArray *block;
    int fd;

    self->path = g_strdup(path);
    self->part = g_strconcat(path, ".part", NULL);
    self->block = g_byte_array_new();
    unlink(self->part); /* of an export that was killed; it may be open to others */
    fd = open(self->part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    self->file = fd >= 0 ? fdopen(fd, "wb") : NULL;
    if (!self->file) {
        heard_disk_set_error(error, errno, "create", self->part);
        return NULL;
    }
    block = begin_block(self, BLOCK_SECTION);
    put32(block, BYTE_ORDER_MAGIC);
    put16(block, 1); /* version 1.0 */
    put16(block, 0);
    put32(block, UINT32_MAX); /* the section's length is not said */
    put32(block, UINT32_MAX);
    put16(block, OPTION_COMMENT);
    put16(block, (unsigned)strlen(comment));
    put_padded(block, comment, strlen(comment));
    put32(block, 0); /* end of options */
    end_block(self);
    block = begin_block(self, BLOCK_INTERFACE);
    put16(block, LINKTYPE_RAW);
    put16(block, 0);
    put32(block, 0); /* whole packets; times in microseconds, as is usual */
    end_block(self);
    return g_steal_pointer(&self);
}

void heard_pcapng_free(HeardPcapng *self)
{
    if (!self)
        return;
    if (self->file) {
        fclose(self->file);
        unlink(self->part);
    }
    g_byte_array_unref(self->block);
    g_free(self->path);
    g_free(self->part);
    g_free(self);
}

void heard_pcapng_name(HeardPcapng *self, uint32_t address, const char *name)
{
    GByteArray *block = begin_block(self, BLOCK_NAMES);
    size_t size = MIN(strlen(name), (size_t)NAME_BYTES_MAX);
    g_autofree char *text = g_strndup(name, size);
    uint8_t record[4 + NAME_BYTES_MAX + 1] = {(uint8_t)(address >> 24), (uint8_t)(address >> 16),
                                              (uint8_t)(address >> 8), (uint8_t)address};

    memcpy(record + 4, text, size); /* a NUL ends it */
    put16(block, NAME_IPV4);
    put16(block, (unsigned)(4 + size + 1));
    put_padded(block, record, 4 + size + 1);
    put32(block, 0); /* end of names */
    end_block(self);
}

/* RFC 1071 over the header, whose own field is 0. */
static uint16_t checksum(const uint8_t header[static IP_HEADER])
{
    uint32_t sum = 0;

    for (unsigned i = 0; i < IP_HEADER; i += 2)
        sum += (uint32_t)header[i] << 8 | header[i + 1];
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)~sum;
}

static void set16(uint8_t *at, unsigned value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

static void set32(uint8_t *at, uint32_t value)
{
    set16(at, value >> 16);
    set16(at + 2, value & 0xffff);
}

/* Padding is counted from the IP header on. */
G_STATIC_ASSERT((IP_HEADER + UDP_HEADER) % 4 == 0);

void heard_pcapng_datagram(HeardPcapng *self, int64_t wall_us, uint32_t from, uint16_t port,
                           const void *payload, size_t size)
{
    uint8_t headers[IP_HEADER + UDP_HEADER] = {0x45};
    uint8_t *udp = headers + IP_HEADER;
    GByteArray *block = begin_block(self, BLOCK_PACKET);
    uint32_t whole;

    size = MIN(size, (size_t)HEARD_PCAPNG_PAYLOAD_MAX);
    whole = (uint32_t)(sizeof(headers) + size);
    set16(headers + 2, whole);
    set16(headers + 4, self->ip_id++);
    headers[8] = 64; /* time to live */
    headers[9] = PROTOCOL_UDP;
    set32(headers + 12, from);
    set32(headers + 16, HEARD_PCAPNG_TO);
    set16(headers + 10, checksum(headers));
    set16(udp, port);
    set16(udp + 2, port);
    set16(udp + 4, (unsigned)(UDP_HEADER + size)); /* no checksum, as IPv4 allows */
    put32(block, 0);                               /* the interface */
    put32(block, (uint32_t)((uint64_t)wall_us >> 32));
    put32(block, (uint32_t)wall_us);
    put32(block, whole);
    put32(block, whole);
    g_byte_array_append(block, headers, sizeof(headers));
    put_padded(block, payload, size);
    end_block(self);
}

bool heard_pcapng_finish(HeardPcapng *self, GError **error)
{
    g_autofree char *folder = g_path_get_dirname(self->path);

    if (self->failed == 0 && (fflush(self->file) != 0 || fsync(fileno(self->file)) != 0))
        self->failed = errno;
    if (fclose(self->file) != 0 && self->failed == 0)
        self->failed = errno;
    self->file = NULL;
    if (self->failed == 0 && rename(self->part, self->path) != 0)
        self->failed = errno;
    if (self->failed == 0)
        return heard_disk_sync_folder(folder, error);
    unlink(self->part);
    heard_disk_set_error(error, self->failed, "write", self->path);
    return false;
}
