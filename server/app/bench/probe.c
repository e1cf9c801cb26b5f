/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/bench/probe.h"

#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { INODES_MAX = 65536 };

static char *read_file(const char *path)
{
    char *text = NULL;

    return g_file_get_contents(path, &text, NULL, NULL) ? text : NULL;
}

static double cpu_of(int pid)
{
    clockid_t clock;
    struct timespec used;

    if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &used) != 0)
        return 0;
    return (double)used.tv_sec + (double)used.tv_nsec / 1e9;
}

/* The number behind "Name:" in a status file. */
static long status_value(const char *status, const char *name)
{
    const char *at = status ? strstr(status, name) : NULL;

    return at ? strtol(at + strlen(name), NULL, 10) : 0;
}

static uint64_t switches_of(int pid)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/task", pid);
    g_autoptr(GDir) tasks = g_dir_open(path, 0, NULL);
    uint64_t sum = 0;
    const char *task;

    while (tasks && (task = g_dir_read_name(tasks))) {
        g_autofree char *file = g_build_filename(path, task, "status", NULL);
        g_autofree char *status = NULL;

        if (!g_file_get_contents(file, &status, NULL, NULL))
            continue;
        sum += (uint64_t)status_value(status, "\nvoluntary_ctxt_switches:");
        sum += (uint64_t)status_value(status, "\nnonvoluntary_ctxt_switches:");
    }
    return sum;
}

static void add_sockets(GHashTable *inodes, int pid)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/fd", pid);
    g_autoptr(GDir) descriptors = g_dir_open(path, 0, NULL);
    const char *name;

    while (descriptors && (name = g_dir_read_name(descriptors)) &&
           g_hash_table_size(inodes) < INODES_MAX) {
        g_autofree char *file = g_build_filename(path, name, NULL);
        char target[64];
        ssize_t size = readlink(file, target, sizeof target - 1);

        if (size < 0)
            continue;
        target[size] = '\0';
        if (g_str_has_prefix(target, "socket:["))
            g_hash_table_add(inodes, GSIZE_TO_POINTER(strtoull(target + 8, NULL, 10)));
    }
}

static uint64_t udp_drops(const int *pids, int pid_count)
{
    static const char *const files[] = {"/proc/net/udp", "/proc/net/udp6"};
    g_autoptr(GHashTable) inodes = g_hash_table_new(NULL, NULL);
    uint64_t sum = 0;

    for (int i = 0; i < pid_count; i++)
        add_sockets(inodes, pids[i]);
    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *text = NULL;
        g_auto(GStrv) lines = NULL;

        if (!g_file_get_contents(files[i], &text, NULL, NULL))
            continue;
        lines = g_strsplit(text, "\n", -1);
        for (char **line = lines; *line; line++) {
            unsigned long inode, drops;

            if (sscanf(*line, "%*d: %*s %*s %*s %*s %*s %*s %*s %*s %lu %*s %*s %lu", &inode,
                       &drops) == 2 &&
                g_hash_table_contains(inodes, GSIZE_TO_POINTER(inode)))
                sum += drops;
        }
    }
    return sum;
}

/* user, nice, system, irq, softirq: everything that is neither idle nor stolen. */
static double machine_busy_s(void)
{
    g_autofree char *stat = read_file("/proc/stat");
    unsigned long user, nice, system, idle, wait, irq, softirq;

    if (!stat || sscanf(stat, "cpu %lu %lu %lu %lu %lu %lu %lu", &user, &nice, &system, &idle,
                        &wait, &irq, &softirq) != 7)
        return 0;
    return (double)(user + nice + system + irq + softirq) / (double)sysconf(_SC_CLK_TCK);
}

void heard_bench_sample(const int *pids, int pid_count, HeardBenchSample *ret_sample)
{
    HeardBenchSample sample = {.alive = true};

    for (int i = 0; i < pid_count; i++) {
        g_autofree char *path = g_strdup_printf("/proc/%d/status", pids[i]);
        g_autofree char *status = read_file(path);

        sample.alive &= status != NULL;
        sample.server_cpu_s += cpu_of(pids[i]);
        sample.server_rss_mb += (double)status_value(status, "VmRSS:") / 1024;
        sample.server_threads += status_value(status, "Threads:");
        sample.server_switches += switches_of(pids[i]);
    }
    sample.server_udp_drops = pid_count > 0 ? udp_drops(pids, pid_count) : 0;
    sample.busy_s = machine_busy_s();
    sample.own_cpu_s = cpu_of(getpid());
    *ret_sample = sample;
}

char *heard_bench_cpu_model(void)
{
    g_autofree char *text = read_file("/proc/cpuinfo");
    const char *line = text ? strstr(text, "model name") : NULL;
    const char *value = line ? strchr(line, ':') : NULL;

    if (!value)
        return g_strdup("unknown");
    return g_strstrip(g_strndup(value + 1, strcspn(value + 1, "\n")));
}
