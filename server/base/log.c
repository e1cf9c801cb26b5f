/* SPDX-License-Identifier: Apache-2.0 */
#include "server/base/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { HEARD_LOG_LINE_MAX = 1024, HEARD_LOG_LIMIT_US = 1000000 };

static atomic_int max_level = HEARD_LOG_INFO;

void heard_log_set_level(HeardLogLevel level)
{
    atomic_store(&max_level, (int)level);
}

void heard_log(const HeardLogTopic *topic, HeardLogLevel level, const char *format, ...)
{
    static const char *const words[] = {"error", "warn", "info", "debug"};
    char line[HEARD_LOG_LINE_MAX];
    struct timespec now;
    struct tm utc;
    va_list args;
    size_t used;
    int wrote;

    if ((int)level > atomic_load(&max_level))
        return;
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &utc);
    used = strftime(line, sizeof line, "%Y-%m-%dT%H:%M:%S", &utc);
    wrote = snprintf(line + used, sizeof line - used, ".%03ldZ %s %s ", now.tv_nsec / 1000000,
                     words[level], topic->name);
    used += (size_t)wrote;
    va_start(args, format);
    wrote = vsnprintf(line + used, sizeof line - used - 1, format, args);
    va_end(args);
    if (wrote < 0)
        return;
    used = MIN(used + (size_t)wrote, sizeof line - 2);
    line[used++] = '\n';
    /* A log that cannot be written has nobody to tell. */
    if (write(STDERR_FILENO, line, used) < 0)
        return;
}

bool heard_log_limit(HeardLogLimit *self, int64_t now_us, uint32_t *ret_skipped)
{
    if (now_us < self->next_us) {
        self->skipped++;
        return false;
    }
    *ret_skipped = self->skipped;
    self->skipped = 0;
    self->next_us = now_us + HEARD_LOG_LIMIT_US;
    return true;
}
