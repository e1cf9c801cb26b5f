/* SPDX-License-Identifier: Apache-2.0 */
#include "media/drop.h"

#include "server/base/metrics.h"

#define DROP(text)                                                                                 \
    {                                                                                              \
        "heard_media_packets_dropped_total", "reason=\"" text "\"", "Packets dropped by reason",   \
            HEARD_METRIC_COUNTER, 0                                                                \
    }

static HeardMetric metrics[HEARD_DROP_COUNT] = {
    [HEARD_DROP_UNKNOWN_KIND] = DROP("unknown_kind"),
    [HEARD_DROP_UNKNOWN_SENDER] = DROP("unknown_sender"),
    [HEARD_DROP_STUN_UNKNOWN] = DROP("stun_unknown"),
    [HEARD_DROP_STUN_FORGED] = DROP("stun_forged"),
    [HEARD_DROP_STUN_LATE] = DROP("stun_late"),
    [HEARD_DROP_STUN_MALFORMED] = DROP("stun_malformed"),
    [HEARD_DROP_NOT_CONNECTED] = DROP("not_connected"),
    [HEARD_DROP_REPLAYED] = DROP("replayed"),
    [HEARD_DROP_FORGED] = DROP("forged"),
    [HEARD_DROP_MALFORMED] = DROP("malformed"),
    [HEARD_DROP_TOO_MANY_SSRCS] = DROP("too_many_ssrcs"),
    [HEARD_DROP_UNKNOWN_SSRC] = DROP("unknown_ssrc"),
    [HEARD_DROP_UNKNOWN_PAYLOAD] = DROP("unknown_payload"),
    [HEARD_DROP_PADDING] = DROP("padding"),
    [HEARD_DROP_DUPLICATE] = DROP("duplicate"),
    [HEARD_DROP_LATE] = DROP("late"),
    [HEARD_DROP_BAD_CODEC] = DROP("bad_codec"),
    [HEARD_DROP_NOT_ALLOWED] = DROP("not_allowed"),
    [HEARD_DROP_PAUSED] = DROP("paused"),
    [HEARD_DROP_NOT_LOUDEST] = DROP("not_loudest"),
    [HEARD_DROP_OVERWRITTEN] = DROP("overwritten"),
    [HEARD_DROP_FORWARD] = DROP("forward"),
    [HEARD_DROP_THINNED] = DROP("thinned"),
    [HEARD_DROP_PROTECT] = DROP("protect"),
    [HEARD_DROP_NO_PATH] = DROP("no_path"),
    [HEARD_DROP_RESEND] = DROP("resend"),
    [HEARD_DROP_BAD_RTCP] = DROP("bad_rtcp"),
    [HEARD_DROP_COMMAND] = DROP("command"),
};

void heard_drop_register(void)
{
    for (unsigned i = 0; i < HEARD_DROP_COUNT; i++)
        heard_metric_register(&metrics[i]);
}

void heard_drop(HeardDrop reason)
{
    heard_metric_add(&metrics[reason], 1);
}
