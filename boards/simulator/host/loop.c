/*
	The event loop. A turn: promise jobs, what is due, one poll of all descriptors, their events. Each source prepares for the
	poll once a turn, which is when sockets flush what was written.

	With the virtual clock, time jumps to the next deadline as soon as nothing else can happen: at once without sockets; with
	sockets, when no source is busy. A source is busy for some real time after it did something that another process may answer.
*/

#include <poll.h>

#include "xsAll.h"
#include "host.h"

static Source* sources = NULL;
static int sourceCount = 0;

void loop_add(Source* source)
{
	Source** address = &sources;
	while (*address)
		address = &(*address)->next;
	source->next = NULL;
	*address = source;
	sourceCount++;
}

/* The source is destroyed at the end of the turn, so that a turn may go on over its list. */
void loop_remove(Source* source)
{
	if (source->dead)
		return;
	source->dead = true;
	sourceCount--;
}

static void bury_dead(void)
{
	Source** address = &sources;
	while (*address) {
		Source* source = *address;
		if (source->dead) {
			*address = source->next;
			(*source->destroy)(source);
		}
		else
			address = &source->next;
	}
}

/* Lets every source send what it has gathered. */
void loop_flush(void)
{
	bool ready = false;
	for (Source* source = sources; source; source = source->next)
		if (!source->dead && source->prepare)
			(*source->prepare)(source, &ready);
}

/* Milliseconds of real time that poll may wait; -1 without end. */
static double poll_timeout(double* jump)
{
	double next = deadline_next(), busy = 0, real = clock_real();
	*jump = -1;
	if (!options.virtualClock)
		return isinf(next) ? -1 : fmax(0, next - clock_now());
	if (isinf(next))
		return -1;
	for (Source* source = sources; source; source = source->next)
		if (!source->dead)
			busy = fmax(busy, source->busyUntil);
	*jump = next;
	return fmax(0, busy - real);
}

static void loop_turn(txMachine* the, struct pollfd* polls, Source** polled, bool* readies)
{
	nfds_t count = 0;
	bool ready = false;
	double jump, timeout;
	for (Source* source = sources; source; source = source->next) {
		if (source->dead)
			continue;
		bool sourceReady = false;
		short events = source->prepare ? (*source->prepare)(source, &sourceReady) : 0;
		polls[count] = (struct pollfd){ .fd = events ? source->fd : -1, .events = events };
		polled[count] = source;
		readies[count++] = sourceReady;
		ready |= sourceReady;
	}
	timeout = poll_timeout(&jump);
	if (ready || deadline_next() <= clock_now())
		timeout = 0;
	int events = poll(polls, count, timeout < 0 ? -1 : (int)ceil(timeout));
	if (events <= 0 && !ready && jump >= 0)
		clock_jump(jump);
	deadlines_fire();
	for (nfds_t index = 0; index < count; index++)
		if (!polled[index]->dead && (readies[index] || polls[index].revents))
			(*polled[index]->dispatch)(polled[index], polls[index].revents);
	bury_dead();
	meters_turn(the);
}

/* Whether anything can still happen: a deadline, or a source that is more than a listener for signals. */
static bool loop_has_work(void)
{
	if (!isinf(deadline_next()))
		return true;
	for (Source* source = sources; source; source = source->next)
		if (!source->dead && !source->background)
			return true;
	return false;
}

/* Runs until nothing can happen any more. */
void loop_run(txMachine* the)
{
	struct pollfd* polls = NULL;
	Source** polled = NULL;
	bool* readies = NULL;
	int capacity = 0;
	for (;;) {
		machine_run_jobs(the);
		if (!loop_has_work())
			break;
		if (capacity < sourceCount) {
			capacity = sourceCount + 8;
			polls = realloc(polls, capacity * sizeof(struct pollfd));
			polled = realloc(polled, capacity * sizeof(Source*));
			readies = realloc(readies, capacity * sizeof(bool));
		}
		loop_turn(the, polls, polled, readies);
	}
}
