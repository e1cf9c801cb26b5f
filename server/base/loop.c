/* SPDX-License-Identifier: Apache-2.0 */
#include "server/base/loop.h"

#include "server/base/clock.h"
#include "server/base/error.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

typedef struct {
    HeardLoopFunc func;
    void *data;
    GDestroyNotify destroy;
} Message;

struct HeardLoop {
    char name[16];
    int epoll_fd;
    HeardWatch wake;
    pthread_mutex_t lock; /* guards inbox */
    GArray *inbox;        /* of Message */
    GArray *running;      /* the batch that is being run */
    bool draining;
    GPtrArray *heap; /* of HeardTimer; index 0 stays empty */
    struct epoll_event events[HEARD_LOOP_EVENTS_MAX];
    int event_count;
    HeardLoopFunc round_func;
    void *round_data;
    int64_t now_us;
    int64_t rest_until_us;
    atomic_bool quit;
    pthread_t thread;
    bool has_thread;
    GSource *source;
};

static void on_wake(HeardWatch *watch, uint32_t events)
{
    HeardLoop *self = heard_container_of(watch, HeardLoop, wake);
    uint64_t count;

    (void)events;
    if (read(watch->fd, &count, sizeof count) < 0)
        g_assert(errno == EAGAIN);
    /* After the read: a message posted since the round began has just lost its wake-up. */
    heard_loop_drain_mailbox(self);
}

HeardLoop *heard_loop_new(const char *name, GError **error)
{
    g_autoptr(HeardLoop) self = g_new0(HeardLoop, 1);

    g_strlcpy(self->name, name, sizeof self->name);
    pthread_mutex_init(&self->lock, NULL);
    self->inbox = g_array_new(FALSE, FALSE, sizeof(Message));
    self->running = g_array_new(FALSE, FALSE, sizeof(Message));
    self->heap = g_ptr_array_new();
    g_ptr_array_add(self->heap, NULL);
    self->wake.fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    self->wake.func = on_wake;
    self->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    self->now_us = heard_clock_now_us();
    if (self->wake.fd < 0 || self->epoll_fd < 0) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_UNAVAILABLE, "loop %s: %s", name,
                    g_strerror(errno));
        return NULL;
    }
    if (!heard_loop_watch(self, &self->wake, EPOLLIN, error))
        return NULL;
    return g_steal_pointer(&self);
}

static void destroy_messages(GArray *messages, guint from)
{
    for (guint i = from; i < messages->len; i++) {
        Message *m = &g_array_index(messages, Message, i);
        if (m->destroy)
            m->destroy(m->data);
    }
    g_array_set_size(messages, 0);
}

void heard_loop_free(HeardLoop *self)
{
    if (!self)
        return;
    if (self->source) {
        g_source_destroy(self->source);
        g_source_unref(self->source);
    }
    destroy_messages(self->inbox, 0);
    g_array_unref(self->inbox);
    g_array_unref(self->running);
    g_ptr_array_unref(self->heap);
    pthread_mutex_destroy(&self->lock);
    if (self->wake.fd >= 0)
        close(self->wake.fd);
    if (self->epoll_fd >= 0)
        close(self->epoll_fd);
    g_free(self);
}

void heard_loop_assert_current(const HeardLoop *self)
{
    /* Before the loop runs, whoever made it sets it up. */
    g_assert(!self->has_thread || pthread_equal(self->thread, pthread_self()));
}

int64_t heard_loop_now_us(const HeardLoop *self)
{
    return self->now_us;
}

bool heard_loop_post(HeardLoop *self, HeardLoopFunc func, void *data, GDestroyNotify destroy)
{
    Message message = {func, data, destroy};
    uint64_t one = 1;
    bool taken;
    bool first;

    pthread_mutex_lock(&self->lock);
    taken = self->inbox->len < HEARD_LOOP_MAILBOX_MAX;
    first = self->inbox->len == 0;
    if (taken)
        g_array_append_val(self->inbox, message);
    pthread_mutex_unlock(&self->lock);
    if (!taken) {
        if (destroy)
            destroy(data);
        return false;
    }
    if (first && write(self->wake.fd, &one, sizeof one) < 0)
        g_assert(errno == EAGAIN);
    return true;
}

void heard_loop_drain_mailbox(HeardLoop *self)
{
    GArray *batch;

    if (self->draining)
        return;
    pthread_mutex_lock(&self->lock);
    batch = self->inbox;
    self->inbox = self->running;
    self->running = batch;
    pthread_mutex_unlock(&self->lock);
    self->draining = true;
    for (guint i = 0; i < batch->len; i++) {
        Message m = g_array_index(batch, Message, i);
        m.func(m.data);
        if (m.destroy)
            m.destroy(m.data);
    }
    g_array_set_size(batch, 0);
    self->draining = false;
}

bool heard_loop_watch(HeardLoop *self, HeardWatch *watch, uint32_t events, GError **error)
{
    struct epoll_event event = {.events = events, .data.ptr = watch};

    heard_loop_assert_current(self);
    if (epoll_ctl(self->epoll_fd, EPOLL_CTL_ADD, watch->fd, &event) < 0) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_UNAVAILABLE, "loop %s watch: %s", self->name,
                    g_strerror(errno));
        return false;
    }
    watch->added = true;
    return true;
}

bool heard_loop_rewatch(HeardLoop *self, HeardWatch *watch, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.ptr = watch};

    heard_loop_assert_current(self);
    return epoll_ctl(self->epoll_fd, EPOLL_CTL_MOD, watch->fd, &event) == 0;
}

void heard_loop_unwatch(HeardLoop *self, HeardWatch *watch)
{
    heard_loop_assert_current(self);
    if (!watch->added)
        return;
    watch->added = false;
    epoll_ctl(self->epoll_fd, EPOLL_CTL_DEL, watch->fd, NULL);
    /* It may still stand in this round's list. */
    for (int i = 0; i < self->event_count; i++)
        if (self->events[i].data.ptr == watch)
            self->events[i].data.ptr = NULL;
}

static HeardTimer *heap_at(HeardLoop *self, guint index)
{
    return g_ptr_array_index(self->heap, index);
}

static void heap_put(HeardLoop *self, guint index, HeardTimer *timer)
{
    self->heap->pdata[index] = timer;
    timer->heap_index = index;
}

static void heap_settle(HeardLoop *self, guint index, HeardTimer *timer)
{
    guint count = self->heap->len - 1;

    while (index > 1 && heap_at(self, index / 2)->deadline_us > timer->deadline_us) {
        heap_put(self, index, heap_at(self, index / 2));
        index /= 2;
    }
    for (;;) {
        guint child = index * 2;
        if (child > count)
            break;
        if (child < count &&
            heap_at(self, child + 1)->deadline_us < heap_at(self, child)->deadline_us)
            child++;
        if (heap_at(self, child)->deadline_us >= timer->deadline_us)
            break;
        heap_put(self, index, heap_at(self, child));
        index = child;
    }
    heap_put(self, index, timer);
}

void heard_loop_set_timer(HeardLoop *self, HeardTimer *timer, int64_t deadline_us)
{
    heard_loop_assert_current(self);
    timer->deadline_us = deadline_us;
    if (timer->heap_index == 0) {
        g_ptr_array_add(self->heap, timer);
        timer->heap_index = self->heap->len - 1;
    }
    heap_settle(self, timer->heap_index, timer);
}

void heard_loop_clear_timer(HeardLoop *self, HeardTimer *timer)
{
    guint index = timer->heap_index;
    HeardTimer *last;

    heard_loop_assert_current(self);
    if (index == 0)
        return;
    timer->heap_index = 0;
    last = heap_at(self, self->heap->len - 1);
    g_ptr_array_set_size(self->heap, (gint)self->heap->len - 1);
    if (last != timer)
        heap_settle(self, index, last);
}

static void run_timers(HeardLoop *self)
{
    while (self->heap->len > 1 && heap_at(self, 1)->deadline_us <= self->now_us) {
        HeardTimer *timer = heap_at(self, 1);
        heard_loop_clear_timer(self, timer);
        timer->func(timer, self->now_us);
    }
}

/* -1: no timer. Rounded up, so that a timer never wakes the loop too early to fire. */
static int timeout_ms(HeardLoop *self)
{
    int64_t wait_us;

    if (self->heap->len <= 1)
        return -1;
    wait_us = heap_at(self, 1)->deadline_us - heard_clock_now_us();
    if (wait_us <= 0)
        return 0;
    return (int)MIN((wait_us + 999) / 1000, 60000);
}

static void run_round(HeardLoop *self, int timeout)
{
    int count = epoll_wait(self->epoll_fd, self->events, HEARD_LOOP_EVENTS_MAX, timeout);

    g_assert(count >= 0 || errno == EINTR);
    self->now_us = heard_clock_now_us();
    self->event_count = MAX(count, 0);
    heard_loop_drain_mailbox(self);
    for (int i = 0; i < self->event_count; i++) {
        HeardWatch *watch = self->events[i].data.ptr;
        if (watch)
            watch->func(watch, self->events[i].events);
    }
    self->event_count = 0;
    run_timers(self);
    if (self->round_func)
        self->round_func(self->round_data);
}

void heard_loop_advance(HeardLoop *self, int64_t now_us)
{
    heard_loop_assert_current(self);
    self->now_us = now_us;
    run_timers(self);
    if (self->round_func)
        self->round_func(self->round_data);
}

int64_t heard_loop_deadline_us(const HeardLoop *self)
{
    const HeardTimer *first = self->heap->len > 1 ? g_ptr_array_index(self->heap, 1) : NULL;

    return first ? first->deadline_us : INT64_MAX;
}

void heard_loop_set_round_func(HeardLoop *self, HeardLoopFunc func, void *data)
{
    heard_loop_assert_current(self);
    self->round_func = func;
    self->round_data = data;
}

void heard_loop_rest_until(HeardLoop *self, int64_t until_us)
{
    self->rest_until_us = until_us;
}

static void rest(HeardLoop *self)
{
    int64_t now_us = heard_clock_now_us(), until_us = self->rest_until_us;
    struct timespec wait = {0};

    self->rest_until_us = 0;
    if (self->heap->len > 1)
        until_us = MIN(until_us, heap_at(self, 1)->deadline_us);
    if (until_us <= now_us)
        return;
    wait.tv_nsec = (long)MIN(until_us - now_us, HEARD_LOOP_REST_MAX_US) * 1000;
    (void)nanosleep(&wait, NULL); /* a signal only makes it shorter */
}

void heard_loop_run(HeardLoop *self)
{
    self->thread = pthread_self();
    self->has_thread = true;
    while (!atomic_load(&self->quit)) {
        if (self->rest_until_us != 0)
            rest(self);
        run_round(self, timeout_ms(self));
    }
    heard_loop_drain_mailbox(self);
    self->has_thread = false; /* its owner, having joined the thread, tears down */
}

void heard_loop_quit(HeardLoop *self)
{
    uint64_t one = 1;

    atomic_store(&self->quit, true);
    if (write(self->wake.fd, &one, sizeof one) < 0)
        g_assert(errno == EAGAIN);
}

typedef struct {
    GSource source;
    HeardLoop *loop;
    gpointer tag;
} LoopSource;

static gboolean source_prepare(GSource *source, gint *timeout)
{
    *timeout = timeout_ms(((LoopSource *)source)->loop);
    return *timeout == 0;
}

static gboolean source_check(GSource *source)
{
    LoopSource *self = (LoopSource *)source;

    return g_source_query_unix_fd(source, self->tag) != 0 || timeout_ms(self->loop) == 0;
}

static gboolean source_dispatch(GSource *source, GSourceFunc func, gpointer data)
{
    (void)func;
    (void)data;
    run_round(((LoopSource *)source)->loop, 0);
    return G_SOURCE_CONTINUE;
}

void heard_loop_attach(HeardLoop *self, GMainContext *context)
{
    static GSourceFuncs funcs = {
        .prepare = source_prepare, .check = source_check, .dispatch = source_dispatch};
    LoopSource *source;

    g_assert(!self->source);
    self->thread = pthread_self();
    self->has_thread = true;
    self->source = g_source_new(&funcs, sizeof(LoopSource));
    source = (LoopSource *)self->source;
    source->loop = self;
    source->tag = g_source_add_unix_fd(self->source, self->epoll_fd, G_IO_IN);
    g_source_attach(self->source, context);
}
