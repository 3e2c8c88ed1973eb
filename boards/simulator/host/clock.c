/* Time. The virtual clock stands still while something runs and jumps when nothing is left to do before the next deadline. */

#include "xsAll.h"
#include "host.h"

static double virtualNow = 0;
static double dateOffset = 0;

static double monotonic(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000.0 + time.tv_nsec / 1000000.0;
}

static double calendar(void)
{
	struct timespec time;
	clock_gettime(CLOCK_REALTIME, &time);
	return time.tv_sec * 1000.0 + time.tv_nsec / 1000000.0;
}

/* Milliseconds of real time since the process started. */
double clock_real(void)
{
	static double start = -1;
	if (start < 0) {
		start = monotonic();
		dateOffset = calendar();
	}
	return monotonic() - start;
}

double clock_now(void)
{
	return options.virtualClock ? virtualNow : clock_real();
}

/* Milliseconds since 1970. */
double clock_date(void)
{
	return dateOffset + clock_now();
}

void clock_set_date(double milliseconds)
{
	dateOffset = milliseconds - clock_now();
}

void clock_jump(double to)
{
	if (to > virtualNow)
		virtualNow = to;
}

/* A wait that blocks the device. */
void clock_wait(double milliseconds)
{
	if (options.virtualClock)
		virtualNow += milliseconds;
	else
		usleep((useconds_t)(milliseconds * 1000));
}

int simulator_gettimeofday(struct timeval* value, void* zone)
{
	double date = clock_date();
	(void)zone;
	value->tv_sec = (time_t)(date / 1000);
	value->tv_usec = (suseconds_t)((date - value->tv_sec * 1000.0) * 1000);
	return 0;
}
