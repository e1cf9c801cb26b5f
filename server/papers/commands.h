/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * `heard paper`: a document of a hearing from its JSON, as PDF and as a page for the screen.
 *
 * Threads  A process of its own.
 * Errors   Exit status 1 with one line on standard error; 2: wrong use.
 */

int heard_paper_main(int argc, char **argv);
