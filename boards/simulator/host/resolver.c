/*
	The natives of `embedded:network/dns/resolver/udp`. Names are resolved by the system, in a thread, since its call blocks;
	answers come back through a pipe, never from inside `resolve`.
*/

#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>

#include "xsmc.h"
#include "host.h"
#include "native.h"
#include "socket.h"

enum { CALLBACK, ON_RESOLVED, ON_ERROR };

typedef struct Resolver Resolver;
typedef struct Request Request;

struct Resolver {
	xsSlot self;
	Request* requests;
	int references;          /* the instance, and one for each request */
};

struct Request {
	Request* next;
	Resolver* resolver;
	bool canceled;
	char host[256];
	char address[INET_ADDRSTRLEN];
	int error;
	xsSlot callbacks[CALLBACKS];
};

/* Requests under way hold a virtual clock no longer than this, in real milliseconds. */
static const double RESOLVE_GRACE = 2000;

static int answers[2];
static int pending = 0;

static void resolver_release(Resolver* resolver)
{
	if (--resolver->references == 0)
		free(resolver);
}

static void destructor(void* data)
{
	if (data)
		resolver_release(data);
}

static void mark(xsMachine* the, void* data, xsMarkRoot markRoot)
{
	Resolver* resolver = data;
	for (Request* request = resolver ? resolver->requests : NULL; request; request = request->next)
		for (int index = 0; index < CALLBACKS; index++)
			(*markRoot)(the, &request->callbacks[index]);
}

static const xsHostHooks hooks = { destructor, mark, NULL };

static void answer(Request* request)
{
	if (write(answers[1], &request, sizeof(request)) != sizeof(request))
		host_fail("the resolver's pipe is broken: %s", strerror(errno));
}

static void* resolve_thread(void* data)
{
	Request* request = data;
	struct addrinfo hints = { .ai_family = AF_INET, .ai_socktype = SOCK_STREAM };
	struct addrinfo* result = NULL;
	request->error = getaddrinfo(request->host, NULL, &hints, &result);
	if (!request->error)
		inet_ntop(AF_INET, &((struct sockaddr_in*)result->ai_addr)->sin_addr, request->address, sizeof(request->address));
	if (result)
		freeaddrinfo(result);
	answer(request);
	return NULL;
}

/* An error of the callback form, or `null`, in variable 0. */
static void push_error(xsMachine* the, Request* request)
{
	if (!request->error) {
		xsmcSetNull(xsVar(0));
		return;
	}
	xsVar(1) = xsString(gai_strerror(request->error));
	xsVar(0) = xsNew1(xsGlobal, xsID("Error"), xsVar(1));
}

static bool is_callable(xsMachine* the, xsSlot* slot)
{
	return fxTypeOf(the, slot) == xsReferenceType;
}

static void deliver(Request* request)
{
	xsMachine* machine = device;
	xsBeginHost(machine);
		xsSlot* callbacks = request->callbacks;
		xsmcVars(3);
		xsVar(1) = xsString(request->host);
		if (!request->error && is_callable(the, &callbacks[ON_RESOLVED])) {
			xsVar(0) = xsString(request->address);
			xsCallFunction2(xsAccess(callbacks[ON_RESOLVED]), xsAccess(request->resolver->self), xsVar(1), xsVar(0));
		}
		if (request->error && is_callable(the, &callbacks[ON_ERROR]))
			xsCallFunction1(xsAccess(callbacks[ON_ERROR]), xsAccess(request->resolver->self), xsVar(1));
		if (is_callable(the, &callbacks[CALLBACK])) {
			push_error(the, request);
			xsVar(1) = xsString(request->host);
			if (request->error)
				xsmcSetUndefined(xsVar(2));
			else
				xsVar(2) = xsString(request->address);
			xsCallFunction3(xsAccess(callbacks[CALLBACK]), xsAccess(request->resolver->self), xsVar(0), xsVar(2), xsVar(1));
		}
	xsEndHost(machine);
	machine_run_jobs(machine);
}

static void request_remove(Request* request)
{
	Request** address = &request->resolver->requests;
	xsMachine* the = device;
	while (*address != request)
		address = &(*address)->next;
	*address = request->next;
	if (!request->resolver->requests)
		xsForget(request->resolver->self);
}

static short prepare(Source* source, bool* ready)
{
	(void)source, (void)ready;
	return POLLIN;
}

static void dispatch(Source* source, short events)
{
	Request* request;
	(void)events;
	if (read(source->fd, &request, sizeof(request)) != sizeof(request))
		return;
	if (--pending == 0) {
		source->background = true;
		source->busyUntil = 0;
	}
	if (!request->canceled) {
		deliver(request);
		if (!request->canceled)
			request_remove(request);
	}
	resolver_release(request->resolver);
	free(request);
}

static void destroy(Source* source)
{
	(void)source;
}

static Source source = { .prepare = prepare, .dispatch = dispatch, .destroy = destroy, .background = true };

static void start(void)
{
	static bool started = false;
	if (started)
		return;
	started = true;
	if (pipe(answers))
		host_fail("no pipe for the resolver: %s", strerror(errno));
	fcntl(answers[0], F_SETFL, O_NONBLOCK);
	source.fd = answers[0];
	loop_add(&source);
}

static void request_start(Request* request)
{
	struct in_addr numeric;
	pthread_t thread;
	pending++;
	source.background = false;
	source.busyUntil = clock_real() + RESOLVE_GRACE;
	if (inet_pton(AF_INET, request->host, &numeric) == 1) {
		inet_ntop(AF_INET, &numeric, request->address, sizeof(request->address));
		answer(request);
		return;
	}
	if (pthread_create(&thread, NULL, resolve_thread, request))
		host_fail("no thread for the resolver: %s", strerror(errno));
	pthread_detach(thread);
}

void xs_resolver_constructor(xsMachine* the)
{
	native_require_device(the);
	Resolver* resolver = calloc(1, sizeof(Resolver));
	start();
	resolver->references = 1;
	xsmcSetHostData(xsThis, resolver);
	xsSetHostHooks(xsThis, &hooks);
	resolver->self = xsThis;
}

void xs_resolver_destructor(void* data)
{
	(void)data;
}

void xs_resolver_resolve(xsMachine* the)
{
	Resolver* resolver = native_this(the, &hooks);
	NativeObject callbacks = { .the = the };
	char host[sizeof(((Request*)0)->host)];
	option_require(the, "resolve");
	option_string(the, ID(host), "host", host, sizeof(host));
	option_callback(the, &callbacks, ON_RESOLVED, ID(onResolved), "onResolved");
	option_callback(the, &callbacks, ON_ERROR, ID(onError), "onError");
	if (xsmcArgc > 1 && xsmcIsCallable(xsArg(1)))
		callbacks.callbacks[CALLBACK] = xsArg(1);
	Request* request = calloc(1, sizeof(Request));
	strcpy(request->host, host);
	memcpy(request->callbacks, callbacks.callbacks, sizeof(request->callbacks));
	if (!resolver->requests)
		xsRemember(resolver->self);
	request->resolver = resolver;
	request->next = resolver->requests;
	resolver->requests = request;
	resolver->references++;
	request_start(request);
}

void xs_resolver_close(xsMachine* the)
{
	Resolver* resolver = native_this_if_open(the, &hooks);
	if (!resolver)
		return;
	if (resolver->requests)
		xsForget(resolver->self);
	for (Request* request = resolver->requests; request; request = request->next)
		request->canceled = true;
	resolver->requests = NULL;
	xsmcSetHostData(xsThis, NULL);
	resolver_release(resolver);
}
