/* Builds the board - root, device, world - and runs the program on it. */

#include <signal.h>

#include "xsAll.h"
#include "host.h"

#if mxStress
	/* The engine's switch for a collection at every allocation; it turns it off for each machine that it creates. */
	extern int gxStress;
	#define START_STRESS() (gxStress = 1)
#else
	#define START_STRESS() ((void)0)
#endif

static Graph* load_graph(Module** mainModule)
{
	Graph* graph = graph_create();
	size_t size = strlen(options.config) + 64;
	char* config = malloc(size);
	snprintf(config, size, "export default Object.freeze(%s, true);", options.config);
	graph_add_text(graph, "mc/config", config, true);
	free(config);
	for (int index = 0; index < options.hostModules.count; index++)
		graph_add_file(graph, options.hostModules.items[index].name, options.hostModules.items[index].file, true, true);
	for (int index = 0; index < options.preloads.count; index++)
		graph_add_file(graph, options.preloads.items[index].name, options.preloads.items[index].file, false, true);
	for (int index = 0; index < options.modules.count; index++)
		graph_add_file(graph, options.modules.items[index].name, options.modules.items[index].file, false, false);
	*mainModule = graph_add_file(graph, "main", options.main, false, false);
	graph_load(graph);
	return graph;
}

static txMachine* create_device(Graph* graph)
{
	static Role rootRole = { .role = "preload" }, deviceRole = { .role = "device" };
	rootRole.graph = deviceRole.graph = graph;
	txMachine* root = machine_create_unlimited(&rootRole);
	ids_build(root);
	graph_bind(graph, root);
	preload_all(root, graph);
	preload_freeze(root);
	return machine_clone_device(&deviceRole, root);
}

/* Runs until the program ends by itself or asks to; the unwinding of fxExitToHost ends here too. */
static void run(txMachine* the, Module* mainModule)
{
	mxTry(the) {
		graph_run(the, mainModule);
		loop_run(the);
	}
	mxCatch(the) {
	}
}

int main(int count, char** values)
{
	Module* mainModule;
	clock_real();
	signal(SIGPIPE, SIG_IGN);
	sleep_prepare(count, values);
	options_parse(count, values);
	sleep_wake();
	Graph* graph = load_graph(&mainModule);
	device = create_device(graph);
	world_start();
	meters_start(device);
	profile_run(device, true);
	START_STRESS();
	run(device, mainModule);
	meters_collect(device);
	host_exit(exitCode);
}
