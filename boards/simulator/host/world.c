/*
	The world machine: a second machine in the same process, with all the memory it wants, so that simulated hardware costs the
	device none. Bytes are copied between the two; no value of one machine is ever seen by the other.
*/

#include "xsmc.h"
#include "host.h"
#include "world.h"

static Role role = { .role = "world" };
static xsMachine* world = NULL;
static xsSlot namespace;

static void configure(void)
{
	xsBeginHost(world);
		xsmcVars(3);
		namespace = xsAwaitImport("world", XS_IMPORT_NAMESPACE);
		xsRemember(namespace);
		if (xsmcHas(namespace, xsID("configure"))) {
			xsmcSetNewObject(xsVar(0));
			xsmcSetNewArray(xsVar(1), 0);
			for (int index = 0; index < options.worldArgumentCount; index++) {
				xsmcSetString(xsVar(2), options.worldArguments[index]);
				xsmcSetIndex(xsVar(1), index, xsVar(2));
			}
			xsmcSet(xsVar(0), xsID("args"), xsVar(1));
			xsCall1(namespace, xsID("configure"), xsVar(0));
		}
	xsEndHost(world);
	machine_run_jobs(world);
}

void world_start(void)
{
	if (!options.world)
		return;
	Graph* graph = role.graph = graph_create();
	for (int index = 0; index < options.hostModules.count; index++)
		if (!strcmp(options.hostModules.items[index].name, "time"))
			graph_add_file(graph, "time", options.hostModules.items[index].file, true, false);
	graph_add_file(graph, "world", options.world, false, false);
	graph_load(graph);
	world = machine_create_unlimited(&role);
	graph_bind(graph, world);
	configure();
}

/* Whether there is a world that exports `name`. */
static bool world_exports(const char* name)
{
	volatile bool result = false;
	if (!world)
		return false;
	xsBeginHost(world);
		result = xsmcHas(namespace, xsID((char*)name));
	xsEndHost(world);
	return result;
}

bool world_i2c_write(int port, int address, const void* bytes, size_t size, bool stop)
{
	volatile bool result = false;
	if (!world_exports("i2cWrite"))
		return false;
	xsBeginHost(world);
		xsmcVars(1);
		xsmcSetArrayBuffer(xsVar(0), (void*)bytes, (xsIntegerValue)size);
		xsResult = xsCall4(namespace, xsID("i2cWrite"), xsInteger(port), xsInteger(address), xsVar(0), xsBoolean(stop));
		result = xsmcToBoolean(xsResult);
	xsEndHost(world);
	return result;
}

bool world_i2c_read(int port, int address, void* bytes, size_t size, bool stop)
{
	volatile bool result = false;
	if (!world_exports("i2cRead"))
		return false;
	xsBeginHost(world);
		xsResult = xsCall4(namespace, xsID("i2cRead"), xsInteger(port), xsInteger(address), xsInteger((int)size), xsBoolean(stop));
		if (xsmcTypeOf(xsResult) == xsReferenceType) {
			if ((size_t)xsmcGetArrayBufferLength(xsResult) != size)
				xsRangeError("i2cRead must return %d bytes or undefined", (int)size);
			xsmcGetArrayBufferData(xsResult, 0, bytes, (xsIntegerValue)size);
			result = true;
		}
	xsEndHost(world);
	return result;
}

int world_digital_read(int pin)
{
	volatile int result = 0;
	if (!world_exports("digitalRead"))
		return 0;
	xsBeginHost(world);
		xsResult = xsCall1(namespace, xsID("digitalRead"), xsInteger(pin));
		result = xsmcToInteger(xsResult) != 0;
	xsEndHost(world);
	return result;
}

void world_digital_write(int pin, int value)
{
	if (!world_exports("digitalWrite"))
		return;
	xsBeginHost(world);
		xsCall2(namespace, xsID("digitalWrite"), xsInteger(pin), xsInteger(value));
	xsEndHost(world);
}

double world_analog_read(int pin)
{
	volatile double result = 0;
	if (!world_exports("analogRead"))
		return 0;
	xsBeginHost(world);
		xsResult = xsCall1(namespace, xsID("analogRead"), xsInteger(pin));
		result = xsmcToNumber(xsResult);
	xsEndHost(world);
	return result >= 1 ? 1 : result > 0 ? result : 0;
}

void world_pwm_write(int pin, double share)
{
	if (!world_exports("pwmWrite"))
		return;
	xsBeginHost(world);
		xsCall2(namespace, xsID("pwmWrite"), xsInteger(pin), xsNumber(share));
	xsEndHost(world);
}
