import type { ActuatorType } from "../sensor-type.js";
import { PWMOutput } from "./pwm-output.js";

export const pwmOutputType: ActuatorType = {
  name: "PWMOutput",
  description: "a dimmed lamp, a fan or a heater at a pin: 0 to 1",
  connection: "PWM",
  options: [{ name: "hz", minimum: 1, maximum: 40_000, default: 1000 }],
  make: ({ sensor, options }) => new PWMOutput({ actuator: sensor, hz: Number(options["hz"]) }),
};
