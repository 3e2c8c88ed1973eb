import type { SensorType } from "../sensor-type.js";
import { INA219 } from "./ina219.js";

export const ina219Type: SensorType = {
  name: "INA219",
  description: "Texas Instruments INA219: voltage, current, power of a supply",
  connection: "I2C",
  addresses: [0x40, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49, 0x4a, 0x4b, 0x4c, 0x4d, 0x4e, 0x4f],
  quantities: [
    { name: "voltage", group: "voltmeter", unit: "V", minimum: 0, maximum: 26, digits: 3 },
    { name: "current", group: "ammeter", unit: "A", minimum: -3200, maximum: 3200, digits: 4 },
    { name: "power", group: "powermeter", unit: "W", minimum: -83_200, maximum: 83_200, digits: 4 },
  ],
  options: [{ name: "shunt", minimum: 0.0001, maximum: 100, default: 0.1 }],
  open: ({ sensor, options }) => {
    const driver = new INA219({ sensor });
    driver.configure({ shunt: Number(options["shunt"]) });
    return driver;
  },
};
