/* The natives of `embedded:io/socket/udp`. */

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>

#include "xsmc.h"
#include "host.h"
#include "native.h"
#include "socket.h"

enum { ON_READABLE, ON_WRITABLE, ON_ERROR };
enum { PACKETS = 8, PACKET_SIZE = 1472 };

/* Packets wait here, as in lwIP, where they take memory outside the machine; what does not fit is lost. */
typedef struct {
	struct sockaddr_in from;
	uint8_t bytes[PACKET_SIZE];
	size_t size;
} Packet;

typedef struct {
	Source source;
	NativeObject object;
	Packet packets[PACKETS];
	int first;
	int count;
} UDP;

static void mark(xsMachine* the, void* data, xsMarkRoot markRoot)
{
	if (data)
		native_mark(the, &((UDP*)data)->object, markRoot);
}

void xs_udp_destructor(void* data)
{
	(void)data;
}

static const xsHostHooks hooks = { xs_udp_destructor, mark, NULL };

static short prepare(Source* source, bool* ready)
{
	(void)source, (void)ready;
	return POLLIN;
}

static void dispatch(Source* source, short events)
{
	UDP* udp = (UDP*)source;
	Packet lost, *packet = udp->count < PACKETS ? &udp->packets[(udp->first + udp->count) % PACKETS] : &lost;
	socklen_t size = sizeof(packet->from);
	ssize_t received = recvfrom(source->fd, packet->bytes, PACKET_SIZE, MSG_DONTWAIT, (struct sockaddr*)&packet->from, &size);
	(void)events;
	if (received < 0)
		return;
	source_received(source);
	traffic.bytesReceived += received;
	packet->size = received;
	if (packet == &lost)
		return;
	udp->count++;
	native_call_integer(&udp->object, ON_READABLE, udp->count);
}

static void destroy(Source* source)
{
	close(source->fd);
	free(source);
}

void xs_udp_constructor(xsMachine* the)
{
	UDP prototype = { .count = 0 };
	struct sockaddr_in local = { .sin_family = AF_INET };
	option_require(the, "UDP");
	option_format_is_number(the, false, true);
	option_callback(the, &prototype.object, ON_READABLE, ID(onReadable), "onReadable");
	local.sin_port = htons((uint16_t)option_integer_or(the, ID(port), "port", 0, 65535, 0));
	option_target(the);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0 || bind(fd, (struct sockaddr*)&local, sizeof(local))) {
		int error = errno;
		if (fd >= 0)
			close(fd);
		xsUnknownError("no socket for port %d: %s", ntohs(local.sin_port), strerror(error));
	}
	UDP* udp = calloc(1, sizeof(UDP));
	memcpy(udp->object.callbacks, prototype.object.callbacks, sizeof(udp->object.callbacks));
	udp->source = (Source){ .fd = fd, .prepare = prepare, .dispatch = dispatch, .destroy = destroy };
	loop_add(&udp->source);
	native_bind(the, &udp->object, udp, &hooks);
}

void xs_udp_close(xsMachine* the)
{
	UDP* udp = native_this_if_open(the, &hooks);
	if (!udp)
		return;
	native_unbind(&udp->object);
	loop_remove(&udp->source);
}

void xs_udp_read(xsMachine* the)
{
	UDP* udp = native_this(the, &hooks);
	char address[INET_ADDRSTRLEN];
	if (!udp->count)
		return;
	Packet* packet = &udp->packets[udp->first];
	xsmcVars(1);
	xsmcSetArrayBuffer(xsResult, packet->bytes, packet->size);
	inet_ntop(AF_INET, &packet->from.sin_addr, address, sizeof(address));
	xsmcSetString(xsVar(0), address);
	xsmcSet(xsResult, ID(address), xsVar(0));
	xsmcSetInteger(xsVar(0), ntohs(packet->from.sin_port));
	xsmcSet(xsResult, ID(port), xsVar(0));
	udp->first = (udp->first + 1) % PACKETS;
	udp->count--;
}

/* write(buffer, address, port) */
void xs_udp_write(xsMachine* the)
{
	UDP* udp = native_this(the, &hooks);
	struct sockaddr_in to = { .sin_family = AF_INET };
	void* bytes;
	xsUnsignedValue size;
	if (inet_pton(AF_INET, xsmcToString(xsArg(1)), &to.sin_addr) != 1)
		xsUnknownError("address must be a numeric IPv4 address");
	to.sin_port = htons((uint16_t)xsmcToInteger(xsArg(2)));
	xsmcGetBufferReadable(xsArg(0), &bytes, &size);
	if (sendto(udp->source.fd, bytes, size, 0, (struct sockaddr*)&to, sizeof(to)) < 0)
		xsUnknownError("cannot send: %s", strerror(errno));
	traffic.bytesSent += size;
	source_sent(&udp->source);
}
