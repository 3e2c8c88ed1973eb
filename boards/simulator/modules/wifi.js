/** `embedded:network/interface/wifi`: a simulated radio that finds every network. */
export default class WiFi @ "xs_wifi_destructor" {
  constructor(options) @ "xs_wifi_constructor"
  close() @ "xs_wifi_close"
  connect(options) @ "xs_wifi_connect"
  disconnect() @ "xs_wifi_disconnect"
  get connection() @ "xs_wifi_get_connection"
  get address() @ "xs_wifi_get_address"
  get MAC() @ "xs_wifi_get_MAC"
  get SSID() @ "xs_wifi_get_SSID"
  get BSSID() @ "xs_wifi_get_BSSID"
  get RSSI() @ "xs_wifi_get_RSSI"
  get channel() @ "xs_wifi_get_channel"
}
