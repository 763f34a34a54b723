/* What came of the packets: loss and one-way delay, over all the time and second by second, and how late we were.
 *
 * The first bytes of a packet are an RTP header, so that a relay takes it for media; behind it stand the moment of
 * sending (ns), a number, and the end that sent it. */
#include "load.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FINE = 1000, MIDDLE = 900, COARSE = 9900, BINS = FINE + MIDDLE + COARSE + 1 }; /* 10 µs to 10 ms, 100 µs to 100 ms, 1 ms to 10 s */

struct histogram {
    uint64_t count;
    double most;
    uint32_t bins[BINS];
};

struct second {
    uint64_t sent, got;
    struct histogram delay, late;
};

static struct second all, *seconds;
static int many;
static double began = 1e300;
static uint64_t doubled, astray, *seen; /* per end: a window of the last 64 numbers */
static uint32_t *highest;
static uint64_t slow_sent, slow_got, slow_held, slow_own;
static double reopened;
uint64_t blocked, other_way;
int held_by_us;

static void add(struct histogram *h, double value) {
    double us = value < 0 ? 0 : value * 1e6;
    int bin = us < 1e4 ? (int)(us / 10) : us < 1e5 ? FINE + (int)((us - 1e4) / 100) : FINE + MIDDLE + (int)((us - 1e5) / 1000);
    h->bins[bin < BINS ? bin : BINS - 1]++;
    h->count++;
    if (value > h->most) h->most = value;
}

static double percentile(const struct histogram *h, double share) { /* ms, the upper edge of its bin */
    uint64_t sum = 0, wanted = (uint64_t)(share * (double)h->count);
    for (int bin = 0; bin < BINS; bin++) {
        sum += h->bins[bin];
        if (sum > wanted)
            return bin < FINE ? (bin + 1) * 0.01 : bin < FINE + MIDDLE ? 10 + (bin - FINE + 1) * 0.1 : 100 + (bin - FINE - MIDDLE + 1);
    }
    return 0;
}

void tally_begin(double at) {
    began = at;
    many = (int)options.seconds + 1;
    seconds = calloc((size_t)many, sizeof *seconds);
    seen = calloc((size_t)options.ends, sizeof *seen);
    highest = calloc((size_t)options.ends, sizeof *highest);
    if (!seconds || !seen || !highest) die("out of memory");
}

static struct second *second_of(double at) {
    int number = (int)(at - began);
    return &seconds[number < many ? number : many - 1];
}

void tally_sent(double at, double was_due) {
    if (at < began) return;
    struct second *second = second_of(at);
    all.sent++, second->sent++;
    add(&all.late, at - was_due), add(&second->late, at - was_due);
}

void tally_reopened(void) { reopened = now(); }

/* Whether `number` came to `end` before; older ones than the window are taken for new. */
static int came_before(int end, uint32_t number) {
    if (number > highest[end]) {
        uint32_t step = number - highest[end];
        seen[end] = step < 64 ? seen[end] << step : 0;
        highest[end] = number;
    }
    uint32_t back = highest[end] - number;
    if (back > 63) return 0;
    uint64_t bit = 1ULL << back;
    if (seen[end] & bit) return 1;
    seen[end] |= bit;
    return 0;
}

void tally_got(int end, const uint8_t *packet, int size) {
    uint64_t stamp;
    uint32_t number, from;
    if (size < PACKET_MIN) return;
    memcpy(&stamp, packet + 12, 8);
    memcpy(&number, packet + 20, 4);
    memcpy(&from, packet + 24, 4);
    double at = (double)stamp * 1e-9, arrived = now();
    if (at < began) return;
    if (from != (uint32_t)(end ^ 1)) {
        astray++;
        return;
    }
    if (came_before(end, number)) {
        doubled++;
        return;
    }
    if (end == options.slow) { /* it loses by its own fault */
        slow_got++;
        if (reopened > 0 && at < reopened) held_by_us ? slow_own++ : slow_held++;
        return;
    }
    struct second *second = second_of(at);
    all.got++, second->got++;
    add(&all.delay, arrived - at), add(&second->delay, arrived - at);
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double lost(const struct second *s) { /* % */
    return s->sent ? 100.0 * (1 - (double)s->got / (double)s->sent) : 100;
}

/* The middle one of the seconds: what one hiccup of the machine does not touch. */
static double median(double (*of)(const struct second *)) {
    int count = (int)options.seconds;
    double *values = calloc((size_t)count, sizeof *values);
    if (!values) die("out of memory");
    for (int i = 0; i < count; i++) values[i] = of(&seconds[i]);
    qsort(values, (size_t)count, sizeof *values, ascending);
    double found = values[count / 2];
    free(values);
    return found;
}
static double p99(const struct second *s) { return percentile(&s->delay, 0.99); }
static double p99_late(const struct second *s) { return percentile(&s->late, 0.99); }

void tally_print(const char *way) {
    if (options.slow >= 0) { /* what went to the slow end is no loss of the others */
        slow_sent = all.sent / (uint64_t)options.ends;
        all.sent -= slow_sent;
        for (int i = 0; i < many; i++) seconds[i].sent -= seconds[i].sent / (uint64_t)options.ends;
    }
    printf("{\"way\": \"%s\", \"calls\": %d, \"seconds\": %g, \"rate\": %g, \"size\": %d, \"sent\": %lu, \"got\": %lu, "
           "\"doubled\": %lu, \"astray\": %lu, \"blocked\": %lu, \"other_way\": %lu, \"loss_pct\": %.4f, \"loss_median_pct\": %.4f, ",
           way, options.ends / 2, options.seconds, options.rate, options.size, all.sent, all.got, doubled, astray,
           blocked, other_way, lost(&all), median(lost));
    printf("\"p50_ms\": %.2f, \"p99_ms\": %.2f, \"max_ms\": %.2f, \"p99_median_ms\": %.2f, \"late_p99_ms\": %.2f, "
           "\"late_p99_median_ms\": %.2f, \"late_max_ms\": %.2f",
           percentile(&all.delay, 0.5), percentile(&all.delay, 0.99), all.delay.most * 1e3, median(p99),
           percentile(&all.late, 0.99), median(p99_late), all.late.most * 1e3);
    if (options.slow >= 0)
        printf(", \"slow_got\": %lu, \"slow_held\": %lu, \"slow_own\": %lu", slow_got, slow_held, slow_own);
    puts("}");
    fflush(stdout);
}
