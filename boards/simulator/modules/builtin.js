/** `embedded:provider/builtin` and the global `device`: what the simulated board has, and where. */
import Analog from "embedded:io/analog";
import Digital from "embedded:io/digital";
import Flash from "embedded:storage/flash";
import I2C from "embedded:io/i2c";
import KeyValue from "embedded:storage/key-value";
import PWM from "embedded:io/pwm";
import Resolver from "embedded:network/dns/resolver/udp";
import SMBus from "embedded:io/smbus";
import TCP from "embedded:io/socket/tcp";
import UDP from "embedded:io/socket/udp";
import WiFi from "embedded:network/interface/wifi";

const dns = { io: Resolver };
const wifi = { io: WiFi };

const device = {
  I2C: { default: { io: I2C, data: 21, clock: 22 } },
  Digital: { default: { io: Digital } },
  Analog: { default: { io: Analog } },
  PWM: { default: { io: PWM } },
  io: { Analog, Digital, I2C, PWM, SMBus, TCP, UDP },
  pin: { led: 2, button: 0 },
  network: {
    dns: { resolver: dns },
    interface: { wifi },
    mqtt: { socket: { io: TCP }, dns },
    wifi,
  },
  flash: Flash,
  keyValue: KeyValue,
};

globalThis.device = Object.freeze(device, true);

export default device;
