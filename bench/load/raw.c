/* The bare forwarder (bench/relay/forward.c), and no relay at all: what the machine and this program can do at most.
 *
 * The forwarder sends each packet back to the address it came from with the lowest bit of its port swapped, so the two
 * ends of a call have neighbouring ports. `direct`: the ends send to each other. */
#include "load.h"
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { FIRST_PORT = 20000 };
struct end {
    struct source source;
    int number;
};
static struct end *ends;

static void readable(struct source *source) {
    uint8_t packet[2048];
    ssize_t size = recv(source->fd, packet, sizeof packet, MSG_DONTWAIT);
    if (size > 0) tally_got(((struct end *)source)->number, packet, (int)size);
}

static struct sockaddr_in place(int number) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)(FIRST_PORT + number))};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

static void open_ends(int through) {
    ends = calloc((size_t)options.ends, sizeof *ends);
    if (!ends) die("out of memory");
    for (int i = 0; i < options.ends; i++) {
        struct sockaddr_in own = place(i), to = through ? options.relay : place(i ^ 1);
        int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (fd < 0 || bind(fd, (void *)&own, sizeof own) || connect(fd, (void *)&to, sizeof to)) die("udp: %s", strerror(errno));
        ends[i] = (struct end){{fd, readable}, i};
        watch(&ends[i].source);
    }
}

static void open_raw(void) { open_ends(1); }
static void open_direct(void) { open_ends(0); }

static void send_raw(int end, const uint8_t *packet, int size) {
    if (send(ends[end].source.fd, packet, (size_t)size, MSG_DONTWAIT) != size) blocked++;
}

const struct way raw = {"raw", open_raw, send_raw, NULL, NULL, NULL};
const struct way direct = {"direct", open_direct, send_raw, NULL, NULL, NULL};
