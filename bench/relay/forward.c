/* forward PORT: the least that a UDP relay can do. One recvfrom and one sendto for each packet, which goes back to the
 * address it came from with the lowest bit of the port swapped: the two ends of a call have neighbouring ports. */
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

int main(int count, char **words) {
    static char packet[2048];
    int buffer = 4 << 20, fd = socket(AF_INET, SOCK_DGRAM, 0);
    if (count != 2) {
        fputs("usage: forward PORT\n", stderr);
        return 2;
    }
    struct sockaddr_in own = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(words[1]))}, from;
    own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
    if (fd < 0 || bind(fd, (struct sockaddr *)&own, sizeof own)) {
        perror("forward");
        return 1;
    }
    puts("listens");
    fflush(stdout);
    for (;;) {
        socklen_t length = sizeof from;
        ssize_t size = recvfrom(fd, packet, sizeof packet, 0, (struct sockaddr *)&from, &length);
        if (size < 0) continue;
        from.sin_port ^= htons(1);
        if (sendto(fd, packet, (size_t)size, 0, (struct sockaddr *)&from, length) < 0) perror("forward");
    }
}
