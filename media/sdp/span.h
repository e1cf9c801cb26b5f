/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * A piece of a text that somebody else owns, and the few steps that reading SDP needs.
 *
 * Ownership  A span borrows; the text must outlive it. No span is NUL-terminated.
 * Threads    Pure.
 * Errors     A step that does not fit returns false and leaves the span as it was.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    const char *at;
    size_t size;
} HeardSpan;

HeardSpan heard_span(const char *text);

/* The next line without its CR LF or LF; false at the end of the text. */
bool heard_span_take_line(HeardSpan *self, HeardSpan *ret_line);
/* Up to the next space or separator; skips the separators before it. False: none left. */
bool heard_span_take_word(HeardSpan *self, char separator, HeardSpan *ret_word);
/* Skip the prefix if it is there. */
bool heard_span_take_prefix(HeardSpan *self, const char *prefix);
/* Decimal digits, at most max. */
bool heard_span_take_number(HeardSpan *self, uint32_t max, uint32_t *ret_number);

bool heard_span_is(HeardSpan self, const char *text);
/* ASCII letters without case. */
bool heard_span_is_nocase(HeardSpan self, const char *text);
/* Copies all of it and a NUL; false when it does not fit, is empty or holds a control
 * character: nothing is cut in the middle. */
bool heard_span_copy(HeardSpan self, char *ret_text, size_t size);
