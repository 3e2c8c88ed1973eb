/* The natives of `Resource`: files named on the command line, as buffers that live in flash. */

#include "xsmc.h"
#include "host.h"
#include "native.h"
#include "storage.h"

typedef struct {
	uint8_t* bytes;
	size_t size;
} Resource;

static Resource* loaded = NULL;

static int find(const char* name)
{
	for (int index = 0; index < options.resources.count; index++)
		if (!strcmp(options.resources.items[index].name, name))
			return index;
	return -1;
}

static Resource* load(int index)
{
	if (!loaded)
		loaded = calloc(options.resources.count, sizeof(Resource));
	Resource* resource = &loaded[index];
	if (!resource->bytes)
		resource->bytes = storage_load(options.resources.items[index].file, &resource->size);
	if (!resource->bytes)
		host_fail("cannot read '%s': %s", options.resources.items[index].file, strerror(errno));
	return resource;
}

void xs_resource_destructor(void* data)
{
	(void)data;
}

void xs_resource_constructor(xsMachine* the)
{
	const char* name = xsmcToString(xsArg(0));
	int index = find(name);
	if (index < 0)
		xsUnknownError("no resource %s: give --resource %s=FILE", name, name);
	Resource* resource = load(index);
	xsmcSetHostBuffer(xsThis, resource->bytes, (xsIntegerValue)resource->size);
	xsmcPetrifyHostBuffer(xsThis);
}

void xs_resource_exists(xsMachine* the)
{
	xsmcSetBoolean(xsResult, find(xsmcToString(xsArg(0))) >= 0);
}

void xs_resource_get_byteLength(xsMachine* the)
{
	xsmcSetInteger(xsResult, xsmcGetHostBufferLength(xsThis));
}

/* slice(begin[, end]), a copy */
void xs_resource_slice(xsMachine* the)
{
	int length = xsmcGetHostBufferLength(xsThis);
	int begin = xsmcArgc > 0 ? xsmcToInteger(xsArg(0)) : 0;
	int end = xsmcArgc > 1 ? xsmcToInteger(xsArg(1)) : length;
	if (begin < 0 || end > length || begin > end)
		xsRangeError("begin and end must be within %d bytes", length);
	uint8_t* bytes = xsmcGetHostData(xsThis);
	xsmcSetArrayBuffer(xsResult, bytes + begin, end - begin);
}
