/** `npm run test:moddable`: what the SDK's own tools and simulator make of this project; writes docs/device.md when all is well. */
import { writeFileSync } from "node:fs";
import { startBroker } from "../../boards/simulator/tools/broker.js";
import { boards, findBoard } from "../../boards/tools/boards.js";
import { findSdk, MissingError } from "../../boards/tools/sdk.js";
import { transports } from "../../boards/tools/transports.js";
import { documentPath, render } from "./document.js";
import { link, type Linked } from "./build.js";
import { compare } from "./figures.js";
import { mqttClientExampleRuns, mqttJsExampleRuns } from "./drop-in.js";
import { packageRuns } from "./package.js";
import { firmwareRuns, type Proof } from "./proofs.js";
import { linkSdkSensors, sdkSensorRuns } from "./sdk-sensors.js";
import { sourcesRun } from "./sources.js";
import { openScreen } from "./simulator.js";
import { certificatesAreChecked, firmwareUsesTransports } from "./transports.js";

const say = (text: string): void => void process.stdout.write(`${text}\n`);

async function prove(): Promise<void> {
  const sdk = await findSdk();
  const screen = await openScreen(sdk);
  const broker = await startBroker({ kind: "mosquitto" });
  try {
    const linked: Linked[] = [];
    const whole = findBoard("esp32c3");
    const parts = transports("wss://broker");
    for (const [board, more] of [...boards().map((each) => [each, []] as const), [{ ...whole, name: "esp32c3-transports" }, parts] as const]) {
      const result = await link(sdk, board, more);
      if (result.late.some((module) => /^(xs-mqtt|ssl)/.test(module))) throw new Error(`${board.name}: not preloaded: ${result.late.join(", ")}`);
      linked.push(result);
      say(`linked  ${board.name}: ${result.own} bytes of our bytecode`);
    }
    await linkSdkSensors(sdk);
    say("linked  esp32 with the SDK's drivers of sensors");
    const proofs: Proof[] = [firmwareRuns, mqttClientExampleRuns, mqttJsExampleRuns, packageRuns, sourcesRun, sdkSensorRuns, certificatesAreChecked, firmwareUsesTransports];
    const proved: string[] = [];
    for (const proof of proofs) {
      const sentence = await proof({ sdk, screen, broker });
      proved.push(sentence);
      say(`ran     ${sentence}`);
    }
    const figures = await compare({ sdk, screen, broker });
    say("measured  the client takes the same memory in Moddable's simulator as in ours");
    writeFileSync(documentPath, render(sdk.version, broker.version, linked, proved, figures));
    say(`${linked.length + 1 + proofs.length + 1} passed, 0 failed`);
  } finally {
    await broker.stop();
    await screen.stop();
  }
}

try {
  await prove();
} catch (error) {
  process.stderr.write(`npm run test:moddable: ${error instanceof Error ? error.message : String(error)}\n`);
  if (!(error instanceof MissingError)) say("0 passed, 1 failed");
  process.exitCode = 1;
}
