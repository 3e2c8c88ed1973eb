/** `embedded:io/digital`: one pin, input or output, connected to the simulated world. */
class Digital @ "xs_digital_destructor" {
  constructor(options) @ "xs_digital_constructor"
  close() @ "xs_digital_close"
  read() @ "xs_digital_read"
  write(value) @ "xs_digital_write"
  get format() {
    return "number";
  }
  set format(value) {
    if (value !== "number")
      throw new RangeError("format must be \"number\"");
  }

  static Input = 0;
  static InputPullUp = 1;
  static InputPullDown = 2;
  static InputPullUpDown = 3;
  static Output = 8;
  static OutputOpenDrain = 9;
  static Rising = 1;
  static Falling = 2;
}

export default Digital;
