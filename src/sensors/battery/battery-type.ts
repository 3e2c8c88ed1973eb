import type { SensorType } from "../sensor-type.js";
import { Battery } from "./battery.js";

export const batteryType: SensorType = {
  name: "Battery",
  description: "battery voltage behind a divider at an analog pin",
  connection: "Analog",
  quantities: [{ name: "voltage", group: "voltmeter", unit: "V", minimum: 0, maximum: 1000, digits: 3 }],
  options: [
    { name: "reference", minimum: 0.1, maximum: 10, default: 3.3 },
    { name: "divider", minimum: 1, maximum: 100, default: 2 },
  ],
  open: ({ sensor, options }) => {
    const driver = new Battery({ sensor });
    driver.configure({ reference: Number(options["reference"]), divider: Number(options["divider"]) });
    return driver;
  },
};
