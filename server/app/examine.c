/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/examine.h"

#include "recordings/background.h"
#include "recordings/sandbox.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <glib.h>
#include <jansson.h>
#include <magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

enum {
    HEARD_EXAMINE_HEAD_BYTES = 256 * 1024,
    HEARD_EXAMINE_BLOCK = 64 * 1024,
    HEARD_EXAMINE_ANSWER_SIZE = 256,
    HEARD_EXAMINE_SCAN_S = 60,
};

#define USAGE "usage: heard examine FILE [--scanner SOCKET]\n"

typedef struct {
    const char *mime, *media_type; /* as libmagic says; as we call it */
} TypeRow;

static const TypeRow taken[] = {
    {"application/pdf", "application/pdf"},
    {"image/jpeg", "image/jpeg"},
    {"image/png", "image/png"},
    {"image/webp", "image/webp"},
    {"audio/mpeg", "audio/mpeg"},
    {"audio/x-wav", "audio/wav"},
    {"audio/wav", "audio/wav"},
    {"audio/mp4", "audio/mp4"},
    {"audio/x-m4a", "audio/mp4"},
    {"video/mp4", "video/mp4"},
    {"video/x-m4v", "video/mp4"},
    {"video/webm", "video/webm"},
};

const char *heard_examine_type(const char *mime, const uint8_t *head, size_t size,
                               HeardError *ret_error)
{
    for (size_t i = 0; i < G_N_ELEMENTS(taken); i++)
        if (strcmp(taken[i].mime, mime) == 0)
            return taken[i].media_type;
    /* The first page of an Ogg file names its codec (RFC 7845 5.1). */
    if (g_str_has_suffix(mime, "/ogg") && size >= 36 && memcmp(head + 28, "OpusHead", 8) == 0)
        return "audio/ogg";
    *ret_error =
        g_str_has_prefix(mime, "image/hei") ? HEARD_ERROR_FILE_HEIC : HEARD_ERROR_FILE_TYPE;
    return NULL;
}

static bool send_all(int fd, const void *bytes, size_t size)
{
    const char *at = bytes;

    while (size > 0) {
        ssize_t sent = send(fd, at, size, MSG_NOSIGNAL);
        if (sent <= 0)
            return false;
        at += sent;
        size -= (size_t)sent;
    }
    return true;
}

/* clamd's INSTREAM: blocks with their size before them, an empty one at the end. */
static bool stream_to(int scanner, int fd)
{
    g_autofree char *block = g_malloc(HEARD_EXAMINE_BLOCK);
    const uint32_t end = 0;
    ssize_t count;

    if (!send_all(scanner, "zINSTREAM", sizeof "zINSTREAM") || lseek(fd, 0, SEEK_SET) < 0)
        return false;
    while ((count = read(fd, block, HEARD_EXAMINE_BLOCK)) > 0) {
        uint32_t size = htonl((uint32_t)count);
        if (!send_all(scanner, &size, sizeof size) || !send_all(scanner, block, (size_t)count))
            return false;
    }
    return count == 0 && send_all(scanner, &end, sizeof end);
}

typedef enum { SCAN_CLEAN, SCAN_INFECTED, SCAN_FAILED } Scan;

static Scan read_verdict(int scanner)
{
    char answer[HEARD_EXAMINE_ANSWER_SIZE];
    size_t size = 0;
    ssize_t count;

    while (size < sizeof answer - 1 &&
           (count = recv(scanner, answer + size, sizeof answer - 1 - size, 0)) > 0)
        size += (size_t)count;
    answer[size] = '\0';
    if (strcmp(answer, "stream: OK") == 0)
        return SCAN_CLEAN;
    if (g_str_has_suffix(answer, " FOUND"))
        return SCAN_INFECTED;
    fprintf(stderr, "heard examine: the scanner says: %s\n", size ? answer : "nothing");
    return SCAN_FAILED;
}

static Scan scan(const char *path, int fd)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct timeval wait = {HEARD_EXAMINE_SCAN_S, 0};
    int scanner = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    Scan verdict = SCAN_FAILED;

    g_strlcpy(address.sun_path, path, sizeof address.sun_path);
    if (scanner >= 0 && strlen(path) < sizeof address.sun_path &&
        setsockopt(scanner, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait) == 0 &&
        setsockopt(scanner, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait) == 0 &&
        connect(scanner, (struct sockaddr *)&address, sizeof address) == 0 &&
        stream_to(scanner, fd))
        verdict = read_verdict(scanner);
    else
        fprintf(stderr, "heard examine: no scanner at the socket\n");
    if (scanner >= 0)
        close(scanner);
    return verdict;
}

static int say(const char *key, const char *value, int status)
{
    printf("{\"%s\":\"%s\"}\n", key, value);
    return status;
}

static int unavailable(const char *why)
{
    fprintf(stderr, "heard examine: %s\n", why);
    return say("refused", heard_error_name(HEARD_ERROR_UNAVAILABLE), 3);
}

/* magic_load() reads its tables before the door is shut. */
static int name_type(int fd)
{
    g_autofree uint8_t *head = g_malloc(HEARD_EXAMINE_HEAD_BYTES);
    magic_t magic = magic_open(MAGIC_MIME_TYPE | MAGIC_NO_CHECK_COMPRESS | MAGIC_NO_CHECK_TAR);
    g_autoptr(GError) error = NULL;
    HeardError code = HEARD_ERROR_FILE_TYPE;
    const HeardSandboxSpec nothing = {NULL, NULL, NULL};
    const char *mime, *media_type;
    bool files_shut;
    ssize_t size;
    int status;

    if (!magic || magic_load(magic, NULL) != 0 ||
        !heard_sandbox_enter(&nothing, &files_shut, &error)) {
        status = unavailable(error ? error->message : "libmagic has no tables");
        goto out;
    }
    size = pread(fd, head, HEARD_EXAMINE_HEAD_BYTES, 0);
    mime = size > 0 ? magic_buffer(magic, head, (size_t)size) : NULL;
    media_type = mime ? heard_examine_type(mime, head, (size_t)size, &code) : NULL;
    status =
        media_type ? say("media_type", media_type, 0) : say("refused", heard_error_name(code), 1);
out:
    if (magic)
        magic_close(magic);
    return status;
}

int heard_examine_main(int argc, char **argv)
{
    bool scans = argc == 4 && strcmp(argv[2], "--scanner") == 0;
    int status = 3;
    int fd;

    if (argc != 2 && !scans) {
        fputs(USAGE, stderr);
        return 2;
    }
    heard_background_begin("examine");
    fd = open(argv[1], O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0 || fsync(fd) != 0)
        return unavailable("the file cannot be read");
    switch (scans ? scan(argv[3], fd) : SCAN_CLEAN) {
    case SCAN_CLEAN:
        status = name_type(fd);
        break;
    case SCAN_INFECTED:
        status = say("refused", heard_error_name(HEARD_ERROR_FILE_INFECTED), 1);
        break;
    case SCAN_FAILED:
        status = unavailable("nothing is taken unscanned");
        break;
    }
    close(fd);
    return status;
}
