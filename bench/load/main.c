/* load WAY ADDRESS PORT CALLS SECONDS [options]: that many calls through a relay, each packet sent when it is due.
 *
 *   -r RATE      packets a second from each end (50)
 *   -b BYTES     of a packet (172: 160 bytes of voice in RTP)
 *   -p FOLDER    the people of our relay (`people.py`), for the ways udp and tls
 *   -n NAME      of that relay's certificate
 *   -s END,FROM,FOR   this end reads nothing for FOR seconds, beginning FROM seconds after START
 *
 * Prints OPEN, the seconds that it took and the relay's UDP port when all calls stand, START and STOP around the time that counts, and one line of JSON. */
#define _GNU_SOURCE
#include "load.h"
#include <arpa/inet.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { AT_ONCE = 256, BURST = 32 };
static const double WARM = 1, REST = 0.5; /* s: before what counts; for the last packets to come */
static const struct way *const WAYS[] = {&udp, &tls, &raw, &direct, &turn_udp, &turn_tls, &mumble_tcp};

struct options options = {.size = 172, .rate = 50, .slow = -1, .server_name = "relay.bench"};
static int poller;

double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

void die(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fputs("load: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(1);
}

void watch(struct source *source) {
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = source};
    if (epoll_ctl(poller, EPOLL_CTL_ADD, source->fd, &event)) die("epoll: %s", strerror(errno));
}

void unwatch(struct source *source) { epoll_ctl(poller, EPOLL_CTL_DEL, source->fd, NULL); }

void turn_round(int wait_ms) {
    struct epoll_event events[AT_ONCE];
    int count = epoll_wait(poller, events, AT_ONCE, wait_ms);
    for (int i = 0; i < count; i++) {
        struct source *source = events[i].data.ptr;
        source->readable(source);
    }
}

/* `count` things take turns, each once in `each` seconds: evenly, so that they do not come in a crowd. */
int due(double at, double since, double each, int count, uint64_t *done) {
    if (at < since || (uint64_t)((at - since) / each * count) <= *done) return -1;
    return (int)((*done)++ % (uint64_t)count);
}

static void fill(uint8_t *packet, int end, uint32_t number, double at) {
    uint64_t stamp = (uint64_t)(at * 1e9);
    uint16_t sequence = htons((uint16_t)number);
    uint32_t from = (uint32_t)end, ssrc = htonl(from), timestamp = htonl(number * 960);
    packet[0] = 0x80, packet[1] = 111;
    memcpy(packet + 2, &sequence, 2), memcpy(packet + 4, &timestamp, 4), memcpy(packet + 8, &ssrc, 4);
    memcpy(packet + 12, &stamp, 8), memcpy(packet + 20, &number, 4), memcpy(packet + 24, &from, 4);
}

static void say(const char *word) {
    puts(word);
    fflush(stdout);
}

static void run(const struct way *way) {
    uint8_t packet[PACKET_MAX];
    memset(packet, 0x55, sizeof packet);
    double start = now() + WARM, end = start + options.seconds, first = start - WARM;
    double step = 1 / options.rate / options.ends, t;
    uint64_t next = 0;
    int said = 0, paused = 0;
    tally_begin(start);
    while ((t = now()) < end + REST) {
        if (said == 0 && t >= start) say("START"), said = 1;
        if (said == 1 && t >= end) say("STOP"), said = 2;
        if (options.slow >= 0 && way->pause) {
            int closed = t >= start + options.slow_from && t < start + options.slow_from + options.slow_for;
            if (closed != paused) way->pause(options.slow, paused = closed);
        }
        for (int burst = 0; burst < BURST; burst++) {
            double was_due = first + (double)next * step, at = now();
            if (was_due > at || was_due >= end) break;
            int from = (int)(next % (uint64_t)options.ends);
            fill(packet, from, (uint32_t)(next / (uint64_t)options.ends) + 1, at);
            tally_sent(at, was_due);
            way->send(from, packet, options.size);
            next++;
        }
        turn_round(0); /* never sleeps: nobody then pays for waking us */
        if (way->keep) way->keep(t);
    }
    if (said < 2) say("STOP");
    if (way->close) way->close();
    tally_print(way->name);
}

static int usage(void) {
    fputs("usage: load WAY ADDRESS PORT CALLS SECONDS [-r RATE] [-b BYTES] [-p FOLDER] [-n NAME] [-s END,FROM,FOR]\nways:", stderr);
    for (size_t i = 0; i < sizeof WAYS / sizeof *WAYS; i++) fprintf(stderr, " %s", WAYS[i]->name);
    fputc('\n', stderr);
    return 2;
}

int main(int count, char **words) {
    const struct way *way = NULL;
    int option;
    while ((option = getopt(count, words, "r:b:p:n:s:")) != -1) {
        if (option == 'r') options.rate = atof(optarg);
        else if (option == 'b') options.size = atoi(optarg);
        else if (option == 'p') options.people = optarg;
        else if (option == 'n') options.server_name = optarg;
        else if (option != 's' || sscanf(optarg, "%d,%lf,%lf", &options.slow, &options.slow_from, &options.slow_for) != 3) return usage();
    }
    if (count - optind != 5) return usage();
    for (size_t i = 0; i < sizeof WAYS / sizeof *WAYS; i++)
        if (!strcmp(words[optind], WAYS[i]->name)) way = WAYS[i];
    options.relay = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(words[optind + 2]))};
    options.ends = 2 * atoi(words[optind + 3]);
    options.seconds = atof(words[optind + 4]);
    if (!way || inet_pton(AF_INET, words[optind + 1], &options.relay.sin_addr) != 1 || options.ends < 2 || options.seconds < 1 ||
        options.size < PACKET_MIN || options.size > PACKET_MAX || options.rate <= 0 || options.slow >= options.ends)
        return usage();
    struct rlimit files = {65536, 65536};
    setrlimit(RLIMIT_NOFILE, &files);
    poller = epoll_create1(0);
    double began = now();
    way->open();
    printf("OPEN %.2f %d\n", now() - began, options.udp_port);
    fflush(stdout);
    run(way);
    return 0;
}
