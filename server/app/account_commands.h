/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * `heard user add` and `heard token`: accounts and bearer tokens, straight into the store of
 * a data folder. They may run beside a server.
 *
 * Threads  Called once, from a fresh process.
 * Errors   One line on stderr; 1 failed, 2 wrong use.
 */

int heard_user_main(int argc, char **argv);
int heard_token_main(int argc, char **argv);
