/* SPDX-License-Identifier: Apache-2.0 */
#include "media/front/stun.h"

#include <string.h>
#include <stun/stunagent.h>
#include <stun/usages/ice.h>

enum {
    MESSAGE_INTEGRITY_SIZE = 20,
    ID_OFFSET = 8,
    CLASS_INDICATION = 0x10,
    CLASS_SUCCESS = 0x100,
    CLASS_ERROR = 0x110,
};

/* Of a peer-reflexive candidate of component 1 (RFC 8445 5.1.2.1): nobody compares it. */
static const uint32_t check_priority = (UINT32_C(110) << 24) | (UINT32_C(65535) << 8) | 255;

/* PRIORITY and USE_CANDIDATE must be listed, else every check is refused as unknown. */
static const uint16_t known_attributes[] = {
    STUN_ATTRIBUTE_USERNAME,       STUN_ATTRIBUTE_MESSAGE_INTEGRITY, STUN_ATTRIBUTE_ERROR_CODE,
    STUN_ATTRIBUTE_PRIORITY,       STUN_ATTRIBUTE_USE_CANDIDATE,     STUN_ATTRIBUTE_FINGERPRINT,
    STUN_ATTRIBUTE_ICE_CONTROLLED, STUN_ATTRIBUTE_ICE_CONTROLLING,   0,
};

struct HeardStun {
    StunAgent agent;
};

typedef struct {
    HeardStunPasswordFunc find;
    void *data;
    bool malformed, unknown;
} Lookup;

HeardStun *heard_stun_new(void)
{
    HeardStun *self = g_new0(HeardStun, 1);

    stun_agent_init(&self->agent, known_attributes, STUN_COMPATIBILITY_RFC5389,
                    STUN_AGENT_USAGE_SHORT_TERM_CREDENTIALS | STUN_AGENT_USAGE_USE_FINGERPRINT);
    return self;
}

void heard_stun_free(HeardStun *self)
{
    g_free(self);
}

/* Our part of USERNAME, read without the library: a flood of strangers' checks must not cost a
 * checksum each. false: there is none, or the message is cut. */
static bool peek_ufrag(const uint8_t *datagram, size_t size, const char **ret_ufrag,
                       size_t *ret_size)
{
    for (size_t at = STUN_MESSAGE_HEADER_LENGTH; at + 4 <= size;) {
        unsigned type = (unsigned)(datagram[at] << 8 | datagram[at + 1]);
        size_t length = (size_t)(datagram[at + 2] << 8 | datagram[at + 3]);
        const uint8_t *value = datagram + at + 4, *colon;

        if (length > size - at - 4)
            return false;
        colon = type == STUN_ATTRIBUTE_USERNAME ? memchr(value, ':', length) : NULL;
        if (colon) {
            *ret_ufrag = (const char *)value;
            *ret_size = (size_t)(colon - value);
            return *ret_size > 0 && *ret_size <= HEARD_STUN_LOCAL_UFRAG_MAX;
        }
        if (type == STUN_ATTRIBUTE_USERNAME)
            return false;
        at += 4 + ((length + 3) & ~(size_t)3);
    }
    return false;
}

/* USERNAME is "ours:theirs". libnice echoes it into the reply and asserts that all fits:
 * a longer one than RFC 8839 allows must never get that far. */
static bool find_password(StunAgent *agent, StunMessage *message, uint8_t *username,
                          uint16_t username_size, uint8_t **ret_password, size_t *ret_size,
                          void *data)
{
    Lookup *lookup = data;
    const uint8_t *colon = username ? memchr(username, ':', username_size) : NULL;
    uint16_t integrity_size = 0;
    const char *password;
    size_t ours;

    (void)agent;
    /* libnice reads 20 bytes of MESSAGE-INTEGRITY whatever its length says. */
    if (!stun_message_find(message, STUN_ATTRIBUTE_MESSAGE_INTEGRITY, &integrity_size) ||
        integrity_size != MESSAGE_INTEGRITY_SIZE || !colon) {
        lookup->malformed = true;
        return false;
    }
    ours = (size_t)(colon - username);
    if (ours == 0 || ours > HEARD_STUN_LOCAL_UFRAG_MAX ||
        username_size - ours - 1 > HEARD_STUN_REMOTE_UFRAG_MAX) {
        lookup->malformed = true;
        return false;
    }
    password = lookup->find(lookup->data, (const char *)username, ours);
    if (!password) {
        lookup->unknown = true;
        return false;
    }
    *ret_password = (uint8_t *)(uintptr_t)password; /* libnice only reads it */
    *ret_size = strlen(password);
    return true;
}

static HeardStunResult refusal(StunValidationStatus status, const Lookup *lookup)
{
    if (lookup->malformed)
        return HEARD_STUN_MALFORMED;
    if (lookup->unknown)
        return HEARD_STUN_UNKNOWN_UFRAG;
    return status == STUN_VALIDATION_UNAUTHORIZED ? HEARD_STUN_FORGED : HEARD_STUN_MALFORMED;
}

static bool is_binding(const uint8_t *datagram, size_t size, uint16_t class_bits)
{
    return size >= STUN_MESSAGE_HEADER_LENGTH &&
           (datagram[0] << 8 | datagram[1]) == (STUN_BINDING | class_bits) && datagram[4] == 0x21 &&
           datagram[5] == 0x12 && datagram[6] == 0xA4 && datagram[7] == 0x42;
}

/* What create_reply() will take is looked at first: it echoes the username. */
static bool is_check(const uint8_t *datagram, size_t size)
{
    return is_binding(datagram, size, 0);
}

static bool is_indication(const uint8_t *datagram, size_t size)
{
    return is_binding(datagram, size, CLASS_INDICATION);
}

static bool is_response(const uint8_t *datagram, size_t size)
{
    return is_binding(datagram, size, CLASS_SUCCESS) || is_binding(datagram, size, CLASS_ERROR);
}

static HeardStunResult other_than_check(const uint8_t *datagram, size_t size)
{
    if (is_response(datagram, size))
        return HEARD_STUN_RESPONSE;
    return is_indication(datagram, size) ? HEARD_STUN_INDICATION : HEARD_STUN_NOT_A_CHECK;
}

HeardStunResult heard_stun_answer(HeardStun *self, const uint8_t *datagram, size_t size,
                                  const HeardAddress *from, HeardStunPasswordFunc find, void *data,
                                  HeardStunAnswer *ret_answer)
{
    Lookup lookup = {.find = find, .data = data};
    StunMessage request, reply;
    StunValidationStatus status;
    StunUsageIceReturn made;
    struct sockaddr_storage mapped;
    HeardAddress plain = heard_address_unmap(from);
    bool control = false; /* we are lite: always controlled */
    const char *ufrag;
    size_t ufrag_size;

    ret_answer->reply_size = 0;
    if (!is_check(datagram, size))
        return other_than_check(datagram, size);
    if (!peek_ufrag(datagram, size, &ufrag, &ufrag_size))
        return HEARD_STUN_MALFORMED;
    if (!find(data, ufrag, ufrag_size))
        return HEARD_STUN_UNKNOWN_UFRAG;
    status = stun_agent_validate(&self->agent, &request, datagram, size, find_password, &lookup);
    if (status != STUN_VALIDATION_SUCCESS)
        return refusal(status, &lookup);
    /* Optional in the library's eyes, but a check without them proves nothing. */
    if (!stun_message_has_attribute(&request, STUN_ATTRIBUTE_USERNAME) ||
        !stun_message_has_attribute(&request, STUN_ATTRIBUTE_MESSAGE_INTEGRITY))
        return HEARD_STUN_MALFORMED;
    memset(&mapped, 0, sizeof(mapped));
    memcpy(&mapped, &plain, sizeof(plain));
    ret_answer->reply_size = sizeof(ret_answer->reply);
    /* Tie-breaker 0: a large one would let libnice make us the controlling side. */
    made = stun_usage_ice_conncheck_create_reply(
        &self->agent, &request, &reply, ret_answer->reply, &ret_answer->reply_size, &mapped,
        heard_address_size(&plain), &control, 0, STUN_USAGE_ICE_COMPATIBILITY_RFC5245);
    ret_answer->use_candidate = stun_usage_ice_conncheck_use_candidate(&request);
    if (made == STUN_USAGE_ICE_RETURN_SUCCESS && ret_answer->reply_size > 0)
        return HEARD_STUN_ANSWERED;
    if (made == STUN_USAGE_ICE_RETURN_ROLE_CONFLICT && ret_answer->reply_size > 0)
        return HEARD_STUN_ROLE_CONFLICT;
    ret_answer->reply_size = 0;
    return HEARD_STUN_MALFORMED;
}

size_t heard_stun_make_check(HeardStun *self, const uint8_t id[static HEARD_STUN_ID_SIZE],
                             const char *username, const char *password,
                             uint8_t ret_check[static HEARD_STUN_REPLY_MAX])
{
    StunMessage message;
    size_t size;

    if (!stun_agent_init_request(&self->agent, &message, ret_check, HEARD_STUN_REPLY_MAX,
                                 STUN_BINDING))
        return 0;
    /* The library's own id changes each time, and an answer may take longer than the client
     * waits between two checks. */
    memcpy(ret_check + ID_OFFSET, id, HEARD_STUN_ID_SIZE);
    if (stun_message_append_string(&message, STUN_ATTRIBUTE_USERNAME, username) !=
            STUN_MESSAGE_RETURN_SUCCESS ||
        stun_message_append32(&message, STUN_ATTRIBUTE_PRIORITY, check_priority) !=
            STUN_MESSAGE_RETURN_SUCCESS ||
        stun_message_append64(&message, STUN_ATTRIBUTE_ICE_CONTROLLED, 0) !=
            STUN_MESSAGE_RETURN_SUCCESS)
        return 0;
    size = stun_agent_finish_message(&self->agent, &message, (const uint8_t *)password,
                                     strlen(password));
    /* The agent remembers 200 ids and then refuses; ours are kept by the peers. */
    stun_agent_forget_transaction(&self->agent, ret_check + ID_OFFSET);
    return size;
}

bool heard_stun_responds(const uint8_t *datagram, size_t size,
                         const uint8_t id[static HEARD_STUN_ID_SIZE])
{
    return is_response(datagram, size) && !memcmp(datagram + ID_OFFSET, id, HEARD_STUN_ID_SIZE);
}
