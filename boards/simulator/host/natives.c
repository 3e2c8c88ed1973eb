/* The table of natives, by the names that the host modules give after "@". A name "xs_..." is the C function of that name. */

#include "xsAll.h"
#include "host.h"

#define NATIVES(X) \
	X(xs_analog_close) X(xs_analog_constructor) X(xs_analog_read) \
	X(xs_digital_close) X(xs_digital_constructor) X(xs_digital_read) X(xs_digital_write) \
	X(xs_flash_close) X(xs_flash_eraseBlock) X(xs_flash_open) X(xs_flash_read) X(xs_flash_status) X(xs_flash_write) \
	X(xs_i2c_close) X(xs_i2c_constructor) X(xs_i2c_read) X(xs_i2c_write) X(xs_i2c_writeRead) \
	X(xs_key_value_close) X(xs_key_value_delete) X(xs_key_value_get_format) X(xs_key_value_keys) X(xs_key_value_open) \
	X(xs_key_value_read) X(xs_key_value_set_format) X(xs_key_value_write) \
	X(xs_pwm_close) X(xs_pwm_constructor) X(xs_pwm_get_hz) X(xs_pwm_write) \
	X(xs_resource_constructor) X(xs_resource_exists) X(xs_resource_get_byteLength) X(xs_resource_slice) \
	X(xs_resolver_close) X(xs_resolver_constructor) X(xs_resolver_resolve) \
	X(xs_simulator_args) X(xs_simulator_collect) X(xs_simulator_emit) X(xs_simulator_exit) X(xs_simulator_measure) \
	X(xs_simulator_onSignal) X(xs_simulator_profile) X(xs_simulator_resetPeaks) X(xs_trace) \
	X(xs_sleep_deep) X(xs_sleep_get_retainedMemory) \
	X(xs_time_delta) X(xs_time_get_microseconds) X(xs_time_get_ticks) X(xs_time_set) \
	X(xs_tcp_close) X(xs_tcp_constructor) X(xs_tcp_get_format) X(xs_tcp_get_remoteAddress) X(xs_tcp_get_remotePort) \
	X(xs_tcp_read) X(xs_tcp_set_format) X(xs_tcp_write) \
	X(xs_udp_close) X(xs_udp_constructor) X(xs_udp_read) X(xs_udp_write) \
	X(xs_wifi_close) X(xs_wifi_connect) X(xs_wifi_constructor) X(xs_wifi_disconnect) X(xs_wifi_get_address) X(xs_wifi_get_BSSID) \
	X(xs_wifi_get_channel) X(xs_wifi_get_connection) X(xs_wifi_get_MAC) X(xs_wifi_get_RSSI) X(xs_wifi_get_SSID) \
	X(xs_timer_clear) X(xs_timer_delay) X(xs_timer_repeat) X(xs_timer_schedule) X(xs_timer_set)

/* Destructors of classes: the engine calls them with the native side of an instance. */
#define DESTRUCTORS(X) \
	X(xs_analog_destructor) X(xs_digital_destructor) X(xs_flash_destructor) X(xs_i2c_destructor) X(xs_key_value_destructor) \
	X(xs_pwm_destructor) \
	X(xs_resolver_destructor) X(xs_resource_destructor) X(xs_tcp_destructor) X(xs_udp_destructor) X(xs_wifi_destructor)

#define NATIVE_DECLARE(NAME) extern void NAME(txMachine* the);
NATIVES(NATIVE_DECLARE)
#define DESTRUCTOR_DECLARE(NAME) extern void NAME(void* data);
DESTRUCTORS(DESTRUCTOR_DECLARE)

static const struct {
	const char* name;
	txCallback callback;
} natives[] = {
	#define NATIVE_ITEM(NAME) { #NAME, NAME },
	NATIVES(NATIVE_ITEM)
	#define DESTRUCTOR_ITEM(NAME) { #NAME, (txCallback)(void*)NAME },
	DESTRUCTORS(DESTRUCTOR_ITEM)
};

txCallback native_find(const char* name)
{
	for (size_t index = 0; index < sizeof(natives) / sizeof(natives[0]); index++)
		if (!strcmp(natives[index].name, name))
			return natives[index].callback;
	return NULL;
}
