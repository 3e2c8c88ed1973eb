/* The natives of `embedded:io/socket/tcp`. */

#include "xsmc.h"
#include "host.h"
#include "native.h"
#include "socket.h"

enum { ON_READABLE, ON_WRITABLE, ON_ERROR };

typedef struct {
	Socket socket;
	NativeObject object;
	bool number;
} TCP;

static void mark(xsMachine* the, void* data, xsMarkRoot markRoot)
{
	if (data)
		native_mark(the, &((TCP*)data)->object, markRoot);
}

void xs_tcp_destructor(void* data)
{
	/* An open connection keeps its instance alive, and a closed one frees itself when all is sent. */
	(void)data;
}

static const xsHostHooks hooks = { xs_tcp_destructor, mark, NULL };

static void on_readable(Socket* socket, size_t count)
{
	native_call_integer(&((TCP*)socket)->object, ON_READABLE, (int)count);
}

static void on_writable(Socket* socket, size_t count)
{
	native_call_integer(&((TCP*)socket)->object, ON_WRITABLE, (int)count);
}

static void on_error(Socket* socket)
{
	native_call(&((TCP*)socket)->object, ON_ERROR);
}

static void on_destroy(Socket* socket)
{
	free(socket);
}

/* The address, or else the host, as a numeric IPv4 address. */
static void option_address(xsMachine* the, struct sockaddr_in* peer)
{
	char address[64];
	bool host = !option_has(the, ID(address));
	option_string(the, host ? ID(host) : ID(address), "address", address, sizeof(address));
	if (inet_pton(AF_INET, !strcmp(address, "localhost") ? "127.0.0.1" : address, &peer->sin_addr) != 1)
		xsUnknownError("address must be a numeric IPv4 address, as the resolver gives: %s", address);
}

void xs_tcp_constructor(xsMachine* the)
{
	TCP prototype = { .number = false };
	struct sockaddr_in peer = { .sin_family = AF_INET };
	option_require(the, "TCP");
	bool number = option_format_is_number(the, true, true);
	option_callback(the, &prototype.object, ON_READABLE, ID(onReadable), "onReadable");
	option_callback(the, &prototype.object, ON_WRITABLE, ID(onWritable), "onWritable");
	option_callback(the, &prototype.object, ON_ERROR, ID(onError), "onError");
	bool noDelay = (option_has(the, ID(nodelay)) && xsmcToBoolean(xsVar(0)))
		|| (option_has(the, ID(noDelay)) && xsmcToBoolean(xsVar(0)));
	option_address(the, &peer);
	peer.sin_port = htons((uint16_t)option_integer(the, ID(port), "port", 0, 65535));
	option_target(the);
	TCP* tcp = calloc(1, sizeof(TCP));
	memcpy(tcp->object.callbacks, prototype.object.callbacks, sizeof(tcp->object.callbacks));
	tcp->number = number;
	tcp->socket.onReadable = on_readable;
	tcp->socket.onWritable = on_writable;
	tcp->socket.onError = on_error;
	tcp->socket.onDestroy = on_destroy;
	if (!socket_connect(&tcp->socket, &peer, noDelay)) {
		free(tcp);
		xsUnknownError("no socket: %s", strerror(errno));
	}
	native_bind(the, &tcp->object, tcp, &hooks);
}

void xs_tcp_close(xsMachine* the)
{
	TCP* tcp = native_this_if_open(the, &hooks);
	if (!tcp)
		return;
	native_unbind(&tcp->object);
	socket_close(&tcp->socket);
}

static void read_number(xsMachine* the, TCP* tcp)
{
	uint8_t byte;
	socket_read(&tcp->socket, &byte, 1);
	xsmcSetInteger(xsResult, byte);
}

void xs_tcp_read(xsMachine* the)
{
	TCP* tcp = native_this(the, &hooks);
	int available = (int)tcp->socket.inCount;
	if (!available)
		return;
	if (tcp->number) {
		read_number(the, tcp);
		return;
	}
	void* bytes = NULL;
	xsUnsignedValue size = 0;
	bool given = xsmcArgc > 0 && xsmcTypeOf(xsArg(0)) == xsReferenceType;
	if (given)
		xsmcGetBufferWritable(xsArg(0), &bytes, &size);
	int requested = given ? (int)size : xsmcArgc > 0 ? xsmcToInteger(xsArg(0)) : available;
	if (requested <= 0 || requested > available)
		xsUnknownError("invalid: %d bytes asked for, %d available", requested, available);
	if (given)
		xsmcSetInteger(xsResult, requested);
	else
		bytes = xsmcSetArrayBuffer(xsResult, NULL, requested);
	socket_read(&tcp->socket, bytes, requested);
}

void xs_tcp_write(xsMachine* the)
{
	TCP* tcp = native_this(the, &hooks);
	Socket* socket = &tcp->socket;
	uint8_t byte;
	void* bytes = &byte;
	xsUnsignedValue size = 1;
	if (socket->ended)
		return;
	if (!socket->connected)
		xsUnknownError("not ready: the first onWritable has not come yet");
	if (tcp->number)
		byte = (uint8_t)xsmcToInteger(xsArg(0));
	else
		xsmcGetBufferReadable(xsArg(0), &bytes, &size);
	if (size > SEND_BUFFER - socket->outCount)
		xsUnknownError("would block: %d bytes, room for %d", (int)size, (int)(SEND_BUFFER - socket->outCount));
	socket_write(socket, bytes, size);
	xsmcSetInteger(xsResult, (int)(SEND_BUFFER - socket->outCount));
}

void xs_tcp_get_format(xsMachine* the)
{
	TCP* tcp = native_this(the, &hooks);
	xsmcSetString(xsResult, tcp->number ? "number" : "buffer");
}

void xs_tcp_set_format(xsMachine* the)
{
	TCP* tcp = native_this(the, &hooks);
	const char* format = xsmcToString(xsArg(0));
	if (strcmp(format, "number") && strcmp(format, "buffer"))
		xsRangeError("format must be \"number\" or \"buffer\"");
	tcp->number = !strcmp(format, "number");
}

void xs_tcp_get_remoteAddress(xsMachine* the)
{
	TCP* tcp = native_this(the, &hooks);
	char address[INET_ADDRSTRLEN];
	inet_ntop(AF_INET, &tcp->socket.peer.sin_addr, address, sizeof(address));
	xsmcSetString(xsResult, address);
}

void xs_tcp_get_remotePort(xsMachine* the)
{
	TCP* tcp = native_this(the, &hooks);
	xsmcSetInteger(xsResult, ntohs(tcp->socket.peer.sin_port));
}
