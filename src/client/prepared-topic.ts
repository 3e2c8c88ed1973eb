import { configurationError, type MqttError } from "../protocol/error.js";
import type { PublicationPayload } from "../protocol/session/publication.js";
import type { PreparedTopic, PreparedTopicOptions } from "./options.js";
import { TrackedPublication } from "./publish-call.js";
import type { Publisher } from "./publisher.js";

/** A topic that was encoded once and is published to any number of times. */
export class ReusedTopic extends TrackedPublication implements PreparedTopic {
  readonly name: string;
  private readonly onSettled: PreparedTopicOptions["onSettled"];
  private readonly publisher: Publisher;

  constructor(name: string, options: PreparedTopicOptions, publisher: Publisher) {
    super(name, options);
    this.name = name;
    this.onSettled = options.onSettled;
    this.publisher = publisher;
  }

  override get reused(): boolean {
    return true;
  }

  publish(payload: Uint8Array): boolean {
    if (!(payload instanceof Uint8Array)) throw configurationError("payload", "a Uint8Array: prepared topics copy and convert nothing");
    return this.publisher.submit(this, payload);
  }

  override settled(payload: PublicationPayload, reasonCode: number, error: MqttError | undefined): void {
    if (this.onSettled !== undefined && payload instanceof Uint8Array) this.onSettled(error === undefined ? reasonCode : error.reasonCode, payload);
  }
}
