import { type Pull, pulls } from "../pins.js";
import type { SensorType } from "../sensor-type.js";
import { PulseCounter } from "./pulse-counter.js";

export const pulseCounterType: SensorType = {
  name: "PulseCounter",
  description: "pulses of a meter at a pin",
  connection: "Digital",
  quantities: [
    { name: "count", group: "pulseCounter", unit: "", minimum: 0, maximum: Infinity, digits: 0 },
    { name: "rate", group: "pulseCounter", unit: "1/s", minimum: 0, maximum: 1000, digits: 3 },
  ],
  options: [
    { name: "pull", values: pulls, default: "up" },
    { name: "debounce", minimum: 0, maximum: 10_000, default: 10 },
  ],
  open: ({ sensor, options }) => {
    const pull: Pull | undefined = pulls.find((name) => name === options["pull"]);
    const driver = new PulseCounter({ sensor, ...(pull && { pull }) });
    driver.configure({ debounce: Number(options["debounce"]) });
    return driver;
  },
};
