/* The host's command line. tools/simulator.ts writes it and checks what people type: here every option is NAME=VALUE. */

#include "xsAll.h"
#include "host.h"

Options options = { .heap = "unlimited", .config = "{}", .graceMilliseconds = 20 };

void host_fail(const char* format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	fputs("simulator: ", stderr);
	vfprintf(stderr, format, arguments);
	fputc('\n', stderr);
	va_end(arguments);
	exit(EXIT_SETUP);
}

static void add_file(NamedFiles* files, char* value)
{
	char* equals = strchr(value, '=');
	if (!equals)
		host_fail("'%s' must be NAME=FILE", value);
	*equals = 0;
	files->items = realloc(files->items, (files->count + 1) * sizeof(NamedFile));
	files->items[files->count++] = (NamedFile){ value, equals + 1 };
}

static void add_value(char*** values, int* count, char* value)
{
	*values = realloc(*values, (*count + 1) * sizeof(char*));
	(*values)[(*count)++] = value;
}

/* The value of `argument` if it is the option `name`, as in "--name=value". */
static char* option_value(char* argument, const char* name)
{
	size_t length = strlen(name);
	if (strncmp(argument, "--", 2) || strncmp(argument + 2, name, length) || (argument[2 + length] != '='))
		return NULL;
	return argument + 3 + length;
}

void options_parse(int count, char** values)
{
	int index = 1;
	char* value;
	for (; index < count && !strncmp(values[index], "--", 2); index++) {
		char* argument = values[index];
		if (!strcmp(argument, "--")) {
			index++;
			break;
		}
		if ((value = option_value(argument, "heap"))) options.heap = value;
		else if ((value = option_value(argument, "clock"))) options.virtualClock = !strcmp(value, "virtual");
		else if ((value = option_value(argument, "grace"))) options.graceMilliseconds = atof(value);
		else if ((value = option_value(argument, "round-trip"))) options.roundTripMilliseconds = atof(value);
		else if ((value = option_value(argument, "world"))) options.world = value;
		else if ((value = option_value(argument, "world-arg"))) add_value(&options.worldArguments, &options.worldArgumentCount, value);
		else if ((value = option_value(argument, "storage"))) options.storage = value;
		else if ((value = option_value(argument, "flash-time"))) options.flashMicroseconds = atof(value);
		else if ((value = option_value(argument, "config"))) options.config = value;
		else if ((value = option_value(argument, "host-module"))) add_file(&options.hostModules, value);
		else if ((value = option_value(argument, "preload"))) add_file(&options.preloads, value);
		else if ((value = option_value(argument, "module"))) add_file(&options.modules, value);
		else if ((value = option_value(argument, "resource"))) add_file(&options.resources, value);
		else if (!strcmp(argument, "--report")) options.report = true;
		else if (!strcmp(argument, "--profile")) options.profile = true;
		else host_fail("unknown option '%s'", argument);
	}
	if (index >= count)
		host_fail("a module to run is missing");
	options.main = values[index++];
	options.arguments = values + index;
	options.argumentCount = count - index;
}
