/* See native.h. */

#include "xsmc.h"
#include "host.h"
#include "native.h"

void native_mark(xsMachine* the, NativeObject* object, xsMarkRoot mark)
{
	for (int index = 0; index < CALLBACKS; index++)
		(*mark)(the, &object->callbacks[index]);
}

void native_require_device(xsMachine* the)
{
	if (!device)
		xsUnknownError("a module cannot start timers or open devices while it is preloaded");
}

void native_bind(xsMachine* the, NativeObject* object, void* data, const xsHostHooks* hooks)
{
	native_require_device(the);
	object->the = the;
	xsmcSetHostData(xsThis, data);
	xsSetHostHooks(xsThis, hooks);
	object->self = xsThis;
	xsRemember(object->self);
}

void native_unbind(NativeObject* object)
{
	xsMachine* the = object->the;
	xsForget(object->self);
	xsmcSetHostData(object->self, NULL);
}

void* native_this_if_open(xsMachine* the, const xsHostHooks* hooks)
{
	return fxGetHostDataIf(the, &xsThis) ? xsmcGetHostDataValidate(xsThis, (void*)hooks) : NULL;
}

void* native_this(xsMachine* the, const xsHostHooks* hooks)
{
	void* data = native_this_if_open(the, hooks);
	if (!data)
		xsUnknownError("closed");
	return data;
}

static bool native_has_callback(NativeObject* object, int callback)
{
	xsMachine* the = object->the;
	return xsmcTypeOf(object->callbacks[callback]) == xsReferenceType;
}

void native_call(NativeObject* object, int callback)
{
	if (!native_has_callback(object, callback))
		return;
	xsMachine* machine = object->the;
	xsBeginHost(machine);
		xsCallFunction0(xsAccess(object->callbacks[callback]), xsAccess(object->self));
	xsEndHost(machine);
	machine_run_jobs(machine);
}

void native_call_integer(NativeObject* object, int callback, int value)
{
	if (!native_has_callback(object, callback))
		return;
	xsMachine* machine = object->the;
	xsBeginHost(machine);
		xsCallFunction1(xsAccess(object->callbacks[callback]), xsAccess(object->self), xsInteger(value));
	xsEndHost(machine);
	machine_run_jobs(machine);
}

void option_require(xsMachine* the, const char* what)
{
	xsmcVars(1 + CALLBACKS);
	if (xsmcArgc < 1 || xsmcTypeOf(xsArg(0)) != xsReferenceType)
		xsTypeError("%s: options must be an object", what);
}

bool option_has(xsMachine* the, xsIdentifier id)
{
	xsmcGet(xsVar(0), xsArg(0), id);
	return xsmcTypeOf(xsVar(0)) != xsUndefinedType;
}

void option_callback(xsMachine* the, NativeObject* object, int callback, xsIdentifier id, const char* name)
{
	if (!option_has(the, id) || xsmcTypeOf(xsVar(0)) == xsNullType)
		return;
	if (!xsmcIsCallable(xsVar(0)))
		xsTypeError("%s must be a function", name);
	/* The variable keeps it alive until the object is bound. */
	xsVar(1 + callback) = object->callbacks[callback] = xsVar(0);
}

int option_integer(xsMachine* the, xsIdentifier id, const char* name, int minimum, int maximum)
{
	if (!option_has(the, id))
		xsRangeError("%s is required: %d to %d", name, minimum, maximum);
	double value = xsmcToNumber(xsVar(0));
	if (!(value >= minimum && value <= maximum))
		xsRangeError("%s must be %d to %d", name, minimum, maximum);
	return (int)value;
}

int option_integer_or(xsMachine* the, xsIdentifier id, const char* name, int minimum, int maximum, int otherwise)
{
	return option_has(the, id) ? option_integer(the, id, name, minimum, maximum) : otherwise;
}

void option_string(xsMachine* the, xsIdentifier id, const char* name, char* buffer, size_t size)
{
	if (!option_has(the, id))
		xsTypeError("%s is required", name);
	if (xsmcTypeOf(xsVar(0)) != xsStringType && xsmcTypeOf(xsVar(0)) != xsStringXType)
		xsTypeError("%s must be a string", name);
	const char* string = xsmcToString(xsVar(0));
	if (strlen(string) >= size)
		xsRangeError("%s must be shorter than %d bytes", name, (int)size);
	strcpy(buffer, string);
}

bool option_format_is_number(xsMachine* the, bool numberAllowed, bool bufferAllowed)
{
	if (!option_has(the, ID(format)))
		return !bufferAllowed;
	const char* format = xsmcToString(xsVar(0));
	bool number = !strcmp(format, "number");
	if ((number && numberAllowed) || (!strcmp(format, "buffer") && bufferAllowed))
		return number;
	xsRangeError("format must be %s%s%s", numberAllowed ? "\"number\"" : "", numberAllowed && bufferAllowed ? " or " : "",
		bufferAllowed ? "\"buffer\"" : "");
	return false;
}

void option_target(xsMachine* the)
{
	if (option_has(the, ID(target)))
		xsmcSet(xsThis, ID(target), xsVar(0));
}
