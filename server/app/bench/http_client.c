/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/bench/http_client.h"

#include "server/base/error.h"

#include <curl/curl.h>
#include <string.h>

struct HeardBenchHttp {
    CURL *curl; /* kept between calls: so is the connection */
    bool insecure;
    int timeout_s;
};

void heard_bench_http_init(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

HeardBenchHttp *heard_bench_http_new(bool insecure, int timeout_s)
{
    HeardBenchHttp *self = g_new0(HeardBenchHttp, 1);

    self->curl = curl_easy_init();
    g_assert(self->curl);
    self->insecure = insecure;
    self->timeout_s = timeout_s;
    return self;
}

void heard_bench_http_free(HeardBenchHttp *self)
{
    if (!self)
        return;
    curl_easy_cleanup(self->curl);
    g_free(self);
}

static size_t take_body(char *bytes, size_t one, size_t count, void *data)
{
    GString *body = data;

    if (body->len + count > HEARD_BENCH_REPLY_MAX)
        return 0;
    g_string_append_len(body, bytes, (gssize)count);
    return one * count;
}

static char *resolve_location(CURL *curl, const char *url)
{
    struct curl_header *header;
    CURLU *location = curl_url();
    char *text = NULL, *copy = NULL;

    if (curl_easy_header(curl, "Location", 0, CURLH_HEADER, -1, &header) == CURLHE_OK &&
        curl_url_set(location, CURLUPART_URL, url, 0) == CURLUE_OK &&
        curl_url_set(location, CURLUPART_URL, header->value, 0) == CURLUE_OK &&
        curl_url_get(location, CURLUPART_URL, &text, 0) == CURLUE_OK)
        copy = g_strdup(text);
    curl_free(text);
    curl_url_cleanup(location);
    return copy;
}

static struct curl_slist *make_headers(const char *bearer, const char *content_type)
{
    struct curl_slist *headers = curl_slist_append(NULL, "Expect:");
    g_autofree char *authorization = g_strconcat("Authorization: Bearer ", bearer, NULL);
    g_autofree char *type = g_strconcat("Content-Type: ", content_type, NULL);

    if (bearer)
        headers = curl_slist_append(headers, authorization);
    /* A POST without a body must not claim to be a form. */
    return curl_slist_append(headers, content_type ? type : "Content-Type:");
}

bool heard_bench_http_call(HeardBenchHttp *self, const char *method, const char *url,
                           const char *bearer, const char *content_type, const char *body,
                           HeardBenchReply *ret_reply, GError **error)
{
    struct curl_slist *headers = make_headers(bearer, content_type);
    GString *reply = g_string_new(NULL);
    CURLcode code;

    curl_easy_reset(self->curl);
    curl_easy_setopt(self->curl, CURLOPT_URL, url);
    curl_easy_setopt(self->curl, CURLOPT_CUSTOMREQUEST, method);
    curl_easy_setopt(self->curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(self->curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(self->curl, CURLOPT_TCP_NODELAY, 1L);
    curl_easy_setopt(self->curl, CURLOPT_TIMEOUT, (long)self->timeout_s);
    curl_easy_setopt(self->curl, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(self->curl, CURLOPT_WRITEDATA, reply);
    if (self->insecure) {
        curl_easy_setopt(self->curl, CURLOPT_SSL_VERIFYPEER, 0L);
        curl_easy_setopt(self->curl, CURLOPT_SSL_VERIFYHOST, 0L);
    }
    if (body || strcmp(method, "POST") == 0) {
        curl_easy_setopt(self->curl, CURLOPT_POSTFIELDSIZE, (long)(body ? strlen(body) : 0));
        curl_easy_setopt(self->curl, CURLOPT_POSTFIELDS, body ? body : "");
    }
    code = curl_easy_perform(self->curl);
    curl_slist_free_all(headers);
    if (code != CURLE_OK) {
        g_string_free(reply, TRUE);
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_NETWORK, "%s: %s", method,
                    curl_easy_strerror(code));
        return false;
    }
    ret_reply->body = reply;
    ret_reply->location = resolve_location(self->curl, url);
    curl_easy_getinfo(self->curl, CURLINFO_RESPONSE_CODE, &ret_reply->status);
    return true;
}

void heard_bench_reply_clear(HeardBenchReply *self)
{
    if (self->body)
        g_string_free(self->body, TRUE);
    g_free(self->location);
    memset(self, 0, sizeof *self);
}
