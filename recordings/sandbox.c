/* SPDX-License-Identifier: Apache-2.0 */
#include "recordings/sandbox.h"

#include "server/base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Newer than the headers of Debian 12: Landlock of Linux 6.2 (3), 6.7 (4), 6.10 (5), 6.12 (6). */
enum {
    ABI_REFER = 2,
    ABI_TRUNCATE = 3,
    ABI_NET = 4,
    ABI_IOCTL = 5,
    ABI_SCOPE = 6,
    NET_BIND_AND_CONNECT = 1 << 0 | 1 << 1,
    SCOPE_SOCKETS_AND_SIGNALS = 1 << 0 | 1 << 1,
};
#define FS_TRUNCATE  (UINT64_C(1) << 14)
#define FS_IOCTL_DEV (UINT64_C(1) << 15)

enum {
    READ = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR,
    CHANGE = LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |
             LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR |
             LANDLOCK_ACCESS_FS_MAKE_REG,
    RENAME =
        LANDLOCK_ACCESS_FS_READ_DIR | LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_MAKE_DIR,
    NEVER = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_MAKE_CHAR |
            LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |
            LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM,
    FILE_ONLY = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE,
};

typedef struct {
    uint64_t fs, net, scoped;
} Ruleset; /* struct landlock_ruleset_attr of version 6; older kernels take its beginning */

/* Libraries, plugins, time zone, fonts, and what says how many processors there are. */
static const char *const system_read[] = {"/usr",
                                          "/lib",
                                          "/lib64",
                                          "/etc/ld.so.cache",
                                          "/etc/localtime",
                                          "/etc/fonts",
                                          "/proc/self",
                                          "/proc/cpuinfo",
                                          "/proc/meminfo",
                                          "/sys/devices/system",
                                          "/dev/null",
                                          "/dev/zero",
                                          "/dev/urandom",
                                          "/dev/random",
                                          "/var/cache/fontconfig",
                                          "/proc/stat",
                                          "/proc/sys/vm",
                                          "/sys/kernel/mm",
                                          NULL};

/* What a decoder never does, and a stranger in it would. */
static const char *const refused[] = {
    /* network; a socketpair leads nowhere, and GstPoll is one */
    "socket", "connect", "bind", "listen", "accept", "accept4", "sendto", "sendmsg", "sendmmsg",
    "recvmsg", "recvmmsg",
    /* other programs and processes; clone and fork follow below */
    "execve", "execveat", "fork", "vfork", "ptrace", "process_vm_readv", "process_vm_writev",
    "process_madvise", "pidfd_open", "pidfd_getfd", "pidfd_send_signal", "kcmp", "rt_sigqueueinfo",
    "rt_tgsigqueueinfo", "tkill", "setpgid", "setsid",
    /* file systems and namespaces */
    "mount", "umount", "umount2", "pivot_root", "chroot", "unshare", "setns", "move_mount",
    "open_tree", "fsopen", "fsconfig", "fsmount", "fspick", "mount_setattr", "name_to_handle_at",
    "open_by_handle_at", "quotactl", "quotactl_fd", "swapon", "swapoff", "mknod", "mknodat",
    "chmod", "fchmod", "fchmodat", "chown", "fchown", "lchown", "fchownat", "setxattr", "lsetxattr",
    "fsetxattr", "removexattr", "lremovexattr", "fremovexattr", "fanotify_init",
    /* ways around a filter, and large attack surfaces of the kernel */
    "io_uring_setup", "io_uring_enter", "io_uring_register", "bpf", "perf_event_open",
    "userfaultfd", "keyctl", "add_key", "request_key", "personality", "seccomp", "vmsplice",
    "lookup_dcookie", "modify_ldt", "iopl", "ioperm", "acct", "syslog", "kexec_load",
    "kexec_file_load", "init_module", "finit_module", "delete_module", "create_module", "reboot",
    "settimeofday", "clock_settime", "clock_adjtime", "adjtimex", "stime", "sethostname",
    "setdomainname", "vhangup", "nfsservctl", "uselib", "ustat", "_sysctl", "shmget", "msgget",
    "semget", "mq_open",
    /* other rights */
    "setuid", "setgid", "setreuid", "setregid", "setresuid", "setresgid", "setfsuid", "setfsgid",
    "setgroups", "capset", NULL};

static bool fail(GError **error, int code, const char *what)
{
    g_set_error(error, HEARD_ERROR, HEARD_ERROR_INTERNAL, "sandbox: %s: %s", what,
                g_strerror(code));
    return false;
}

static uint64_t all_files(int abi)
{
    return (uint64_t)(READ | CHANGE | NEVER) |
           (abi >= ABI_REFER ? (uint64_t)LANDLOCK_ACCESS_FS_REFER : 0) |
           (abi >= ABI_TRUNCATE ? FS_TRUNCATE : 0) | (abi >= ABI_IOCTL ? FS_IOCTL_DEV : 0);
}

/* A path of the system that is not there is nothing to read. */
static bool allow(int ruleset, const char *path, uint64_t access, bool needed, GError **error)
{
    int fd = open(path, O_PATH | O_CLOEXEC);
    struct landlock_path_beneath_attr rule = {.allowed_access = access, .parent_fd = fd};
    struct stat info;
    bool done = true;

    if (fd < 0 && !needed)
        return true;
    if (fd < 0 || fstat(fd, &info) != 0) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_NOT_FOUND, "sandbox: open %s: %s", path,
                    g_strerror(errno));
        if (fd >= 0)
            close(fd);
        return false;
    }
    if (!S_ISDIR(info.st_mode)) /* the kernel refuses what only folders can have */
        rule.allowed_access &= (uint64_t)FILE_ONLY | FS_TRUNCATE;
    if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) != 0)
        done = fail(error, errno, path);
    close(fd);
    return done;
}

static bool allow_all(int ruleset, const char *const *paths, uint64_t access, bool needed,
                      GError **error)
{
    for (; paths && *paths; paths++)
        if (!allow(ruleset, *paths, access, needed, error))
            return false;
    return true;
}

static bool shut_files(const HeardSandboxSpec *spec, bool *ret_files_shut, GError **error)
{
    int abi = (int)syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    Ruleset what = {
        .fs = all_files(abi), .net = NET_BIND_AND_CONNECT, .scoped = SCOPE_SOCKETS_AND_SIGNALS};
    size_t size = abi >= ABI_SCOPE ? sizeof what : abi >= ABI_NET ? 16 : 8;
    uint64_t write = (uint64_t)(READ | CHANGE) | (abi >= ABI_TRUNCATE ? FS_TRUNCATE : 0);
    int ruleset;
    bool done;

    *ret_files_shut = false;
    if (abi < 1)
        return true; /* not built in, or not switched on */
    ruleset = (int)syscall(SYS_landlock_create_ruleset, &what, size, 0);
    if (ruleset < 0)
        return fail(error, errno, "landlock");
    done = allow_all(ruleset, system_read, READ, false, error) &&
           allow(ruleset, "/proc/self/exe", READ, false, error) &&
           allow_all(ruleset, spec->read, READ, true, error) &&
           allow_all(ruleset, spec->write, write, true, error) &&
           allow_all(ruleset, spec->rename, RENAME, true, error);
    if (done && syscall(SYS_landlock_restrict_self, ruleset, 0) != 0)
        done = fail(error, errno, "landlock");
    *ret_files_shut = done;
    close(ruleset);
    return done;
}

/* Threads may be made, processes not; signals only to ourselves (abort). What clone3 is
 * asked for can't be seen from a filter: without it libraries take clone. */
static int refuse_processes(scmp_filter_ctx filter)
{
    uint32_t no = SCMP_ACT_ERRNO(EPERM);
    struct scmp_arg_cmp another = {.arg = 0, .op = SCMP_CMP_NE, .datum_a = (scmp_datum_t)getpid()};
    int code = seccomp_rule_add(filter, no, SCMP_SYS(clone), 1,
                                SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0));

    if (code == 0)
        code = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
    if (code == 0)
        code = seccomp_rule_add(filter, no, SCMP_SYS(kill), 1, another);
    if (code == 0)
        code = seccomp_rule_add(filter, no, SCMP_SYS(tgkill), 1, another);
    return code;
}

static bool refuse_calls(GError **error)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    int code;

    if (!filter)
        return fail(error, ENOMEM, "seccomp");
    code = seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);
    for (const char *const *name = refused; code == 0 && *name; name++) {
        int number = seccomp_syscall_resolve_name(*name);
        if (number != __NR_SCMP_ERROR) /* newer than the library: names of other machines, too */
            code = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), number, 0);
    }
    if (code == 0)
        code = refuse_processes(filter);
    if (code == 0)
        code = seccomp_load(filter);
    seccomp_release(filter);
    return code == 0 || fail(error, -code, "seccomp");
}

static unsigned count_threads(void)
{
    g_autoptr(GDir) tasks = g_dir_open("/proc/self/task", 0, NULL);
    unsigned count = 0;

    while (tasks && g_dir_read_name(tasks))
        count++;
    return count;
}

#if defined(__SANITIZE_ADDRESS__)
static bool entered;

/* LeakSanitizer traces its own process from another one: both are refused here, so a test
 * build looks for no leaks at the end of a process that is shut in. Other builds have no such
 * function. */
int __lsan_is_turned_off(void);
__attribute__((visibility("default"))) int __lsan_is_turned_off(void)
{
    return entered;
}
#endif

bool heard_sandbox_enter(const HeardSandboxSpec *spec, bool *ret_files_shut, GError **error)
{
    const struct rlimit none = {0, 0};
    unsigned threads = count_threads();
    bool files_shut;

    if (threads > 1) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_INTERNAL,
                    "sandbox: asked for too late, %u threads run already", threads);
        return false;
    }
    /* no core file with a key in it; no set-user-ID program ever */
    if (setrlimit(RLIMIT_CORE, &none) != 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return fail(error, errno, "no new privileges");
    if (!shut_files(spec, &files_shut, error) || !refuse_calls(error))
        return false;
    *ret_files_shut = files_shut;
#if defined(__SANITIZE_ADDRESS__)
    entered = true;
#endif
    return true;
}
