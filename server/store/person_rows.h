/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Petitioners and other people outside the offices. Identity number and phone are kept as
 * ciphertext, keyed hash for exact search, and a masked form to show.
 *
 * Rows, ownership, threads: row.h.
 */

#include "server/store/field_cipher.h"
#include "server/store/row.h"

typedef struct {
    const char *id;
    const char *name;
    const char *name_masked; /* 张** */
    const char *id_type;     /* resident_id, passport, …; NULL: not given */
    const char *id_cipher, *id_hash, *id_masked;
    const char *phone_cipher, *phone_hash, *phone_masked;
    const char *gender, *language;
    int64_t birth_year;
    const char *needs; /* JSON */
    int64_t created_ms;
} HeardPersonRow;

/* id_number and phone in the clear, or NULL; the row's cipher, hash and masked members are
 * made from them, name_masked from name. */
bool heard_person_rows_insert(HeardStore *store, const HeardFieldCipher *cipher,
                              const HeardPersonRow *row, const char *id_number, const char *phone,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
HeardPersonRow *heard_person_rows_get(HeardStore *store, const char *id, GError **error);
GPtrArray *heard_person_rows_find_by_id_number(HeardStore *store, const HeardFieldCipher *cipher,
                                               const char *id_number, GError **error);
GPtrArray *heard_person_rows_find_by_phone(HeardStore *store, const HeardFieldCipher *cipher,
                                           const char *phone, GError **error);
/* In the clear: audit before calling. NULL without error when it was never given. */
char *heard_person_rows_reveal_phone(const HeardFieldCipher *cipher, const HeardPersonRow *row,
                                     GError **error);
char *heard_person_rows_reveal_id_number(const HeardFieldCipher *cipher, const HeardPersonRow *row,
                                         GError **error);

/* 张三丰 → 张**, Anna → A***; the caller frees. */
char *heard_person_mask_name(const char *name);
/* Keeps the first and last so many characters where at least as many are hidden. */
char *heard_person_mask_number(const char *number, unsigned head, unsigned tail);
