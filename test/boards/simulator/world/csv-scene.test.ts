import assert from "node:assert/strict";
import { test } from "node:test";
import { parseScene } from "../../../../boards/simulator/world/csv-scene.js";
import { dailyCycle } from "../../../../boards/simulator/world/scene.js";

const header = "seconds,temperature,humidity,pressure";

test("between rows it is interpolated; before the first and after the last, these hold", () => {
  const scene = parseScene(`${header}\n10, 20, 40, 100000\r\n\n20,22,50,101000\n40,12,50,101000\n`);
  assert.deepEqual(scene(15), { ...dailyCycle(15), temperature: 21, humidity: 45, pressure: 100_500 });
  assert.equal(scene(20).temperature, 22);
  assert.equal(scene(25).temperature, 19.5);
  assert.equal(scene(0).temperature, 20);
  assert.equal(scene(1000).temperature, 12);
});

test("columns may be any of the environment's, in any order; the others follow the daily cycle", () => {
  const scene = parseScene("seconds,supplyVoltage,co2\n0,3.7,400\n10,3.5,600");
  assert.deepEqual(scene(5), { ...dailyCycle(5), supplyVoltage: 3.6, co2: 500 });
});

test("a mistake names line and column and what is allowed", () => {
  const mistakes: readonly (readonly [string, RegExp])[] = [
    ["seconds", /line 1: must be the header/],
    ["seconds,co2,co2\n0,1,1", /line 1: must be the header .* each once/],
    ["", /line 1: must be the header seconds,temperature,humidity,pressure/],
    ["time,t,h,p\n0,1,2,3", /line 1: must be the header/],
    [header, /line 2: at least one row/],
    [`${header}\n0,20,40`, /line 2: has 3 columns, must have 4/],
    [`${header}\n0,20,40,100000\n1,warm,40,100000`, /line 3, column temperature: "warm" must be a number from -40 to 85/],
    [`${header}\n0,20,,100000`, /line 2, column humidity: "" must be a number from 0 to 100/],
    [`${header}\n0,20,40,1013`, /line 2, column pressure: "1013" must be a number from 30000 to 110000/],
    [`${header}\n-1,20,40,100000`, /line 2, column seconds: "-1" must be a number of at least 0/],
    [`${header}\n5,20,40,100000\n5,20,40,100000`, /line 3, column seconds: 5 must be later than the row before, 5/],
  ];
  for (const [csv, message] of mistakes) assert.throws(() => parseScene(csv), message);
});
