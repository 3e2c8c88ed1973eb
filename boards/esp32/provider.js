/** `embedded:provider/builtin`: the SDK's own for a plain ESP32 names no pins. */
import Analog from "embedded:io/analog";
import Digital from "embedded:io/digital";
import I2C from "embedded:io/i2c";
import PulseCount from "embedded:io/pulsecount";
import PWM from "embedded:io/pwm";
import Serial from "embedded:io/serial";
import SMBus from "embedded:io/smbus";
import SPI from "embedded:io/spi";

export default {
  I2C: { default: { io: I2C, data: 21, clock: 22 } },
  io: { Analog, Digital, I2C, PulseCount, PWM, Serial, SMBus, SPI },
  pin: { led: 2, button: 0 },
};
