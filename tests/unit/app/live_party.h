/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The three whom a hearing needs, in one house: for the stories of one file.
 *
 * Threads  live_house.h
 */
#include "live_house.h"

static House house;
static Client presiding, clerk, petitioner;

static inline int open_house(void **state)
{
    (void)state;
    house_open(&house);
    return 0;
}

static inline int close_house(void **state)
{
    (void)state;
    house_close(&house);
    return 0;
}

static inline void enter(Client *client, const char *role)
{
    json_decref(client_enter(client, &house, house_seat(&house, role)));
}

static inline void come(void)
{
    enter(&presiding, "presiding");
    enter(&clerk, "clerk");
    enter(&petitioner, "petitioner");
}

static inline void admit_petitioner(void)
{
    g_autofree char *who = house_at(&house, "petitioner");
    g_autofree char *identity =
        g_strdup_printf("{\"participant\":\"%s\",\"method\":\"id_card\",\"document\":\"1234\","
                        "\"result\":\"ok\"}",
                        house_seat(&house, "petitioner"));

    client_do(&petitioner, "consent.give",
              "{\"subject\":\"online_mode\",\"decision\":\"given\",\"text_version\":\"2026-11\"}");
    client_do(&petitioner, "consent.give",
              "{\"subject\":\"recording\",\"decision\":\"given\",\"text_version\":\"2026-11\"}");
    client_do(&clerk, "participant.check_identity", identity);
    client_do(&clerk, "participant.admit", who);
    json_decref(client_event(&petitioner, "media.admitted"));
}

/* Everything that an opening needs but the recording. */
static inline void gather(void)
{
    come();
    admit_petitioner();
}

static inline void open_hearing(void)
{
    gather();
    client_do(&presiding, "hearing.open", NULL);
}

static inline void hang_up(void)
{
    client_close(&presiding);
    client_close(&clerk);
    client_close(&petitioner);
}
