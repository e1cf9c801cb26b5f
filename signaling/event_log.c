/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/event_log.h"

#include "server/base/json.h"

#include <string.h>

struct HeardEventLog {
    char *texts[HEARD_EVENT_LOG_MAX]; /* event seq stands at seq % MAX */
    uint64_t first, last;             /* kept are first … last; none while first > last */
    size_t bytes;
};

HeardEventLog *heard_event_log_new(void)
{
    HeardEventLog *self = g_new0(HeardEventLog, 1);

    self->first = 1;
    return self;
}

static void drop_first(HeardEventLog *self)
{
    char **text = &self->texts[self->first % HEARD_EVENT_LOG_MAX];

    self->bytes -= strlen(*text);
    g_clear_pointer(text, g_free);
    self->first++;
}

void heard_event_log_free(HeardEventLog *self)
{
    if (!self)
        return;
    while (self->first <= self->last)
        drop_first(self);
    g_free(self);
}

const char *heard_event_log_add_take(HeardEventLog *self, const char *type, json_t *data)
{
    g_autoptr(json_t) event = json_object();
    char *text;

    json_object_set_new(event, "seq", json_integer((json_int_t)(self->last + 1)));
    json_object_set_new(event, "type", json_string(type));
    json_object_set_new(event, "data", data);
    text = heard_json_dump(event);
    if (self->last - self->first + 1 == HEARD_EVENT_LOG_MAX)
        drop_first(self);
    self->last++;
    self->texts[self->last % HEARD_EVENT_LOG_MAX] = text;
    self->bytes += strlen(text);
    while (self->bytes > HEARD_EVENT_LOG_BYTES_MAX && self->first < self->last)
        drop_first(self);
    return text;
}

uint64_t heard_event_log_seq(const HeardEventLog *self)
{
    return self->last;
}

bool heard_event_log_reaches(const HeardEventLog *self, uint64_t seq)
{
    return seq <= self->last && seq + 1 >= self->first;
}

const char *heard_event_log_get(const HeardEventLog *self, uint64_t seq)
{
    if (seq < self->first || seq > self->last)
        return NULL;
    return self->texts[seq % HEARD_EVENT_LOG_MAX];
}
