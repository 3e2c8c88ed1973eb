/* The table of natives, by the names that the host modules give after "@". A name "xs_..." is the C function of that name. */

#include "xsAll.h"
#include "host.h"

#define NATIVES(X) \
	X(xs_simulator_args) X(xs_simulator_collect) X(xs_simulator_emit) X(xs_simulator_exit) X(xs_simulator_measure) \
	X(xs_simulator_onSignal) X(xs_trace) \
	X(xs_time_delta) X(xs_time_get_microseconds) X(xs_time_get_ticks) X(xs_time_set) \
	X(xs_timer_clear) X(xs_timer_delay) X(xs_timer_repeat) X(xs_timer_schedule) X(xs_timer_set)

#define NATIVE_DECLARE(NAME) extern void NAME(txMachine* the);
NATIVES(NATIVE_DECLARE)

static const struct {
	const char* name;
	txCallback callback;
} natives[] = {
	#define NATIVE_ITEM(NAME) { #NAME, NAME },
	NATIVES(NATIVE_ITEM)
};

txCallback native_find(const char* name)
{
	for (size_t index = 0; index < sizeof(natives) / sizeof(natives[0]); index++)
		if (!strcmp(natives[index].name, name))
			return natives[index].callback;
	return NULL;
}
