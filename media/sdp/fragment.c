/* SPDX-License-Identifier: Apache-2.0 */
#include "media/sdp/fragment.h"

#include "media/sdp/candidate.h"
#include "media/sdp/credentials.h"
#include "server/base/error.h"

#include <string.h>

bool heard_sdp_fragment_parse(const char *text, size_t size, HeardSdpFragment *ret_fragment,
                              GError **error)
{
    HeardSpan rest = {text, size}, line;
    HeardSdpFragment fragment = {.mid = "0"};
    bool has_mid = false;

    if (size > HEARD_SDP_FRAGMENT_BYTES_MAX) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_TOO_LARGE,
                    "SDP fragment of %zu bytes, at most %d", size, HEARD_SDP_FRAGMENT_BYTES_MAX);
        return false;
    }
    while (heard_span_take_line(&rest, &line)) {
        if (line.size == 0)
            continue;
        if (line.size < 2 || !g_ascii_islower(line.at[0]) || line.at[1] != '=') {
            g_set_error_literal(error, HEARD_ERROR, HEARD_ERROR_NOT_SDP,
                                "the body is not an SDP fragment");
            return false;
        }
        if (!heard_span_take_prefix(&line, "a=") || heard_ice_credentials_read(&fragment.ice, line))
            continue;
        if (!has_mid && heard_span_take_prefix(&line, "mid:"))
            has_mid = heard_span_copy(line, fragment.mid, sizeof fragment.mid);
    }
    if (!fragment.ice.ufrag[0] || !fragment.ice.pwd[0]) {
        g_set_error_literal(error, HEARD_ERROR, HEARD_ERROR_SDP_INCOMPLETE,
                            "the SDP fragment lacks a=ice-ufrag or a=ice-pwd");
        return false;
    }
    *ret_fragment = fragment;
    return true;
}

char *heard_sdp_fragment_answer(const HeardSdpFragment *request, const HeardIceCredentials *local,
                                const HeardCandidate *candidates, unsigned candidate_count)
{
    GString *text = g_string_new(NULL);

    g_string_append_printf(text,
                           "a=ice-lite\r\na=ice-ufrag:%s\r\na=ice-pwd:%s\r\n"
                           "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:%s\r\n",
                           local->ufrag, local->pwd, request->mid);
    heard_candidates_write(text, candidates, candidate_count);
    return g_string_free(text, FALSE);
}
