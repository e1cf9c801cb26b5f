/* SPDX-License-Identifier: Apache-2.0 */
#include "heard_test.h"

#include "server/base/queue.h"

static void links(void **state)
{
    (void)state;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(links)};

    return cmocka_run_group_tests_name("base queue", tests, NULL, NULL);
}
