import type { SensorType } from "../sensor-type.js";
import { BH1750 } from "./bh1750.js";

export const bh1750Type: SensorType = {
  name: "BH1750",
  description: "ROHM BH1750FVI: ambient light",
  connection: "I2C",
  addresses: [0x23, 0x5c],
  quantities: [{ name: "illuminance", group: "lightmeter", unit: "lx", minimum: 0, maximum: 121_557, digits: 1 }],
  options: [{ name: "measurementTime", minimum: 31, maximum: 254, default: 69, whole: true }],
  poll: 100,
  open: ({ sensor, options }) => {
    const driver = new BH1750({ sensor });
    driver.configure({ measurementTime: Number(options["measurementTime"]) });
    return driver;
  },
};
