/* SPDX-License-Identifier: Apache-2.0 */
#include "server/hearing/drafts.h"

#include <string.h>

struct HeardDrafts {
    GPtrArray *list; /* HeardDraft, by begin_ms */
};

static void draft_free(void *data)
{
    HeardDraft *self = data;

    g_free(self->text);
    for (unsigned i = 0; i < HEARD_DRAFT_ALTERNATIVES_MAX; i++)
        g_free(self->alternatives[i]);
    g_free(self);
}

HeardDrafts *heard_drafts_new(void)
{
    HeardDrafts *self = g_new0(HeardDrafts, 1);

    self->list = g_ptr_array_new_with_free_func(draft_free);
    return self;
}

void heard_drafts_free(HeardDrafts *self)
{
    if (!self)
        return;
    g_ptr_array_unref(self->list);
    g_free(self);
}

static HeardDraft *copy(const HeardDraft *draft)
{
    HeardDraft *self = g_new(HeardDraft, 1);

    *self = *draft;
    self->text = g_strdup(draft->text);
    for (unsigned i = 0; i < HEARD_DRAFT_ALTERNATIVES_MAX; i++)
        self->alternatives[i] = g_strdup(draft->alternatives[i]);
    return self;
}

const HeardDraft *heard_drafts_add(HeardDrafts *self, const HeardDraft *draft,
                                   char ret_lost[static HEARD_ID_SIZE])
{
    HeardDraft *added = copy(draft);
    guint place;

    ret_lost[0] = '\0';
    if (self->list->len >= HEARD_DRAFTS_MAX) {
        g_strlcpy(ret_lost, heard_drafts_at(self, 0)->id, HEARD_ID_SIZE);
        g_ptr_array_remove_index(self->list, 0);
    }
    for (place = self->list->len; place > 0; place--)
        if (heard_drafts_at(self, place - 1)->begin_ms <= draft->begin_ms)
            break;
    g_ptr_array_insert(self->list, (gint)place, added);
    return added;
}

bool heard_drafts_remove(HeardDrafts *self, const char *id)
{
    for (guint i = 0; i < self->list->len; i++) {
        if (strcmp(heard_drafts_at(self, i)->id, id) == 0) {
            g_ptr_array_remove_index(self->list, i);
            return true;
        }
    }
    return false;
}

void heard_drafts_clear(HeardDrafts *self)
{
    g_ptr_array_set_size(self->list, 0);
}

unsigned heard_drafts_count(const HeardDrafts *self)
{
    return self->list->len;
}

const HeardDraft *heard_drafts_at(const HeardDrafts *self, unsigned index)
{
    return g_ptr_array_index(self->list, index);
}
