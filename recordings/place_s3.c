/* SPDX-License-Identifier: Apache-2.0 */
#include "recordings/place.h"

#include "recordings/chain.h"
#include "recordings/disk.h"
#include "server/base/error.h"

#include <curl/curl.h>
#include <errno.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A line that carries less than this for so long is given up. */
enum { CONNECT_S = 10, SLOW_BYTES_PER_S = 1000, SLOW_S = 30 };
enum {
    CREDENTIALS_MAX = 1024,
    HTTP_OK = 200,
    HTTP_NO_CONTENT = 204,
    HTTP_FORBIDDEN = 403,
    HTTP_NOT_FOUND = 404
};

#define EMPTY_HASH "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

struct HeardS3 {
    CURL *curl;
    char *url, *access, *secret, *signing;
};

typedef struct {
    const uint8_t *bytes;
    size_t left;
} Upload;

typedef struct {
    EVP_MD_CTX *sum;
    uint64_t size;
    int fd;          /* −1: the bytes go nowhere */
    int saved_errno; /* of writing there; 0: none */
} Download;

static bool read_credentials(HeardS3 *self, const char *path, GError **error)
{
    g_autofree char *text = NULL;
    g_auto(GStrv) words = NULL;
    struct stat about;
    size_t size;

    if (!path) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_CONFIG,
                    "second copy: a URL needs a file with credentials");
        return false;
    }
    text = heard_disk_read(path, CREDENTIALS_MAX, &size, error);
    if (!text)
        return false;
    if (stat(path, &about) != 0 || (about.st_mode & 077)) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_CONFIG, "%s: others can read it (chmod 600)",
                    path);
        return false;
    }
    words = g_strsplit(g_strstrip(text), " ", 2);
    if (g_strv_length(words) != 2 || !words[0][0] || !words[1][0]) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_CONFIG, "%s: ACCESS-KEY SECRET-KEY", path);
        return false;
    }
    self->access = g_strdup(words[0]);
    self->secret = g_strdup(g_strstrip(words[1]));
    return true;
}

/* http(s)://host[:port]/bucket[/prefix], without a query: what is signed must be what is sent. */
static bool check_url(const char *url, GError **error)
{
    const char *host = strstr(url, "://") + 3;
    const char *bucket = strchr(host, '/');

    if (bucket && bucket != host && bucket[1] && bucket[1] != '/' && !strpbrk(url, "?#@% ") &&
        strlen(url) <= HEARD_PLACE_URL_MAX)
        return true;
    g_set_error(error, HEARD_ERROR, HEARD_ERROR_CONFIG,
                "second copy '%s': http(s)://host[:port]/bucket[/prefix]", url);
    return false;
}

HeardS3 *heard_s3_open(const char *url, const char *credentials_path, const char *region,
                       GError **error)
{
    HeardS3 *self = g_new0(HeardS3, 1);
    size_t size = strlen(url);

    if (!check_url(url, error) || !read_credentials(self, credentials_path, error)) {
        heard_s3_free(self);
        return NULL;
    }
    while (size > 0 && url[size - 1] == '/')
        size--;
    self->url = g_strndup(url, size);
    self->signing = g_strdup_printf("aws:amz:%s:s3", region ? region : "us-east-1");
    self->curl = curl_easy_init();
    return self;
}

void heard_s3_free(HeardS3 *self)
{
    if (!self)
        return;
    if (self->curl)
        curl_easy_cleanup(self->curl);
    g_free(self->url);
    g_free(self->access);
    g_free(self->secret);
    g_free(self->signing);
    g_free(self);
}

/* libcurl 7.88 signs x-amz-content-sha256 only when it is given: without it every store says
 * 403, and with the true hash the store itself refuses damaged bytes. A header that is given
 * as "Expect:" (to leave it out) would be signed as well, and nobody sends it. */
static struct curl_slist *begin(HeardS3 *self, const char *name, const char *hash_hex)
{
    g_autofree char *url = g_strdup_printf("%s/%s", self->url, name);
    g_autofree char *header = g_strdup_printf("x-amz-content-sha256: %s", hash_hex);
    struct curl_slist *headers = curl_slist_append(NULL, header);

    curl_easy_reset(self->curl);
    curl_easy_setopt(self->curl, CURLOPT_URL, url);
    curl_easy_setopt(self->curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(self->curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(self->curl, CURLOPT_AWS_SIGV4, self->signing);
    curl_easy_setopt(self->curl, CURLOPT_USERNAME, self->access);
    curl_easy_setopt(self->curl, CURLOPT_PASSWORD, self->secret);
    curl_easy_setopt(self->curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_S);
    curl_easy_setopt(self->curl, CURLOPT_LOW_SPEED_LIMIT, (long)SLOW_BYTES_PER_S);
    curl_easy_setopt(self->curl, CURLOPT_LOW_SPEED_TIME, (long)SLOW_S);
    curl_easy_setopt(self->curl, CURLOPT_NOSIGNAL, 1L);
    return headers;
}

/* The status is checked by the caller. */
static bool perform(HeardS3 *self, struct curl_slist *headers_take, long *ret_status,
                    GError **error)
{
    CURLcode result = curl_easy_perform(self->curl);

    curl_easy_getinfo(self->curl, CURLINFO_RESPONSE_CODE, ret_status);
    curl_slist_free_all(headers_take);
    if (result == CURLE_OK)
        return true;
    g_set_error(error, HEARD_ERROR, HEARD_ERROR_UNAVAILABLE, "second copy: %s",
                curl_easy_strerror(result));
    return false;
}

static bool refuse(const char *name, long status, GError **error)
{
    g_set_error(error, HEARD_ERROR,
                status == HTTP_FORBIDDEN ? HEARD_ERROR_FORBIDDEN : HEARD_ERROR_UNAVAILABLE,
                "second copy: the store answers HTTP %ld for %s", status, name);
    return false;
}

static size_t take(char *bytes, size_t one, size_t count, void *data)
{
    Download *download = data;

    for (size_t at = 0; download->fd >= 0 && at < one * count;) {
        ssize_t put = write(download->fd, bytes + at, one * count - at);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0) {
            download->saved_errno = put < 0 ? errno : EIO;
            return 0;
        }
        at += (size_t)put;
    }
    EVP_DigestUpdate(download->sum, bytes, one * count);
    download->size += one * count;
    return one * count;
}

bool heard_s3_look(HeardS3 *self, const char *name, int fd, HeardPlaceFile *ret, GError **error)
{
    struct curl_slist *headers = begin(self, name, EMPTY_HASH);
    Download download = {.sum = EVP_MD_CTX_new(), .fd = fd};
    g_autoptr(GError) why = NULL;
    long status = 0;
    bool done;

    EVP_DigestInit_ex(download.sum, EVP_sha256(), NULL);
    curl_easy_setopt(self->curl, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(self->curl, CURLOPT_WRITEDATA, &download);
    done = perform(self, headers, &status, &why);
    EVP_DigestFinal_ex(download.sum, ret->hash, NULL);
    EVP_MD_CTX_free(download.sum);
    if (!done && download.saved_errno)
        heard_disk_set_error(error, download.saved_errno, "write", name);
    else if (!done)
        g_propagate_error(error, g_steal_pointer(&why));
    if (!done || status == HTTP_NOT_FOUND)
        return done;
    ret->found = status == HTTP_OK;
    ret->size = download.size;
    return ret->found || refuse(name, status, error);
}

static size_t give(char *bytes, size_t one, size_t count, void *data)
{
    Upload *upload = data;
    size_t size = MIN(one * count, upload->left);

    memcpy(bytes, upload->bytes, size);
    upload->bytes += size;
    upload->left -= size;
    return size;
}

static size_t ignore(char *bytes, size_t one, size_t count, void *data)
{
    (void)bytes;
    (void)data;
    return one * count;
}

bool heard_s3_put(HeardS3 *self, const char *name, const void *bytes, size_t size,
                  const uint8_t hash[static HEARD_LOG_HASH_SIZE], GError **error)
{
    char hex[HEARD_CHAIN_HEX_SIZE];
    struct curl_slist *headers;
    Upload upload = {bytes, size};
    long status = 0;

    heard_chain_to_hex(hex, hash);
    headers = begin(self, name, hex);
    curl_easy_setopt(self->curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(self->curl, CURLOPT_READFUNCTION, give);
    curl_easy_setopt(self->curl, CURLOPT_READDATA, &upload);
    curl_easy_setopt(self->curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t)size);
    curl_easy_setopt(self->curl, CURLOPT_WRITEFUNCTION, ignore);
    return perform(self, headers, &status, error) &&
           (status == HTTP_OK || refuse(name, status, error));
}

bool heard_s3_remove(HeardS3 *self, const char *name, GError **error)
{
    struct curl_slist *headers = begin(self, name, EMPTY_HASH);
    long status = 0;

    curl_easy_setopt(self->curl, CURLOPT_CUSTOMREQUEST, "DELETE");
    curl_easy_setopt(self->curl, CURLOPT_WRITEFUNCTION, ignore);
    return perform(self, headers, &status, error) &&
           (status == HTTP_OK || status == HTTP_NO_CONTENT || status == HTTP_NOT_FOUND ||
            refuse(name, status, error));
}
