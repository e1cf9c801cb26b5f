/* SPDX-License-Identifier: Apache-2.0 */
#include "recordings/excerpt.h"

#include "recordings/disk.h"
#include "recordings/log_format.h"
#include "server/base/error.h"

#include <jansson.h>
#include <string.h>

char *heard_excerpt_text(const HeardExcerpt *self)
{
    return g_strdup_printf("{\"first_segment\":%u,\"from_ms\":%" G_GINT64_FORMAT
                           ",\"last_segment\":%u,\"to_ms\":%" G_GINT64_FORMAT ",\"version\":%d}\n",
                           self->first_segment, self->from_ms, self->last_segment, self->to_ms,
                           HEARD_LOG_VERSION);
}

static bool take_number(const json_t *root, const char *name, int64_t min, int64_t max,
                        int64_t *ret_value)
{
    *ret_value = json_integer_value(json_object_get(root, name));
    return *ret_value >= min && *ret_value <= max;
}

/* One way to write it: what two readers could read differently is not read at all. */
static bool parse(HeardExcerpt *ret_excerpt, const char *text, size_t size)
{
    json_t *root = json_loadb(text, size, JSON_REJECT_DUPLICATES, NULL);
    g_autofree char *again = NULL;
    int64_t from_ms, to_ms, first, last;
    HeardExcerpt found;
    bool fits = take_number(root, "from_ms", 0, HEARD_EXCERPT_MS_MAX, &from_ms) &&
                take_number(root, "to_ms", from_ms + 1, HEARD_EXCERPT_MS_MAX, &to_ms) &&
                take_number(root, "first_segment", 1, HEARD_LOG_SEGMENTS_MAX, &first) &&
                take_number(root, "last_segment", first, HEARD_LOG_SEGMENTS_MAX, &last);

    json_decref(root);
    if (!fits)
        return false;
    found = (HeardExcerpt){from_ms, to_ms, (uint32_t)first, (uint32_t)last};
    again = heard_excerpt_text(&found);
    if (size != strlen(again) || memcmp(text, again, size) != 0)
        return false;
    *ret_excerpt = found;
    return true;
}

bool heard_excerpt_read(HeardExcerpt *ret_excerpt, const char *path, GError **error)
{
    g_autofree char *file = g_build_filename(path, HEARD_EXCERPT_FILE, NULL);
    g_autofree char *text = NULL;
    g_autoptr(GError) why = NULL;
    size_t size;

    *ret_excerpt = (HeardExcerpt){0};
    text = heard_disk_read(file, HEARD_EXCERPT_BYTES_MAX, &size, &why);
    if (!text && heard_error_code(why) == HEARD_ERROR_NOT_FOUND)
        return true;
    if (text && parse(ret_excerpt, text, size))
        return true;
    g_set_error(error, HEARD_ERROR, HEARD_ERROR_CORRUPT, "%s: not well-formed", file);
    return false;
}

bool heard_excerpt_is_some(const HeardExcerpt *self)
{
    return self->last_segment > 0;
}

bool heard_excerpt_is_outside(const HeardExcerpt *self, uint32_t segment)
{
    return heard_excerpt_is_some(self) &&
           (segment < self->first_segment || segment > self->last_segment);
}
