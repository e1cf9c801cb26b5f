/* SPDX-License-Identifier: Apache-2.0 */
#include "media/transport/srtp.h"

#include "media/transport/cipher.h"
#include "media/transport/srtp_receiver.h"
#include "media/transport/srtp_sender.h"
#include "server/base/error.h"
#include "server/base/log.h"

#include <openssl/crypto.h>
#include <pthread.h>
#include <srtp2/srtp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const HeardLogTopic topic = {"srtp"};

enum {
    /* An authenticated peer could name a new SSRC in each packet; libsrtp would keep a
     * stream for each. Chromium with simulcast, screen and 16 slots uses about 40. */
    SSRCS_MAX = 64,
};

/* Sending comes first in memory: it is prefetched as one piece. */
struct HeardSrtp {
    HeardSrtpSender sender; /* of RTP, when it is ready */
    srtp_t out, in;         /* SRTCP, and RTP without AES-GCM of our own */
    HeardSrtpProfile profile;
    HeardSrtpReceiver
        *receiver; /* of RTP, with AES-GCM, from the first packet on: most only watch */
    uint8_t remote[HEARD_SRTP_MASTER_MAX];
    unsigned ssrc_count;
    uint32_t last_ssrc; /* of ssrcs[], the one seen last */
    uint32_t ssrcs[SSRCS_MAX];
};

typedef struct {
    size_t key_size, salt_size, rtp_overhead;
} ProfileSizes;

static const ProfileSizes profile_sizes[HEARD_SRTP_PROFILE_COUNT] = {
    [HEARD_SRTP_AEAD_AES_128_GCM] = {16, 12, 16},
    [HEARD_SRTP_AEAD_AES_256_GCM] = {32, 12, 16},
    [HEARD_SRTP_AES128_CM_SHA1_80] = {16, 14, 10},
};

size_t heard_srtp_profile_key_size(HeardSrtpProfile profile)
{
    return profile_sizes[profile].key_size;
}

size_t heard_srtp_profile_salt_size(HeardSrtpProfile profile)
{
    return profile_sizes[profile].salt_size;
}

size_t heard_srtp_rtp_overhead(const HeardSrtp *self)
{
    return profile_sizes[self->profile].rtp_overhead;
}

/* Set once, before the first session. */
static bool gcm_installed;
static HeardGcmBackend gcm_backend;

static void init_library(void)
{
    if (srtp_init() != srtp_err_status_ok)
        g_error("libsrtp refuses to start");
    gcm_installed = heard_cipher_install(HEARD_GCM_IPSEC_MB, &gcm_backend);
    if (!gcm_installed) {
        heard_log(&topic, HEARD_LOG_WARN, "ciphers-refused using=libsrtp");
        return;
    }
    heard_log(&topic, HEARD_LOG_INFO, "ciphers gcm=%s",
              gcm_backend == HEARD_GCM_IPSEC_MB ? "ipsec-mb" : "openssl");
}

void heard_srtp_library_init(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, init_library);
}

static void set_profile(srtp_policy_t *policy, HeardSrtpProfile profile)
{
    switch (profile) {
    case HEARD_SRTP_AEAD_AES_128_GCM:
        srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy->rtp);
        srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy->rtcp);
        break;
    case HEARD_SRTP_AEAD_AES_256_GCM:
        srtp_crypto_policy_set_aes_gcm_256_16_auth(&policy->rtp);
        srtp_crypto_policy_set_aes_gcm_256_16_auth(&policy->rtcp);
        break;
    case HEARD_SRTP_AES128_CM_SHA1_80:
    case HEARD_SRTP_PROFILE_COUNT:
        srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy->rtp);
        srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy->rtcp);
        break;
    }
}

static srtp_t create_context(HeardSrtpProfile profile, const uint8_t *master, bool outbound)
{
    uint8_t key[HEARD_SRTP_MASTER_MAX];
    srtp_policy_t policy;
    srtp_t context = NULL;

    memset(&policy, 0, sizeof(policy));
    memcpy(key, master, sizeof(key));
    set_profile(&policy, profile);
    policy.ssrc.type = outbound ? ssrc_any_outbound : ssrc_any_inbound;
    policy.key = key;
    policy.window_size = HEARD_SRTP_RECEIVER_WINDOW;
    /* Never the same index twice: with GCM a second, different packet under one nonce
     * would give the authentication key away. Lost packets are repaired by RTX. */
    policy.allow_repeat_tx = 0;
    if (srtp_create(&context, &policy) != srtp_err_status_ok)
        context = NULL;
    OPENSSL_cleanse(key, sizeof(key));
    return context;
}

static HeardSrtp *new_zeroed(void)
{
    HeardSrtp *self = aligned_alloc(_Alignof(HeardSrtp), sizeof(HeardSrtp));

    g_assert(self);
    memset(self, 0, sizeof(*self));
    return self;
}

HeardSrtp *heard_srtp_new(const HeardSrtpKeys *keys, GError **error)
{
    g_autoptr(HeardSrtp) self = new_zeroed();

    heard_srtp_library_init();
    self->profile = keys->profile;
    if (gcm_installed && keys->profile != HEARD_SRTP_AES128_CM_SHA1_80)
        (void)heard_srtp_sender_init(&self->sender, gcm_backend, keys->local,
                                     keys->profile == HEARD_SRTP_AEAD_AES_256_GCM);
    memcpy(self->remote, keys->remote, sizeof(self->remote));
    self->out = create_context(keys->profile, keys->local, true);
    self->in = create_context(keys->profile, keys->remote, false);
    if (!self->out || !self->in) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_CRYPTO, "libsrtp refuses profile %d",
                    (int)keys->profile);
        return NULL;
    }
    return g_steal_pointer(&self);
}

void heard_srtp_free(HeardSrtp *self)
{
    if (!self)
        return;
    if (self->out)
        srtp_dealloc(self->out);
    if (self->in)
        srtp_dealloc(self->in);
    heard_srtp_sender_deinit(&self->sender);
    heard_srtp_receiver_free(self->receiver);
    OPENSSL_cleanse(self->remote, sizeof(self->remote));
    free(self);
}

static HeardSrtpResult result_of(srtp_err_status_t status)
{
    switch ((int)status) {
    case srtp_err_status_ok:
        return HEARD_SRTP_OK;
    case srtp_err_status_replay_fail:
    case srtp_err_status_replay_old:
        return HEARD_SRTP_REPLAYED;
    case srtp_err_status_auth_fail:
        return HEARD_SRTP_FORGED;
    default:
        return HEARD_SRTP_MALFORMED;
    }
}

static uint32_t read_u32(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static bool is_known(HeardSrtp *self, uint32_t ssrc)
{
    if (self->ssrc_count > 0 && self->last_ssrc == ssrc)
        return true;
    for (unsigned i = 0; i < self->ssrc_count; i++)
        if (self->ssrcs[i] == ssrc) {
            self->last_ssrc = ssrc;
            return true;
        }
    return false;
}

/* Only after authentication: a forger can't fill the table. */
static void remember(HeardSrtp *self, uint32_t ssrc)
{
    if (is_known(self, ssrc))
        return;
    self->ssrcs[self->ssrc_count++] = ssrc;
    self->last_ssrc = ssrc;
}

static HeardSrtpResult result_of_sender(HeardSrtpSenderResult result)
{
    switch (result) {
    case HEARD_SRTP_SENDER_OK:
        return HEARD_SRTP_OK;
    case HEARD_SRTP_SENDER_USED:
        return HEARD_SRTP_REPLAYED;
    case HEARD_SRTP_SENDER_FULL:
        return HEARD_SRTP_TOO_MANY;
    case HEARD_SRTP_SENDER_MALFORMED:
    case HEARD_SRTP_SENDER_REFUSED:
        break;
    }
    return HEARD_SRTP_MALFORMED;
}

bool heard_srtp_has_received(const HeardSrtp *self)
{
    return self->ssrc_count > 0 ||
           (self->receiver && heard_srtp_receiver_ssrc_count(self->receiver) > 0);
}

void heard_srtp_prefetch(const HeardSrtp *self, size_t size)
{
    heard_srtp_sender_prefetch(&self->sender, size);
}

HeardSrtpResult heard_srtp_protect_rtp(HeardSrtp *self, uint8_t *packet, size_t *size)
{
    int length = (int)*size;
    srtp_err_status_t status;

    if (heard_srtp_sender_is_ready(&self->sender))
        return result_of_sender(heard_srtp_sender_protect(&self->sender, packet, size));
    status = srtp_protect(self->out, packet, &length);
    if (status == srtp_err_status_ok)
        *size = (size_t)length;
    return result_of(status);
}

HeardSrtpResult heard_srtp_protect_rtcp(HeardSrtp *self, uint8_t *packet, size_t *size)
{
    int length = (int)*size;
    srtp_err_status_t status = srtp_protect_rtcp(self->out, packet, &length);

    if (status == srtp_err_status_ok)
        *size = (size_t)length;
    return result_of(status);
}

typedef srtp_err_status_t (*UnprotectFunc)(srtp_t context, void *packet, int *size);

static HeardSrtpResult unprotect(HeardSrtp *self, UnprotectFunc func, uint8_t *packet, size_t *size,
                                 size_t ssrc_offset)
{
    int length = (int)*size;
    srtp_err_status_t status;
    uint32_t ssrc;

    if (*size < ssrc_offset + 4 || *size > G_MAXUINT16)
        return HEARD_SRTP_MALFORMED;
    ssrc = read_u32(packet + ssrc_offset);
    if (!is_known(self, ssrc) && self->ssrc_count == SSRCS_MAX)
        return HEARD_SRTP_TOO_MANY;
    status = func(self->in, packet, &length);
    if (status != srtp_err_status_ok)
        return result_of(status);
    remember(self, ssrc);
    *size = (size_t)length;
    return HEARD_SRTP_OK;
}

static HeardSrtpResult result_of_receiver(HeardSrtpReceiverResult result)
{
    switch (result) {
    case HEARD_SRTP_RECEIVER_OK:
        return HEARD_SRTP_OK;
    case HEARD_SRTP_RECEIVER_REPLAYED:
        return HEARD_SRTP_REPLAYED;
    case HEARD_SRTP_RECEIVER_FORGED:
        return HEARD_SRTP_FORGED;
    case HEARD_SRTP_RECEIVER_FULL:
        return HEARD_SRTP_TOO_MANY;
    case HEARD_SRTP_RECEIVER_MALFORMED:
        break;
    }
    return HEARD_SRTP_MALFORMED;
}

HeardSrtpResult heard_srtp_unprotect_rtp(HeardSrtp *self, uint8_t *packet, size_t *size)
{
    if (!heard_srtp_sender_is_ready(&self->sender))
        return unprotect(self, srtp_unprotect, packet, size, 8);
    if (!self->receiver)
        self->receiver = heard_srtp_receiver_new(gcm_backend, self->remote,
                                                 self->profile == HEARD_SRTP_AEAD_AES_256_GCM);
    if (!self->receiver)
        return HEARD_SRTP_MALFORMED;
    return result_of_receiver(heard_srtp_receiver_unprotect(self->receiver, packet, size));
}

HeardSrtpResult heard_srtp_unprotect_rtcp(HeardSrtp *self, uint8_t *packet, size_t *size)
{
    return unprotect(self, srtp_unprotect_rtcp, packet, size, 4);
}
