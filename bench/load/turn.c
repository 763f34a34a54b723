/* coturn: both ends are TURN clients (RFC 8656) and send channel data, so that each packet passes two allocations, as
 * it must where neither knows the other's address. Over UDP, or over TLS. No authentication: it would cost coturn. */
#include "load.h"
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    ALLOCATE = 0x0003, CHANNEL_BIND = 0x0009, SUCCESS_CLASS = 0x0100, COOKIE = 0x2112a442,
    REQUESTED_TRANSPORT = 0x0019, XOR_RELAYED_ADDRESS = 0x0016, CHANNEL_NUMBER = 0x000c, XOR_PEER_ADDRESS = 0x0012,
    HEADER = 20, CHANNEL = 0x4000, OVER_UDP = 17
};
static const double ANSWER_WITHIN = 5; /* s */

struct end {
    struct connection pipe; /* its source serves UDP too */
    int number, answered;
    uint16_t relayed_port;
};
static struct end *ends;
static SSL_CTX *context;

static void put16(uint8_t *at, int value) { at[0] = (uint8_t)(value >> 8), at[1] = (uint8_t)value; }
static int get16(const uint8_t *at) { return at[0] << 8 | at[1]; }

static void stun(struct end *e, const uint8_t *message, int size) {
    int type = get16(message);
    if (type != (ALLOCATE | SUCCESS_CLASS) && type != (CHANNEL_BIND | SUCCESS_CLASS)) die("coturn refused a request (%04x)", type);
    for (int at = HEADER; at + 8 <= size; at += 4 + (get16(message + at + 2) + 3) / 4 * 4)
        if (get16(message + at) == XOR_RELAYED_ADDRESS) e->relayed_port = (uint16_t)(get16(message + at + 6) ^ (COOKIE >> 16));
    e->answered = 1;
}

/* One message of a stream, or one datagram. */
static int message(struct connection *c, const uint8_t *data, int size) {
    struct end *e = (struct end *)c;
    if (size < 4) return 0;
    int channel = data[0] >= 0x40, length = get16(data + 2);
    int whole = channel ? 4 + (c->ssl ? (length + 3) / 4 * 4 : length) : HEADER + length;
    if (size < whole) return 0;
    if (channel) tally_got(e->number, data + 4, length);
    else stun(e, data, whole);
    return whole;
}

static void datagram(struct source *source) {
    struct end *e = (struct end *)source;
    uint8_t packet[2048];
    ssize_t size = recv(source->fd, packet, sizeof packet, MSG_DONTWAIT);
    if (size > 0) message(&e->pipe, packet, (int)size);
}

static void give(struct end *e, const uint8_t *data, int size) {
    if (e->pipe.ssl ? !tls_write(&e->pipe, data, size) : send(e->pipe.source.fd, data, (size_t)size, MSG_DONTWAIT) != size) blocked++;
}

static void request(struct end *e, int method, const uint8_t *attributes, int size) {
    uint8_t packet[128];
    put16(packet, method), put16(packet + 2, size);
    put16(packet + 4, COOKIE >> 16), put16(packet + 6, COOKIE & 0xffff);
    for (int i = 8; i < HEADER; i++) packet[i] = (uint8_t)rand();
    memcpy(packet + HEADER, attributes, (size_t)size);
    e->answered = 0;
    give(e, packet, HEADER + size);
    for (double limit = now() + ANSWER_WITHIN; !e->answered; turn_round(10))
        if (now() > limit) die("coturn does not answer");
}

static void bind_channel(struct end *e, uint16_t port) {
    uint8_t attributes[20];
    uint32_t address = htonl(INADDR_LOOPBACK ^ COOKIE);
    put16(attributes, CHANNEL_NUMBER), put16(attributes + 2, 4), put16(attributes + 4, CHANNEL), put16(attributes + 6, 0);
    put16(attributes + 8, XOR_PEER_ADDRESS), put16(attributes + 10, 8), put16(attributes + 12, 1);
    put16(attributes + 14, port ^ (COOKIE >> 16));
    memcpy(attributes + 16, &address, 4);
    request(e, CHANNEL_BIND, attributes, sizeof attributes);
}

static void open_end(struct end *e, int over_tls) {
    static const uint8_t transport[] = {0, REQUESTED_TRANSPORT, 0, 4, OVER_UDP, 0, 0, 0};
    if (over_tls) {
        e->pipe.source.fd = dial(options.relay, e->number, 0);
        e->pipe.message = message;
        tls_open(&e->pipe, SSL_new(context));
        for (double limit = now() + ANSWER_WITHIN; !e->pipe.up; turn_round(10))
            if (now() > limit) die("coturn's TLS does not answer");
    } else {
        e->pipe.source = (struct source){udp_socket(e->number, options.relay), datagram};
        watch(&e->pipe.source);
    }
    request(e, ALLOCATE, transport, sizeof transport);
}

static void open_ends(int over_tls) {
    ends = calloc((size_t)options.ends, sizeof *ends);
    context = tls_context();
    if (!ends) die("out of memory");
    for (int i = 0; i < options.ends; i++) {
        ends[i].number = i;
        open_end(&ends[i], over_tls);
        if (i & 1) bind_channel(&ends[i], ends[i - 1].relayed_port), bind_channel(&ends[i - 1], ends[i].relayed_port);
    }
}

static void open_udp(void) { open_ends(0); }
static void open_tls(void) { open_ends(1); }

static void send_channel(int end, const uint8_t *packet, int size) {
    uint8_t data[PACKET_MAX + 8] = {0};
    put16(data, CHANNEL), put16(data + 2, size);
    memcpy(data + 4, packet, (size_t)size);
    give(&ends[end], data, 4 + (ends[end].pipe.ssl ? (size + 3) / 4 * 4 : size));
}

const struct way turn_udp = {"turn-udp", open_udp, send_channel, NULL, NULL, NULL};
const struct way turn_tls = {"turn-tls", open_tls, send_channel, NULL, NULL, NULL};
