/*
	The natives of `embedded:network/interface/wifi`: one radio that finds every network. It is associated after 30 ms of the clock
	and has an address after 50. The sockets of the simulator work whether it is connected or not, as they use the host's network.
*/

#include "xsmc.h"
#include "host.h"
#include "native.h"

enum { ON_CHANGED };
enum { DISCONNECTED = 200, CONNECTING = 300, CONNECTED = 400, ADDRESS_ASSIGNED = 500 };

static const double ASSOCIATE_TIME = 30;
static const double ADDRESS_TIME = 20;

typedef struct WiFi WiFi;
struct WiFi {
	NativeObject object;
	WiFi* next;
	bool closed;
};

static void advance(Deadline* deadline);

static WiFi* first = NULL;
static int connection = DISCONNECTED;
static char ssid[33];
static Deadline progress = { .fire = advance };

static void mark(xsMachine* the, void* data, xsMarkRoot markRoot)
{
	if (data)
		native_mark(the, &((WiFi*)data)->object, markRoot);
}

void xs_wifi_destructor(void* data)
{
	(void)data;
}

static const xsHostHooks hooks = { xs_wifi_destructor, mark, NULL };

static void call_changed(WiFi* wifi, const char* name)
{
	xsMachine* machine = wifi->object.the;
	if (wifi->closed || fxTypeOf(machine, &wifi->object.callbacks[ON_CHANGED]) != xsReferenceType)
		return;
	xsBeginHost(machine);
		xsmcVars(1);
		xsmcSetString(xsVar(0), (char*)name);
		xsCallFunction1(xsAccess(wifi->object.callbacks[ON_CHANGED]), xsAccess(wifi->object.self), xsVar(0));
	xsEndHost(machine);
	machine_run_jobs(machine);
}

/* Tells every open instance; those that close meanwhile are freed afterwards. */
static void changed(const char* name)
{
	for (WiFi* wifi = first; wifi; wifi = wifi->next)
		call_changed(wifi, name);
	for (WiFi** address = &first; *address;) {
		WiFi* wifi = *address;
		if (wifi->closed) {
			*address = wifi->next;
			free(wifi);
		}
		else
			address = &wifi->next;
	}
}

static void advance(Deadline* deadline)
{
	if (connection == CONNECTING) {
		connection = CONNECTED;
		deadline_arm(deadline, clock_now() + ADDRESS_TIME);
		changed("connection");
		return;
	}
	if (connection == CONNECTED) {
		connection = ADDRESS_ASSIGNED;
		changed("address");
	}
	changed("connection");
}

void xs_wifi_constructor(xsMachine* the)
{
	NativeObject prototype = { .the = the };
	xsmcVars(1 + CALLBACKS);
	if (xsmcArgc > 0 && xsmcTypeOf(xsArg(0)) == xsReferenceType)
		option_callback(the, &prototype, ON_CHANGED, ID(onChanged), "onChanged");
	WiFi* wifi = calloc(1, sizeof(WiFi));
	memcpy(wifi->object.callbacks, prototype.callbacks, sizeof(prototype.callbacks));
	wifi->next = first;
	first = wifi;
	native_bind(the, &wifi->object, wifi, &hooks);
}

void xs_wifi_close(xsMachine* the)
{
	WiFi* wifi = native_this_if_open(the, &hooks);
	if (!wifi)
		return;
	native_unbind(&wifi->object);
	wifi->closed = true;
}

void xs_wifi_connect(xsMachine* the)
{
	native_this(the, &hooks);
	option_require(the, "connect");
	if (connection == CONNECTING || connection == CONNECTED)
		xsUnknownError("already connecting");
	option_string(the, ID(SSID), "SSID", ssid, sizeof(ssid));
	if (option_has(the, ID(password))) {
		char password[65];
		option_string(the, ID(password), "password", password, sizeof(password));
	}
	connection = CONNECTING;
	deadline_arm(&progress, clock_now() + ASSOCIATE_TIME);
}

void xs_wifi_disconnect(xsMachine* the)
{
	native_this(the, &hooks);
	if (connection == DISCONNECTED)
		return;
	connection = DISCONNECTED;
	/* The change is told in the next turn, never from inside the method. */
	deadline_arm(&progress, clock_now());
}

void xs_wifi_get_connection(xsMachine* the)
{
	native_this(the, &hooks);
	xsmcSetInteger(xsResult, connection);
}

void xs_wifi_get_address(xsMachine* the)
{
	native_this(the, &hooks);
	if (connection == ADDRESS_ASSIGNED)
		xsmcSetString(xsResult, "192.0.2.10");
}

void xs_wifi_get_MAC(xsMachine* the)
{
	native_this(the, &hooks);
	xsmcSetString(xsResult, "02:00:00:00:00:01");
}

void xs_wifi_get_SSID(xsMachine* the)
{
	native_this(the, &hooks);
	if (connection >= CONNECTED)
		xsmcSetString(xsResult, ssid);
}

void xs_wifi_get_BSSID(xsMachine* the)
{
	native_this(the, &hooks);
	if (connection >= CONNECTED)
		xsmcSetString(xsResult, "02:00:00:00:00:02");
}

void xs_wifi_get_RSSI(xsMachine* the)
{
	native_this(the, &hooks);
	if (connection >= CONNECTED)
		xsmcSetInteger(xsResult, -60);
}

void xs_wifi_get_channel(xsMachine* the)
{
	native_this(the, &hooks);
	if (connection >= CONNECTED)
		xsmcSetInteger(xsResult, 6);
}
