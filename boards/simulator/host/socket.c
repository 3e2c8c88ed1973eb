/* See socket.h. */

#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include "xsAll.h"
#include "socket.h"

/* A connection attempt holds a virtual clock no longer than this, in real milliseconds. */
static const double CONNECT_GRACE = 2000;
/* A peer that reads has room again within this, in real milliseconds. */
static const int SEND_GRACE = 5;
/* What has arrived may continue: a packet in several segments. */
static const double CONTINUE_GRACE = 2;

void source_sent(Source* source)
{
	source->busyUntil = clock_real() + options.graceMilliseconds;
}

void source_received(Source* source)
{
	source->busyUntil = clock_real() + CONTINUE_GRACE;
}

/* Whether the kernel takes more within its grace: when it does is chance, and turns are not to depend on that. */
static bool socket_wait(Socket* socket)
{
	struct pollfd writable = { .fd = socket->source.fd, .events = POLLOUT };
	return poll(&writable, 1, SEND_GRACE) > 0;
}

static void socket_flush(Socket* socket)
{
	while (socket->connected && socket->outCount && !socket->ended) {
		size_t size = socket->outCount < SEGMENT ? socket->outCount : SEGMENT;
		ssize_t sent = send(socket->source.fd, socket->out, size, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (sent < 0 && errno == EAGAIN && socket_wait(socket))
			continue;
		if (sent < 0) {
			socket->ended = socket->over = errno != EAGAIN && errno != EINTR;
			return;
		}
		memmove(socket->out, socket->out + sent, socket->outCount - sent);
		socket->outCount -= sent;
		socket->writableDue = true;
		traffic.segments++;
		traffic.bytesSent += sent;
		source_sent(&socket->source);
	}
}

static bool socket_error_due(const Socket* socket)
{
	return socket->ended && socket->inCount == 0 && !socket->errorDelivered;
}

/* Lets happen what has arrived by now. */
static void socket_deliver(Socket* socket)
{
	size_t done = 0, bytes = 0;
	for (; done < socket->arrivalCount && socket->arrivals[done].when <= clock_now(); done++) {
		bytes += socket->arrivals[done].count;
		socket->connected |= socket->arrivals[done].what == CONNECTION;
		socket->writableDue |= socket->arrivals[done].what == CONNECTION;
		socket->ended |= socket->arrivals[done].what == END;
	}
	socket->arrivalCount -= done;
	memmove(socket->arrivals, socket->arrivals + done, socket->arrivalCount * sizeof(Arrival));
	if (socket->arrivalCount && !socket->closed)
		deadline_arm(&socket->delivery, socket->arrivals[0].when);
	socket->arrivingBytes -= bytes;
	socket->inCount += bytes;
	/* As in lwIP, what a segment acknowledges comes before what it carries. */
	if (socket->writableDue && !socket->closed && !socket->ended) {
		socket->writableDue = false;
		(*socket->onWritable)(socket, SEND_BUFFER - socket->outCount);
	}
	if (bytes && socket->inCount && !socket->closed)
		(*socket->onReadable)(socket, socket->inCount);
	if (socket_error_due(socket) && !socket->closed) {
		/* Nothing can come of it any more, whether the program closes it or not. */
		socket->errorDelivered = socket->source.background = true;
		(*socket->onError)(socket);
	}
}

static void socket_delivery_fired(Deadline* deadline)
{
	socket_deliver((Socket*)((char*)deadline - offsetof(Socket, delivery)));
}

/* Takes note of what the kernel has: the device sees it a round trip later. */
static void socket_arrives(Socket* socket, int what, size_t count)
{
	double when = clock_now() + options.roundTripMilliseconds;
	Arrival* last = socket->arrivals + socket->arrivalCount - 1;
	socket->arrivingBytes += count;
	socket->over |= what == END;
	/* A place is left for the end. */
	if (what == BYTES && socket->arrivalCount >= ARRIVALS - 1)
		*last = (Arrival){ last->what, when, last->count + count };
	else
		socket->arrivals[socket->arrivalCount++] = (Arrival){ what, when, count };
}

static short socket_prepare(Source* source, bool* ready)
{
	Socket* socket = (Socket*)source;
	short events = 0;
	socket_flush(socket);
	if (socket->closed) {
		if (socket->ended || !socket->connected || !socket->outCount)
			loop_remove(source);
		return POLLOUT;
	}
	if (socket->over) {
		*ready |= socket_error_due(socket);
		return 0;
	}
	if (!socket->open)
		return POLLOUT;
	if (socket->inCount + socket->arrivingBytes < RECEIVE_WINDOW)
		events |= POLLIN;
	if (socket->outCount)
		events |= POLLOUT;
	*ready |= socket->writableDue;
	return events;
}

static void socket_finish_connect(Socket* socket)
{
	int error = 0;
	socklen_t size = sizeof(error);
	getsockopt(socket->source.fd, SOL_SOCKET, SO_ERROR, &error, &size);
	socket->open = !error;
	socket_arrives(socket, error ? END : CONNECTION, 0);
	source_received(&socket->source);
}

/* Reads what fits in the window. */
static void socket_receive(Socket* socket)
{
	size_t held = socket->inCount + socket->arrivingBytes;
	if (held == RECEIVE_WINDOW)
		return;
	memmove(socket->in, socket->in + socket->inStart, held);
	socket->inStart = 0;
	ssize_t received = recv(socket->source.fd, socket->in + held, RECEIVE_WINDOW - held, MSG_DONTWAIT);
	if (received <= 0) {
		if (received == 0 || (errno != EAGAIN && errno != EINTR))
			socket_arrives(socket, END, 0);
		return;
	}
	socket_arrives(socket, BYTES, received);
	traffic.bytesReceived += received;
	source_received(&socket->source);
}

static void socket_dispatch(Source* source, short events)
{
	Socket* socket = (Socket*)source;
	if (!socket->open && !socket->over && events)
		socket_finish_connect(socket);
	else if (!socket->over && (events & (POLLIN | POLLHUP | POLLERR)))
		socket_receive(socket);
	socket_deliver(socket);
}

static void socket_destroy(Source* source)
{
	Socket* socket = (Socket*)source;
	deadline_disarm(&socket->delivery);
	if (source->fd >= 0)
		close(source->fd);
	(*socket->onDestroy)(socket);
}

bool socket_connect(Socket* it, const struct sockaddr_in* peer, bool noDelay)
{
	int yes = noDelay, segment = SEGMENT, sendBuffer = SEND_BUFFER, receiveBuffer = 4 * RECEIVE_WINDOW;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return false;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
	setsockopt(fd, IPPROTO_TCP, TCP_MAXSEG, &segment, sizeof(segment));
	/* The kernel's own buffers are kept small, so that back-pressure goes through to the peer and to the program. */
	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &sendBuffer, sizeof(sendBuffer));
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receiveBuffer, sizeof(receiveBuffer));
	it->source = (Source){ .fd = fd, .prepare = socket_prepare, .dispatch = socket_dispatch, .destroy = socket_destroy };
	it->delivery.fire = socket_delivery_fired;
	it->peer = *peer;
	if (connect(fd, (const struct sockaddr*)peer, sizeof(*peer)) && errno != EINPROGRESS)
		it->ended = it->over = true;
	it->source.busyUntil = clock_real() + CONNECT_GRACE;
	loop_add(&it->source);
	return true;
}

void socket_read(Socket* socket, uint8_t* bytes, size_t count)
{
	memcpy(bytes, socket->in + socket->inStart, count);
	socket->inStart += count;
	socket->inCount -= count;
}

void socket_write(Socket* socket, const uint8_t* bytes, size_t count)
{
	memcpy(socket->out + socket->outCount, bytes, count);
	socket->outCount += count;
}

void socket_close(Socket* socket)
{
	socket->closed = true;
	socket->source.background = true;
	deadline_disarm(&socket->delivery);
}
