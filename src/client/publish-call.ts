import { checkInteger, checkNames, configurationError, type MqttError } from "../protocol/error.js";
import { peerError } from "../protocol/codec/reason-text.js";
import { VARIABLE_BYTE_INTEGER_MAXIMUM } from "../protocol/codec/variable-byte-integer.js";
import { Publication, type PublicationPayload } from "../protocol/session/publication.js";
import { toBytes } from "./bytes.js";
import type { Payload, PayloadSource, PublishOptions } from "./options.js";

/** What a broker did that answers a publication with a Reason Code of 0x80 or above. */
export const REFUSED = "refused the publication";

/** What is published as the session keeps it. @throws MqttError (configuration) for what cannot be a payload. */
export function toContent(payload: Payload): PublicationPayload {
  return isSource(payload) ? checkSource(payload) : toBytes("payload", payload);
}

/** @throws MqttError (configuration) for what is no source of a payload. */
export function checkSource(source: PayloadSource): PayloadSource {
  if (!isSource(source)) throw configurationError("payload", "a source: {byteLength, read(offset, count)}");
  checkInteger("payload.byteLength", source.byteLength, 0, VARIABLE_BYTE_INTEGER_MAXIMUM);
  return source;
}

function isSource(payload: Payload | null): payload is PayloadSource {
  return typeof payload === "object" && payload !== null && "read" in payload;
}

/** One call of `publish`: settles its promise. */
export class PublishCall extends Publication {
  resolve: ((reasonCode: number | Promise<never>) => void) | undefined;

  /** @throws MqttError (configuration) naming what is wrong. */
  constructor(topic: string, options: PublishOptions) {
    checkNames("the option", options, "qos retain properties onSettled");
    super(topic, options.qos ?? 0, options.retain ?? false, options.properties);
  }

  override settled(_payload: PublicationPayload, reasonCode: number, error: MqttError | undefined): void {
    if (error === undefined && reasonCode >= 0x80) error = peerError(REFUSED, reasonCode);
    this.resolve?.(error === undefined ? reasonCode : Promise.reject(error));
  }
}
