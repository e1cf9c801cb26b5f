/* SPDX-License-Identifier: Apache-2.0 */
#include "media/rtcp/parse.h"
#include "media/rtcp/twcc.h"

#include <glib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_item(const HeardRtcpItem *item)
{
    static HeardTwccResult results[HEARD_TWCC_WINDOW];
    HeardReportBlock block;
    uint16_t seqs[64];
    uint32_t ssrc;
    uint8_t number;
    size_t count, length;
    const char *cname;

    g_assert(item->body >= item->data && item->body + item->body_size == item->data + item->size);
    for (unsigned i = 0; i < 32; i++) {
        heard_rtcp_block(item, i, &block);
        heard_rtcp_bye_source(item, i, &ssrc);
        heard_rtcp_fir_target(item, i, &ssrc, &number);
    }
    g_assert(heard_rtcp_nack_list(item, seqs, G_N_ELEMENTS(seqs)) <= G_N_ELEMENTS(seqs));
    cname = heard_rtcp_cname(item, &ssrc, &length);
    if (cname)
        g_assert((const uint8_t *)cname + length <= item->data + item->size);
    if (heard_twcc_parse(item, results, G_N_ELEMENTS(results), &count, &number))
        g_assert(count <= G_N_ELEMENTS(results));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    HeardRtcpReader reader;
    HeardRtcpItem item;

    heard_rtcp_reader_init(&reader, data, size);
    while (heard_rtcp_next(&reader, &item))
        read_item(&item);
    g_assert(heard_rtcp_malformed(&reader) || reader.offset == size);
    return 0;
}
