// The least that a server can do on this machine: one read and one write per request, the same bytes every time, nothing
// looked at. No server of the usual kind gets past it; fixtures-speed.ts compiles it where there is a compiler.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

int main(void) {
  char reply[2048], request[65536];
  int length = sprintf(reply, "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: 1024\r\n"
                              "Date: Sun, 22 Nov 2026 19:00:00 GMT\r\nConnection: keep-alive\r\n\r\n");
  memset(reply + length, 'a', 1024);
  length += 1024;

  int listener = socket(AF_INET, SOCK_STREAM, 0), poll = epoll_create1(0), on = 1;
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof address;
  if (bind(listener, (struct sockaddr *)&address, size) || listen(listener, 512)) return 1;
  getsockname(listener, (struct sockaddr *)&address, &size);
  printf("http http://127.0.0.1:%d\n", ntohs(address.sin_port));
  fflush(stdout);

  struct epoll_event event = {.events = EPOLLIN, .data.fd = listener}, ready[64];
  epoll_ctl(poll, EPOLL_CTL_ADD, listener, &event);
  for (;;) {
    int count = epoll_wait(poll, ready, 64, -1);
    for (int i = 0; i < count; i++) {
      int socket = ready[i].data.fd;
      if (socket == listener) {
        event.data.fd = accept(listener, 0, 0);
        setsockopt(event.data.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        epoll_ctl(poll, EPOLL_CTL_ADD, event.data.fd, &event);
      } else if (read(socket, request, sizeof request) <= 0 || write(socket, reply, length) < 0) {
        close(socket);
      }
    }
  }
}
