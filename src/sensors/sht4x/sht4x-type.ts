import type { SensorType } from "../sensor-type.js";
import { SHT4x } from "./sht4x.js";

export const sht4xType: SensorType = {
  name: "SHT4x",
  description: "Sensirion SHT40, SHT41, SHT45: temperature, humidity",
  connection: "I2C",
  addresses: [0x44, 0x45, 0x46],
  quantities: [
    { name: "temperature", group: "thermometer", unit: "°C", minimum: -40, maximum: 125, digits: 2 },
    { name: "humidity", group: "hygrometer", unit: "%", minimum: 0, maximum: 100, digits: 2 },
  ],
  options: [],
  open: ({ sensor }) => new SHT4x({ sensor }),
};
