import type { SensorType } from "../sensor-type.js";
import { BME280 } from "./bme280.js";

export const bme280Type: SensorType = {
  name: "BME280",
  description: "Bosch BME280: temperature, humidity, air pressure",
  connection: "I2C",
  addresses: [0x76, 0x77],
  quantities: [
    { name: "temperature", group: "thermometer", unit: "°C", minimum: -40, maximum: 85, digits: 2 },
    { name: "humidity", group: "hygrometer", unit: "%", minimum: 0, maximum: 100, digits: 2 },
    { name: "pressure", group: "barometer", unit: "Pa", minimum: 30_000, maximum: 110_000, digits: 2 },
  ],
  options: [],
  open: ({ sensor }) => new BME280({ sensor }),
};
