/* Finds, reads and lists the modules of a machine. All are parsed before it runs, as all are linked before a device runs. */

#include <limits.h>

#include "xsAll.h"
#include "xsScript.h"
#include "host.h"
#include "graph.h"

struct Graph {
	Module* first;
	Module** last;
};

Graph* graph_create(void)
{
	Graph* graph = calloc(1, sizeof(Graph));
	graph->last = &graph->first;
	return graph;
}

static Module* graph_add(Graph* graph, const char* name, bool preload)
{
	if (graph_find(graph, name))
		host_fail("two modules are named '%s'", name);
	Module* module = calloc(1, sizeof(Module));
	module->name = strdup(name);
	module->preload = preload;
	*graph->last = module;
	graph->last = &module->next;
	return module;
}

static char* read_text(const char* file)
{
	FILE* stream = fopen(file, "rb");
	if (!stream)
		host_fail("cannot read '%s': %s", file, strerror(errno));
	fseek(stream, 0, SEEK_END);
	long size = ftell(stream);
	rewind(stream);
	char* text = malloc(size + 1);
	if (size < 0 || fread(text, 1, size, stream) != (size_t)size)
		host_fail("cannot read '%s': %s", file, strerror(errno));
	text[size] = 0;
	fclose(stream);
	return text;
}

Module* graph_add_file(Graph* graph, const char* name, const char* file, bool host, bool preload)
{
	char path[PATH_MAX];
	if (!realpath(file, path))
		host_fail("cannot read '%s': %s", file, strerror(errno));
	Module* module = graph_add(graph, name, preload);
	module->file = strdup(path);
	module->text = read_text(path);
	module->host = host;
	return module;
}

Module* graph_add_text(Graph* graph, const char* name, const char* text, bool preload)
{
	Module* module = graph_add(graph, name, preload);
	module->text = strdup(text);
	return module;
}

Module* graph_find(Graph* graph, const char* name)
{
	Module* module = graph->first;
	while (module && strcmp(module->name, name))
		module = module->next;
	return module;
}

static Module* graph_find_file(Graph* graph, const char* file)
{
	Module* module = graph->first;
	while (module && (!module->file || strcmp(module->file, file)))
		module = module->next;
	return module;
}

/* The absolute path that a relative specifier means, with ".js" where it has no such file otherwise. */
static bool relative_path(const Module* from, const char* specifier, char* path)
{
	char joined[PATH_MAX];
	const char* slash = strrchr(from->file, '/');
	const char* endings[] = { "", ".js" };
	for (int index = 0; index < 2; index++) {
		if (snprintf(joined, sizeof(joined), "%.*s/%s%s", (int)(slash - from->file), from->file, specifier, endings[index])
				>= (int)sizeof(joined))
			return false;
		if (realpath(joined, path))
			return true;
	}
	return false;
}

/* The module that `specifier` means in `from` (NULL: the host itself asks), or NULL. */
Module* graph_resolve(Graph* graph, Module* from, const char* specifier)
{
	char path[PATH_MAX];
	if (specifier[0] != '.' || !from || !from->file)
		return graph_find(graph, specifier);
	return relative_path(from, specifier, path) ? graph_find_file(graph, path) : NULL;
}

/* The name of a file that only relative imports reach: its path, from the current directory where it is below it. */
static const char* file_name(const char* path)
{
	char directory[PATH_MAX];
	if (!getcwd(directory, sizeof(directory)))
		return path;
	size_t length = strlen(directory);
	return strncmp(path, directory, length) || path[length] != '/' ? path : path + length + 1;
}

/* What a preloaded module imports is preloaded too, at any depth. */
static void graph_mark_preload(Graph* graph, Module* module)
{
	if (module->preload)
		return;
	module->preload = true;
	for (int index = 0; index < module->importCount; index++) {
		Module* imported = graph_resolve(graph, module, module->imports[index]);
		if (imported)
			graph_mark_preload(graph, imported);
	}
}

static void graph_follow(Graph* graph, Module* from, const char* specifier)
{
	char path[PATH_MAX];
	Module* module = graph_resolve(graph, from, specifier);
	if (!module) {
		if (specifier[0] != '.' || !from->file)
			host_fail("module '%s', imported by '%s', is not known: give --module %s=FILE", specifier, from->name, specifier);
		if (!relative_path(from, specifier, path))
			host_fail("no file for '%s', imported by '%s'", specifier, from->file);
		module = graph_add_file(graph, file_name(path), path, from->host, from->preload);
	}
	else if (from->preload)
		graph_mark_preload(graph, module);
}

/* Parses every module and what it imports. */
void graph_load(Graph* graph)
{
	for (Module* module = graph->first; module; module = module->next) {
		if (!module->script)
			module_compile(module);
		for (int index = 0; index < module->importCount; index++)
			graph_follow(graph, module, module->imports[index]);
	}
}

const char* graph_name(const Module* module)
{
	return module->name;
}

void graph_each_preload(Graph* graph, void (*step)(void* context, Module* module), void* context)
{
	for (Module* module = graph->first; module; module = module->next)
		if (module->preload)
			step(context, module);
}

void graph_each(Graph* graph, void (*step)(void* context, Module* module), void* context)
{
	for (Module* module = graph->first; module; module = module->next)
		step(context, module);
}

void graph_bind(Graph* graph, txMachine* the)
{
	for (Module* module = graph->first; module; module = module->next)
		module_bind(module, the);
}

/* Prints `"name":bytes,...` of the bytecode of each preloaded module that is not the host's own. */
void graph_print_bytecode(Graph* graph)
{
	const char* separator = "";
	for (Module* module = graph->first; module; module = module->next) {
		if (!module->preload || module->host || !module->file)
			continue;
		printf("%s\"%s\":%d", separator, module->name, (int)module->script->codeSize);
		separator = ",";
	}
}
