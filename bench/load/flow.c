/* A leg's UDP flow: bound by an authenticated STUN binding (RFC 8489), kept by another each second.
 *
 *   request: USERNAME, NONCE (once known), MESSAGE-INTEGRITY-SHA256, FINGERPRINT
 *   answer 438: the nonce to ask again with; a success: the flow is bound
 *
 * The transaction id's first 8 bytes count the requests. An answer without good integrity counts for nothing. */
#include "load.h"
#include <arpa/inet.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <string.h>
#include <sys/socket.h>

enum {
    BINDING = 0x0001, SUCCESS = 0x0101, REFUSAL = 0x0111, COOKIE = 0x2112a442,
    USERNAME = 0x0006, NONCE = 0x0015, INTEGRITY_SHA256 = 0x001c, FINGERPRINT = 0x8028, FINGERPRINT_XOR = 0x5354554e,
    HEADER = 20, ATTRIBUTE = 4, DIGEST = 32
};

static void put16(uint8_t *at, int value) { at[0] = (uint8_t)(value >> 8), at[1] = (uint8_t)value; }
static void put32(uint8_t *at, uint32_t value) { put16(at, (int)(value >> 16)), put16(at + 2, (int)(value & 0xffff)); }
static int get16(const uint8_t *at) { return at[0] << 8 | at[1]; }

static uint32_t crc32(const uint8_t *data, int size) {
    uint32_t crc = ~0U;
    for (int i = 0; i < size; i++) {
        crc ^= data[i];
        for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (0xedb88320U & -(crc & 1));
    }
    return ~crc;
}

/* Appends an attribute; the header's length then covers it. The new size. */
static int attribute(uint8_t *message, int size, int type, const void *value, int length) {
    int padded = (length + 3) / 4 * 4;
    put16(message + size, type), put16(message + size + 2, length);
    memset(message + size + ATTRIBUTE, 0, (size_t)padded);
    if (value) memcpy(message + size + ATTRIBUTE, value, (size_t)length);
    put16(message + 2, size + ATTRIBUTE + padded - HEADER);
    return size + ATTRIBUTE + padded;
}

static void digest(const struct flow *f, const uint8_t *message, int size, uint8_t *into) {
    HMAC(EVP_sha256(), f->key, sizeof f->key, message, (size_t)size, into, NULL);
}

void flow_bind(struct flow *f) {
    uint8_t message[512] = {0}, mac[DIGEST], print[4];
    put16(message, BINDING);
    put32(message + 4, COOKIE);
    f->counter++;
    put32(message + 8, (uint32_t)(f->counter >> 32)), put32(message + 12, (uint32_t)f->counter);
    RAND_bytes(message + 16, 4);
    int size = attribute(message, HEADER, USERNAME, f->id, 32);
    if (f->nonce_size) size = attribute(message, size, NONCE, f->nonce, f->nonce_size);
    put16(message + 2, size + ATTRIBUTE + DIGEST - HEADER); /* RFC 8489 §14.6: the length as if it stood there already */
    digest(f, message, size, mac);
    size = attribute(message, size, INTEGRITY_SHA256, mac, DIGEST);
    put16(message + 2, size + ATTRIBUTE + 4 - HEADER);
    put32(print, crc32(message, size) ^ FINGERPRINT_XOR);
    size = attribute(message, size, FINGERPRINT, print, 4);
    f->bindings++;
    if (send(f->source.fd, message, (size_t)size, MSG_DONTWAIT) != size) blocked++;
}

/* The value of an attribute of `type`, and its length; NULL when it is not there. */
static const uint8_t *find(const uint8_t *message, int size, int type, int *length) {
    for (int at = HEADER; at + ATTRIBUTE <= size; at += ATTRIBUTE + (*length + 3) / 4 * 4) {
        *length = get16(message + at + 2);
        if (at + ATTRIBUTE + *length > size) return NULL;
        if (get16(message + at) == type) return message + at + ATTRIBUTE;
    }
    return NULL;
}

/* Whether its integrity is good. */
static int authentic(const struct flow *f, const uint8_t *message, int size) {
    uint8_t copy[600], mac[DIGEST];
    int length;
    const uint8_t *found = find(message, size, INTEGRITY_SHA256, &length);
    if (!found || length != DIGEST || size > (int)sizeof copy) return 0;
    int before = (int)(found - message) - ATTRIBUTE;
    memcpy(copy, message, (size_t)before);
    put16(copy + 2, before + ATTRIBUTE + DIGEST - HEADER);
    digest(f, copy, before, mac);
    return !memcmp(mac, found, DIGEST);
}

static void answer(struct flow *f, const uint8_t *message, int size) {
    int length;
    if (get16(message) == REFUSAL) {
        const uint8_t *nonce = find(message, size, NONCE, &length);
        if (nonce && length <= (int)sizeof f->nonce) {
            memcpy(f->nonce, nonce, (size_t)length);
            f->nonce_size = length;
            flow_bind(f);
        }
    } else if (get16(message) == SUCCESS && authentic(f, message, size)) {
        f->answers++;
        f->bound = 1;
    }
}

static void readable(struct source *source) {
    struct flow *f = (struct flow *)source;
    uint8_t packet[2048];
    ssize_t size = recv(source->fd, packet, sizeof packet, MSG_DONTWAIT);
    if (size >= HEADER && packet[0] <= 3) answer(f, packet, (int)size);
    else if (size > 0 && packet[0] >= 128) tally_got(f->end, packet, (int)size);
}

void flow_open(struct flow *f, int end, struct sockaddr_in relay, const char *id, const char *key) {
    f->end = end;
    memcpy(f->id, id, 33);
    for (int i = 0; i < 32; i++) {
        unsigned byte = 0;
        for (int j = 0; j < 2; j++) {
            char c = key[2 * i + j];
            byte = byte << 4 | (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10);
        }
        f->key[i] = (uint8_t)byte;
    }
    f->source.fd = udp_socket(end, relay);
    f->source.readable = readable;
    watch(&f->source);
    flow_bind(f);
}
