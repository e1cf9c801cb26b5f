/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/machine.h"

#include "server/base/error.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>

static bool is_numeric(const char *text)
{
    struct in6_addr bytes;

    return inet_pton(AF_INET, text, &bytes) == 1 || inet_pton(AF_INET6, text, &bytes) == 1;
}

static GStrv read_configured(const char *configured, GError **error)
{
    g_auto(GStrv) parts = g_strsplit(configured, ",", -1);

    if (!parts[0] || g_strv_length(parts) > HEARD_MACHINE_ADDRESSES_MAX) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_CONFIG, "address: 1 to %d are possible",
                    HEARD_MACHINE_ADDRESSES_MAX);
        return NULL;
    }
    for (unsigned i = 0; parts[i]; i++) {
        g_strstrip(parts[i]);
        if (!is_numeric(parts[i])) {
            g_set_error(error, HEARD_ERROR, HEARD_ERROR_CONFIG,
                        "address: '%s' is not a numeric address", parts[i]);
            return NULL;
        }
    }
    return g_steal_pointer(&parts);
}

static bool format_address(const struct ifaddrs *entry, char *ret_text, size_t size)
{
    if (!entry->ifa_addr || !(entry->ifa_flags & IFF_UP) || (entry->ifa_flags & IFF_LOOPBACK))
        return false;
    if (entry->ifa_addr->sa_family == AF_INET) {
        const struct sockaddr_in *v4 = (const void *)entry->ifa_addr;
        if ((ntohl(v4->sin_addr.s_addr) >> 16) == 0xa9fe) /* 169.254/16 */
            return false;
        return inet_ntop(AF_INET, &v4->sin_addr, ret_text, (socklen_t)size) != NULL;
    }
    if (entry->ifa_addr->sa_family == AF_INET6) {
        const struct sockaddr_in6 *v6 = (const void *)entry->ifa_addr;
        if (IN6_IS_ADDR_LINKLOCAL(&v6->sin6_addr))
            return false;
        return inet_ntop(AF_INET6, &v6->sin6_addr, ret_text, (socklen_t)size) != NULL;
    }
    return false;
}

GStrv heard_machine_addresses(const char *configured, bool loopback, GError **error)
{
    g_autoptr(GStrvBuilder) builder = NULL;
    struct ifaddrs *entries = NULL;
    unsigned limit = HEARD_MACHINE_ADDRESSES_MAX - (loopback ? 1u : 0u);
    unsigned count = 0;
    char text[INET6_ADDRSTRLEN];

    if (configured)
        return read_configured(configured, error);
    builder = g_strv_builder_new();
    if (getifaddrs(&entries) == 0) {
        for (struct ifaddrs *i = entries; i && count < limit; i = i->ifa_next) {
            if (!format_address(i, text, sizeof text))
                continue;
            g_strv_builder_add(builder, text);
            count++;
        }
        freeifaddrs(entries);
    }
    if (count == 0 || loopback)
        g_strv_builder_add(builder, "127.0.0.1");
    return g_strv_builder_end(builder);
}
