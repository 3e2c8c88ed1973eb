/* The natives of the module `simulator`, and `trace`. */

#include "xsmc.h"
#include "host.h"
#include "native.h"

static xsSlot signalCallback;
static bool signalCallbackSet = false;

void xs_simulator_args(xsMachine* the)
{
	xsmcVars(1);
	xsmcSetNewArray(xsResult, 0);
	for (int index = 0; index < options.argumentCount; index++) {
		xsmcSetString(xsVar(0), options.arguments[index]);
		xsmcSetIndex(xsResult, index, xsVar(0));
	}
}

void xs_simulator_collect(xsMachine* the)
{
	xsCollectGarbage();
}

void xs_simulator_resetPeaks(xsMachine* the)
{
	meters_reset_peaks(the);
}

void xs_simulator_profile(xsMachine* the)
{
	profile_run(the, xsmcArgc > 0 && xsmcToBoolean(xsArg(0)));
}

void xs_simulator_exit(xsMachine* the)
{
	host_request_exit(the, xsmcArgc > 0 ? xsmcToInteger(xsArg(0)) : 0);
}

void xs_simulator_measure(xsMachine* the)
{
	Meters meters;
	meters_read(the, &meters);
	const struct { xsIdentifier id; double value; } values[] = {
		{ ID(slots), meters.slots }, { ID(chunks), meters.chunks },
		{ ID(peakSlots), meters.peakSlots }, { ID(peakChunks), meters.peakChunks },
		{ ID(slotsLimit), meters.slotsLimit }, { ID(chunksLimit), meters.chunksLimit },
		{ ID(collections), meters.collections }, { ID(steps), meters.steps },
		{ ID(stackPeak), meters.stackPeak }, { ID(bits), meters.bits }, { ID(cpu), meters.cpu },
	};
	xsmcVars(1);
	xsmcSetNewObject(xsResult);
	for (size_t index = 0; index < sizeof(values) / sizeof(values[0]); index++) {
		xsmcSetNumber(xsVar(0), values[index].value);
		xsmcSet(xsResult, values[index].id, xsVar(0));
	}
}

void xs_simulator_onSignal(xsMachine* the)
{
	if (xsmcArgc < 1 || !xsmcIsCallable(xsArg(0)))
		xsTypeError("onSignal takes a function");
	signalCallback = xsArg(0);
	if (!signalCallbackSet)
		xsRemember(signalCallback);
	signalCallbackSet = true;
	signals_listen();
}

/* Called by the loop when a signal has come. */
void simulator_signal(void)
{
	xsMachine* machine = device;
	xsBeginHost(machine);
		xsCallFunction0(xsAccess(signalCallback), xsGlobal);
	xsEndHost(machine);
	machine_run_jobs(machine);
}

void xs_trace(xsMachine* the)
{
	for (int index = 0; index < xsmcArgc; index++)
		fputs(xsmcToString(xsArg(index)), stderr);
}
