import { configurationError } from "../protocol/error.js";

/** The parts of an MQTT URL. */
export interface MqttUrl {
  readonly secure: boolean;
  readonly host: string;
  readonly port: number | undefined;
  readonly user: string | undefined;
  readonly password: string | undefined;
}

/** `mqtt[s]://[user[:password]@]host[:port][/]`; an IPv6 address stands in brackets. */
const URL_PATTERN = /^(mqtts?):\/\/(?:([^@/:]*)(?::([^@/]*))?@)?(\[[\da-fA-F:.]+\]|[^@/:[\]?#\s]+)(?::(\d{1,5}))?\/?$/;

function decode(part: string | undefined): string | undefined {
  if (part === undefined) return undefined;
  try {
    return decodeURIComponent(part);
  } catch {
    throw configurationError("user and password in a URL", "percent-encoded, as in %40 for @; or give them as options");
  }
}

/** Takes an MQTT URL apart. @throws MqttError (configuration) when it is none. */
export function parseUrl(url: string): MqttUrl {
  const parts = URL_PATTERN.exec(url);
  const host = parts?.[4];
  if (!parts || host === undefined) throw configurationError(`the URL "${url.replace(/\/\/.*@/, "//...@")}"`, "like mqtt://host:1883 or mqtts://user:password@host");
  const port = parts[5];
  return {
    secure: parts[1] === "mqtts",
    host: host.startsWith("[") ? host.slice(1, -1) : host,
    port: port === undefined ? undefined : Number(port),
    user: decode(parts[2]),
    password: decode(parts[3]),
  };
}
