import { configurationError, type MqttError } from "../protocol/error.js";
import type { PublicationPayload } from "../protocol/session/publication.js";
import type { PreparedTopic, PreparedTopicOptions } from "./options.js";
import { TrackedPublication } from "./publish-call.js";

/** A topic that was encoded once and is published to any number of times. */
export class ReusedTopic extends TrackedPublication implements PreparedTopic {
  readonly reused = true;
  readonly name: string;
  readonly #onSettled: PreparedTopicOptions["onSettled"];
  readonly #submit: (publication: TrackedPublication, payload: PublicationPayload) => boolean;

  /** @param submit sends or queues, false when neither is possible. */
  constructor(name: string, options: PreparedTopicOptions, submit: (publication: TrackedPublication, payload: PublicationPayload) => boolean) {
    super(name, options);
    this.name = name;
    this.#onSettled = options.onSettled;
    this.#submit = submit;
  }

  publish(payload: Uint8Array): boolean {
    if (!(payload instanceof Uint8Array)) throw configurationError("payload", "a Uint8Array: prepared topics copy and convert nothing");
    return this.#submit(this, payload);
  }

  override settled(payload: PublicationPayload, reasonCode: number, error: MqttError | undefined): void {
    if (this.#onSettled !== undefined && payload instanceof Uint8Array)
      this.#onSettled(error === undefined ? reasonCode : error.reasonCode, payload);
  }
}
