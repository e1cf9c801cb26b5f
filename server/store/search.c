/* SPDX-License-Identifier: Apache-2.0 */
#include "server/store/search.h"

#include <stdbool.h>
#include <string.h>

typedef enum {
    CHARACTER_OTHER, /* parts runs */
    CHARACTER_WORD,  /* letters and digits of scripts with spaces */
    CHARACTER_CJK,   /* one character is nearly a word: bigrams */
} CharacterClass;

typedef struct {
    const char *at;
    CharacterClass class;
    const char *start, *end; /* of the run found last */
} Runs;

static bool is_cjk(gunichar c)
{
    switch (g_unichar_get_script(c)) {
    case G_UNICODE_SCRIPT_HAN:
    case G_UNICODE_SCRIPT_HIRAGANA:
    case G_UNICODE_SCRIPT_KATAKANA:
    case G_UNICODE_SCRIPT_HANGUL:
    case G_UNICODE_SCRIPT_BOPOMOFO:
        return g_unichar_isalpha(c) || g_unichar_isalnum(c);
    default:
        return false;
    }
}

static CharacterClass classify(gunichar c)
{
    if (is_cjk(c))
        return CHARACTER_CJK;
    /* Marks belong to the letter before them: Tibetan and Uyghur names hold many. */
    return g_unichar_isalnum(c) || g_unichar_ismark(c) ? CHARACTER_WORD : CHARACTER_OTHER;
}

static bool joins_words(const char *at)
{
    return (*at == '-' || *at == '_') && classify(g_utf8_get_char(at + 1)) == CHARACTER_WORD;
}

static bool next_run(Runs *self)
{
    while (*self->at && classify(g_utf8_get_char(self->at)) == CHARACTER_OTHER)
        self->at = g_utf8_next_char(self->at);
    if (!*self->at)
        return false;
    self->start = self->at;
    self->class = classify(g_utf8_get_char(self->at));
    do {
        self->at = g_utf8_next_char(self->at);
        if (self->class == CHARACTER_WORD && joins_words(self->at))
            self->at++;
    } while (*self->at && classify(g_utf8_get_char(self->at)) == self->class);
    self->end = self->at;
    return true;
}

static char *normalise(const char *text)
{
    g_autofree char *composed = NULL;

    if (!g_utf8_validate(text, -1, NULL))
        return NULL;
    composed = g_utf8_normalize(text, -1, G_NORMALIZE_NFKC);
    return composed ? g_utf8_strdown(composed, -1) : NULL;
}

static bool is_single(const Runs *run)
{
    return g_utf8_next_char(run->start) == run->end;
}

/* The tokens of one run, parted by a space; false when budget is spent. */
static bool append_tokens(GString *out, const Runs *run, unsigned *budget)
{
    const char *at = run->start;

    if (run->class == CHARACTER_WORD || is_single(run)) {
        if (run->end - run->start > HEARD_SEARCH_TOKEN_BYTES_MAX)
            return true;
        if ((*budget)-- == 0)
            return false;
        g_string_append_printf(out, "%s%.*s", out->len ? " " : "", (int)(run->end - run->start),
                               run->start);
        return true;
    }
    for (const char *next = g_utf8_next_char(at); next < run->end; at = g_utf8_next_char(at)) {
        next = g_utf8_next_char(next); /* past the second character of this pair */
        if ((*budget)-- == 0)
            return false;
        g_string_append_printf(out, "%s%.*s", out->len ? " " : "", (int)(next - at), at);
    }
    return true;
}

char *heard_search_index_text(const char *text)
{
    g_autofree char *normal = normalise(text);
    GString *out = g_string_new(NULL);
    Runs runs = {.at = normal ? normal : ""};
    unsigned budget = HEARD_SEARCH_TOKENS_MAX;

    while (next_run(&runs))
        if (!append_tokens(out, &runs, &budget))
            break;
    return g_string_free(out, FALSE);
}

char *heard_search_query_fts5(const char *question)
{
    g_autofree char *normal = normalise(question);
    g_autoptr(GString) query = g_string_new(NULL);
    Runs runs = {.at = normal ? normal : ""};
    unsigned budget = HEARD_SEARCH_QUERY_TOKENS_MAX;

    while (next_run(&runs)) {
        g_autoptr(GString) phrase = g_string_new(NULL);
        bool within = append_tokens(phrase, &runs, &budget);

        if (phrase->len > 0)
            g_string_append_printf(query, "%s\"%s\"%s", query->len ? " AND " : "", phrase->str,
                                   runs.class == CHARACTER_CJK && is_single(&runs) ? "*" : "");
        if (!within)
            break;
    }
    return query->len ? g_strdup(query->str) : NULL;
}
