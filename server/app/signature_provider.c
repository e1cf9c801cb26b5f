/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/signature_provider.h"

static const HeardSignatureProvider *const providers[] = {&heard_drawn_code};

const HeardSignatureProvider *heard_signature_provider_find(const char *method)
{
    for (size_t i = 0; i < G_N_ELEMENTS(providers); i++)
        if (g_strcmp0(providers[i]->method, method) == 0)
            return providers[i];
    return NULL;
}
