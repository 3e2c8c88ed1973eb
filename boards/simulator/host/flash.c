/*
	The natives of `embedded:storage/flash`: NOR flash. A block is erased to 0xFF as a whole; a write can only clear bits, and a
	write that would have to set one throws and changes nothing. Its file is changed where it is, a few bytes at a time: whoever kills
	the process in the middle of a write or an erase finds it torn, as on a chip that loses its power.
*/

#include <fcntl.h>
#include <unistd.h>

#include "xsmc.h"
#include "host.h"
#include "native.h"
#include "storage.h"

enum { BLOCK = 4096, BLOCKS = 16, SIZE = BLOCK * BLOCKS, ALIGN = 4, PIECE = 16, ERASED_AT_ONCE = 256, ERASED = 0xFF };

static const char partitionName[] = "storage";
static uint8_t* partition = NULL;
static char* partitionPath = NULL;
static int partitionFile = -1;

/* An instance holds no more than whether it is open. */
static const xsHostHooks hooks = { NULL, NULL, NULL };

static void load_partition(void)
{
	size_t size = 0;
	if (partition)
		return;
	partitionPath = storage_path(partitionName, "flash");
	if (partitionPath)
		partition = storage_load(partitionPath, &size);
	if (partition && size != SIZE)
		host_fail("'%s' must have %d bytes, not %d", partitionPath, SIZE, (int)size);
	if (!partition) {
		partition = memset(malloc(SIZE), ERASED, SIZE);
		if (partitionPath)
			storage_save(partitionPath, partition, SIZE);
	}
	if (partitionPath && (partitionFile = open(partitionPath, O_WRONLY)) < 0)
		host_fail("cannot write '%s': %s", partitionPath, strerror(errno));
}

/* Brings a part of the partition into its file, so many bytes at a time. */
static void save_partition(int offset, int size, int piece)
{
	int end = offset + size;
	if (partitionFile < 0)
		return;
	for (; offset < end; offset += piece) {
		int length = end - offset < piece ? end - offset : piece;
		if (pwrite(partitionFile, partition + offset, (size_t)length, offset) != length)
			host_fail("cannot write '%s': %s", partitionPath, strerror(errno));
		if (options.flashMicroseconds > 0)
			usleep((useconds_t)options.flashMicroseconds);
	}
}

void xs_flash_destructor(void* data)
{
	(void)data;
}

void xs_flash_open(xsMachine* the)
{
	char path[64];
	option_require(the, "open");
	option_string(the, ID(path), "path", path, sizeof(path));
	if (strcmp(path, partitionName))
		xsUnknownError("no partition %s; there is: %s", path, partitionName);
	option_format_is_number(the, false, true);
	load_partition();
	xsResult = xsNewHostInstance(xsArg(1));
	xsmcSetHostData(xsResult, partition);
	xsSetHostHooks(xsResult, &hooks);
}

void xs_flash_close(xsMachine* the)
{
	if (native_this_if_open(the, &hooks))
		xsmcSetHostData(xsThis, NULL);
}

void xs_flash_status(xsMachine* the)
{
	const struct { xsIdentifier id; int value; } values[] = {
		{ ID(size), SIZE }, { ID(blockLength), BLOCK }, { ID(blocks), BLOCKS }, { ID(eraseValue), ERASED }, { ID(writeAlign), ALIGN },
	};
	native_this(the, &hooks);
	xsmcVars(1);
	xsmcSetNewObject(xsResult);
	for (size_t index = 0; index < sizeof(values) / sizeof(values[0]); index++) {
		xsmcSetInteger(xsVar(0), values[index].value);
		xsmcSet(xsResult, values[index].id, xsVar(0));
	}
}

/* eraseBlock(first[, end]) */
void xs_flash_eraseBlock(xsMachine* the)
{
	native_this(the, &hooks);
	int first = xsmcToInteger(xsArg(0));
	int end = xsmcArgc > 1 ? xsmcToInteger(xsArg(1)) : first + 1;
	if (first < 0 || end > BLOCKS || first >= end)
		xsRangeError("block must be 0 to %d", BLOCKS - 1);
	memset(partition + first * BLOCK, ERASED, (size_t)(end - first) * BLOCK);
	save_partition(first * BLOCK, (end - first) * BLOCK, ERASED_AT_ONCE);
}

static int argument_offset(xsMachine* the, int index, xsUnsignedValue size)
{
	double offset = xsmcArgc > index ? xsmcToNumber(xsArg(index)) : -1;
	if (!(offset >= 0 && offset + size <= SIZE))
		xsRangeError("offset and length must be within %d bytes", SIZE);
	return (int)offset;
}

/* read(count | buffer, offset) */
void xs_flash_read(xsMachine* the)
{
	void* bytes;
	xsUnsignedValue size;
	native_this(the, &hooks);
	if (xsmcTypeOf(xsArg(0)) == xsReferenceType) {
		xsmcGetBufferWritable(xsArg(0), &bytes, &size);
		int offset = argument_offset(the, 1, size);
		memcpy(bytes, partition + offset, size);
		xsmcSetInteger(xsResult, (int)size);
	}
	else {
		size = (xsUnsignedValue)xsmcToInteger(xsArg(0));
		int offset = argument_offset(the, 1, size);
		xsmcSetArrayBuffer(xsResult, partition + offset, (xsIntegerValue)size);
	}
}

/* write(buffer, offset) */
void xs_flash_write(xsMachine* the)
{
	void* data;
	xsUnsignedValue size;
	native_this(the, &hooks);
	int offset = argument_offset(the, 1, 0);
	xsmcGetBufferReadable(xsArg(0), &data, &size);
	if (size > (xsUnsignedValue)(SIZE - offset))
		xsRangeError("offset and length must be within %d bytes", SIZE);
	if (offset % ALIGN || size % ALIGN)
		xsRangeError("offset and length must be multiples of %d", ALIGN);
	const uint8_t* bytes = data;
	for (xsUnsignedValue index = 0; index < size; index++)
		if (bytes[index] & ~partition[offset + index])
			xsUnknownError("byte %d is 0x%02x and cannot become 0x%02x: erase block %d first", (int)(offset + index),
				partition[offset + index], bytes[index], (int)(offset + index) / BLOCK);
	memcpy(partition + offset, bytes, size);
	save_partition(offset, (int)size, PIECE);
}
