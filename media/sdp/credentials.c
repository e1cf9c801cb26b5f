/* SPDX-License-Identifier: Apache-2.0 */
#include "media/sdp/credentials.h"

#include "server/base/random.h"

enum { UFRAG_LENGTH = 8, PWD_LENGTH = 24, UFRAG_LEAST = 4, PWD_LEAST = 22 };

static bool is_ice_char(char c)
{
    /* '-' and '_' are not in the RFC's list; peers exist that use base64url. */
    return g_ascii_isalnum(c) || c == '+' || c == '/' || c == '-' || c == '_';
}

static void read_text(HeardSpan value, size_t least, char *ret_text, size_t size)
{
    if (ret_text[0] || value.size < least)
        return;
    for (size_t i = 0; i < value.size; i++)
        if (!is_ice_char(value.at[i]))
            return;
    heard_span_copy(value, ret_text, size);
}

bool heard_ice_credentials_read(HeardIceCredentials *self, HeardSpan attribute)
{
    if (heard_span_take_prefix(&attribute, "ice-ufrag:"))
        read_text(attribute, UFRAG_LEAST, self->ufrag, sizeof self->ufrag);
    else if (heard_span_take_prefix(&attribute, "ice-pwd:"))
        read_text(attribute, PWD_LEAST, self->pwd, sizeof self->pwd);
    else
        return false;
    return true;
}

void heard_ice_credentials_new(HeardIceCredentials *ret_ice)
{
    heard_random_text(ret_ice->ufrag, UFRAG_LENGTH);
    heard_random_text(ret_ice->pwd, PWD_LENGTH);
}
