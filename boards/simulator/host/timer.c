/* The natives of `timer` and `time`. */

#include "xsmc.h"
#include "host.h"
#include "native.h"

typedef struct {
	NativeObject object;
	Deadline deadline;
	double repeat;
} Timer;

static void free_timer(void* data)
{
	if (data) {
		Timer* timer = data;
		deadline_disarm(&timer->deadline);
		free(timer);
	}
}

static void mark_timer(xsMachine* the, void* data, xsMarkRoot mark)
{
	if (data)
		native_mark(the, &((Timer*)data)->object, mark);
}

static const xsHostHooks hooks = { free_timer, mark_timer, NULL };

/* Takes the timer from the program: its instance stays, as a timer that does nothing. */
static void end_timer(Timer* timer)
{
	native_unbind(&timer->object);
	free_timer(timer);
}

static Timer* firing = NULL;
static bool firingEnded = false;

static void fire_timer(Deadline* deadline)
{
	Timer* timer = (Timer*)((char*)deadline - offsetof(Timer, deadline));
	xsMachine* machine = timer->object.the;
	double due = deadline->when;
	firing = timer;
	firingEnded = false;
	if (timer->repeat > 0)
		deadline_arm(deadline, fmax(due + timer->repeat, clock_now()));
	xsBeginHost(machine);
		xsCallFunction1(xsAccess(timer->object.callbacks[0]), xsGlobal, xsAccess(timer->object.self));
	xsEndHost(machine);
	firing = NULL;
	if (!firingEnded && !timer->deadline.armed && timer->repeat == 0)
		end_timer(timer);
	machine_run_jobs(machine);
}

static double timer_milliseconds(xsMachine* the, int index)
{
	if (xsmcArgc <= index)
		return 0;
	double value = floor(xsmcToNumber(xsArg(index)));
	return value > 0 ? value : 0;
}

static void new_timer(xsMachine* the, double interval, double repeat)
{
	if (xsmcArgc < 1 || !xsmcIsCallable(xsArg(0)))
		xsTypeError("a timer needs a function");
	native_require_device(the);
	xsResult = xsNewHostObject(NULL);
	Timer* timer = calloc(1, sizeof(Timer));
	timer->object.the = the;
	timer->object.callbacks[0] = xsArg(0);
	timer->object.self = xsResult;
	timer->repeat = repeat;
	timer->deadline.fire = fire_timer;
	xsmcSetHostData(xsResult, timer);
	xsSetHostHooks(xsResult, &hooks);
	xsRemember(timer->object.self);
	deadline_arm(&timer->deadline, clock_now() + interval);
}

void xs_timer_set(xsMachine* the)
{
	new_timer(the, timer_milliseconds(the, 1), timer_milliseconds(the, 2));
}

void xs_timer_repeat(xsMachine* the)
{
	double interval = timer_milliseconds(the, 1);
	new_timer(the, interval, interval);
}

void xs_timer_schedule(xsMachine* the)
{
	Timer* timer = xsmcArgc > 0 && fxGetHostDataIf(the, &xsArg(0)) ? xsmcGetHostDataValidate(xsArg(0), (void*)&hooks) : NULL;
	if (!timer)
		xsUnknownError("this timer has ended");
	deadline_disarm(&timer->deadline);
	timer->repeat = timer_milliseconds(the, 2);
	if (xsmcArgc > 1)
		deadline_arm(&timer->deadline, clock_now() + timer_milliseconds(the, 1));
	else
		/* Unscheduled, not ended: it waits for the next schedule. */
		timer->repeat = INFINITY;
}

void xs_timer_clear(xsMachine* the)
{
	if (xsmcArgc < 1 || xsmcTypeOf(xsArg(0)) != xsReferenceType || !fxGetHostDataIf(the, &xsArg(0)))
		return;
	Timer* timer = xsmcGetHostDataValidate(xsArg(0), (void*)&hooks);
	firingEnded |= timer == firing;
	end_timer(timer);
}

void xs_timer_delay(xsMachine* the)
{
	clock_wait(timer_milliseconds(the, 0));
}

void xs_time_get_ticks(xsMachine* the)
{
	xsmcSetInteger(xsResult, (int)(uint32_t)(uint64_t)clock_now());
}

void xs_time_get_microseconds(xsMachine* the)
{
	xsmcSetNumber(xsResult, floor(clock_now() * 1000));
}

void xs_time_delta(xsMachine* the)
{
	uint32_t start = (uint32_t)xsmcToInteger(xsArg(0));
	uint32_t end = xsmcArgc > 1 ? (uint32_t)xsmcToInteger(xsArg(1)) : (uint32_t)(uint64_t)clock_now();
	xsmcSetInteger(xsResult, (int)(end - start));
}

void xs_time_set(xsMachine* the)
{
	clock_set_date(xsmcToNumber(xsArg(0)) * 1000);
}
