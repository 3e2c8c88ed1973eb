import type { SensorType } from "../sensor-type.js";
import { ADS1115 } from "./ads1115.js";

export const ads1115Type: SensorType = {
  name: "ADS1115",
  description: "Texas Instruments ADS1115: up to four voltages",
  connection: "I2C",
  addresses: [0x48, 0x49, 0x4a, 0x4b],
  quantities: [
    { name: "voltage0", group: "voltmeter", unit: "V", minimum: -0.3, maximum: 5.8, digits: 4 },
    { name: "voltage1", group: "voltmeter", unit: "V", minimum: -0.3, maximum: 5.8, digits: 4 },
    { name: "voltage2", group: "voltmeter", unit: "V", minimum: -0.3, maximum: 5.8, digits: 4 },
    { name: "voltage3", group: "voltmeter", unit: "V", minimum: -0.3, maximum: 5.8, digits: 4 },
  ],
  options: [
    { name: "channels", minimum: 1, maximum: 4, default: 1, whole: true },
    { name: "range", values: [6.144, 4.096, 2.048, 1.024, 0.512, 0.256], default: 4.096 },
  ],
  open: ({ sensor, options }) => {
    const driver = new ADS1115({ sensor });
    driver.configure({ channels: Number(options["channels"]), range: Number(options["range"]) });
    return driver;
  },
};
