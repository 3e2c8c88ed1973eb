import type { SensorType } from "../sensor-type.js";
import { SCD4x } from "./scd4x.js";

export const scd4xType: SensorType = {
  name: "SCD4x",
  description: "Sensirion SCD40, SCD41: carbon dioxide, temperature, humidity",
  connection: "I2C",
  addresses: [0x62],
  quantities: [
    { name: "co2", group: "carbonDioxideDetector", property: "CO2", unit: "ppm", minimum: 1, maximum: 40_000, digits: 0 },
    { name: "temperature", group: "thermometer", unit: "°C", minimum: -10, maximum: 60, digits: 2 },
    { name: "humidity", group: "hygrometer", unit: "%", minimum: 0, maximum: 100, digits: 2 },
  ],
  options: [],
  poll: 100,
  // Half a second until the chip is stopped, 5 s for the first measurement, and some looks.
  timeout: 7000,
  open: ({ sensor }) => new SCD4x({ sensor }),
};
