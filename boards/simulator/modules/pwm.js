/** `embedded:io/pwm`: a pin of the simulated world that is high for a share of the time. */
export default class PWM @ "xs_pwm_destructor" {
  constructor(options) @ "xs_pwm_constructor"
  close() @ "xs_pwm_close"
  write(value) @ "xs_pwm_write"
  get hz() @ "xs_pwm_get_hz"
  get resolution() {
    return 10;
  }
  get format() {
    return "number";
  }
  set format(value) {
    if (value !== "number")
      throw new RangeError("format must be \"number\"");
  }
}
