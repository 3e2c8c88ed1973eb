/*
	Preloading: modules run once in a root machine, the result is frozen and shared, and the device is cloned from it. What is
	shared stays out of the device's memory, as flash does. The freezing follows the rules of the SDK's linker: functions,
	prototypes, environments and everything that cannot be aliased become immutable; of other objects the device gets a copy of
	its own when it first writes to them.
*/

#include "xsAll.h"
#include "host.h"

static void preload_module(void* context, Module* module)
{
	txMachine* the = context;
	mxPushStringX((txString)graph_name(module));
	fxAwaitImport(the, XS_IMPORT_NAMESPACE);
	mxPop();
}

void preload_all(txMachine* the, Graph* graph)
{
	fxBeginHost(the);
	mxTry(the) {
		graph_each_preload(graph, preload_module, the);
	}
	mxCatch(the) {
		fxAbort(the, XS_UNHANDLED_EXCEPTION_EXIT);
	}
	fxEndHost(the);
	machine_run_jobs(the);
}

static void each_slot(txMachine* the, void (*step)(txMachine* the, txSlot* slot))
{
	for (txSlot* heap = the->firstHeap; heap; heap = heap->next)
		for (txSlot* slot = heap + 1, *limit = heap->value.reference; slot < limit; slot++)
			if (!(slot->flag & XS_MARK_FLAG))
				(*step)(the, slot);
}

static txBoolean is_code(txSlot* slot)
{
	return slot->kind == XS_CALLBACK_KIND || slot->kind == XS_CALLBACK_X_KIND || slot->kind == XS_CODE_KIND
		|| slot->kind == XS_CODE_X_KIND;
}

/* Object.freeze on the intrinsics, as far as they are objects. */
static void freeze_intrinsics(txMachine* the)
{
	fxBeginHost(the);
	mxTry(the) {
		for (int index = mxInstanceInspectorsStackIndex + 1; index < mxStackIndexCount; index++) {
			txSlot* slot = &the->stackTop[-1 - index];
			if (slot->kind != XS_REFERENCE_KIND)
				continue;
			mxPush(mxObjectConstructor);
			mxDub();
			mxGetID(mxID(_freeze));
			mxCall();
			mxPushSlot(slot);
			mxRunCount(1);
			mxPop();
		}
	}
	mxCatch(the) {
		fxAbort(the, XS_UNHANDLED_EXCEPTION_EXIT);
	}
	fxEndHost(the);
}

static void freeze_instance(txSlot* instance)
{
	for (txSlot* property = instance->next; property; property = property->next) {
		if (property->kind != XS_ACCESSOR_KIND)
			property->flag |= XS_DONT_SET_FLAG;
		property->flag |= XS_DONT_DELETE_FLAG;
	}
	instance->flag |= XS_DONT_PATCH_FLAG;
}

static void freeze_function(txSlot* function)
{
	freeze_instance(function);
	if (!(function->flag & XS_CAN_CONSTRUCT_FLAG))
		return;
	for (txSlot* property = function->next->next; property; property = property->next)
		if (property->ID == mxID(_prototype) && property->kind == XS_REFERENCE_KIND) {
			freeze_instance(property->value.reference);
			return;
		}
}

/* Freezes what cannot be copied on write: functions and environments, and instances with internal state. */
static void freeze_special(txMachine* the, txSlot* slot)
{
	txSlot* internal = slot->next;
	(void)the;
	if (slot->kind != XS_INSTANCE_KIND || !internal || !(internal->flag & XS_INTERNAL_FLAG))
		return;
	if (is_code(internal)) {
		freeze_function(slot);
		return;
	}
	switch (internal->kind) {
	case XS_PROMISE_KIND:
		freeze_instance(internal->next->value.reference);
		/* fall through */
	case XS_MAP_KIND: case XS_SET_KIND: case XS_WEAK_MAP_KIND: case XS_WEAK_SET_KIND: case XS_WEAK_REF_KIND:
	case XS_ARRAY_BUFFER_KIND: case XS_DATA_VIEW_KIND: case XS_TYPED_ARRAY_KIND: case XS_PROXY_KIND: case XS_REGEXP_KIND:
		freeze_instance(slot);
		break;
	default:
		if (internal->ID == XS_ENVIRONMENT_BEHAVIOR)
			freeze_instance(slot);
		break;
	}
}

static txBoolean is_slot_frozen(txSlot* slot)
{
	return (slot->kind == XS_ACCESSOR_KIND || (slot->flag & XS_DONT_SET_FLAG)) && (slot->flag & XS_DONT_DELETE_FLAG);
}

static txBoolean is_instance_frozen(txMachine* the, txSlot* instance)
{
	txSlot* property = instance->next;
	if (!(instance->flag & XS_DONT_PATCH_FLAG))
		return 0;
	for (; property && (property->flag & XS_INTERNAL_FLAG); property = property->next)
		if (property->kind == XS_ARRAY_KIND)
			for (txIndex index = 0, length = fxGetIndexSize(the, property); index < length; index++)
				if (!is_slot_frozen(property->value.array.address + index))
					return 0;
	for (; property; property = property->next)
		if (!is_slot_frozen(property))
			return 0;
	return 1;
}

/* The internal state of a frozen instance cannot be written to either. */
static void petrify(txSlot* instance)
{
	for (txSlot* property = instance->next; property && (property->flag & XS_INTERNAL_FLAG); property = property->next)
		switch (property->kind) {
		case XS_ARRAY_BUFFER_KIND: case XS_DATE_KIND: case XS_MAP_KIND: case XS_REGEXP_KIND: case XS_SET_KIND:
		case XS_WEAK_MAP_KIND: case XS_WEAK_SET_KIND:
			property->flag |= XS_DONT_SET_FLAG;
			break;
		case XS_PRIVATE_KIND:
			for (txSlot* item = property->value.private.first; item; item = item->next) {
				if (item->kind != XS_ACCESSOR_KIND)
					item->flag |= XS_DONT_SET_FLAG;
				item->flag |= XS_DONT_DELETE_FLAG;
			}
			break;
		default:
			break;
		}
}

/* An alias number, from 1, for every instance that may change: the device finds its own copy by it. */
static void alias_instance(txMachine* the, txSlot* slot)
{
	if (slot->kind != XS_INSTANCE_KIND)
		return;
	if (is_instance_frozen(the, slot)) {
		slot->ID = XS_NO_ID;
		petrify(slot);
	}
	else
		slot->ID = the->aliasCount++;
}

static void alias_closure(txMachine* the, txSlot* slot)
{
	if (slot->kind != XS_CLOSURE_KIND || !slot->value.closure)
		return;
	txSlot* closure = slot->value.closure;
	if (closure->kind == XS_REFERENCE_KIND) {
		txSlot* internal = closure->value.reference->next;
		if (internal && is_code(internal))
			closure->flag |= XS_DONT_SET_FLAG;
	}
	if (closure->flag & XS_DONT_SET_FLAG) {
		if (closure->ID != XS_NO_ID)
			closure->flag |= XS_DONT_DELETE_FLAG;
		return;
	}
	if (closure->ID == XS_NO_ID)
		closure->ID = the->aliasCount++;
	slot->flag &= ~XS_DONT_SET_FLAG;
}

/* Values the device copies out of flash must not look like chunks of its own. */
static void move_value(txSlot* slot)
{
	switch (slot->kind) {
	case XS_STRING_KIND: slot->kind = XS_STRING_X_KIND; break;
	case XS_BIGINT_KIND: slot->kind = XS_BIGINT_X_KIND; break;
	case XS_KEY_KIND: slot->kind = XS_KEY_X_KIND; break;
	case XS_CODE_KIND: slot->kind = XS_CODE_X_KIND; break;
	case XS_CALLBACK_KIND: slot->kind = XS_CALLBACK_X_KIND; break;
	default: break;
	}
}

static void move_slot(txMachine* the, txSlot* slot)
{
	move_value(slot);
	if (slot->kind == XS_ARRAY_KIND)
		for (txIndex index = 0, length = fxGetIndexSize(the, slot); index < length; index++)
			move_value(slot->value.array.address + index);
}

static void mark_slot(txMachine* the, txSlot* slot)
{
	(void)the;
	slot->flag |= XS_MARK_FLAG;
}

/* The global object gets rid of its cache, which a clone would write to. */
static void simplify_global(txMachine* the)
{
	txSlot* global = mxGlobal.value.reference;
	if (global->next && global->next->kind == XS_GLOBAL_KIND) {
		global->next = global->next->next;
		global->flag &= ~XS_EXOTIC_FLAG;
	}
}

/* Takes the modules out of the root's realm and puts them where fxCloneMachine looks for them. */
static void detach_realm(txMachine* the)
{
	txSlot* realm = mxModuleInstanceInternal(mxProgram.value.reference)->value.module.realm;
	txSlot* modules = mxOwnModules(realm)->value.reference;
	for (txSlot* module = modules->next; module; module = module->next)
		mxModuleInstanceInternal(module->value.reference)->value.module.realm = NULL;
	mxModuleInstanceInternal(mxProgram.value.reference)->value.module.realm = NULL;
	mxException.kind = XS_REFERENCE_KIND;
	mxException.value.reference = mxRealmClosures(realm)->value.reference;
	mxProgram.value.reference = modules;
	mxHosts = mxUndefined;
	mxModuleQueue = mxUndefined;
	mxUnhandledPromises = mxUndefined;
	mxDuringJobs = mxUndefined;
	mxFinalizationRegistries = mxUndefined;
	mxPendingJobs = mxUndefined;
	mxRunningJobs = mxUndefined;
	mxBreakpoints = mxUndefined;
	mxHostInspectors = mxUndefined;
	mxInstanceInspectors = mxUndefined;
}

/*
	Freezes the root machine and marks all of it, so that no clone's garbage collector ever enters it. The engine's own
	fxShareMachine is not used: it numbers aliases from 0, which is no number, and leaves strings and code as chunks.
*/
void preload_freeze(txMachine* the)
{
	simplify_global(the);
	freeze_intrinsics(the);
	detach_realm(the);
	fxCollectGarbage(the);
	for (txSlot* slot = the->freeHeap; slot; slot = slot->next)
		slot->flag |= XS_MARK_FLAG;
	each_slot(the, freeze_special);
	the->aliasCount = 1;
	each_slot(the, alias_instance);
	each_slot(the, alias_closure);
	each_slot(the, move_slot);
	each_slot(the, mark_slot);
	the->shared = 1;
}
