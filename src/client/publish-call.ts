import { checkInteger, checkNames, configurationError, type MqttError } from "../protocol/error.js";
import { VARIABLE_BYTE_INTEGER_MAXIMUM } from "../protocol/codec/variable-byte-integer.js";
import { Publication, type PublicationPayload } from "../protocol/session/publication.js";
import { toBytes } from "./bytes.js";
import type { Payload, PublishOptions } from "./options.js";
import type { Publisher } from "./publisher.js";

/** What is published as the session keeps it. @throws MqttError (configuration) for what cannot be a payload. */
export function toContent(payload: Payload | null): PublicationPayload {
  if (typeof payload !== "object" || payload === null || !("read" in payload)) return toBytes("payload", payload);
  checkInteger("payload.byteLength", payload.byteLength, 0, VARIABLE_BYTE_INTEGER_MAXIMUM);
  return payload;
}

/** Whether what is published is to be kept. @throws MqttError (configuration) for what cannot be. */
export function isDurable(publication: Publication, options: PublishOptions, publisher: Publisher): boolean {
  const durability: string | undefined = options.durability;
  if (!durability || durability === "memory") return false;
  if (durability !== "flash" || !publisher.storage) throw configurationError("durability", "memory, or flash with the option storage");
  publisher.storage.check?.(publication);
  return true;
}

/** One call of `publish`: settles its promise. */
export class PublishCall extends Publication {
  private resolve: ((reasonCode: number | Promise<never>) => void) | undefined;
  /** What it came to before anybody waited for it. */
  private outcome: number | Promise<never> | undefined;

  /** @param encoded the topic as {@link Publication} has it, where it is known. @throws MqttError (configuration) naming what is wrong. */
  constructor(topic: string, options: PublishOptions | undefined, encoded: Uint8Array | undefined, publisher: Publisher) {
    if (options) checkNames("the option", options, "qos retain properties durability");
    super(topic, options?.qos ?? 0, options?.retain ?? false, options?.properties, encoded);
    if (options?.durability && isDurable(this, options, publisher)) this.durable = true;
  }

  override settled(outcome: number | MqttError): void {
    const result = typeof outcome === "number" ? outcome : Promise.reject(outcome);
    if (this.resolve) this.resolve(result);
    else this.outcome = result;
  }

  /** What it comes to: at QoS 0 that is mostly known already, and no function need be made to hear of it. */
  end(): Promise<number> {
    const outcome = this.outcome;
    if (outcome !== undefined) return Promise.resolve(outcome);
    return new Promise((resolve) => {
      this.resolve = resolve;
    });
  }
}
