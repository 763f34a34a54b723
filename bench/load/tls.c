/* A TLS connection that never waits: what comes is cut into messages by its owner, what does not go is not sent. */
#define _GNU_SOURCE
#include "load.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { OWN_FIRST = 0x7f010000 }; /* 127.1.0.0: each person comes from an address of their own, as people do */

static struct sockaddr_in own_address(int own) {
    struct sockaddr_in address = {.sin_family = AF_INET};
    address.sin_addr.s_addr = htonl((uint32_t)(OWN_FIRST + own / 250 * 256 + own % 250 + 1));
    return address;
}

int dial(struct sockaddr_in to, int own, int receive_buffer) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
    struct sockaddr_in from = own_address(own);
    if (receive_buffer) setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    if (fd < 0 || bind(fd, (void *)&from, sizeof from) || connect(fd, (void *)&to, sizeof to)) die("connect: %s", strerror(errno));
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return fd;
}

int udp_socket(int own, struct sockaddr_in to) {
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    struct sockaddr_in from = own_address(own);
    if (fd < 0 || bind(fd, (void *)&from, sizeof from) || connect(fd, (void *)&to, sizeof to)) die("udp: %s", strerror(errno));
    return fd;
}

SSL_CTX *tls_context(void) {
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    if (!context) die("TLS");
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_read_ahead(context, 1); /* a record's head and body in one system call */
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_NO_AUTO_CHAIN);
    return context;
}

static void close_it(struct connection *c) {
    c->gone = 1;
    unwatch(&c->source);
}

static void shake(struct connection *c) {
    int result = SSL_do_handshake(c->ssl);
    if (result == 1) {
        c->up = 1;
        if (c->ready) c->ready(c);
        return;
    }
    if (SSL_get_error(c->ssl, result) != SSL_ERROR_WANT_READ)
        die("the TLS handshake failed: %s", ERR_reason_error_string(ERR_peek_last_error()) ?: "the connection was closed");
}

static void readable(struct source *source) { tls_read((struct connection *)source); }

void tls_open(struct connection *c, SSL *ssl) {
    c->ssl = ssl;
    c->source.readable = readable;
    fcntl(c->source.fd, F_SETFL, O_NONBLOCK);
    SSL_set_fd(ssl, c->source.fd);
    SSL_set_connect_state(ssl);
    watch(&c->source);
    shake(c);
}

int tls_write(struct connection *c, const void *data, int size) {
    if (c->gone) return 0;
    if (c->pending) { /* TCP was full: the old one must go first */
        if (SSL_write(c->ssl, c->out, c->pending) <= 0) return 0;
        c->pending = 0;
    }
    if (SSL_write(c->ssl, data, size) > 0) return 1;
    if (size > (int)sizeof c->out) return 0;
    memcpy(c->out, data, (size_t)size);
    c->pending = size;
    return 1;
}

void tls_read(struct connection *c) {
    if (!c->up) {
        shake(c);
        if (!c->up) return;
    }
    for (;;) {
        int size = SSL_read(c->ssl, c->in + c->have, (int)sizeof c->in - c->have);
        if (size <= 0) {
            if (SSL_get_error(c->ssl, size) != SSL_ERROR_WANT_READ) close_it(c);
            ERR_clear_error();
            return;
        }
        c->have += size;
        int used = 0, step;
        while (used < c->have && (step = c->message(c, c->in + used, c->have - used)) > 0) used += step;
        memmove(c->in, c->in + used, (size_t)(c->have - used));
        c->have -= used;
    }
}
