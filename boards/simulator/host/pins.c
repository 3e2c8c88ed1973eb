/* The natives of `embedded:io/digital`, `embedded:io/analog` and `embedded:io/pwm`: pins of the chip, connected to the world. */

#include "xsmc.h"
#include "host.h"
#include "native.h"
#include "world.h"

enum { ON_READABLE };
enum { INPUT = 0, INPUT_LAST = 3, OUTPUT = 8, OUTPUT_LAST = 9 };
enum { RISING = 1, FALLING = 2 };
enum { PIN_LAST = 48 };

/* How often an input with `onReadable` looks at its pin, in milliseconds of the clock. */
static const double SAMPLE_INTERVAL = 20;

typedef struct {
	NativeObject object;
	Deadline deadline;
	int pin;
	bool output;
	int edge;
	int value;
	int hz;
} Pin;

static bool used[PIN_LAST + 1];

static void mark(xsMachine* the, void* data, xsMarkRoot markRoot)
{
	if (data)
		native_mark(the, &((Pin*)data)->object, markRoot);
}

void xs_digital_destructor(void* data)
{
	(void)data;
}

void xs_analog_destructor(void* data)
{
	(void)data;
}

void xs_pwm_destructor(void* data)
{
	(void)data;
}

static const xsHostHooks digitalHooks = { xs_digital_destructor, mark, NULL };
static const xsHostHooks analogHooks = { xs_analog_destructor, mark, NULL };
static const xsHostHooks pwmHooks = { xs_pwm_destructor, mark, NULL };

/* The highest value of a PWM: 10 bits, as the SDK's for ESP32 has. */
enum { PWM_LAST = 1023 };

static void sample(Deadline* deadline)
{
	Pin* pin = (Pin*)((char*)deadline - offsetof(Pin, deadline));
	int value = world_digital_read(pin->pin);
	int edge = value > pin->value ? RISING : value < pin->value ? FALLING : 0;
	pin->value = value;
	deadline_arm(deadline, clock_now() + SAMPLE_INTERVAL);
	if (edge & pin->edge)
		native_call(&pin->object, ON_READABLE);
}

static int option_pin(xsMachine* the)
{
	int number = option_integer(the, ID(pin), "pin", 0, PIN_LAST);
	if (used[number])
		xsRangeError("pin %d is in use", number);
	return number;
}

static int option_mode(xsMachine* the)
{
	int mode = option_integer(the, ID(mode), "mode", INPUT, OUTPUT_LAST);
	if (mode > INPUT_LAST && mode < OUTPUT)
		xsRangeError("mode must be one of Digital.Input... or Digital.Output...");
	return mode;
}

static Pin* bind_pin(xsMachine* the, const Pin* prototype, const xsHostHooks* hooks)
{
	Pin* pin = malloc(sizeof(Pin));
	*pin = *prototype;
	used[pin->pin] = true;
	native_bind(the, &pin->object, pin, hooks);
	return pin;
}

static void close_this(xsMachine* the, const xsHostHooks* hooks)
{
	Pin* pin = native_this_if_open(the, hooks);
	if (!pin)
		return;
	used[pin->pin] = false;
	deadline_disarm(&pin->deadline);
	native_unbind(&pin->object);
	free(pin);
}

void xs_digital_constructor(xsMachine* the)
{
	Pin prototype = { .deadline.fire = sample };
	option_require(the, "Digital");
	option_format_is_number(the, true, false);
	prototype.pin = option_pin(the);
	prototype.output = option_mode(the) >= OUTPUT;
	option_callback(the, &prototype.object, ON_READABLE, ID(onReadable), "onReadable");
	prototype.edge = option_integer_or(the, ID(edge), "edge", 0, RISING | FALLING, 0);
	bool listens = xsmcTypeOf(xsVar(1 + ON_READABLE)) == xsReferenceType;
	if (listens && (prototype.output || !prototype.edge))
		xsRangeError("onReadable needs an input and edge: Digital.Rising, Digital.Falling or both");
	int initial = option_integer_or(the, ID(initialValue), "initialValue", 0, 1, 0);
	option_target(the);
	Pin* pin = bind_pin(the, &prototype, &digitalHooks);
	if (pin->output)
		world_digital_write(pin->pin, initial);
	else
		pin->value = world_digital_read(pin->pin);
	if (listens)
		deadline_arm(&pin->deadline, clock_now() + SAMPLE_INTERVAL);
}

void xs_digital_close(xsMachine* the)
{
	close_this(the, &digitalHooks);
}

void xs_digital_read(xsMachine* the)
{
	Pin* pin = native_this(the, &digitalHooks);
	if (pin->output)
		xsUnknownError("pin %d is an output", pin->pin);
	xsmcSetInteger(xsResult, world_digital_read(pin->pin));
}

void xs_digital_write(xsMachine* the)
{
	Pin* pin = native_this(the, &digitalHooks);
	if (!pin->output)
		xsUnknownError("pin %d is an input", pin->pin);
	world_digital_write(pin->pin, xsmcToInteger(xsArg(0)) != 0);
}

void xs_analog_constructor(xsMachine* the)
{
	Pin prototype = { .pin = 0 };
	option_require(the, "Analog");
	option_format_is_number(the, true, false);
	prototype.pin = option_pin(the);
	option_target(the);
	bind_pin(the, &prototype, &analogHooks);
}

void xs_analog_close(xsMachine* the)
{
	close_this(the, &analogHooks);
}

/* 12 bits, as the ESP32's converter has. */
void xs_analog_read(xsMachine* the)
{
	Pin* pin = native_this(the, &analogHooks);
	xsmcSetInteger(xsResult, (int)lround(world_analog_read(pin->pin) * 4095));
}

void xs_pwm_constructor(xsMachine* the)
{
	Pin prototype = { .pin = 0 };
	option_require(the, "PWM");
	option_format_is_number(the, true, false);
	prototype.pin = option_pin(the);
	prototype.hz = option_integer_or(the, ID(hz), "hz", 1, 40000000, 1024);
	option_target(the);
	Pin* pin = bind_pin(the, &prototype, &pwmHooks);
	world_pwm_write(pin->pin, 0);
}

void xs_pwm_close(xsMachine* the)
{
	close_this(the, &pwmHooks);
}

void xs_pwm_get_hz(xsMachine* the)
{
	Pin* pin = native_this(the, &pwmHooks);
	xsmcSetInteger(xsResult, pin->hz);
}

void xs_pwm_write(xsMachine* the)
{
	Pin* pin = native_this(the, &pwmHooks);
	int value = xsmcToInteger(xsArg(0));
	if (value < 0 || value > PWM_LAST)
		xsRangeError("value must be 0 to %d", PWM_LAST);
	world_pwm_write(pin->pin, (double)value / PWM_LAST);
}
