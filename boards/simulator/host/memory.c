/*
	The device's memory. An ESP32 has a chunk heap and a slot heap of fixed size; an ESP32-C3 one arena, in which chunks grow
	up and slots grow down until they meet. Numbers: `creation` of the SDK's manifests for both.
*/

#include "xsAll.h"
#include "host.h"

/* A 64-bit slot has twice the size of a slot on the chip: so do its chunks, on the whole. */
#define SCALE ((txSize)(sizeof(txSlot) / 16))

struct Memory {
	const char* heap;
	txSize arenaSize;
	txByte* low;
	txByte* high;
	txCreation creation;
};

/* Without limits a heap is large, so that hardly a collection runs; with one at every allocation it is small, so that each is short. */
#if mxStress
	#define UNLIMITED_SLOTS (8 * 1024)
#else
	#define UNLIMITED_SLOTS (128 * 1024)
#endif

static const txCreation unlimited = {
	.initialChunkSize = 4 * 1024 * 1024, .incrementalChunkSize = 1024 * 1024,
	.initialHeapCount = UNLIMITED_SLOTS, .incrementalHeapCount = UNLIMITED_SLOTS / 4,
	.stackCount = 16 * 1024, .initialKeyCount = 4096, .incrementalKeyCount = 1024, .nameModulo = 53, .symbolModulo = 3,
	.parserBufferSize = 64 * 1024, .parserTableModulo = 1993,
};
static const txCreation esp32 = {
	.initialChunkSize = 78848 * SCALE, .incrementalChunkSize = 0, .initialHeapCount = 4928, .incrementalHeapCount = 0,
	.stackCount = 512, .initialKeyCount = 32, .incrementalKeyCount = 32, .nameModulo = 53, .symbolModulo = 3,
	.parserBufferSize = 64 * 1024, .parserTableModulo = 1993,
};
static const txCreation esp32c3 = {
	.initialChunkSize = 1536 * SCALE, .incrementalChunkSize = 512 * SCALE, .initialHeapCount = 512, .incrementalHeapCount = 64,
	.stackCount = 384, .initialKeyCount = 32, .incrementalKeyCount = 32, .nameModulo = 53, .symbolModulo = 3,
	.parserBufferSize = 64 * 1024, .parserTableModulo = 1993, .staticSize = 94208 * SCALE,
};

Memory* memory_create(const char* heap)
{
	Memory* memory = calloc(1, sizeof(Memory));
	memory->heap = heap;
	memory->creation = !strcmp(heap, "esp32") ? esp32 : !strcmp(heap, "esp32c3") ? esp32c3 : unlimited;
	memory->arenaSize = memory->creation.staticSize;
	if (memory->arenaSize) {
		memory->low = malloc(memory->arenaSize);
		memory->high = memory->low + memory->arenaSize;
	}
	return memory;
}

static Memory* memory_of(txMachine* the)
{
	Role* role = the->context;
	return role->memory;
}

txCreation* memory_creation(Memory* memory)
{
	return &memory->creation;
}

size_t memory_slots_limit(const Memory* memory)
{
	if (memory->arenaSize)
		return memory->arenaSize;
	return memory->creation.incrementalHeapCount ? 0 : memory->creation.initialHeapCount * sizeof(txSlot);
}

size_t memory_chunks_limit(const Memory* memory)
{
	if (memory->arenaSize)
		return memory->arenaSize;
	return memory->creation.incrementalChunkSize ? 0 : memory->creation.initialChunkSize;
}

/* Says on stderr what of the memory is full, and how large it is. */
void memory_explain(txMachine* the, Memory* memory)
{
	long slots = (long)(the->currentHeapCount * sizeof(txSlot)), chunks = the->currentChunksSize;
	if (memory->arenaSize)
		fprintf(stderr, "the %s has one arena of %ld bytes: %ld in slots, %ld in chunks, %ld in the stack",
			memory->heap, (long)memory->arenaSize, slots, chunks, (long)(memory->creation.stackCount * sizeof(txSlot)));
	else if (!the->freeHeap)
		fprintf(stderr, "the slot heap of the %s is full: %ld slots of %d bytes, %ld bytes",
			memory->heap, (long)memory->creation.initialHeapCount, (int)sizeof(txSlot), slots);
	else
		fprintf(stderr, "the chunk heap of the %s is full: %ld of %ld bytes in use, and what was asked for did not fit",
			memory->heap, chunks, (long)memory->creation.initialChunkSize);
}

void* fxAllocateChunks(txMachine* the, txSize size)
{
	Memory* memory = memory_of(the);
	txBlock* block = the->firstBlock;
	if (!memory->arenaSize)
		return malloc(size);
	if (block) {
		/* The engine asks for a whole new block: give it what its block lacks, as more of the same block. */
		txSize grow = size - (txSize)sizeof(txBlock) - (txSize)(block->limit - block->current);
		if (grow > memory->high - memory->low)
			return NULL;
		memory->low += grow;
		block->limit = memory->low - size;
		the->maximumChunksSize += grow - size;
		return block->limit;
	}
	if (size > memory->high - memory->low)
		return NULL;
	memory->low += size;
	return memory->low - size;
}

void fxFreeChunks(txMachine* the, void* chunks)
{
	if (!memory_of(the)->arenaSize)
		free(chunks);
}

/* Gives the free end of the arena's chunks back to its slots. */
static void memory_trim_chunks(txMachine* the, Memory* memory)
{
	txBlock* block = the->firstBlock;
	fxCollect(the, XS_COMPACT_FLAG | XS_ORGANIC_FLAG);
	the->maximumChunksSize -= (txSize)(block->limit - block->current);
	memory->low = block->limit = block->current;
}

txSlot* fxAllocateSlots(txMachine* the, txSize count)
{
	Memory* memory = memory_of(the);
	txSize size = count * (txSize)sizeof(txSlot);
	if (!memory->arenaSize)
		return malloc(size);
	if ((size > memory->high - memory->low) && the->firstBlock)
		memory_trim_chunks(the, memory);
	if (size > memory->high - memory->low)
		return NULL;
	memory->high -= size;
	return (txSlot*)memory->high;
}

void fxFreeSlots(txMachine* the, void* slots)
{
	if (!memory_of(the)->arenaSize)
		free(slots);
}
