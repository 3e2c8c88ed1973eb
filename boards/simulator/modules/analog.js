/** `embedded:io/analog`: a 12-bit converter on a pin of the simulated world. */
export default class Analog @ "xs_analog_destructor" {
  constructor(options) @ "xs_analog_constructor"
  close() @ "xs_analog_close"
  read() @ "xs_analog_read"
  get resolution() {
    return 12;
  }
  get format() {
    return "number";
  }
  set format(value) {
    if (value !== "number")
      throw new RangeError("format must be \"number\"");
  }
}
