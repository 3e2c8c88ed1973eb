/*
	Steps and allocated bytes by function. The engine calls at every statement, as it would for its own profiler; what has been
	spent since the call before belongs to the function whose statement that was. So the rest of a statement after a call counts
	for the function that was called: exact in sum, and to within a statement for each function.
*/

#include "xsAll.h"
#include "xsScript.h"
#include "host.h"
#include "graph.h"

typedef struct {
	txByte* code;            /* the function's bytecode; NULL: what is no function of a module */
	double steps, bytes, calls;
} Entry;

static Entry* entries = NULL;
static size_t entryCount = 0;
static size_t current = 0;
static txSlot* currentFrame = NULL;
static bool running = false;
static double lastSteps = 0, lastBytes = 0;

static size_t find_entry(txByte* code)
{
	size_t index = 0;
	while (index < entryCount && entries[index].code != code)
		index++;
	if (index == entryCount) {
		entries = realloc(entries, ++entryCount * sizeof(Entry));
		entries[index] = (Entry){ .code = code };
	}
	return index;
}

static void account(txMachine* the)
{
	double steps = meters_steps(the);
	double bytes = (double)the->currentHeapCount * sizeof(txSlot) + the->currentChunksSize;
	if (entryCount) {
		entries[current].steps += steps - lastSteps;
		/* A collection is nobody's gain. */
		entries[current].bytes += fmax(0, bytes - lastBytes);
	}
	lastSteps = steps;
	lastBytes = bytes;
}

static txByte* code_of(txSlot* frame)
{
	txSlot* function = frame + 3;
	if (function->kind != XS_REFERENCE_KIND || !mxIsFunction(function->value.reference))
		return NULL;
	txSlot* code = mxFunctionInstanceCode(function->value.reference);
	return code->kind == XS_CODE_KIND || code->kind == XS_CODE_X_KIND ? code->value.code.address : NULL;
}

/* In place of the engine's fxCheckProfiler: at every statement, and after every native function, whose time is its caller's. */
void profile_check(txMachine* the, txSlot* frame)
{
	if (!running || the != device || !frame)
		return;
	txByte* code = code_of(frame);
	if (!code)
		return;
	account(the);
	/* The step that brought us here is not the program's. */
	lastSteps++;
	size_t entry = find_entry(code);
	/* The stack grows down. */
	if (frame < currentFrame || (frame == currentFrame && entry != current))
		entries[entry].calls++;
	current = entry;
	currentFrame = frame;
}

void profile_run(txMachine* the, bool run)
{
	if (running)
		account(the);
	running = run && options.profile;
	current = find_entry(NULL);
	currentFrame = the->stackTop;
	account(the);
	if (running)
		return;
	entries[current].steps = entries[current].bytes = 0;
}

/* The line on which a function begins. */
static int first_line(txByte* p, const txByte* end)
{
	txS2 line;
	while (p < end && *(const txU1*)p != XS_CODE_LINE)
		p += bytecode_size(p);
	if (p++ >= end)
		return 0;
	mxDecode2(p, line);
	return line;
}

/* Prints a line of a file, without its indentation. */
static void print_source(const char* file, int wanted)
{
	char text[256] = "";
	FILE* stream = file ? fopen(file, "rb") : NULL;
	for (int line = 0; stream && line < wanted; line++)
		if (!fgets(text, sizeof(text), stream))
			break;
	if (stream)
		fclose(stream);
	text[strcspn(text, "\n")] = 0;
	fprintf(stderr, "  %.60s\n", text + strspn(text, " \t"));
}

static void print_entry(void* context, Module* module)
{
	const Entry* entry = context;
	const txScript* script = module->script;
	if (entry->code < script->codeBuffer || entry->code >= script->codeBuffer + script->codeSize)
		return;
	int line = first_line(entry->code, script->codeBuffer + script->codeSize);
	fprintf(stderr, "%10.0f %10.0f %8.0f  %s:%d", entry->steps, entry->bytes, entry->calls, module->name, line);
	print_source(module->file, line);
}

static int by_steps(const void* a, const void* b)
{
	double difference = ((const Entry*)b)->steps - ((const Entry*)a)->steps;
	return (difference > 0) - (difference < 0);
}

void profile_print(txMachine* the)
{
	Role* role = the->context;
	if (!options.profile)
		return;
	profile_run(the, false);
	qsort(entries, entryCount, sizeof(Entry), by_steps);
	fprintf(stderr, "%10s %10s %8s  function\n", "steps", "bytes", "calls");
	for (size_t index = 0; index < entryCount; index++)
		if (entries[index].code && entries[index].steps > 0)
			graph_each(role->graph, print_entry, &entries[index]);
}
