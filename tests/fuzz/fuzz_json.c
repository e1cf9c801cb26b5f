/* SPDX-License-Identifier: Apache-2.0 */

/* What is taken as JSON can be written and taken again, and no reader trips over it. */
#include "server/base/json.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_all(const json_t *object)
{
    const char *text = NULL;
    int64_t number = 0;
    bool value = false;
    json_t *array = NULL;

    if (heard_json_text(object, "a", 16, true, &text, NULL) && text)
        g_assert(g_utf8_validate(text, -1, NULL) && g_utf8_strlen(text, -1) <= 16);
    if (heard_json_number(object, "a", -9, 9, true, &number, NULL))
        g_assert(number >= -9 && number <= 9);
    if (heard_json_bool(object, "a", false, &value, NULL))
        g_assert(json_is_boolean(json_object_get(object, "a")));
    if (heard_json_array(object, "a", 4, true, &array, NULL) && array)
        g_assert(json_array_size(array) <= 4);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(json_t) object = heard_json_parse_object((const char *)data, size, NULL);
    g_autoptr(json_t) again = NULL;
    g_autofree char *dump = NULL;

    if (!object)
        return 0;
    read_all(object);
    dump = heard_json_dump(object);
    again = heard_json_parse_object(dump, strlen(dump), NULL);
    /* Escapes may make the text longer than what is taken. */
    g_assert(again ? json_equal(object, again) : strlen(dump) > HEARD_JSON_BYTES_MAX);
    return 0;
}
