/* The world machine: everything outside the chip, played by a module of its own. It has all the memory it wants. */

#include "xsAll.h"
#include "host.h"

static Role worldRole = { .role = "world" };
static txMachine* world = NULL;
static txSlot namespace;

void world_start(void)
{
	if (!options.world)
		return;
	worldRole.graph = graph_create();
	for (int index = 0; index < options.hostModules.count; index++)
		if (!strcmp(options.hostModules.items[index].name, "time"))
			graph_add_file(worldRole.graph, "time", options.hostModules.items[index].file, true, false);
	Module* module = graph_add_file(worldRole.graph, "world", options.world, false, false);
	graph_load(worldRole.graph);
	world = machine_create_unlimited(&worldRole);
	graph_bind(worldRole.graph, world);
	namespace.kind = XS_UNDEFINED_KIND;
	(void)module;
}
