/* SPDX-License-Identifier: Apache-2.0 */
#include "server/papers/sheet_private.h"

/* A row says of itself what its columns are called: a phone has no room for a table. */
static void put_row(GString *out, HeardDocumentLanguage language, const HeardBlock *heads,
                    const HeardBlock *row)
{
    for (unsigned i = 0; row->cells[i]; i++)
        g_string_append_printf(out, "%s%s%s%s", i == 0 ? "" : HEARD_SAY(language, "；", "; "),
                               heads && heads->cells[i] ? heads->cells[i] : "",
                               heads && heads->cells[i] ? HEARD_SAY(language, "：", ": ") : "",
                               row->cells[i]);
    g_string_append_c(out, '\n');
}

static void put_block(GString *out, HeardDocumentLanguage language, const HeardBlock *heads,
                      const HeardBlock *block)
{
    switch (block->kind) {
    case HEARD_BLOCK_HEADING:
        g_string_append_printf(out, "\n%s\n", block->cells[0]);
        return;
    case HEARD_BLOCK_TEXT:
    case HEARD_BLOCK_LINE:
    case HEARD_BLOCK_CLOSING:
        g_string_append_printf(out, "%s\n", block->cells[0]);
        return;
    case HEARD_BLOCK_FACT:
    case HEARD_BLOCK_CODE:
        g_string_append_printf(out, "%s%s%s\n", block->cells[0], HEARD_SAY(language, "：", ": "),
                               block->cells[1]);
        return;
    case HEARD_BLOCK_ROW:
        put_row(out, language, heads, block);
        return;
    case HEARD_BLOCK_SIGNED:
        g_string_append_printf(out, "%s\n%s\n", block->cells[0], block->cells[1]);
        return;
    case HEARD_BLOCK_TABLE:
    case HEARD_BLOCK_SIGNATURES:
    case HEARD_BLOCK_SPACE:
        return;
    }
}

char *heard_sheet_plain(const HeardSheet *self)
{
    GString *out = g_string_new(NULL);
    const HeardBlock *heads = NULL;

    g_string_append_printf(out, "%s\n%s\n\n", self->title, self->number);
    for (guint i = 0; i < self->blocks->len; i++) {
        const HeardBlock *block = g_ptr_array_index(self->blocks, i);

        if (block->kind == HEARD_BLOCK_TABLE)
            heads = block;
        put_block(out, self->language, heads, block);
    }
    return g_string_free(out, FALSE);
}
