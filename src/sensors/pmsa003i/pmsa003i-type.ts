import type { SensorType } from "../sensor-type.js";
import { PMSA003I } from "./pmsa003i.js";

export const pmsa003iType: SensorType = {
  name: "PMSA003I",
  description: "Plantower PMSA003I: particulate matter",
  connection: "I2C",
  addresses: [0x12],
  quantities: [
    { name: "pm1", group: "particulateMatterDetector", unit: "µg/m³", minimum: 0, maximum: 1000, digits: 0 },
    { name: "pm2_5", group: "particulateMatterDetector", property: "particulateMatter", unit: "µg/m³", minimum: 0, maximum: 1000, digits: 0 },
    { name: "pm10", group: "particulateMatterDetector", unit: "µg/m³", minimum: 0, maximum: 1000, digits: 0 },
  ],
  options: [],
  poll: 100,
  timeout: 3000,
  open: ({ sensor }) => new PMSA003I({ sensor }),
};
