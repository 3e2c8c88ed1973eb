/*
	The natives of `sleep`. A deep sleep ends the chip's program as a reset would: the host executes itself anew. What the chip keeps
	meanwhile, the retained memory and the date, is in a file without a name that stays open. A power cut is the end of the process,
	which takes the file along.
*/

#include <math.h>
#include <signal.h>
#include <sys/mman.h>

#include "xsmc.h"
#include "host.h"
#include "native.h"

/* As much as an ESP32 has of RTC slow memory. */
enum { RETAINED_SIZE = 8192, DESCRIPTORS = 1024 };

typedef struct {
	double wakeDate;
	uint8_t bytes[RETAINED_SIZE];
} Retained;

/* Names the open file to whom the host becomes. */
static const char variable[] = "SIMULATOR_RETAINED";

static char** arguments;
static int file = -1;
static Retained* retained;

static void open_retained(int descriptor)
{
	file = descriptor;
	retained = mmap(NULL, sizeof(Retained), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	if (retained == MAP_FAILED)
		host_fail("no retained memory: %s", strerror(errno));
}

/* After a power cut such memory holds anything: the same anything each time. */
static void power_on(void)
{
	uint32_t random = 1;
	FILE* unnamed = tmpfile();
	if (!unnamed || ftruncate(fileno(unnamed), sizeof(Retained)))
		host_fail("no retained memory: %s", strerror(errno));
	open_retained(fileno(unnamed));
	for (int index = 0; index < RETAINED_SIZE; index++) {
		random = random * 1664525 + 1013904223;
		retained->bytes[index] = (uint8_t)(random >> 24);
	}
}

void sleep_prepare(int count, char** values)
{
	arguments = calloc(count + 1, sizeof(char*));
	for (int index = 0; index < count; index++)
		arguments[index] = strdup(values[index]);
}

void sleep_wake(void)
{
	const char* descriptor = getenv(variable);
	if (!descriptor)
		return;
	open_retained(atoi(descriptor));
	clock_set_date(retained->wakeDate);
}

void xs_sleep_get_retainedMemory(xsMachine* the)
{
	native_require_device(the);
	if (!retained)
		power_on();
	xsResult = xsNewHostObject(NULL);
	xsmcSetHostBuffer(xsResult, retained->bytes, RETAINED_SIZE);
}

/* deep(milliseconds); without them nothing but the power wakes the chip. */
void xs_sleep_deep(xsMachine* the)
{
	char descriptor[16];
	native_require_device(the);
	double milliseconds = xsmcArgc > 0 ? xsmcToNumber(xsArg(0)) : INFINITY;
	if (!(milliseconds >= 0))
		xsRangeError("milliseconds must be 0 or more");
	if (!options.storage)
		xsUnknownError("a deep sleep keeps what is on flash: give --storage DIRECTORY");
	if (isinf(milliseconds))
		host_request_exit(the, 0);
	if (!retained)
		power_on();
	loop_flush();
	fflush(stdout);
	fflush(stderr);
	signal(SIGTERM, SIG_DFL);
	signal(SIGINT, SIG_DFL);
	retained->wakeDate = clock_date() + milliseconds;
	/* The radio is off. */
	for (int index = STDERR_FILENO + 1; index < DESCRIPTORS; index++)
		if (index != file)
			close(index);
	if (!options.virtualClock)
		clock_wait(milliseconds);
	snprintf(descriptor, sizeof(descriptor), "%d", file);
	setenv(variable, descriptor, 1);
	execv("/proc/self/exe", arguments);
	host_fail("cannot wake up: %s", strerror(errno));
}
