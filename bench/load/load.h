/* A generator of voice calls for one core: what its files share.
 *
 *   main.c       options, and the loop that sends each packet when it is due
 *   tally.c      what came of them: loss, delay, and how late this program itself was
 *   tls.c        a TLS connection that never waits
 *   glasscall.c  people of our relay: links, calls, legs          flow.c   a leg's UDP flow, bound by STUN
 *   raw.c        the bare C forwarder, and no relay at all         turn.c   coturn        mumble.c   murmurd
 *
 * A call has two ends, 2i and 2i+1. Each sends the other a packet every 1/rate s, so CALLS calls make 2·CALLS·rate
 * packets a second into the relay and as many out of it. Times are seconds of CLOCK_MONOTONIC. */
#ifndef LOAD_H
#define LOAD_H

#include <netinet/in.h>
#include <openssl/ssl.h>
#include <stdint.h>

enum { PACKET_MIN = 32, PACKET_MAX = 1400, FRAME_MAX = 16645 };

struct source { /* something that can be read; the first member of whatever it belongs to */
    int fd;
    void (*readable)(struct source *);
};

struct options {
    struct sockaddr_in relay;
    const char *people; /* folder with a NAME.pem for each person, and authority.pem */
    const char *server_name;
    int ends, size;
    double rate, seconds;
    int udp_port;              /* of the relay, once it has named it */
    int slow;                  /* the end that stops reading for a while, or -1 */
    double slow_from, slow_for; /* seconds after START, and how long */
};
extern struct options options;

struct way { /* how packets travel: a relay, and how one reaches it */
    const char *name;
    void (*open)(void);                                    /* returns when every end reaches its other end */
    void (*send)(int end, const uint8_t *packet, int size); /* never waits; what it cannot send it counts as `blocked` */
    void (*keep)(double now);                              /* what keeps the calls up; may be NULL */
    void (*pause)(int end, int on);                        /* stops or resumes reading at one end; may be NULL */
    void (*close)(void);                                   /* ends the calls; may be NULL */
};
extern const struct way udp, tls, raw, direct, turn_udp, turn_tls, mumble_tcp;

/* main.c */
double now(void);
_Noreturn void die(const char *format, ...) __attribute__((format(printf, 1, 2)));
void watch(struct source *source); /* its `readable` is called whenever something waits there */
void unwatch(struct source *source);
void turn_round(int wait_ms); /* reads what waits, everywhere; waits so long at most for something */
int due(double at, double since, double each, int count, uint64_t *done); /* the next of `count` whose turn has come, or -1 */

/* tally.c */
void tally_sent(double at, double was_due);
void tally_got(int end, const uint8_t *packet, int size); /* at `end`, now */
void tally_begin(double at);                              /* packets stamped before this do not count */
void tally_reopened(void); /* the slow end reads again */
extern int held_by_us;     /* whether what comes to it now lay in its own socket all the while */
void tally_print(const char *way);
extern uint64_t blocked;   /* packets that this program could not send because its connection was full */
extern uint64_t other_way; /* packets that came by TLS where UDP was asked for */

/* tls.c */
struct connection {
    struct source source;
    SSL *ssl;
    int up, gone; /* handshake done; the other end has closed */
    int pending, have;
    void (*ready)(struct connection *);                                      /* the handshake is done */
    int (*message)(struct connection *, const uint8_t *data, int size); /* takes one whole message; bytes used, 0: more */
    uint8_t out[600], in[FRAME_MAX + 2];
};
SSL_CTX *tls_context(void);
void tls_open(struct connection *, SSL *); /* its socket is in `source.fd` */
int tls_write(struct connection *, const void *data, int size);          /* all or nothing; 0: full */
void tls_read(struct connection *);
int dial(struct sockaddr_in to, int own, int receive_buffer); /* own: number of our address in 127/8 */
int udp_socket(int own, struct sockaddr_in to);

/* flow.c */
struct flow {
    struct source source;
    int end, bound, asking;
    char id[33];
    uint8_t key[32], nonce[128];
    int nonce_size;
    uint64_t counter;
    uint64_t bindings, answers;
};
void flow_open(struct flow *, int end, struct sockaddr_in relay, const char *id, const char *key);
void flow_bind(struct flow *); /* asks for a binding */

#endif
