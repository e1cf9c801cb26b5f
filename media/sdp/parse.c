/* SPDX-License-Identifier: Apache-2.0 */
#include "media/sdp/parse.h"

#include "media/sdp/credentials.h"
#include "media/sdp/media_line.h"
#include "media/sdp/span.h"
#include "server/base/error.h"

#include <string.h>

/* What may stand in the session or in each section. */
typedef struct {
    HeardIceCredentials ice;
    bool has_fingerprint, has_other_fingerprint, has_setup, setup_passive;
    uint8_t fingerprint[HEARD_FINGERPRINT_SIZE];
} Transport;

typedef struct {
    HeardSdpOffer *offer;
    Transport session, section;
    Transport chosen; /* of the first section that has one whole: BUNDLE's tagged one */
    bool has_chosen, has_media;
    HeardSpan bundle;            /* mids of the group; borrowed */
    HeardSdpMedia session_media; /* what the session says for sections that are silent */
    HeardSdpMedia *media;
} Reader;

static bool read_fingerprint(HeardSpan value, uint8_t ret_fingerprint[HEARD_FINGERPRINT_SIZE])
{
    HeardSpan hex;

    if (!heard_span_take_word(&value, ' ', &hex) || hex.size != HEARD_FINGERPRINT_SIZE * 3 - 1)
        return false;
    for (size_t i = 0; i < HEARD_FINGERPRINT_SIZE; i++) {
        int high = g_ascii_xdigit_value(hex.at[i * 3]);
        int low = g_ascii_xdigit_value(hex.at[i * 3 + 1]);

        if (high < 0 || low < 0 || (i + 1 < HEARD_FINGERPRINT_SIZE && hex.at[i * 3 + 2] != ':'))
            return false;
        ret_fingerprint[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

static bool transport_attribute(Transport *self, HeardSpan attribute)
{
    HeardSpan algorithm;

    if (heard_ice_credentials_read(&self->ice, attribute))
        return true;
    if (heard_span_take_prefix(&attribute, "setup:")) {
        self->has_setup = true;
        self->setup_passive =
            !heard_span_is(attribute, "actpass") && !heard_span_is(attribute, "active");
    } else if (heard_span_take_prefix(&attribute, "fingerprint:")) {
        if (!heard_span_take_word(&attribute, ' ', &algorithm))
            return true;
        if (!heard_span_is_nocase(algorithm, "sha-256"))
            self->has_other_fingerprint = true;
        else if (!self->has_fingerprint)
            self->has_fingerprint = read_fingerprint(attribute, self->fingerprint);
    } else {
        return false;
    }
    return true;
}

/* A section's own words win over the session's. */
static void inherit(Transport *section, const Transport *session)
{
    if (!section->ice.ufrag[0] && !section->ice.pwd[0])
        section->ice = session->ice;
    if (!section->has_fingerprint && session->has_fingerprint) {
        section->has_fingerprint = true;
        memcpy(section->fingerprint, session->fingerprint, sizeof section->fingerprint);
    }
    section->has_other_fingerprint |= session->has_other_fingerprint;
    if (!section->has_setup)
        section->setup_passive = session->setup_passive;
}

static bool is_whole(const Transport *self)
{
    return self->ice.ufrag[0] && self->ice.pwd[0] && self->has_fingerprint;
}

static void finish_section(Reader *self)
{
    HeardSpan mids = self->bundle, mid;

    if (!self->media)
        return;
    heard_media_line_finish(self->media);
    while (self->media->mid[0] && heard_span_take_word(&mids, ' ', &mid))
        self->media->bundled |= heard_span_is(mid, self->media->mid);
    self->has_media |= !self->media->rejected;
    if (!self->has_chosen) {
        inherit(&self->section, &self->session);
        if (is_whole(&self->section) || !self->media->rejected)
            self->chosen = self->section;
        self->has_chosen = is_whole(&self->section);
    }
    self->media = NULL;
}

static void session_attribute(Reader *self, HeardSpan attribute)
{
    if (transport_attribute(&self->session, attribute))
        return;
    heard_media_line_attribute(&self->session_media, attribute);
    if (heard_span_is(attribute, "ice-lite"))
        self->offer->ice_lite = true;
    if (!self->offer->bundle && heard_span_take_prefix(&attribute, "group:BUNDLE")) {
        self->offer->bundle = true;
        self->bundle = attribute;
    }
}

static bool start_section(Reader *self, HeardSpan line, GError **error)
{
    finish_section(self);
    if (self->offer->media_count == HEARD_SDP_MEDIA_MAX) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_TOO_LARGE, "SDP has more than %d m-lines",
                    HEARD_SDP_MEDIA_MAX);
        return false;
    }
    self->media = &self->offer->media[self->offer->media_count];
    if (!heard_media_line_init(self->media, line)) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_NOT_SDP, "m-line %u cannot be read",
                    self->offer->media_count);
        return false;
    }
    self->media->direction = self->session_media.direction;
    self->offer->media_count++;
    memset(&self->section, 0, sizeof self->section);
    return true;
}

static bool read_line(Reader *self, HeardSpan line, GError **error)
{
    if (line.size == 0)
        return true;
    if (line.size < 2 || !g_ascii_islower(line.at[0]) || line.at[1] != '=') {
        g_set_error_literal(error, HEARD_ERROR, HEARD_ERROR_NOT_SDP,
                            "a line is not of the form letter=value");
        return false;
    }
    if (heard_span_take_prefix(&line, "m="))
        return start_section(self, line, error);
    if (!heard_span_take_prefix(&line, "a="))
        return true;
    if (!self->media)
        session_attribute(self, line);
    else if (!transport_attribute(&self->section, line))
        heard_media_line_attribute(self->media, line);
    return true;
}

static bool check_complete(const Reader *self, GError **error)
{
    const char *missing = NULL;

    if (self->offer->media_count == 0)
        missing = "an m-line";
    else if (!self->has_media)
        missing = "an m-line that is not rejected";
    else if (!self->chosen.ice.ufrag[0])
        missing = "a=ice-ufrag";
    else if (!self->chosen.ice.pwd[0])
        missing = "a=ice-pwd";
    else if (!self->chosen.has_fingerprint)
        missing = self->chosen.has_other_fingerprint ? "a=fingerprint of sha-256" : "a=fingerprint";
    if (!missing)
        return true;
    g_set_error(error, HEARD_ERROR, HEARD_ERROR_SDP_INCOMPLETE, "the SDP lacks %s", missing);
    return false;
}

/* All that lives must share one transport; a single m-line needs no group for that. */
static bool check_bundle(const HeardSdpOffer *offer, GError **error)
{
    unsigned alive = 0, outside = 0;

    for (unsigned i = 0; i < offer->media_count; i++) {
        alive += !offer->media[i].rejected;
        outside += !offer->media[i].rejected && !offer->media[i].bundled;
    }
    if (alive < 2 || outside == 0)
        return true;
    g_set_error_literal(error, HEARD_ERROR, HEARD_ERROR_SDP_UNSUPPORTED,
                        "the m-lines are not in one BUNDLE group");
    return false;
}

static unsigned count_sections(const char *text, size_t size)
{
    HeardSpan rest = {text, size}, line;
    unsigned count = 0;

    while (heard_span_take_line(&rest, &line))
        count += heard_span_take_prefix(&line, "m=");
    return MIN(count, HEARD_SDP_MEDIA_MAX);
}

HeardSdpOffer *heard_sdp_parse(const char *text, size_t size, GError **error)
{
    g_autoptr(HeardSdpOffer) offer = NULL;
    HeardSpan rest = {text, size}, line;
    Reader reader = {0};

    if (size > HEARD_SDP_BYTES_MAX) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_TOO_LARGE, "SDP of %zu bytes, at most %d", size,
                    HEARD_SDP_BYTES_MAX);
        return NULL;
    }
    if (!heard_span_take_line(&rest, &line) || !heard_span_is(line, "v=0") ||
        memchr(text, '\0', size)) {
        g_set_error_literal(error, HEARD_ERROR, HEARD_ERROR_NOT_SDP, "the body is not an SDP");
        return NULL;
    }
    offer = g_new0(HeardSdpOffer, 1);
    offer->media = g_new0(HeardSdpMedia, count_sections(text, size));
    reader.offer = offer;
    while (heard_span_take_line(&rest, &line))
        if (!read_line(&reader, line, error))
            return NULL;
    finish_section(&reader);
    if (!check_complete(&reader, error) || !check_bundle(offer, error))
        return NULL;
    offer->ice = reader.chosen.ice;
    offer->setup_passive = reader.chosen.setup_passive;
    memcpy(offer->fingerprint, reader.chosen.fingerprint, sizeof offer->fingerprint);
    return g_steal_pointer(&offer);
}

void heard_sdp_offer_free(HeardSdpOffer *self)
{
    if (!self)
        return;
    g_free(self->media);
    g_free(self);
}
