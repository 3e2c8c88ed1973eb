/** All that a node can be told to have: own drivers and the SDK's. */
import { ads1115Type } from "./ads1115/ads1115-type.js";
import { batteryType } from "./battery/battery-type.js";
import { bh1750Type } from "./bh1750/bh1750-type.js";
import { bme280Type } from "./bme280/bme280-type.js";
import { digitalInputType } from "./digital-input/digital-input-type.js";
import { digitalOutputType } from "./digital-output/digital-output-type.js";
import { ina219Type } from "./ina219/ina219-type.js";
import { pmsa003iType } from "./pmsa003i/pmsa003i-type.js";
import { pulseCounterType } from "./pulse-counter/pulse-counter-type.js";
import { pwmOutputType } from "./pwm-output/pwm-output-type.js";
import { scd4xType } from "./scd4x/scd4x-type.js";
import { sdkTypes } from "./sdk-sensors.js";
import type { PartType } from "./sensor-type.js";
import { sht4xType } from "./sht4x/sht4x-type.js";

/** In the order in which they are listed. */
export const registry: readonly PartType[] = [
  ads1115Type, batteryType, bh1750Type, bme280Type, digitalInputType, ina219Type, pmsa003iType, pulseCounterType, scd4xType, sht4xType,
  digitalOutputType, pwmOutputType,
  ...sdkTypes,
];
