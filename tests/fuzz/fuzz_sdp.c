/* SPDX-License-Identifier: Apache-2.0 */
#include "media/sdp/answer.h"
#include "media/sdp/fragment.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void accept_and_answer(const HeardSdpOffer *offer)
{
    const HeardSdpPolicy policy = {.may_send = {true, true, true}, .slots_max = HEARD_SLOTS_MAX};
    const HeardCandidate candidate = {.address = "192.0.2.1", .udp_port = 8443, .tcp_port = 8443};
    g_autoptr(HeardPeerPlan) plan = heard_sdp_accept(offer, &policy, NULL);
    g_autofree char *answer = NULL;

    if (!plan)
        return;
    answer = heard_sdp_answer(offer, plan, "AB:CD", &candidate, 1);
    g_assert(g_str_has_suffix(answer, "\r\n"));
    g_assert(strstr(answer, "\r\n\r\n") == NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(HeardSdpOffer) offer = heard_sdp_parse((const char *)data, size, NULL);
    HeardSdpFragment fragment;

    if (offer)
        accept_and_answer(offer);
    if (heard_sdp_fragment_parse((const char *)data, size, &fragment, NULL)) {
        g_autofree char *answer = heard_sdp_fragment_answer(&fragment, &fragment.ice, NULL, 0);

        g_assert(g_str_has_suffix(answer, "a=end-of-candidates\r\n"));
    }
    return 0;
}
