/* The machines and the callbacks that the engine asks of every platform. */

#include "xsAll.h"
#include "host.h"
#include "memory.h"

txMachine* device;

void fxCreateMachinePlatform(txMachine* the)
{
	the->host = the->context;
}

void fxDeleteMachinePlatform(txMachine* the)
{
	the->host = NULL;
}

void fxQueuePromiseJobs(txMachine* the)
{
	Role* role = the->context;
	role->promiseJobs = true;
}

/*
	What ends every entry into a machine: promise jobs until none is left, then the check for lost rejections. A device checks when
	the promise is collected; here a rejection that nobody handles by the end of the turn is lost, as on Node.
*/
void machine_run_jobs(txMachine* the)
{
	Role* role = the->context;
	while (role->promiseJobs) {
		role->promiseJobs = false;
		fxRunPromiseJobs(the);
	}
	fxEndJob(the);
	fxCheckUnhandledRejections(the, 1);
}

txMachine* machine_create_unlimited(Role* role)
{
	role->memory = memory_create("unlimited");
	txMachine* the = fxCreateMachine(memory_creation(role->memory), (txString)role->role, role, XS_NO_ID);
	if (!the)
		host_fail("no memory for the %s machine", role->role);
	return the;
}

txMachine* machine_clone_device(Role* role, txMachine* root)
{
	role->memory = memory_create(options.heap);
	txMachine* the = fxCloneMachine(memory_creation(role->memory), root, (txString)role->role, role);
	if (!the)
		host_fail("no memory for the %s machine", role->role);
	return the;
}

txID fxFindModule(txMachine* the, txSlot* realm, txID moduleID, txSlot* specifier)
{
	Role* role = the->context;
	Module* from = moduleID == XS_NO_ID ? NULL : graph_find(role->graph, fxGetKeyName(the, moduleID));
	Module* module = graph_resolve(role->graph, from, fxToString(the, specifier));
	(void)realm;
	return module ? fxNewNameX(the, (txString)graph_name(module)) : XS_NO_ID;
}
