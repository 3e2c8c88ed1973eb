/* A TCP connection as lwIP on an ESP32 has it: small buffers, segments, one flush a turn. No JavaScript in here. */

#ifndef SIMULATOR_SOCKET_H
#define SIMULATOR_SOCKET_H

#include <netinet/in.h>

#include "host.h"

/* TCP_SND_BUF, TCP_WND and TCP_MSS of the SDK's ESP32 build. */
enum {
	SEND_BUFFER = 5744,
	RECEIVE_WINDOW = 5744,
	SEGMENT = 1436,
};

/* What is on its way to the device: on a network with a round trip the kernel has it earlier. */
typedef struct {
	enum { CONNECTION, BYTES, END } what;
	double when;
	size_t count;            /* of bytes; they wait in `in`, behind those that have come */
} Arrival;

/* Once so many are on their way, further bytes count as part of the last. */
enum { ARRIVALS = 16 };

typedef struct Socket Socket;
struct Socket {
	Source source;
	struct sockaddr_in peer;
	uint8_t in[RECEIVE_WINDOW];
	size_t inStart;
	size_t inCount;
	uint8_t out[SEND_BUFFER];
	size_t outCount;
	Deadline delivery;
	Arrival arrivals[ARRIVALS];
	size_t arrivalCount;
	size_t arrivingBytes;
	bool open;               /* to the kernel */
	bool connected;
	bool closed;             /* by the program: what is gathered is still sent */
	bool over;               /* to the kernel */
	bool ended;              /* by the peer, or by an error: nothing more arrives */
	bool errorDelivered;
	bool writableDue;
	void (*onReadable)(Socket* socket, size_t count);
	void (*onWritable)(Socket* socket, size_t count);
	void (*onError)(Socket* socket);
	void (*onDestroy)(Socket* socket);
};

/* Starts to connect. Returns false, with errno, where the system has no socket. */
bool socket_connect(Socket* socket, const struct sockaddr_in* peer, bool noDelay);
/* Takes `count` bytes, which must be there. */
void socket_read(Socket* socket, uint8_t* bytes, size_t count);
/* Gathers `count` bytes, which must fit. */
void socket_write(Socket* socket, const uint8_t* bytes, size_t count);
/* No callback comes after this; the socket destroys itself when what is gathered has been sent. */
void socket_close(Socket* socket);

/* Notes that something was sent that a peer may answer, or received that may continue, for the virtual clock. */
void source_sent(Source* source);
void source_received(Source* source);

#endif
