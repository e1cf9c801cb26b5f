/* SPDX-License-Identifier: Apache-2.0 */
#include "recordings/background.h"

#include <errno.h>
#include <glib.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { IOPRIO_WHO_PROCESS = 1, IOPRIO_IDLE = 3 << 13 };

void heard_background_begin(const char *name)
{
    if (setpriority(PRIO_PROCESS, 0, 10) != 0 ||
        syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0, IOPRIO_IDLE) != 0)
        fprintf(stderr, "heard %s: priority stays as it is: %s\n", name, g_strerror(errno));
}

void heard_background_print_progress(int permille, void *data)
{
    (void)data;
    printf("{\"progress\":%d}\n", permille);
    fflush(stdout);
}
