/* SPDX-License-Identifier: Apache-2.0 */
#include "server/store/person_rows.h"

#include "server/base/error.h"

static const HeardColumn person_columns[] = {
    HEARD_COLUMN(HeardPersonRow, TEXT, id),
    HEARD_COLUMN(HeardPersonRow, TEXT, name),
    HEARD_COLUMN(HeardPersonRow, TEXT, name_masked),
    HEARD_COLUMN(HeardPersonRow, TEXT, id_type),
    HEARD_COLUMN(HeardPersonRow, TEXT, id_cipher),
    HEARD_COLUMN(HeardPersonRow, TEXT, id_hash),
    HEARD_COLUMN(HeardPersonRow, TEXT, id_masked),
    HEARD_COLUMN(HeardPersonRow, TEXT, phone_cipher),
    HEARD_COLUMN(HeardPersonRow, TEXT, phone_hash),
    HEARD_COLUMN(HeardPersonRow, TEXT, phone_masked),
    HEARD_COLUMN(HeardPersonRow, TEXT, gender),
    HEARD_COLUMN(HeardPersonRow, TEXT, language),
    HEARD_COLUMN(HeardPersonRow, INT, birth_year),
    HEARD_COLUMN(HeardPersonRow, TEXT, needs),
    HEARD_COLUMN(HeardPersonRow, INT, created_ms),
};
static const HeardTable person_table =
    HEARD_TABLE("person", "person", HeardPersonRow, person_columns);

enum { NAME_HIDDEN_MAX = 8, ID_HEAD = 3, ID_TAIL = 4, PHONE_HEAD = 3, PHONE_TAIL = 2 };

char *heard_person_mask_name(const char *name)
{
    glong count = g_utf8_strlen(name, -1);
    GString *masked = g_string_new(NULL);

    if (count > 0)
        g_string_append_unichar(masked, g_utf8_get_char(name));
    /* A name of one character still gets a star: the length of a mask tells little. */
    for (glong i = 1; i < MAX(count, 2) && i <= NAME_HIDDEN_MAX; i++)
        g_string_append_c(masked, '*');
    return g_string_free(masked, FALSE);
}

char *heard_person_mask_number(const char *number, unsigned head, unsigned tail)
{
    glong count = g_utf8_strlen(number, -1);
    bool shown = count >= 2 * (glong)(head + tail);
    GString *masked = g_string_new(NULL);
    glong index = 0;

    for (const char *c = number; *c; c = g_utf8_next_char(c), index++) {
        if (shown && (index < (glong)head || index >= count - (glong)tail))
            g_string_append_unichar(masked, g_utf8_get_char(c));
        else
            g_string_append_c(masked, '*');
    }
    return g_string_free(masked, FALSE);
}

static char *column_context(const char *column, const char *id)
{
    return g_strdup_printf("person.%s:%s", column, id);
}

/* The same number written with spaces, dashes or a small x is the same number. */
static char *normalise_number(const char *number)
{
    GString *text = g_string_new(NULL);

    for (const char *c = number; *c; c++)
        if (*c != ' ' && *c != '-')
            g_string_append_c(text, g_ascii_toupper(*c));
    return g_string_free(text, FALSE);
}

typedef struct {
    char *cipher, *masked;
    char hash[HEARD_FIELD_HASH_SIZE];
} Secret;

static void secret_deinit(Secret *self)
{
    g_free(self->cipher);
    g_free(self->masked);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Secret, secret_deinit)

static void secret_make(Secret *self, const HeardFieldCipher *cipher, const char *column,
                        const char *row_id, const char *text, unsigned head, unsigned tail)
{
    g_autofree char *context = column_context(column, row_id);
    g_autofree char *normal = normalise_number(text);

    self->cipher = heard_field_cipher_seal(cipher, context, normal);
    self->masked = heard_person_mask_number(normal, head, tail);
    heard_field_cipher_hash(cipher, column, normal, self->hash);
}

static bool number_is_sane(const char *column, const char *number, GError **error)
{
    if (!number || (g_str_is_ascii(number) && *number && strlen(number) <= 64))
        return true;
    g_set_error(error, HEARD_ERROR, HEARD_ERROR_BAD_FIELD,
                "person.%s: 1 to 64 letters, digits, spaces or dashes", column);
    return false;
}

bool heard_person_rows_insert(HeardStore *store, const HeardFieldCipher *cipher,
                              const HeardPersonRow *row, const char *id_number, const char *phone,
                              GError **error)
{
    g_autofree char *name_masked = heard_person_mask_name(row->name ? row->name : "");
    g_auto(Secret) id_secret = {0};
    g_auto(Secret) phone_secret = {0};
    HeardPersonRow complete = *row;

    if (!number_is_sane("id", id_number, error) || !number_is_sane("phone", phone, error))
        return false;
    if (id_number)
        secret_make(&id_secret, cipher, "id", row->id, id_number, ID_HEAD, ID_TAIL);
    if (phone)
        secret_make(&phone_secret, cipher, "phone", row->id, phone, PHONE_HEAD, PHONE_TAIL);
    complete.name_masked = name_masked;
    complete.id_cipher = id_secret.cipher;
    complete.id_masked = id_secret.masked;
    complete.id_hash = id_number ? id_secret.hash : NULL;
    complete.phone_cipher = phone_secret.cipher;
    complete.phone_masked = phone_secret.masked;
    complete.phone_hash = phone ? phone_secret.hash : NULL;
    return heard_row_insert(store, &person_table, &complete, error);
}

HeardPersonRow *heard_person_rows_get(HeardStore *store, const char *id, GError **error)
{
    return heard_row_get(store, &person_table, "WHERE id = $1", HEARD_VALUES(HEARD_TEXT(id)),
                         error);
}

static GPtrArray *find_by_hash(HeardStore *store, const HeardFieldCipher *cipher,
                               const char *column, const char *number, const char *tail,
                               GError **error)
{
    g_autofree char *normal = normalise_number(number);
    char hash[HEARD_FIELD_HASH_SIZE];

    heard_field_cipher_hash(cipher, column, normal, hash);
    return heard_row_list(store, &person_table, tail, HEARD_VALUES(HEARD_TEXT(hash)), error);
}

GPtrArray *heard_person_rows_find_by_id_number(HeardStore *store, const HeardFieldCipher *cipher,
                                               const char *id_number, GError **error)
{
    return find_by_hash(store, cipher, "id", id_number, "WHERE id_hash = $1 ORDER BY id", error);
}

GPtrArray *heard_person_rows_find_by_phone(HeardStore *store, const HeardFieldCipher *cipher,
                                           const char *phone, GError **error)
{
    return find_by_hash(store, cipher, "phone", phone, "WHERE phone_hash = $1 ORDER BY id", error);
}

char *heard_person_rows_reveal_phone(const HeardFieldCipher *cipher, const HeardPersonRow *row,
                                     GError **error)
{
    g_autofree char *context = column_context("phone", row->id);

    return row->phone_cipher ? heard_field_cipher_open(cipher, context, row->phone_cipher, error)
                             : NULL;
}

char *heard_person_rows_reveal_id_number(const HeardFieldCipher *cipher, const HeardPersonRow *row,
                                         GError **error)
{
    g_autofree char *context = column_context("id", row->id);

    return row->id_cipher ? heard_field_cipher_open(cipher, context, row->id_cipher, error) : NULL;
}
