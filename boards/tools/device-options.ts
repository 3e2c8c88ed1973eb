/** The command line of `npm run device`. */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { UsageError } from "../simulator/tools/command-line.js";
import { boards } from "./boards.js";
import type { CredentialFiles } from "./credentials.js";

/** How to call `npm run device`. */
export const usage = `npm run device -- --board NAME [OPTIONS]

  --board NAME         one of ${boards().map(({ name }) => name).join(", ")}, or the path of a folder like those in boards/
  --ssid NAME          Wi-Fi to join
  --password TEXT      its password; better in XS_MQTT_PASSWORD or in a file, for others can see command lines
  --broker URL         where to connect: mqtt://HOST[:PORT], with TLS mqtts://HOST[:PORT]
  --ca FILE            with TLS: certificate of the authority that has signed the broker's, or several, in PEM or DER
  --certificate FILE   the device's own certificate, where the broker wants one
  --key FILE           and its private key, of RSA
  --sensors FILE       JSON with the node's sensors and actuators (default: a BME280): see docs/sensors.md and npm run sensors
  --config NAME=VALUE  any other option of docs/firmware.md; may be repeated
  --secrets FILE       JSON with any of these options, e.g. {"ssid":"...","password":"...","brokerPassword":"..."}
  --port PATH          serial port (default: the only one)
  --build-only         does not flash
  --monitor            a debug build, whose messages are shown here after flashing
  --help               this text

XS_MQTT_SSID, XS_MQTT_PASSWORD, XS_MQTT_BROKER, XS_MQTT_BROKER_USER and XS_MQTT_BROKER_PASSWORD of the environment are options, too. What
the command line says goes before the environment, and that before the file.
`;

export interface DeviceOptions {
  readonly board: string;
  /** For mc/config. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly credentials: CredentialFiles;
  readonly port: string | undefined;
  readonly buildOnly: boolean;
  readonly monitor: boolean;
}

/** Options by the variables of the environment that give them. */
const variables: Readonly<Record<string, string>> = {
  XS_MQTT_SSID: "ssid", XS_MQTT_PASSWORD: "password", XS_MQTT_BROKER: "broker",
  XS_MQTT_BROKER_USER: "brokerUser", XS_MQTT_BROKER_PASSWORD: "brokerPassword",
};

/** @returns undefined when help is asked for. @throws UsageError saying what would be right. */
export function parseDeviceOptions(args: readonly string[], environment: Readonly<Record<string, string | undefined>> = process.env): DeviceOptions | undefined {
  const { values } = parse(args);
  if (values.help === true) return undefined;
  if (values.board === undefined) throw new UsageError("--board is missing");
  if (values.monitor === true && values["build-only"] === true) throw new UsageError("--monitor needs a board: leave out --build-only");
  const config: Record<string, unknown> = { ...(values.secrets !== undefined && readObject("--secrets", values.secrets)), ...fromEnvironment(environment), ...fromPairs(values.config ?? []) };
  if (values.sensors !== undefined) config["sensors"] = readObject("--sensors", values.sensors);
  for (const name of ["ssid", "password", "broker"] as const) if (values[name] !== undefined) config[name] = values[name];
  const { board, ca, certificate, key, port = environment["UPLOAD_PORT"] } = values;
  return { board, config, credentials: { ca, certificate, key }, port, buildOnly: values["build-only"] === true, monitor: values.monitor === true };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        board: { type: "string" }, ssid: { type: "string" }, password: { type: "string" }, broker: { type: "string" }, secrets: { type: "string" },
        ca: { type: "string" }, certificate: { type: "string" }, key: { type: "string" }, sensors: { type: "string" },
        port: { type: "string" }, config: { type: "string", multiple: true },
        "build-only": { type: "boolean" }, monitor: { type: "boolean" }, help: { type: "boolean" },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function fromEnvironment(environment: Readonly<Record<string, string | undefined>>): Record<string, unknown> {
  const config: Record<string, unknown> = {};
  for (const [variable, option] of Object.entries(variables)) if (environment[variable]) config[option] = environment[variable];
  return config;
}

function fromPairs(pairs: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(pairs.map((pair) => {
    const end = pair.indexOf("=");
    // The value may be a secret.
    if (end < 1) throw new UsageError("--config must be NAME=VALUE");
    return [pair.slice(0, end), pair.slice(end + 1)];
  }));
}

/** The error tells no content, which may be secret. */
function readObject(option: string, path: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new UsageError(`${option} ${path}: ${error instanceof SyntaxError ? "must be JSON" : "cannot be read"}`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new UsageError(`${option} ${path}: must be a JSON object`);
  return { ...value };
}
