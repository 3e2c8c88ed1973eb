/* `simulator.emit`: an object as one line of JSON on stdout, without a byte of the device's memory. */

#include "xsAll.h"
#include "host.h"

static void emit_slot(txMachine* the, txSlot* slot);

static void emit_string(const char* string)
{
	putchar('"');
	for (const unsigned char* p = (const unsigned char*)string; *p; p++) {
		if (*p == '"' || *p == '\\')
			printf("\\%c", *p);
		else if (*p < 0x20)
			printf("\\u%04x", *p);
		else
			putchar(*p);
	}
	putchar('"');
}

static void emit_array(txMachine* the, txSlot* array)
{
	putchar('[');
	for (txIndex index = 0; index < array->value.array.length; index++) {
		txSlot* item = fxGetIndexProperty(the, array, index);
		if (index)
			putchar(',');
		if (item)
			emit_slot(the, item);
		else
			printf("null");
	}
	putchar(']');
}

static void emit_object(txMachine* the, txSlot* instance)
{
	const char* separator = "";
	txSlot* property = instance->next;
	if (property && property->kind == XS_ARRAY_KIND) {
		emit_array(the, property);
		return;
	}
	putchar('{');
	for (; property; property = property->next) {
		if ((property->flag & (XS_INTERNAL_FLAG | XS_DONT_ENUM_FLAG)) || property->kind == XS_UNDEFINED_KIND)
			continue;
		printf("%s", separator);
		emit_string(fxGetKeyName(the, property->ID));
		putchar(':');
		emit_slot(the, property);
		separator = ",";
	}
	putchar('}');
}

static void emit_number(txMachine* the, double number)
{
	char buffer[32];
	if (isfinite(number))
		printf("%s", fxNumberToString(the->dtoa, number, buffer, sizeof(buffer), 0, 0));
	else
		printf("null");
}

static void emit_slot(txMachine* the, txSlot* slot)
{
	switch (slot->kind) {
	case XS_BOOLEAN_KIND: printf(slot->value.boolean ? "true" : "false"); break;
	case XS_INTEGER_KIND: printf("%d", (int)slot->value.integer); break;
	case XS_NUMBER_KIND: emit_number(the, slot->value.number); break;
	case XS_STRING_KIND:
	case XS_STRING_X_KIND: emit_string(slot->value.string); break;
	case XS_REFERENCE_KIND: {
		txSlot* instance = slot->value.reference;
		txSlot* alias = instance->ID ? the->aliasArray[instance->ID] : NULL;
		emit_object(the, alias ? alias : instance);
		break;
	}
	default: printf("null"); break;
	}
}

void xs_simulator_emit(txMachine* the)
{
	if (mxArgc < 1 || mxArgv(0)->kind != XS_REFERENCE_KIND)
		mxTypeError("emit takes an object");
	emit_slot(the, mxArgv(0));
	putchar('\n');
	fflush(stdout);
}
