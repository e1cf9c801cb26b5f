/* SPDX-License-Identifier: Apache-2.0 */
#include "heard_test.h"

#include "server/base/clock.h"
#include "server/base/loop.h"

#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { TIMERS = 200, POSTERS = 4, POSTS_EACH = 20000, HANG_S = 60 };

static HeardLoop *make_loop(void)
{
    GError *error = NULL;
    HeardLoop *loop = heard_loop_new("test", &error);

    assert_non_null(loop);
    return loop;
}

static void quit_loop(void *data)
{
    heard_loop_quit(data);
}

/* ---- timers ---- */

typedef struct {
    HeardTimer timer;
    int64_t wanted_us; /* 0: must not fire */
    unsigned fired_count;
    GArray *log; /* of deadlines, in the order of firing */
} Alarm;

static void note_alarm(HeardTimer *timer, int64_t now_us)
{
    Alarm *alarm = heard_container_of(timer, Alarm, timer);

    assert_true(timer->deadline_us <= now_us);
    assert_int_equal(timer->deadline_us, alarm->wanted_us);
    alarm->fired_count++;
    g_array_append_val(alarm->log, timer->deadline_us);
}

static gint compare_times(gconstpointer a, gconstpointer b)
{
    const int64_t *left = a;
    const int64_t *right = b;

    return *left < *right ? -1 : *left > *right;
}

/* The next deadline is known, and time that is told in place of time that passes fires what is due.
 */
static void told_time_fires_what_is_due(void **state)
{
    g_autoptr(GArray) log = g_array_new(FALSE, FALSE, sizeof(int64_t));
    Alarm early = {.timer.func = note_alarm, .wanted_us = 1000, .log = log};
    Alarm late = {.timer.func = note_alarm, .wanted_us = INT64_C(86400000000), .log = log};
    g_autoptr(HeardLoop) loop = make_loop();
    (void)state;

    assert_true(heard_loop_deadline_us(loop) == INT64_MAX);
    heard_loop_set_timer(loop, &late.timer, late.wanted_us);
    heard_loop_set_timer(loop, &early.timer, early.wanted_us);
    assert_true(heard_loop_deadline_us(loop) == early.wanted_us);
    heard_loop_advance(loop, 999);
    assert_int_equal(log->len, 0);
    heard_loop_advance(loop, 1000);
    assert_int_equal(early.fired_count, 1);
    assert_true(heard_loop_deadline_us(loop) == late.wanted_us);
    heard_loop_advance(loop, late.wanted_us);
    assert_int_equal(late.fired_count, 1);
    assert_true(heard_loop_now_us(loop) == late.wanted_us);
    assert_true(heard_loop_deadline_us(loop) == INT64_MAX);
}

/* Model: the deadlines that were last set, sorted. All lie in the past, so nothing waits. */
static void timers_fire_in_order_of_deadline(void **state)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(20261123);
    (void)state;

    for (unsigned round = 0; round < 30; round++) {
        g_autoptr(HeardLoop) loop = make_loop();
        g_autoptr(GArray) fired = g_array_new(FALSE, FALSE, sizeof(int64_t));
        g_autoptr(GArray) wanted = g_array_new(FALSE, FALSE, sizeof(int64_t));
        g_autofree Alarm *alarms = g_new0(Alarm, TIMERS);

        for (unsigned step = 0; step < 4 * TIMERS; step++) {
            Alarm *alarm = &alarms[g_rand_int_range(rand, 0, TIMERS)];
            alarm->timer.func = note_alarm;
            alarm->log = fired;
            alarm->wanted_us = g_rand_int_range(rand, 0, 4) ? g_rand_int_range(rand, 1, 500) : 0;
            if (alarm->wanted_us)
                heard_loop_set_timer(loop, &alarm->timer, alarm->wanted_us);
            else
                heard_loop_clear_timer(loop, &alarm->timer);
        }
        for (unsigned i = 0; i < TIMERS; i++)
            if (alarms[i].wanted_us)
                g_array_append_val(wanted, alarms[i].wanted_us);
        g_array_sort(wanted, compare_times);
        heard_loop_post(loop, quit_loop, loop, NULL);
        heard_loop_run(loop);

        assert_int_equal(fired->len, wanted->len);
        assert_memory_equal(fired->data, wanted->data, wanted->len * sizeof(int64_t));
        for (unsigned i = 0; i < TIMERS; i++)
            assert_int_equal(alarms[i].fired_count, alarms[i].wanted_us ? 1 : 0);
    }
}

typedef struct {
    HeardTimer timer;
    HeardLoop *loop;
    HeardTimer *other; /* cleared when this one fires */
    unsigned count;
} Chain;

static void go_on(HeardTimer *timer, int64_t now_us)
{
    Chain *chain = heard_container_of(timer, Chain, timer);

    if (chain->other)
        heard_loop_clear_timer(chain->loop, chain->other);
    if (++chain->count == 5)
        heard_loop_quit(chain->loop);
    else
        heard_loop_set_timer(chain->loop, timer, now_us + 1);
}

static void a_timer_sets_itself_and_clears_others(void **state)
{
    g_autoptr(HeardLoop) loop = make_loop();
    Chain chain = {.timer.func = go_on, .loop = loop};
    Chain other = {.timer.func = go_on, .loop = loop};
    (void)state;

    chain.other = &other.timer;
    heard_loop_set_timer(loop, &chain.timer, 1);
    heard_loop_set_timer(loop, &other.timer, 2); /* due in the same round */
    heard_loop_run(loop);
    assert_int_equal(chain.count, 5);
    assert_int_equal(other.count, 0);
    heard_loop_clear_timer(loop, &other.timer); /* not set: nothing happens */
}

static void a_timer_never_fires_early(void **state)
{
    g_autoptr(HeardLoop) loop = make_loop();
    Chain chain = {.timer.func = go_on, .loop = loop, .count = 4};
    int64_t wanted_us = heard_clock_now_us() + 3000;
    (void)state;

    heard_loop_set_timer(loop, &chain.timer, wanted_us);
    heard_loop_run(loop);
    assert_true(heard_loop_now_us(loop) >= wanted_us);
}

/* ---- mailbox ---- */

typedef struct {
    HeardLoop *loop;
    unsigned next[POSTERS];
    unsigned count, destroyed_count;
    atomic_uint flying;
    bool in_order;
} Mail;

typedef struct {
    Mail *mail;
    unsigned poster, index;
} Letter;

static void open_letter(void *data)
{
    Letter *letter = data;
    Mail *mail = letter->mail;

    heard_loop_assert_current(mail->loop);
    atomic_fetch_sub(&mail->flying, 1);
    if (mail->next[letter->poster]++ != letter->index)
        mail->in_order = false;
    if (++mail->count == POSTERS * POSTS_EACH)
        heard_loop_quit(mail->loop);
}

static void burn_letter(void *data)
{
    Letter *letter = data;

    letter->mail->destroyed_count++;
    g_free(letter);
}

static void *post_letters(void *data)
{
    const Letter *first = data;

    for (unsigned i = 0; i < POSTS_EACH; i++) {
        Letter *letter = g_new0(Letter, 1);
        *letter = (Letter){first->mail, first->poster, i};
        while (atomic_load(&first->mail->flying) > HEARD_LOOP_MAILBOX_MAX / 2)
            sched_yield();
        atomic_fetch_add(&first->mail->flying, 1);
        if (!heard_loop_post(first->mail->loop, open_letter, letter, burn_letter))
            return NULL;
    }
    return data;
}

static void letters_of_many_threads_arrive_in_order(void **state)
{
    Mail mail = {.loop = make_loop(), .in_order = true};
    pthread_t threads[POSTERS];
    Letter firsts[POSTERS];
    (void)state;

    alarm(HANG_S); /* a lost wake-up would sleep for ever */
    for (unsigned i = 0; i < POSTERS; i++) {
        firsts[i] = (Letter){&mail, i, 0};
        assert_int_equal(pthread_create(&threads[i], NULL, post_letters, &firsts[i]), 0);
    }
    heard_loop_run(mail.loop);
    alarm(0);
    for (unsigned i = 0; i < POSTERS; i++) {
        void *result;
        pthread_join(threads[i], &result);
        assert_non_null(result);
    }
    assert_true(mail.in_order);
    assert_int_equal(mail.destroyed_count, POSTERS * POSTS_EACH);
    heard_loop_free(mail.loop);
}

/* One message in flight at a time: each arrival finds the other loop about to sleep. */
typedef struct {
    HeardLoop *loops[2];
    unsigned left;
} Rally;

static void play(void *data)
{
    Rally *rally = data;
    HeardLoop *next = rally->loops[rally->left % 2];

    if (rally->left-- == 0) {
        heard_loop_quit(rally->loops[0]);
        heard_loop_quit(rally->loops[1]);
    } else if (!heard_loop_post(next, play, rally, NULL)) {
        heard_loop_quit(rally->loops[0]);
        heard_loop_quit(rally->loops[1]);
    }
}

static void *run_loop(void *data)
{
    heard_loop_run(data);
    return NULL;
}

static void no_wake_up_is_lost_between_two_loops(void **state)
{
    Rally rally = {.loops = {make_loop(), make_loop()}, .left = 30000};
    pthread_t thread;
    (void)state;

    alarm(HANG_S);
    assert_int_equal(pthread_create(&thread, NULL, run_loop, rally.loops[1]), 0);
    assert_true(heard_loop_post(rally.loops[0], play, &rally, NULL));
    heard_loop_run(rally.loops[0]);
    pthread_join(thread, NULL);
    alarm(0);
    assert_int_equal(rally.left, UINT_MAX); /* played to the end */
    heard_loop_free(rally.loops[0]);
    heard_loop_free(rally.loops[1]);
}

static void count_up(void *data)
{
    ++*(unsigned *)data;
}

typedef struct {
    unsigned run, destroyed;
} Tally;

static void tally_run(void *data)
{
    ((Tally *)data)->run++;
}

static void tally_destroyed(void *data)
{
    ((Tally *)data)->destroyed++;
}

static void a_full_mailbox_refuses_and_destroys(void **state)
{
    HeardLoop *loop = make_loop();
    Tally tally = {0};
    (void)state;

    for (unsigned i = 0; i < HEARD_LOOP_MAILBOX_MAX; i++)
        assert_true(heard_loop_post(loop, tally_run, &tally, tally_destroyed));
    assert_int_equal(tally.destroyed, 0);
    assert_false(heard_loop_post(loop, tally_run, &tally, tally_destroyed));
    assert_int_equal(tally.destroyed, 1);
    heard_loop_drain_mailbox(loop);
    assert_int_equal(tally.run, HEARD_LOOP_MAILBOX_MAX);
    assert_true(heard_loop_post(loop, tally_run, &tally, tally_destroyed));
    heard_loop_free(loop); /* not run, but destroyed */
    assert_int_equal(tally.run, HEARD_LOOP_MAILBOX_MAX);
    assert_int_equal(tally.destroyed, HEARD_LOOP_MAILBOX_MAX + 2);
}

typedef struct {
    HeardLoop *loop;
    unsigned depth, count;
} Echo;

static void post_again(void *data)
{
    Echo *echo = data;

    echo->count++;
    if (--echo->depth > 0)
        heard_loop_post(echo->loop, post_again, echo, NULL);
    else
        heard_loop_quit(echo->loop);
    heard_loop_drain_mailbox(echo->loop); /* within a message: nothing, and no recursion */
}

static void a_message_may_post_messages(void **state)
{
    g_autoptr(HeardLoop) loop = make_loop();
    Echo echo = {.loop = loop, .depth = 50};
    (void)state;

    heard_loop_post(loop, post_again, &echo, NULL);
    heard_loop_run(loop);
    assert_int_equal(echo.count, 50);
}

static void runs_what_was_posted_before_quit(void **state)
{
    g_autoptr(HeardLoop) loop = make_loop();
    unsigned count = 0;
    (void)state;

    heard_loop_post(loop, count_up, &count, NULL);
    heard_loop_quit(loop);
    heard_loop_run(loop);
    assert_int_equal(count, 1);
}

/* ---- descriptors ---- */

typedef struct {
    HeardWatch watch;
    HeardLoop *loop;
    HeardWatch *victim; /* unwatched when this one runs */
    unsigned count;
} Ear;

static void hear(HeardWatch *watch, uint32_t events)
{
    Ear *ear = heard_container_of(watch, Ear, watch);

    assert_true(events & EPOLLIN);
    ear->count++;
    if (ear->victim)
        heard_loop_unwatch(ear->loop, ear->victim);
}

/* Readable from the start. */
static void ear_init(Ear *self, HeardLoop *loop, HeardWatchFunc func)
{
    *self = (Ear){.loop = loop, .watch = {.fd = eventfd(1, EFD_CLOEXEC), .func = func}};
    assert_true(heard_loop_watch(loop, &self->watch, EPOLLIN, NULL));
}

static void an_unwatched_descriptor_stays_silent_in_the_same_round(void **state)
{
    g_autoptr(HeardLoop) loop = make_loop();
    Ear one, two;
    (void)state;

    ear_init(&one, loop, hear);
    ear_init(&two, loop, hear);
    one.victim = &two.watch; /* whichever comes first silences the other */
    two.victim = &one.watch;
    heard_loop_post(loop, quit_loop, loop, NULL); /* exactly one round */
    heard_loop_run(loop);
    assert_int_equal(one.count + two.count, 1);
    close(one.watch.fd);
    close(two.watch.fd);
}

static void a_watch_may_remove_itself(void **state)
{
    g_autoptr(HeardLoop) loop = make_loop();
    Ear ear;
    (void)state;

    ear_init(&ear, loop, hear);
    ear.victim = &ear.watch;
    heard_loop_post(loop, quit_loop, loop, NULL);
    heard_loop_run(loop);
    assert_int_equal(ear.count, 1);
    assert_false(ear.watch.added);
    heard_loop_unwatch(loop, &ear.watch); /* again: nothing happens */
    close(ear.watch.fd);
}

static void rewatch_changes_the_events(void **state)
{
    g_autoptr(HeardLoop) loop = make_loop();
    GError *error = NULL;
    Ear ear;
    (void)state;

    ear_init(&ear, loop, hear);
    assert_true(heard_loop_rewatch(loop, &ear.watch, 0));
    assert_false(heard_loop_watch(loop, &ear.watch, EPOLLIN, &error)); /* twice is refused */
    g_clear_error(&error);
    heard_loop_post(loop, quit_loop, loop, NULL);
    heard_loop_run(loop);
    assert_int_equal(ear.count, 0);
    close(ear.watch.fd);
}

static void the_round_ends_with_its_function(void **state)
{
    g_autoptr(HeardLoop) loop = make_loop();
    unsigned rounds = 0;
    (void)state;

    heard_loop_set_round_func(loop, count_up, &rounds);
    heard_loop_post(loop, quit_loop, loop, NULL);
    heard_loop_run(loop);
    assert_int_equal(rounds, 1);
}

/* ---- within GLib ---- */

static void *post_from_outside(void *data)
{
    Tally *tally = ((void **)data)[1];

    heard_loop_post(((void **)data)[0], tally_run, tally, tally_destroyed);
    return NULL;
}

static void lives_inside_a_main_context(void **state)
{
    GMainContext *context = g_main_context_new();
    HeardLoop *loop = make_loop();
    Chain chain = {.timer.func = go_on, .loop = loop};
    Tally tally = {0};
    void *both[] = {loop, &tally};
    pthread_t thread;
    Ear ear;
    (void)state;

    heard_loop_attach(loop, context);
    ear_init(&ear, loop, hear);
    ear.victim = &ear.watch;
    heard_loop_set_timer(loop, &chain.timer, heard_clock_now_us() + 2000);
    assert_int_equal(pthread_create(&thread, NULL, post_from_outside, both), 0);
    alarm(HANG_S);
    while (tally.destroyed == 0 || chain.count < 5 || ear.count == 0)
        g_main_context_iteration(context, TRUE);
    alarm(0);
    pthread_join(thread, NULL);
    assert_int_equal(tally.run, 1);
    assert_int_equal(ear.count, 1);
    /* What woke it last may come once more; after that it sleeps. */
    for (unsigned i = 0; i < 3; i++)
        g_main_context_iteration(context, FALSE);
    assert_false(g_main_context_iteration(context, FALSE));
    heard_loop_free(loop);
    g_main_context_unref(context);
    close(ear.watch.fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(told_time_fires_what_is_due),
        cmocka_unit_test(timers_fire_in_order_of_deadline),
        cmocka_unit_test(a_timer_sets_itself_and_clears_others),
        cmocka_unit_test(a_timer_never_fires_early),
        cmocka_unit_test(letters_of_many_threads_arrive_in_order),
        cmocka_unit_test(no_wake_up_is_lost_between_two_loops),
        cmocka_unit_test(a_full_mailbox_refuses_and_destroys),
        cmocka_unit_test(a_message_may_post_messages),
        cmocka_unit_test(runs_what_was_posted_before_quit),
        cmocka_unit_test(an_unwatched_descriptor_stays_silent_in_the_same_round),
        cmocka_unit_test(a_watch_may_remove_itself),
        cmocka_unit_test(rewatch_changes_the_events),
        cmocka_unit_test(the_round_ends_with_its_function),
        cmocka_unit_test(lives_inside_a_main_context),
    };

    return cmocka_run_group_tests_name("base loop", tests, NULL, NULL);
}
