import Time from "time";
import { checkNames, configurationError, type MqttError } from "../protocol/error.js";
import { NOTHING, Publication, type PublicationPayload } from "../protocol/session/publication.js";
import type { PayloadSource, PreparedTopic, PreparedTopicOptions } from "./options.js";
import { isDurable, toContent } from "./publish-call.js";
import type { Publisher } from "./publisher.js";

/** A topic that was encoded once and is published to any number of times. */
export class ReusedTopic extends Publication implements PreparedTopic {
  readonly name: string;
  private readonly onSettled: PreparedTopicOptions["onSettled"];
  private readonly publisher: Publisher;

  /** @throws MqttError (configuration) naming what is wrong. */
  constructor(name: string, options: PreparedTopicOptions, publisher: Publisher) {
    checkNames("the option", options, "qos retain properties durability onSettled");
    super(name, options.qos ?? 0, options.retain ?? false, options.properties);
    if (isDurable(this, options, publisher)) this.durable = true;
    this.name = name;
    this.onSettled = options.onSettled;
    this.publisher = publisher;
  }

  override get reused(): boolean {
    // The storage has to know of identifiers at QoS 2.
    return this.flags < 4 || this.publisher.storage === undefined;
  }

  publish(payload: Uint8Array): boolean {
    // The hot path: written out here, because at QoS 0 a single further call would be an eighth of all it costs. To ask for the size of an
    // element takes a fifth of the steps of `instanceof`.
    const publisher = this.publisher;
    const connection = publisher.direct;
    const header = this.header;
    if (connection && header && payload.BYTES_PER_ELEMENT === 1 && !connection.looking) {
      if (this.flags > 1) {
        if (connection.publishPrepared(this, header, payload)) {
          publisher.directTicks = Time.ticks;
          return true;
        }
      } else if (header.connection === connection.announced && header.payloadLength === payload.length && header.size <= connection.room && !connection.left) {
        connection.transport.write(header.bytes);
        connection.room = connection.transport.write(payload) ?? connection.room - header.size;
        publisher.directTicks = Time.ticks;
        if (header.alias) header.lastUse = ++connection.aliasUses;
        this.onSettled?.(0, payload);
        return true;
      }
    }
    if (!(payload instanceof Uint8Array)) throw configurationError("payload", "a Uint8Array: prepared topics copy and convert nothing");
    return publisher.submit(this, payload);
  }

  stream(source: PayloadSource): boolean {
    return this.publisher.submit(this, toContent(source));
  }

  override settled(outcome: number | MqttError, payload: PublicationPayload): void {
    this.onSettled?.(typeof outcome === "number" ? outcome : outcome.reasonCode, "read" in payload ? NOTHING : payload);
  }
}
