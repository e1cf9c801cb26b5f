/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Settings: lines "key = value", '#' starts a comment. Each key is known by the
 * caller's table; an unknown key, a bad value or a key given twice is an error
 * that names file and line.
 *
 * Ownership  new/free; returned texts live as long as the config.
 * Threads    Read-only after loading.
 */

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef enum { HEARD_CONFIG_TEXT, HEARD_CONFIG_NUMBER, HEARD_CONFIG_BOOL } HeardConfigKind;

typedef struct {
    const char *key;
    HeardConfigKind kind;
    const char *initial; /* as it would stand in the file; NULL: unset */
    int64_t min, max;    /* of a number */
} HeardConfigField;

typedef struct HeardConfig HeardConfig;

/* fields ends with a NULL key and must outlive the config. */
HeardConfig *heard_config_new(const HeardConfigField *fields);
void heard_config_free(HeardConfig *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeardConfig, heard_config_free)

bool heard_config_parse(HeardConfig *self, const char *name, const char *text,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool heard_config_load(HeardConfig *self, const char *path,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* For the command line: replaces what the file said. */
bool heard_config_set(HeardConfig *self, const char *key, const char *value,
                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

const char *heard_config_text(const HeardConfig *self, const char *key);
int64_t heard_config_number(const HeardConfig *self, const char *key);
bool heard_config_bool(const HeardConfig *self, const char *key);
