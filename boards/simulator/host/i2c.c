/* The natives of `embedded:io/i2c`. A transaction that nobody acknowledges throws. */

#include "xsmc.h"
#include "host.h"
#include "native.h"
#include "world.h"

typedef struct I2C I2C;
struct I2C {
	NativeObject object;
	I2C* next;
	int data;
	int clock;
	int address;
	int port;
};

static I2C* first = NULL;

void xs_i2c_destructor(void* data)
{
	(void)data;
}

static const xsHostHooks hooks = { xs_i2c_destructor, NULL, NULL };

void xs_i2c_constructor(xsMachine* the)
{
	option_require(the, "I2C");
	int data = option_integer(the, ID(data), "data", 0, 255);
	int clock = option_integer(the, ID(clock), "clock", 0, 255);
	int address = option_integer(the, ID(address), "address", 0, 127);
	option_integer(the, ID(hz), "hz", 1, 20000000);
	option_integer_or(the, ID(timeout), "timeout", -1, 0x7FFFFFFF, 400);
	int port = option_integer_or(the, ID(port), "port", 0, 255, 0);
	option_format_is_number(the, false, true);
	for (I2C* other = first; other; other = other->next)
		if (other->data == data && other->clock == clock && other->address == address)
			xsRangeError("address %d is in use on this bus", address);
	option_target(the);
	I2C* i2c = calloc(1, sizeof(I2C));
	i2c->data = data;
	i2c->clock = clock;
	i2c->address = address;
	i2c->port = port;
	i2c->next = first;
	first = i2c;
	native_bind(the, &i2c->object, i2c, &hooks);
}

void xs_i2c_close(xsMachine* the)
{
	I2C* i2c = native_this_if_open(the, &hooks);
	I2C** reference = &first;
	if (!i2c)
		return;
	while (*reference != i2c)
		reference = &(*reference)->next;
	*reference = i2c->next;
	native_unbind(&i2c->object);
	free(i2c);
}

static bool argument_stop(xsMachine* the, int index)
{
	return xsmcArgc > index ? xsmcToBoolean(xsArg(index)) : true;
}

/* Fills the buffer or the number of bytes that is argument `index`; the result of the method is the count or the new buffer. */
static void read_into(xsMachine* the, I2C* i2c, int index, bool stop)
{
	void* bytes;
	xsUnsignedValue size;
	if (xsmcTypeOf(xsArg(index)) == xsReferenceType) {
		xsmcGetBufferWritable(xsArg(index), &bytes, &size);
		xsmcSetInteger(xsResult, (int)size);
	}
	else {
		size = (xsUnsignedValue)xsmcToInteger(xsArg(index));
		bytes = xsmcSetArrayBuffer(xsResult, NULL, (xsIntegerValue)size);
	}
	if (!world_i2c_read(i2c->port, i2c->address, bytes, size, stop))
		xsUnknownError("read failed: no acknowledge from 0x%02x", i2c->address);
}

void xs_i2c_read(xsMachine* the)
{
	I2C* i2c = native_this(the, &hooks);
	read_into(the, i2c, 0, argument_stop(the, 1));
}

void xs_i2c_write(xsMachine* the)
{
	I2C* i2c = native_this(the, &hooks);
	void* bytes;
	xsUnsignedValue size;
	xsmcGetBufferReadable(xsArg(0), &bytes, &size);
	if (world_i2c_write(i2c->port, i2c->address, bytes, size, argument_stop(the, 1)))
		return;
	/* A probe answers, it does not fail. */
	if (size == 0)
		xsmcSetInteger(xsResult, 1);
	else
		xsUnknownError("write failed: no acknowledge from 0x%02x", i2c->address);
}

void xs_i2c_writeRead(xsMachine* the)
{
	I2C* i2c = native_this(the, &hooks);
	void* bytes;
	xsUnsignedValue size;
	xsmcGetBufferReadable(xsArg(0), &bytes, &size);
	if (!world_i2c_write(i2c->port, i2c->address, bytes, size, false))
		xsUnknownError("writeRead failed: no acknowledge from 0x%02x", i2c->address);
	read_into(the, i2c, 1, argument_stop(the, 2));
}
