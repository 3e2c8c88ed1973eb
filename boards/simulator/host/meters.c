/* What a run costs: memory now and at its peak, collections, bytecode steps. */

#include "xsAll.h"
#include "host.h"

Traffic traffic;

/* The engine counts steps in 32 bits and collections in 16; these counts are wider. */
static double steps = 0, collections = 0;
static txU4 lastSteps = 0;
static txU2 lastCollections = 0;

static txBoolean count_steps(txMachine* the, txU4 index)
{
	(void)index;
	meters_turn(the);
	return 1;
}

void meters_start(txMachine* the)
{
	/* The engine calls back often enough that no turn of a program can run past 32 bits unseen. */
	fxBeginMetering(the, count_steps, 0x10000000);
}

void meters_turn(txMachine* the)
{
	steps += (txU4)(the->meterIndex - lastSteps);
	/* Also keeps the engine's own reset at the end of 32 bits from happening. */
	the->meterIndex = lastSteps = 0;
	the->meterCount = 0x10000000;
	collections += (txU2)(the->garbageCollectionCount - lastCollections);
	lastCollections = the->garbageCollectionCount;
}

double meters_steps(txMachine* the)
{
	return steps + (txU4)(the->meterIndex - lastSteps);
}

/* Microseconds of processor time that the process has had, in the kernel too. */
static double processor_time(void)
{
	struct timespec time;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return time.tv_sec * 1000000.0 + time.tv_nsec / 1000.0;
}

void meters_read(txMachine* the, Meters* meters)
{
	Role* role = the->context;
	meters_turn(the);
	meters->slots = (double)the->currentHeapCount * sizeof(txSlot);
	meters->chunks = the->currentChunksSize;
	meters->peakSlots = (double)the->peakHeapCount * sizeof(txSlot);
	meters->peakChunks = the->peakChunksSize;
	meters->slotsLimit = memory_slots_limit(role->memory);
	meters->chunksLimit = memory_chunks_limit(role->memory);
	meters->collections = collections;
	meters->steps = steps;
	meters->stackPeak = (double)(the->stackTop - the->stackPeak) * sizeof(txSlot);
	meters->bits = sizeof(void*) * 8;
	meters->cpu = processor_time();
}

/* From now on the peaks are those of what comes. */
void meters_reset_peaks(txMachine* the)
{
	the->peakHeapCount = the->currentHeapCount;
	the->peakChunksSize = the->currentChunksSize;
}

/* A last collection, which does not count, so that the report says what is in use rather than what is garbage. */
void meters_collect(txMachine* the)
{
	meters_turn(the);
	fxCollectGarbage(the);
	lastCollections = the->garbageCollectionCount;
}

void meters_report(txMachine* the)
{
	Meters meters;
	Role* role = the->context;
	if (!options.report)
		return;
	meters_read(the, &meters);
	printf("{\"slots\":%.0f,\"chunks\":%.0f,\"peakSlots\":%.0f,\"peakChunks\":%.0f,\"collections\":%.0f,\"steps\":%.0f,"
		"\"stackPeak\":%.0f,\"bits\":%d,\"bytecode\":{", meters.slots, meters.chunks, meters.peakSlots, meters.peakChunks,
		meters.collections, meters.steps, meters.stackPeak, meters.bits);
	graph_print_bytecode(role->graph);
	printf("},\"segments\":%.0f,\"bytesSent\":%.0f,\"bytesReceived\":%.0f}\n",
		traffic.segments, traffic.bytesSent, traffic.bytesReceived);
}
