import { type Pull, pulls } from "../pins.js";
import type { SensorType } from "../sensor-type.js";
import { DigitalInput } from "./digital-input.js";

export const digitalInputType: SensorType = {
  name: "DigitalInput",
  description: "a contact or logic signal at a pin, debounced; published at each change, too",
  connection: "Digital",
  quantities: [
    { name: "active", group: "switch", unit: "", minimum: 0, maximum: 1, digits: 0 },
    { name: "changes", group: "switch", unit: "", minimum: 0, maximum: Infinity, digits: 0 },
  ],
  options: [
    { name: "pull", values: pulls, default: "up" },
    { name: "debounce", minimum: 0, maximum: 10_000, default: 50 },
    { name: "invert", minimum: 0, maximum: 1, whole: true },
  ],
  open: ({ sensor, options, timer, listener }) => {
    const pull: Pull | undefined = pulls.find((name) => name === options["pull"]);
    const driver = new DigitalInput({ sensor, timer, onChanged: () => listener?.measure(), ...(pull && { pull }) });
    const { debounce, invert } = options;
    driver.configure({ debounce: Number(debounce), ...(invert !== undefined && { invert: invert === 1 ? 1 : 0 }) });
    return driver;
  },
};
