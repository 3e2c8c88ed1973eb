/* What the natives have in common: the native side of a JavaScript object, and options. Included after xsmc.h and host.h. */

#ifndef SIMULATOR_NATIVE_H
#define SIMULATOR_NATIVE_H

/* The engine has it, its public header does not. */
extern void* fxGetHostDataIf(xsMachine* the, xsSlot* slot);

enum { CALLBACKS = 3 };

/* The head of every native object: its instance, kept alive while it is open, and the callbacks of its options. */
typedef struct {
	xsMachine* the;
	xsSlot self;
	xsSlot callbacks[CALLBACKS];
} NativeObject;

/* Binds `data`, which contains `object`, to `this`; until native_unbind, instance and callbacks survive garbage collection. */
void native_bind(xsMachine* the, NativeObject* object, void* data, const xsHostHooks* hooks);
void native_unbind(NativeObject* object);
void native_mark(xsMachine* the, NativeObject* object, xsMarkRoot mark);

/* The native side of `this`; throws if it is closed or of another class. */
void* native_this(xsMachine* the, const xsHostHooks* hooks);
/* The same without the throw, for `close`. */
void* native_this_if_open(xsMachine* the, const xsHostHooks* hooks);

/* Throws while modules are preloaded: what they open could not be put into flash. */
void native_require_device(xsMachine* the);

/* Calls a callback, if there is one, with `this` = the instance, then runs the jobs it left. */
void native_call(NativeObject* object, int callback);
void native_call_integer(NativeObject* object, int callback, int value);

/* Options: argument 0, in variable 0. Wrong values throw RangeError or TypeError that names option and allowed values. */
void option_require(xsMachine* the, const char* what);
bool option_has(xsMachine* the, xsIdentifier id);
void option_callback(xsMachine* the, NativeObject* object, int callback, xsIdentifier id, const char* name);
int option_integer(xsMachine* the, xsIdentifier id, const char* name, int minimum, int maximum);
int option_integer_or(xsMachine* the, xsIdentifier id, const char* name, int minimum, int maximum, int otherwise);
void option_string(xsMachine* the, xsIdentifier id, const char* name, char* buffer, size_t size);
bool option_format_is_number(xsMachine* the, bool numberAllowed, bool bufferAllowed);
void option_target(xsMachine* the);

#endif
