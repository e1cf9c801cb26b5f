/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/integration/rooms_stand.h"

#include "media/rtp/bytes.h"
#include "server/base/clock.h"

#include <sys/socket.h>
#include <unistd.h>

enum { GHOST_MS = 4000 };

static int64_t now_ms(void)
{
    return heard_clock_now_us() / 1000;
}

/* ---- marks ---- */

static const uint8_t magic[8] = {0xa7, 'h', 'r', 'd', 0x5c, 'm', 'r', 'k'};

enum { MARK_SIZE = sizeof magic + 12 };

static void put_mark(uint8_t *at, const Mark *mark)
{
    memcpy(at, magic, sizeof magic);
    at[8] = mark->sender;
    at[9] = mark->room;
    at[10] = mark->picture;
    at[11] = 0;
    heard_put32(at + 12, mark->opening);
    heard_put32(at + 16, mark->number);
}

bool rooms_find_mark(const uint8_t *bytes, size_t size, Mark *ret_mark)
{
    const uint8_t *at = memmem(bytes, size, magic, sizeof magic);

    if (!at || at + MARK_SIZE > bytes + size)
        return false;
    *ret_mark = (Mark){at[8], at[9], at[10] != 0, heard_get32(at + 12), heard_get32(at + 16)};
    return true;
}

void rooms_report_leak(Stand *self, const char *format, ...)
{
    va_list arguments;

    if (self->leak[0])
        return;
    va_start(arguments, format);
    g_vsnprintf(self->leak, sizeof self->leak, format, arguments);
    va_end(arguments);
}

static void check_heard(Person *self, const Mark *mark, HeardRoomKind room, uint32_t opening,
                        const char *how)
{
    Stand *stand = self->stand;

    if (mark->room != (uint8_t)room || mark->opening != opening)
        rooms_report_leak(stand, "%s: %s %u in %s/%u got what %s sent in %s/%u", how, self->role,
                          self->number, heard_room_name(room), opening,
                          stand->people[mark->sender].role,
                          heard_room_name((HeardRoomKind)mark->room), mark->opening);
}

static bool is_late(const Mark *mark, uint32_t since)
{
    return since != 0 && mark->number > since;
}

/* Who may not send at all, who should hear nothing, and whose picture is kept from whom. */
static void check_kept_apart(Person *self, const Mark *mark)
{
    Stand *stand = self->stand;
    const Person *sender = &stand->people[mark->sender];
    uint32_t unseen = sender->unseen_since[self->number];

    if (g_str_equal(sender->role, "observer"))
        rooms_report_leak(stand, "%s %u got what an observer sent", self->role, self->number);
    if (is_late(mark, self->outside_since))
        rooms_report_leak(stand, "a witness who waits got what %s sent", sender->role);
    if (is_late(mark, sender->outside_since))
        rooms_report_leak(stand, "%s got what a witness sent who waits", self->role);
    if (is_late(mark, sender->silent_since[mark->picture]))
        rooms_report_leak(stand, "%s %u got %s of %s %u that is kept back", self->role,
                          self->number, mark->picture ? "a picture" : "sound", sender->role,
                          sender->number);
    if (mark->picture && is_late(mark, unseen))
        rooms_report_leak(stand, "%s %u got a picture of %s %u", self->role, self->number,
                          sender->role, sender->number);
    stand->count.unseen_voices += !mark->picture && unseen != 0;
    stand->count.screened_pictures += mark->picture && unseen == 0 && sender->was_screened;
}

static void look_at(Person *self, Client *client, HeardRoomKind room, uint32_t opening, bool ghost)
{
    Stand *stand = self->stand;
    Mark mark;

    for (unsigned i = 0; i < client->rtp_count; i++) {
        if (!rooms_find_mark(client->rtp[i].bytes, client->rtp[i].size, &mark))
            continue;
        stand->count.received++;
        stand->count.closed_received += room != HEARD_ROOM_MAIN;
        stand->count.ghost_received += ghost;
        check_heard(self, &mark, room, opening, ghost ? "ghost" : "viewer");
        check_kept_apart(self, &mark);
        if (ghost && is_late(&mark, self->ghost_since))
            rooms_report_leak(stand, "%s %u was taken out of %s and still gets what is said there",
                              self->role, self->number, heard_room_name(room));
    }
    client->rtp_count = 0;
    client->rtcp_count = 0;
}

/* ---- media out ---- */

static uint8_t *put_header(uint8_t *at, uint8_t pt, uint16_t seq, uint32_t rtp_ts, uint32_t ssrc)
{
    at[0] = 0x80;
    at[1] = pt;
    heard_put16(at + 2, seq);
    heard_put32(at + 4, rtp_ts);
    heard_put32(at + 8, ssrc);
    return at + 12;
}

static void send_sound(Client *client, const Mark *mark)
{
    uint8_t packet[200 + HEARD_SRTP_TRAILER_MAX] = {0};
    uint8_t *at = put_header(packet, AUDIO_PT, client->audio_seq, 960U * client->audio_seq,
                             client->audio_ssrc);

    client->audio_seq++;
    packet[0] |= 0x10;
    heard_put32(at, 0xBEDE0001);
    heard_put32(at + 4, (uint32_t)(LEVEL_EXT << 28) | 20u << 16);
    memset(at + 8, 0x78, 80);
    put_mark(at + 9, mark);
    client_send_rtp(client, packet, (size_t)(at + 88 - packet));
}

/* A key frame each time: everybody may come in at any moment. */
static void send_picture(Client *client, const Mark *mark)
{
    static const uint8_t key_start[] = {0x10, 0, 0, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0xe0, 0x01};
    uint8_t packet[300 + HEARD_SRTP_TRAILER_MAX] = {0};
    uint8_t *at;

    client->rtp_ts += 3600;
    client->picture_id++;
    at = put_header(packet, VIDEO_PT | 0x80, client->video_seq++, client->rtp_ts,
                    client->video_ssrc);
    at[0] = 0x90;
    at[1] = 0x80;
    heard_put16(at + 2, client->picture_id | 0x8000);
    memcpy(at + 4, key_start, sizeof key_start);
    put_mark(at + 4 + sizeof key_start, mark);
    client_send_rtp(client, packet, (size_t)(at + 200 - packet));
}

void rooms_stand_send(Stand *self)
{
    for (unsigned i = 0; i < self->person_count; i++) {
        Person *p = &self->people[i];
        /* What a witness sends who was told to wait belongs nowhere. */
        bool waits = p->believed == HEARD_ROOM_WITNESS;
        Mark mark = {p->number, (uint8_t)(waits ? HEARD_ROOM_WITNESS : p->client_room), false,
                     p->client_opening, 0};

        /* The ghost talks on as well, and was told before: what it sends belongs nowhere. */
        if (p->ghost && p->ghost->srtp) {
            Mark late = {p->number, HEARD_ROOM_NONE, false, 0, ++self->last_mark};

            send_sound(p->ghost, &late);
        }
        if (!p->client || !p->client->srtp)
            continue;
        mark.number = ++self->last_mark;
        send_sound(p->client, &mark);
        mark.number = ++self->last_mark;
        mark.picture = true;
        send_picture(p->client, &mark);
        self->count.sent += 2;
        self->count.kept_back += (p->silent_since[0] ? 1u : 0u) + (p->silent_since[1] ? 1u : 0u);
    }
}

/* ---- joining ---- */

typedef struct {
    Person *person;
    Client *client;
    HeardRoomKind room;
} Joining;

static void add_codecs(GString *sdp, const Client *client, bool video, bool sends)
{
    g_string_append(sdp, video ? "a=rtpmap:96 VP8/90000\r\na=rtcp-fb:96 nack\r\n"
                                 "a=rtcp-fb:96 nack pli\r\na=rtpmap:97 rtx/90000\r\n"
                                 "a=fmtp:97 apt=96\r\n"
                               : "a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\n"
                                 "a=rtpmap:111 opus/48000/2\r\n");
    if (sends && video)
        g_string_append_printf(
            sdp, "a=ssrc-group:FID %u %u\r\na=ssrc:%u cname:x\r\na=ssrc:%u cname:x\r\n",
            client->video_ssrc, client->rtx_ssrc, client->video_ssrc, client->rtx_ssrc);
    else if (sends)
        g_string_append_printf(sdp, "a=ssrc:%u cname:x\r\n", client->audio_ssrc);
}

static void add_section(GString *sdp, const Client *client, unsigned mid, bool video, bool sends)
{
    g_string_append_printf(sdp,
                           "m=%s 9 UDP/TLS/RTP/SAVPF %s\r\nc=IN IP4 0.0.0.0\r\n"
                           "a=ice-ufrag:%s\r\na=ice-pwd:%s\r\na=fingerprint:sha-256 %s\r\n"
                           "a=setup:actpass\r\na=mid:%u\r\na=%s\r\na=rtcp-mux\r\n",
                           video ? "video" : "audio", video ? "96 97" : "111", client->local.ufrag,
                           client->local.pwd, heard_dtls_identity_fingerprint(client->identity),
                           mid, sends ? "sendonly" : "recvonly");
    add_codecs(sdp, client, video, sends);
}

/* Microphone, camera; pictures with sound; three voices. An observer offers the same, as a page
 * that does not do what it is told. */
static char *make_offer(const Client *client)
{
    GString *sdp = g_string_new("v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
                                "a=group:BUNDLE");
    unsigned mid = 0, count = 2 + 2 * PICTURES + 3;

    for (unsigned i = 0; i < count; i++)
        g_string_append_printf(sdp, " %u", i);
    g_string_append(sdp, "\r\n");
    for (unsigned i = 0; i < 2; i++)
        add_section(sdp, client, mid++, i == 1, true);
    for (unsigned i = 0; i < 2 * PICTURES; i++)
        add_section(sdp, client, mid++, i % 2 == 1, false);
    for (unsigned i = 0; i < 3; i++)
        add_section(sdp, client, mid++, false, false);
    return g_string_free(sdp, FALSE);
}

static void take_attribute(const char *sdp, const char *name, char *ret_text, size_t size)
{
    const char *at = strstr(sdp, name);
    size_t length;

    g_assert(at);
    at += strlen(name);
    length = strcspn(at, "\r\n");
    g_assert(length < size);
    memcpy(ret_text, at, length);
    ret_text[length] = '\0';
}

static uint32_t opening_of(Stand *self, HeardRoomKind room)
{
    HeardLiveHearing *hearing = rooms_hearing(self);

    return hearing ? (uint32_t)hearing->rules.rooms[room].since_ms : 0;
}

static void on_joined(const char *answer, const char *peer, const GError *error, void *data)
{
    g_autofree Joining *joining = data;
    Person *person = joining->person;
    Client *client = joining->client;

    (void)peer;
    person->joining = false;
    if (error || person->fd < 0) {
        if (g_getenv("HEARD_TALK") && error)
            g_printerr("join: %s\n", error->message);
        /* 409 and 503: the server says when and where; other answers end nothing either. */
        person->stand->count.refused_joins++;
        client_free(client);
        return;
    }
    take_attribute(answer, "a=ice-ufrag:", client->remote.ufrag, sizeof client->remote.ufrag);
    take_attribute(answer, "a=ice-pwd:", client->remote.pwd, sizeof client->remote.pwd);
    if (person->client)
        client_free(person->client);
    person->client = client;
    person->client_room = joining->room;
    person->client_opening = opening_of(person->stand, joining->room);
    person->stand->count.joins++;
}

static void join(Person *self, HeardRoomKind room)
{
    Stand *stand = self->stand;
    Joining *joining = g_new0(Joining, 1);
    g_autofree char *offer = NULL;
    HeardLiveJoin wish = {
        .kind = HEARD_LIVE_PEER, .hearing = stand->hearing, .participant = self->id, .room = room};

    joining->person = self;
    joining->room = room;
    joining->client = client_new_at(heard_dtls_identity_digest(stand->identity),
                                    heard_worker_udp_port(stand->worker), false,
                                    stand->next_number++, stand->left_port);
    stand->count.left_ports += stand->left_port != 0;
    stand->left_port = 0;
    g_strlcpy(joining->client->local.pwd, "alongpasswordofaclient0123",
              sizeof joining->client->local.pwd);
    offer = make_offer(joining->client);
    wish.offer = offer;
    wish.offer_size = strlen(offer);
    self->join_wanted = false;
    self->joining = true;
    heard_live_join(stand->live, &wish, on_joined, joining);
}

void rooms_knock(Person *self, HeardRoomKind room)
{
    if (self->joining || self->fd < 0)
        return;
    self->stand->count.knocks++;
    join(self, room);
}

/* ---- signaling ---- */

void rooms_drop_client(Person *self, bool listens_on)
{
    if (!self->client)
        return;
    if (!listens_on || self->ghost) {
        client_free(self->client);
    } else {
        self->ghost = self->client;
        self->ghost_room = self->client_room;
        self->ghost_opening = self->client_opening;
        self->ghost_since_ms = now_ms();
        self->ghost_since = self->stand->last_mark;
        self->stand->probes = true;
    }
    self->client = NULL;
}

static void believe(Person *self, const char *name)
{
    HeardRoomKind room;

    g_assert(name && heard_room_from_name(name, &room));
    self->believed = room;
    self->join_wanted = heard_room_has_media(room);
}

static void take_event(Person *self, const char *type, const json_t *data)
{
    const char *reason = json_string_value(json_object_get(data, "reason"));

    if (g_str_equal(type, "snapshot")) {
        believe(self, json_string_value(json_object_get(json_object_get(data, "you"), "room")));
        if (self->join_wanted && self->client && self->client_room == self->believed)
            self->join_wanted = false; /* the media went on without signaling */
    } else if (g_str_equal(type, "media.admitted")) {
        believe(self, json_string_value(json_object_get(data, "room")));
        self->stand->count.moves++;
    } else if (g_str_equal(type, "you.changed") &&
               g_strcmp0(json_string_value(json_object_get(data, "room")), "witness") == 0) {
        believe(self, "witness");
    } else if (g_str_equal(type, "media.dropped")) {
        rooms_drop_client(self, true);
        self->join_wanted = !g_str_equal(reason, "room") && !g_str_equal(reason, "removed") &&
                            !g_str_equal(reason, "on_hold");
    } else if (g_str_equal(type, "notice") &&
               g_strcmp0(json_string_value(json_object_get(data, "code")), "room_invited") == 0) {
        const char *name = json_string_value(json_object_get(data, "detail"));

        g_assert(heard_room_from_name(name, &self->invited));
    }
}

static bool take_frame(Person *self)
{
    const uint8_t *b = self->got->data;
    size_t size, head = 2;

    if (self->got->len < 10)
        return false;
    size = b[1] & 0x7f;
    if (size == 126) {
        size = (size_t)b[2] << 8 | b[3];
        head = 4;
    } else if (size == 127) {
        size = (size_t)b[7] << 16 | (size_t)b[8] << 8 | b[9];
        head = 10;
    }
    if (self->got->len < head + size)
        return false;
    if ((b[0] & 0x0f) == 1) {
        g_autoptr(json_t) message = json_loadb((const char *)b + head, size, 0, NULL);
        const char *type = json_string_value(json_object_get(message, "type"));

        if (type)
            take_event(self, type, json_object_get(message, "data"));
        else
            self->stand->count.refused += json_is_false(json_object_get(message, "ok"));
    }
    g_byte_array_remove_range(self->got, 0, (guint)(head + size));
    return true;
}

static void read_signaling(Person *self)
{
    uint8_t bytes[16384];
    ssize_t got = -1;

    while (self->fd >= 0 && (got = recv(self->fd, bytes, sizeof bytes, 0)) > 0)
        g_byte_array_append(self->got, bytes, (guint)got);
    while (take_frame(self)) {
    }
    if (self->fd >= 0 && got == 0)
        rooms_cut(self);
}

void rooms_say(Person *self, const char *type, const char *data)
{
    g_autofree char *text =
        g_strdup_printf("{\"id\":%" G_GINT64_FORMAT ",\"type\":\"%s\",\"data\":%s}",
                        ++self->next_id, type, data ? data : "{}");
    size_t size = strlen(text);
    g_autoptr(GByteArray) out = g_byte_array_new();
    uint8_t head[8] = {0x81, (uint8_t)(0x80 | (size < 126 ? size : 126)), (uint8_t)(size >> 8),
                       (uint8_t)size};

    if (self->fd < 0)
        return;
    self->stand->count.commands++;
    g_byte_array_append(out, head, size < 126 ? 2 : 4);
    g_byte_array_append(out, (const uint8_t[4]){0}, 4); /* a mask that changes nothing */
    g_byte_array_append(out, (const uint8_t *)text, (guint)size);
    (void)!send(self->fd, out->data, out->len, MSG_NOSIGNAL);
}

void rooms_sayf(Person *self, const char *type, const char *format, ...)
{
    g_autofree char *data = NULL;
    va_list arguments;

    va_start(arguments, format);
    data = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    rooms_say(self, type, data);
}

static void close_stream(void *stream)
{
    close(GPOINTER_TO_INT(stream));
}

static void on_prepared(const GError *error, void *data)
{
    Person *self = data;
    Stand *stand = self->stand;
    int fds[2];

    self->connecting = false;
    if (error)
        return;
    g_assert(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) == 0);
    self->fd = fds[0];
    g_byte_array_set_size(self->got, 0);
    heard_live_accept(stand->live, stand->hearing, self->id, fds[1], NULL, 0, close_stream,
                      GINT_TO_POINTER(fds[1]));
    rooms_say(self, "hello", "{\"language\":\"zh\",\"slots\":8}");
}

void rooms_connect(Person *self)
{
    if (self->fd >= 0 || self->connecting)
        return;
    self->connecting = true;
    heard_live_prepare(self->stand->live, self->stand->hearing, self->id, on_prepared, self);
}

void rooms_cut(Person *self)
{
    if (self->fd >= 0)
        close(self->fd);
    self->fd = -1;
    self->invited = HEARD_ROOM_NONE;
}

void rooms_crash(Person *self)
{
    if (self->client)
        self->stand->left_port = client_port(self->client);
    rooms_drop_client(self, false);
    self->join_wanted = heard_room_has_media(self->believed);
}

static void pump_media(Person *self)
{
    if (self->client) {
        client_pump(self->client);
        look_at(self, self->client, self->client_room, self->client_opening, false);
    }
    if (!self->ghost)
        return;
    client_pump(self->ghost);
    look_at(self, self->ghost, self->ghost_room, self->ghost_opening, true);
    if (now_ms() - self->ghost_since_ms > GHOST_MS)
        g_clear_pointer(&self->ghost, client_free);
}

static void since(Stand *self, bool is_so, uint32_t *since)
{
    self->probes = self->probes || (is_so && *since == 0);
    *since = !is_so ? 0 : *since ? *since : self->last_mark;
}

static bool is_silent(const HeardHearing *rules, uint16_t at, HeardSend source)
{
    return !heard_hearing_may_send(rules, at, source) ||
           (heard_hearing_room_of(rules, at) == HEARD_ROOM_MAIN && !heard_hearing_flows(rules));
}

/* While a command is under way its people were not told: what it closes is not closed yet, what
 * it opens may be open. So it must be so by the rules before it and by those after it. */
static void look_who_is_kept_apart(Stand *self)
{
    HeardLiveHearing *hearing = rooms_hearing(self);
    const HeardHearing *is = hearing ? &hearing->rules : NULL;
    const HeardHearing *was = hearing && hearing->busy ? hearing->before : is;

    for (unsigned i = 0; is && i < self->person_count; i++) {
        Person *p = &self->people[i];
        uint16_t at = heard_hearing_find(is, p->id);

        since(self, heard_hearing_waits_outside(was, at) && heard_hearing_waits_outside(is, at),
              &p->outside_since);
        for (unsigned s = 0; s < 2; s++)
            since(self, is_silent(was, at, s) && is_silent(is, at, s), &p->silent_since[s]);
        for (unsigned k = 0; k < self->person_count; k++) {
            uint16_t by = heard_hearing_find(is, self->people[k].id);
            bool hidden = !heard_hearing_shows(was, by, at) && !heard_hearing_shows(is, by, at);

            since(self, hidden, &p->unseen_since[k]);
            p->was_screened = p->was_screened || hidden;
        }
    }
}

void rooms_stand_turn(Stand *self)
{
    for (unsigned i = 0; i < 50 && g_main_context_iteration(self->context, FALSE); i++) {
    }
    look_who_is_kept_apart(self);
    for (unsigned i = 0; i < self->person_count; i++) {
        Person *p = &self->people[i];

        /* Packets first: what came before an event is judged by what was believed before it. */
        pump_media(p);
        read_signaling(p);
        if (p->fd < 0 && now_ms() >= p->away_until_ms)
            rooms_connect(p);
        if (p->join_wanted && !p->joining && p->fd >= 0)
            join(p, p->believed);
    }
}
