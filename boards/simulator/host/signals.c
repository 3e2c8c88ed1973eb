/*
	SIGTERM and SIGINT. A program that listens gets the first one as an event; the second kills. Without a listener the first one
	kills, as it does every process.
*/

#include <fcntl.h>
#include <poll.h>
#include <signal.h>

#include "xsAll.h"
#include "host.h"

static int wakeUp[2];

static void on_signal(int number)
{
	signal(number, SIG_DFL);
	if (write(wakeUp[1], "", 1) < 0)
		_exit(128 + number);
}

static short signals_prepare(Source* source, bool* ready)
{
	(void)source, (void)ready;
	return POLLIN;
}

static void signals_dispatch(Source* source, short events)
{
	char byte;
	(void)events;
	if (read(source->fd, &byte, 1) == 1)
		simulator_signal();
}

static void signals_destroy(Source* source)
{
	(void)source;
}

static Source source = { .prepare = signals_prepare, .dispatch = signals_dispatch, .destroy = signals_destroy, .background = true };

void signals_listen(void)
{
	static bool listening = false;
	if (listening)
		return;
	listening = true;
	if (pipe(wakeUp))
		host_fail("no pipe for signals: %s", strerror(errno));
	fcntl(wakeUp[0], F_SETFL, O_NONBLOCK);
	source.fd = wakeUp[0];
	loop_add(&source);
	signal(SIGTERM, on_signal);
	signal(SIGINT, on_signal);
}
