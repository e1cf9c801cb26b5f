/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Typed reading of JSON that somebody else wrote. Every reader says which field
 * was wrong and how, with HEARD_ERROR_BAD_FIELD; a missing optional field is no error.
 *
 * Ownership  Returned texts and objects are borrowed from the document.
 * Threads    Pure.
 */

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC(json_t, json_decref)

/* Parse one object of at most HEARD_JSON_BYTES_MAX; deeper than 32 levels is refused. */
enum { HEARD_JSON_BYTES_MAX = 256 * 1024 };
json_t *heard_json_parse_object(const char *text, size_t size,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Text of at most max_chars Unicode characters, valid UTF-8, without control characters
 * but line feed and tab. optional: absent or null gives true and leaves *ret_text alone. */
bool heard_json_text(const json_t *object, const char *key, size_t max_chars, bool optional,
                     const char **ret_text, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool heard_json_number(const json_t *object, const char *key, int64_t min, int64_t max,
                       bool optional, int64_t *ret_number,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool heard_json_bool(const json_t *object, const char *key, bool optional, bool *ret_value,
                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool heard_json_array(const json_t *object, const char *key, size_t max_count, bool optional,
                      json_t **ret_array, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Compact text; the caller frees it with g_free. */
char *heard_json_dump(const json_t *value);
