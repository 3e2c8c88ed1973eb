/** `embedded:io/i2c`: a device on a bus of the simulated world. */
export default class I2C @ "xs_i2c_destructor" {
  constructor(options) @ "xs_i2c_constructor"
  close() @ "xs_i2c_close"
  read(count, stop) @ "xs_i2c_read"
  write(data, stop) @ "xs_i2c_write"
  writeRead(data, count, stop) @ "xs_i2c_writeRead"
  get format() {
    return "buffer";
  }
  set format(value) {
    if (value !== "buffer")
      throw new RangeError("format must be \"buffer\"");
  }
}
