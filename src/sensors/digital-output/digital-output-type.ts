import type { ActuatorType } from "../sensor-type.js";
import { DigitalOutput } from "./digital-output.js";

export const digitalOutputType: ActuatorType = {
  name: "DigitalOutput",
  description: "a relay, a lamp or a valve at a pin: 0 or 1",
  connection: "Digital",
  options: [{ name: "invert", minimum: 0, maximum: 1, default: 0, whole: true }],
  make: ({ sensor, options }) => new DigitalOutput({ actuator: sensor, invert: Number(options["invert"]) }),
};
