/** `embedded:io/socket/tcp`: a TCP connection with the buffers and segments of lwIP on an ESP32. */
export default class TCP @ "xs_tcp_destructor" {
  constructor(options) @ "xs_tcp_constructor"
  close() @ "xs_tcp_close"
  read(count) @ "xs_tcp_read"
  write(data) @ "xs_tcp_write"
  get format() @ "xs_tcp_get_format"
  set format(value) @ "xs_tcp_set_format"
  get remoteAddress() @ "xs_tcp_get_remoteAddress"
  get remotePort() @ "xs_tcp_get_remotePort"
}
