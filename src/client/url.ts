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
const URL_PATTERN = /^mqtt(s?):\/\/(?:([^@/:]*)(?::([^@/]*))?@)?(?:\[([\da-fA-F:.]+)]|([^@/:[\]?#\s]+))(?::(\d{1,5}))?\/?$/;

function decode(part: string | undefined): string | undefined {
  return part && decodeURIComponent(part);
}

/** Takes an MQTT URL apart. @throws MqttError (configuration) when it is none. */
export function parseUrl(url: string): MqttUrl {
  const parts = URL_PATTERN.exec(url);
  try {
    if (parts !== null)
      return { secure: parts[1] === "s", host: parts[4] ?? parts[5] ?? "", port: parts[6] ? Number(parts[6]) : undefined, user: decode(parts[2]), password: decode(parts[3]) };
  } catch {
    // A wrong escape: as below.
  }
  throw configurationError(`the URL "${url.replace(/\/\/.*@/, "//...@")}"`, "like mqtt[s]://[user:password@]host[:port], with %40 for an @");
}
