/* SPDX-License-Identifier: Apache-2.0 */

/* Every case runs in a process of its own, once at large and once shut in: what is refused must
 * have been possible before. */

#include "log_fixture.h"

#include "recordings/sandbox.h"
#include "server/base/error.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <gst/gst.h>
#include <pthread.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

enum { OK = 0, NO_SANDBOX = 250, FILES_OPEN = 251 };

typedef struct {
    char *root, *log, *part, *out, *segment, *outside;
    struct sockaddr_in listener;
    int socket; /* made before, by who was not shut in yet */
} Place;

typedef int (*Attempt)(const Place *place); /* 0 or errno */

static int result(bool done)
{
    return done ? OK : errno;
}

static int try_new_socket(const Place *place)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    return result(fd >= 0 && connect(fd, (const struct sockaddr *)&place->listener,
                                     sizeof place->listener) == 0);
}

static int try_old_socket(const Place *place)
{
    return result(connect(place->socket, (const struct sockaddr *)&place->listener,
                          sizeof place->listener) == 0);
}

static int try_exec(const Place *place)
{
    char name[] = "true", *argv[] = {name, NULL};
    (void)place;

    execve("/bin/true", argv, NULL); /* "true" ends with 0 */
    return errno;
}

static int try_fork(const Place *place)
{
    pid_t pid = fork();
    (void)place;

    if (pid == 0)
        _exit(0);
    return result(pid > 0 && waitpid(pid, NULL, 0) == pid);
}

static int try_ptrace(const Place *place)
{
    (void)place;
    return result(ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0);
}

static int try_kill(const Place *place)
{
    (void)place;
    return result(kill(getppid(), 0) == 0);
}

static int try_user_namespace(const Place *place)
{
    (void)place;
    return result(syscall(SYS_unshare, 0) == 0);
}

static int try_ring(const Place *place)
{
    (void)place;
    return syscall(SYS_io_uring_setup, 0, NULL) < 0 && errno == EPERM ? EPERM : OK;
}

static int try_mount(const Place *place)
{
    if (mount("none", place->part, "tmpfs", 0, NULL) != 0)
        return errno;
    umount(place->part);
    return OK;
}

static int open_for(const char *path, int flags)
{
    int fd = open(path, flags | O_CLOEXEC, 0600);
    int code = result(fd >= 0);

    if (fd >= 0)
        close(fd);
    return code;
}

static int try_write_outside(const Place *place)
{
    return open_for(place->outside, O_WRONLY);
}

static int try_read_outside(const Place *place)
{
    return open_for(place->outside, O_RDONLY);
}

static int try_create_outside(const Place *place)
{
    g_autofree char *path = g_build_filename(place->root, "new", NULL);

    return open_for(path, O_WRONLY | O_CREAT);
}

static int try_write_log(const Place *place)
{
    return open_for(place->segment, O_WRONLY);
}

static int try_cut_log(const Place *place)
{
    return result(truncate(place->segment, 1) == 0);
}

static int try_move_log(const Place *place)
{
    g_autofree char *to = g_build_filename(place->part, "stolen", NULL);

    return result(rename(place->segment, to) == 0);
}

static int try_remove_log(const Place *place)
{
    return result(unlink(place->segment) == 0);
}

static int try_read_log(const Place *place)
{
    return open_for(place->segment, O_RDONLY);
}

static int try_own_work(const Place *place)
{
    g_autofree char *file = g_build_filename(place->part, "file", NULL);
    g_autofree char *named = g_build_filename(place->part, "named", NULL);

    if (open_for(file, O_RDWR | O_CREAT | O_TRUNC) != OK || rename(file, named) != 0 ||
        rename(place->part, place->out) != 0)
        return errno;
    return OK;
}

static void *in_thread(void *data)
{
    return data;
}

static int try_thread(const Place *place)
{
    pthread_t thread;
    int code = pthread_create(&thread, NULL, in_thread, (void *)(uintptr_t)place);

    return code != 0 ? code : pthread_join(thread, NULL);
}

/* Plugins are loaded and threads made behind the door. */
static int try_pipeline(const Place *place)
{
    g_autofree char *text = g_strdup_printf(
        "videotestsrc num-buffers=20 ! vp8enc deadline=1 ! webmmux ! filesink location=%s/a.webm",
        place->part);
    GstElement *pipeline = gst_parse_launch(text, NULL);
    GstBus *bus = gst_element_get_bus(pipeline);
    GstMessage *message;

    gst_element_set_state(pipeline, GST_STATE_PLAYING);
    message = gst_bus_timed_pop_filtered(bus, 60 * GST_SECOND, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
    return message && GST_MESSAGE_TYPE(message) == GST_MESSAGE_EOS ? OK : EIO;
}

static bool enter(const Place *place, bool *ret_files_shut)
{
    const char *read[] = {place->log, NULL};
    const char *write[] = {place->part, NULL};
    HeardSandboxSpec spec = {.read = read, .write = write, .rename = read};

    return heard_sandbox_enter(&spec, ret_files_shut, NULL);
}

static Place place_new(void)
{
    Place self = {.root = g_dir_make_tmp("heard-sandbox-XXXXXX", NULL), .socket = -1};

    self.log = g_build_filename(self.root, "R01", NULL);
    self.part = g_build_filename(self.log, "derived.part", NULL);
    self.out = g_build_filename(self.log, "derived", NULL);
    self.segment = g_build_filename(self.log, "000001.seg", NULL);
    self.outside = g_build_filename(self.root, "outside", NULL);
    assert_int_equal(g_mkdir_with_parents(self.part, 0750), 0);
    assert_true(g_file_set_contents(self.segment, "sealed", -1, NULL));
    assert_true(g_file_set_contents(self.outside, "secret", -1, NULL));
    return self;
}

static void place_free(Place *self)
{
    remove_tree(self->root);
    g_free(self->root);
    g_free(self->log);
    g_free(self->part);
    g_free(self->out);
    g_free(self->segment);
    g_free(self->outside);
}

static int run(Attempt attempt, bool shut_in)
{
    Place place = place_new();
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), status;
    socklen_t size = sizeof place.listener;
    bool files_shut = false;
    pid_t pid;

    place.listener =
        (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    assert_int_equal(bind(listener, (const struct sockaddr *)&place.listener, size), 0);
    assert_int_equal(listen(listener, 1), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&place.listener, &size), 0);
    place.socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    fflush(NULL);
    pid = fork();
    if (pid == 0) {
        if (attempt == try_pipeline)
            gst_init(NULL, NULL);
        if (shut_in && !enter(&place, &files_shut))
            _exit(NO_SANDBOX);
        _exit(shut_in && !files_shut && attempt == NULL ? FILES_OPEN
                                                        : (attempt ? attempt(&place) : OK));
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    close(listener);
    close(place.socket);
    place_free(&place);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

typedef struct {
    const char *name;
    Attempt attempt;
    int wanted;
    bool by_landlock;
    bool as_root; /* who is not root can't do it at large either */
} Case;

static const Case cases[] = {
    {"connect", try_new_socket, EPERM, false, false},
    {"connect an old socket", try_old_socket, EPERM, false, false},
    {"execve", try_exec, EPERM, false, false},
    {"fork", try_fork, EPERM, false, false},
    {"ptrace", try_ptrace, EPERM, false, false},
    {"kill the parent", try_kill, EPERM, false, false},
    {"unshare", try_user_namespace, EPERM, false, false},
    {"io_uring", try_ring, EPERM, false, false},
    {"mount", try_mount, EPERM, false, true},
    {"write outside", try_write_outside, EACCES, true, false},
    {"read outside", try_read_outside, EACCES, true, false},
    {"create outside", try_create_outside, EACCES, true, false},
    {"write into the log", try_write_log, EACCES, true, false},
    {"cut the log", try_cut_log, EACCES, true, false},
    {"move the log away", try_move_log, EACCES, true, false},
    {"remove the log", try_remove_log, EACCES, true, false},
    {"read the log", try_read_log, OK, false, false},
    {"make the files", try_own_work, OK, false, false},
    {"make a thread", try_thread, OK, false, false},
    {"run a pipeline", try_pipeline, OK, false, false},
};

static void what_a_stranger_wants_is_refused(void **state)
{
    bool landlock = run(NULL, true) == OK;
    (void)state;

    if (!landlock)
        print_message("# no Landlock in this kernel: cases of files are left out\n");
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const Case *this = &cases[i];
        int at_large = run(this->attempt, false), shut_in = run(this->attempt, true);
        if (this->by_landlock && !landlock)
            continue;
        if (at_large != OK && !(this->as_root && geteuid() != 0))
            fail_msg("%s: not even possible at large: %d", this->name, at_large);
        /* moving between folders is refused as if they were two disks */
        if (shut_in != this->wanted && !(this->wanted == EACCES && shut_in == EXDEV))
            fail_msg("%s: %d, wanted %d", this->name, shut_in, this->wanted);
    }
}

static void *wait_for_ever(void *data)
{
    pause();
    return data;
}

static void too_late_with_a_second_thread(void **state)
{
    int status;
    pid_t pid;
    (void)state;

    pid = fork();
    if (pid == 0) {
        HeardSandboxSpec spec = {0};
        g_autoptr(GError) error = NULL;
        pthread_t thread;
        bool files_shut;
        pthread_create(&thread, NULL, wait_for_ever, NULL);
        _exit(!heard_sandbox_enter(&spec, &files_shut, &error) &&
                      strstr(error->message, "2 threads")
                  ? 0
                  : 1);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

static void a_missing_folder_is_named(void **state)
{
    int status;
    pid_t pid;
    (void)state;

    if (run(NULL, true) != OK)
        skip();
    pid = fork();
    if (pid == 0) {
        const char *read[] = {"/not/there", NULL};
        HeardSandboxSpec spec = {.read = read};
        g_autoptr(GError) error = NULL;
        bool files_shut;
        _exit(!heard_sandbox_enter(&spec, &files_shut, &error) &&
                      heard_error_code(error) == HEARD_ERROR_NOT_FOUND &&
                      strstr(error->message, "/not/there")
                  ? 0
                  : 1);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_stranger_wants_is_refused),
        cmocka_unit_test(too_late_with_a_second_thread),
        cmocka_unit_test(a_missing_folder_is_named),
    };

    return cmocka_run_group_tests_name("recordings sandbox", tests, NULL, NULL);
}
