/* People of our relay, two for each call: a link each, then Invite, Ringing and Incoming, a leg each, Answer.
 *
 *   link: Ping ──→ Welcome          caller: Invite ──→ Ringing(token)     callee: Incoming(token)
 *   leg (resumes the link's TLS): JoinLeg(token) ──→ LegJoined(flow)      callee: Answer ──→ caller: Answered
 *   udp: the flow is bound by STUN, then Receive(udp) on the leg
 *
 * Some links, and then some calls, are under way at once. The relay's JSON is looked through for the fields that are
 * wanted; whatever ends a call while it is being made ends this program with the relay's words. */
#define _GNU_SOURCE
#include "load.h"
#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/rand.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

enum { LINKS_AT_ONCE = 24, CALLS_AT_ONCE = 8, SLOW_BUFFER = 4096 };
static const double PING = 5, BIND = 1, ASK_AGAIN = 0.1, OPEN_WITHIN = 300, GOODBYE = 0.5; /* s; the first two as phones do */

struct person {
    struct connection link, leg;
    struct flow flow;
    int end, welcome, joined, ready;
    char call[33];
};

static struct person *people;
static SSL_CTX *context;
static int by_udp, links_up, links_begun, calls_up, calls_begun;
static double since;
static uint64_t pings, bindings;
static uint64_t own_until; /* bytes of the slow end's connection that had come before it read again */

static int own_of(const struct connection *c, int leg) {
    const char *base = (const char *)c - (leg ? offsetof(struct person, leg) : offsetof(struct person, link));
    return ((const struct person *)(const void *)base)->end;
}

/* ── messages ─────────────────────────────────────────────────────────────────────────────────────────────────── */

__attribute__((format(printf, 2, 3))) static void say(struct connection *c, const char *format, ...) {
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(text + 2, sizeof text - 2, format, arguments);
    va_end(arguments);
    uint16_t length = htons((uint16_t)size);
    memcpy(text, &length, 2);
    if (!tls_write(c, text, size + 2)) die("a signal could not be sent: %s", text + 2);
}

/* The string after "name":" in `text`, of exactly `size` characters; 0 when it is not there. */
static int field(const char *text, const char *name, char *into, size_t size) {
    char mark[40];
    snprintf(mark, sizeof mark, "\"%s\":\"", name);
    const char *found = strstr(text, mark);
    if (!found || strlen(found + strlen(mark)) < size) return 0;
    memcpy(into, found + strlen(mark), size);
    into[size] = 0;
    return 1;
}

static int is(const char *text, const char *kind) {
    char mark[40];
    snprintf(mark, sizeof mark, "\"is\":\"%s\"", kind);
    return strstr(text, mark) != NULL;
}

/* ── legs ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

static void call_stands(struct person *p) {
    struct person *callee = &people[p->end | 1];
    p->ready = 1;
    if (people[p->end ^ 1].ready) say(&callee->link, "{\"is\":\"answer\",\"call\":\"%s\"}", callee->call);
}

static void leg_signal(struct person *p, const char *text) {
    if (is(text, "leg-joined")) {
        char id[33], key[65];
        if (p->joined) return;
        p->joined = 1;
        const char *flow = strstr(text, "\"flow\":{"), *port = flow ? strstr(flow, "\"port\":") : NULL;
        if (port) options.udp_port = atoi(port + 7);
        if (!by_udp) {
            call_stands(p);
            return;
        }
        if (!flow || !port || !field(flow, "id", id, 32) || !field(flow, "key", key, 64)) die("this relay offers no UDP: %s", text);
        struct sockaddr_in relay = options.relay;
        relay.sin_port = htons((uint16_t)options.udp_port);
        flow_open(&p->flow, p->end, relay, id, key);
    } else if (is(text, "refused")) {
        die("the relay refused a leg: %s", text);
    }
}

static int leg_message(struct connection *c, const uint8_t *data, int size) {
    struct person *p = &people[own_of(c, 1)];
    int length = size < 2 ? FRAME_MAX : data[0] << 8 | data[1];
    if (size < 2 + length) return 0;
    if (data[2] >= 128) {
        other_way += (uint64_t)by_udp;
        held_by_us = p->end == options.slow && BIO_number_read(SSL_get_rbio(c->ssl)) <= own_until;
        tally_got(p->end, data + 2, length);
    } else if (data[2] == '{') {
        char text[1024];
        int most = length < (int)sizeof text - 1 ? length : (int)sizeof text - 1;
        memcpy(text, data + 2, (size_t)most);
        text[most] = 0;
        leg_signal(p, text);
    }
    return 2 + length;
}

static void leg_ready(struct connection *c) {
    struct person *p = &people[own_of(c, 1)];
    char token[33];
    memcpy(token, c->out, 33); /* kept there until now */
    say(c, "{\"is\":\"join-leg\",\"call\":\"%s\",\"token\":\"%s\"}", p->call, token);
}

static SSL *new_tls(int number) {
    char path[512];
    SSL *ssl = SSL_new(context);
    snprintf(path, sizeof path, "%s/p%05d.pem", options.people, number);
    if (!ssl || SSL_use_certificate_file(ssl, path, SSL_FILETYPE_PEM) != 1 || SSL_use_PrivateKey_file(ssl, path, SSL_FILETYPE_PEM) != 1)
        die("%s: %s", path, ERR_reason_error_string(ERR_peek_last_error()) ?: "not readable");
    static const uint8_t alpn[] = "\x0bglasscall/1";
    SSL_set_alpn_protos(ssl, alpn, sizeof alpn - 1);
    SSL_set_tlsext_host_name(ssl, options.server_name);
    return ssl;
}

static void open_leg(struct person *p, const char *token) {
    SSL *ssl = new_tls(p->end);
    SSL_SESSION *session = SSL_get0_session(p->link.ssl);
    if (session && SSL_SESSION_is_resumable(session)) SSL_set_session(ssl, session);
    memcpy(p->leg.out, token, 33);
    p->leg.ready = leg_ready;
    p->leg.message = leg_message;
    p->leg.source.fd = dial(options.relay, p->end, p->end == options.slow ? SLOW_BUFFER : 0);
    tls_open(&p->leg, ssl);
}

/* ── links ────────────────────────────────────────────────────────────────────────────────────────────────────── */

static void link_signal(struct person *p, const char *text) {
    char token[33];
    if (is(text, "presence")) return;
    if (is(text, "welcome") && !p->welcome) {
        p->welcome = 1;
        links_up++;
    } else if (is(text, "incoming") && p->leg.ssl) {
        return; /* somebody else calls, now that we have hung up */
    } else if (is(text, "ringing") || is(text, "incoming")) {
        if (!field(text, "call", p->call, 32) || !field(text, "token", token, 32)) die("the relay's signal is not understood: %s", text);
        open_leg(p, token);
    } else if (is(text, "answered")) {
        calls_up++;
    } else if (is(text, "refused") || (is(text, "ended") && *p->call && strstr(text, p->call))) { /* not of an earlier run's */
        die("the relay says: %s", text);
    }
}

static int link_message(struct connection *c, const uint8_t *data, int size) {
    int length = size < 2 ? FRAME_MAX : data[0] << 8 | data[1];
    if (size < 2 + length) return 0;
    static char text[FRAME_MAX + 1];
    memcpy(text, data + 2, (size_t)length);
    text[length] = 0;
    link_signal(&people[own_of(c, 0)], text);
    return 2 + length;
}

static void link_ready(struct connection *c) { say(c, "{\"is\":\"ping\",\"number\":0}"); }

static void open_link(struct person *p) {
    p->link.ready = link_ready;
    p->link.message = link_message;
    p->link.source.fd = dial(options.relay, p->end, 0);
    tls_open(&p->link, new_tls(p->end));
}

static void begin_call(struct person *caller) {
    uint8_t random[16];
    RAND_bytes(random, sizeof random);
    for (int i = 0; i < 16; i++) sprintf(caller->call + 2 * i, "%02x", random[i]);
    say(&caller->link, "{\"is\":\"invite\",\"call\":\"%s\",\"to\":\"p%05d\"}", caller->call, caller->end ^ 1);
}

/* ── all of them ──────────────────────────────────────────────────────────────────────────────────────────────── */

static void ping(double at) {
    for (int i; (i = due(at, since, PING, links_begun, &pings)) >= 0;)
        if (people[i].welcome && !people[i].link.gone) say(&people[i].link, "{\"is\":\"ping\",\"number\":%u}", (unsigned)(pings & 0xffffffff));
}

static void ask_again(double at) {
    static double asked;
    if (!by_udp || at < asked + ASK_AGAIN) return;
    asked = at;
    for (int i = 0; i < options.ends; i++) {
        if (people[i].joined && !people[i].flow.bound) flow_bind(&people[i].flow);
        if (people[i].flow.bound && !people[i].ready) {
            say(&people[i].leg, "{\"is\":\"receive\",\"path\":\"udp\"}");
            call_stands(&people[i]);
        }
    }
}

static void open_all(void) {
    char path[512];
    if (!options.people) die("the people of the relay: -p FOLDER");
    people = calloc((size_t)options.ends, sizeof *people);
    context = tls_context();
    snprintf(path, sizeof path, "%s/authority.pem", options.people);
    if (!people || SSL_CTX_load_verify_locations(context, path, NULL) != 1) die("%s is not readable", path);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    double at = since = now(), limit = at + OPEN_WITHIN;
    for (int i = 0; i < options.ends; i++) people[i].end = i;
    while (calls_up < options.ends / 2) {
        if (links_begun < options.ends && links_begun - links_up < LINKS_AT_ONCE) open_link(&people[links_begun++]);
        if (links_up == options.ends && calls_begun < options.ends / 2 && calls_begun - calls_up < CALLS_AT_ONCE)
            begin_call(&people[2 * calls_begun++]);
        turn_round(1);
        at = now();
        ping(at);
        ask_again(at);
        if (at > limit) die("after %g s %d links and %d calls stand", OPEN_WITHIN, links_up, calls_up);
    }
    since = at, pings = 0, bindings = 0;
}

static void open_udp(void) {
    by_udp = 1;
    open_all();
}

static void keep(double at) {
    ping(at);
    if (!by_udp) return;
    for (int i; (i = due(at, since, BIND, options.ends, &bindings)) >= 0;) flow_bind(&people[i].flow);
}

static void send_udp(int end, const uint8_t *packet, int size) {
    if (send(people[end].flow.source.fd, packet, (size_t)size, MSG_DONTWAIT) != size) blocked++;
}

static void send_tls(int end, const uint8_t *packet, int size) {
    uint8_t framed[PACKET_MAX + 2] = {(uint8_t)(size >> 8), (uint8_t)size};
    memcpy(framed + 2, packet, (size_t)size);
    if (!tls_write(&people[end].leg, framed, size + 2)) blocked++;
}

/* Stops reading one leg: its window closes when its small buffer is full. */
static void pause_tls(int end, int on) {
    struct connection *leg = &people[end].leg;
    int waiting = 0;
    if (on) {
        unwatch(&leg->source);
        return;
    }
    ioctl(leg->source.fd, FIONREAD, &waiting);
    own_until = BIO_number_read(SSL_get_rbio(leg->ssl)) + (uint64_t)waiting;
    tally_reopened();
    watch(&leg->source);
}

static void hang_up(void) {
    for (int i = 0; i < options.ends; i += 2)
        if (!people[i].link.gone) say(&people[i].link, "{\"is\":\"hangup\",\"call\":\"%s\"}", people[i].call);
    for (int i = 0; i < options.ends; i++) *people[i].call = 0;
    for (double until = now() + GOODBYE; now() < until;) turn_round(10);
    for (int i = 0; i < options.ends; i++) SSL_shutdown(people[i].link.ssl);
}

const struct way udp = {"udp", open_udp, send_udp, keep, NULL, hang_up};
const struct way tls = {"tls", open_all, send_tls, keep, pause_tls, hang_up};
