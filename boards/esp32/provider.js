/** `embedded:provider/builtin`: the SDK's own for a plain ESP32 names no pins. */
import Analog from "embedded:io/analog";
import Digital from "embedded:io/digital";
import I2C from "embedded:io/i2c";
import SMBus from "embedded:io/smbus";

export default {
  I2C: { default: { io: I2C, data: 21, clock: 22 } },
  io: { Analog, Digital, I2C, SMBus },
  pin: { led: 2, button: 0 },
};
