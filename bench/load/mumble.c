/* murmurd: both ends are Mumble clients whose voice goes in the TLS stream (its “TCP tunnel”), each whispering to the
 * other alone, for otherwise all would hear all. Messages: type (2 bytes), length (4), then Protocol Buffers. */
#include "load.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { VERSION = 0, TUNNEL = 1, AUTHENTICATE = 2, PING = 3, REJECT = 4, SERVER_SYNC = 5, VOICE_TARGET = 19, HEAD = 6, OPUS = 4, TARGET = 1 };
static const double UP_WITHIN = 30, PING_EACH = 10; /* s */

struct end {
    struct connection pipe;
    int number;
    uint32_t session, frame;
};
static struct end *ends;
static SSL_CTX *context;
static double since;
static uint64_t pings;

static void put(struct end *e, int type, const uint8_t *body, int size) {
    uint8_t data[PACKET_MAX + 64] = {(uint8_t)(type >> 8), (uint8_t)type, 0, 0, (uint8_t)(size >> 8), (uint8_t)size};
    memcpy(data + HEAD, body, (size_t)size);
    if (!tls_write(&e->pipe, data, HEAD + size)) blocked++;
}

/* Protocol Buffers' integer: seven bits a byte, the least first. */
static int put_base128(uint8_t *at, uint32_t value) {
    int size = 0;
    for (; value > 127; value >>= 7) at[size++] = (uint8_t)(value | 128);
    at[size++] = (uint8_t)value;
    return size;
}

/* The integer of field `wanted` in a message whose fields are all integers or counted bytes; 0 when it is not there. */
static uint32_t integer(const uint8_t *at, int size, uint32_t wanted) {
    for (const uint8_t *end = at + size; at < end;) {
        uint32_t values[2] = {0, 0};
        for (int i = 0; i < 2; i++) {
            int shift = 0;
            do values[i] |= (uint32_t)(*at & 127) << shift, shift += 7;
            while (*at++ & 128 && at < end && shift < 32);
        }
        if ((values[0] & 7) == 2) at += values[1];
        else if (values[0] >> 3 == wanted) return values[1];
    }
    return 0;
}

/* Mumble's own integer in voice packets: as many leading ones as further bytes. */
static int put_prefixed(uint8_t *at, uint32_t value) {
    if (value < 0x80) return at[0] = (uint8_t)value, 1;
    if (value < 0x4000) return at[0] = (uint8_t)(0x80 | value >> 8), at[1] = (uint8_t)value, 2;
    return at[0] = (uint8_t)(0xc0 | value >> 16), at[1] = (uint8_t)(value >> 8), at[2] = (uint8_t)value, 3;
}
static int prefixed_size(uint8_t first) { return first < 0x80 ? 1 : first < 0xc0 ? 2 : first < 0xe0 ? 3 : first < 0xf0 ? 4 : 5; }

static void voice(struct end *e, const uint8_t *data, int size) {
    const uint8_t *at = data + 1;
    if (size < 12 || data[0] >> 5 != OPUS) return;
    for (int i = 0; i < 3; i++) at += prefixed_size(*at); /* session, frame number, length */
    tally_got(e->number, at, size - (int)(at - data));
}

static int message(struct connection *c, const uint8_t *data, int size) {
    struct end *e = (struct end *)c;
    if (size < HEAD) return 0;
    int type = data[0] << 8 | data[1], length = data[3] << 16 | data[4] << 8 | data[5];
    if (length > FRAME_MAX - HEAD) die("murmurd sent a message of %d bytes", length);
    if (size < HEAD + length) return 0;
    if (type == TUNNEL) voice(e, data + HEAD, length);
    else if (type == SERVER_SYNC) e->session = integer(data + HEAD, length, 1);
    else if (type == REJECT) die("murmurd rejected client %d", e->number);
    return HEAD + length;
}

static void log_in(struct connection *c) {
    struct end *e = (struct end *)c;
    static const uint8_t version[] = {0x08, 0x84, 0x86, 0x04}; /* 1.3.4 */
    uint8_t body[64] = {0x0a};
    int size = sprintf((char *)body + 2, "end%d", e->number);
    body[1] = (uint8_t)size;
    memcpy(body + 2 + size, "\x28\x01", 2); /* it knows Opus */
    put(e, VERSION, version, sizeof version);
    put(e, AUTHENTICATE, body, size + 4);
}

static void whisper_to(struct end *e, uint32_t session) { /* target 1 is that session alone */
    uint8_t body[24] = {0x08, TARGET, 0x12, 0, 0x08};
    int size = 1 + put_base128(body + 5, session);
    body[3] = (uint8_t)size;
    put(e, VOICE_TARGET, body, 4 + size);
}

static void open_ends(void) {
    ends = calloc((size_t)options.ends, sizeof *ends);
    context = tls_context();
    if (!ends) die("out of memory");
    for (int i = 0; i < options.ends; i++) {
        struct end *e = &ends[i];
        e->number = i;
        e->pipe.ready = log_in;
        e->pipe.message = message;
        e->pipe.source.fd = dial(options.relay, i, 0);
        tls_open(&e->pipe, SSL_new(context));
        for (double limit = now() + UP_WITHIN; !e->session; turn_round(10))
            if (now() > limit || e->pipe.gone) die("murmurd did not let client %d in", i);
        if (i & 1) whisper_to(e, e[-1].session), whisper_to(e - 1, e->session);
    }
    for (double quiet = now() + 1; now() < quiet;) turn_round(10); /* everybody is told of everybody */
    since = now();
}

static void keep(double at) {
    for (int i; (i = due(at, since, PING_EACH, options.ends, &pings)) >= 0;) put(&ends[i], PING, (const uint8_t *)"", 0);
}

static void send_voice(int end, const uint8_t *packet, int size) {
    uint8_t data[PACKET_MAX + 16] = {OPUS << 5 | TARGET};
    int at = 1;
    at += put_prefixed(data + at, ends[end].frame++ & 0x1fffff);
    at += put_prefixed(data + at, (uint32_t)size);
    memcpy(data + at, packet, (size_t)size);
    put(&ends[end], TUNNEL, data, at + size);
}

const struct way mumble_tcp = {"mumble-tcp", open_ends, send_voice, keep, NULL, NULL};
