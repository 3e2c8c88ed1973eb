/** `embedded:io/socket/udp`: packets; `read` gives an ArrayBuffer with `address` and `port`. */
export default class UDP @ "xs_udp_destructor" {
  constructor(options) @ "xs_udp_constructor"
  close() @ "xs_udp_close"
  read() @ "xs_udp_read"
  write(data, address, port) @ "xs_udp_write"
  get format() {
    return "buffer";
  }
  set format(value) {
    if (value !== "buffer")
      throw new RangeError("format must be \"buffer\"");
  }
}
