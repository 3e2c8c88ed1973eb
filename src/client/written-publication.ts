import { Publication } from "../protocol/session/publication.js";
import type { WriteOptions } from "./mqtt-client-options.js";

/** A PUBLISH as it was last written. The next one is mostly the same but for its data: then nothing of it need be encoded. */
export class WrittenPublication extends Publication {
  // The options as they were given; no topic for one that was given as bytes, which may change.
  readonly name: string | undefined;
  readonly QoS: WriteOptions["QoS"];
  readonly retain: WriteOptions["retain"];

  /** @param text the topic, which the options may have as bytes. @throws MqttError (configuration) naming the wrong option. */
  constructor(text: string, options: WriteOptions, last: WrittenPublication | undefined) {
    const { QoS, retain } = options;
    const name = options.topic === text ? text : undefined;
    super(text, QoS ?? 0, Boolean(retain), options.properties, name === undefined || name !== last?.name ? undefined : last.topic);
    this.name = name;
    this.QoS = QoS;
    this.retain = retain;
  }

  /** Whether options say the same. */
  is(options: WriteOptions): boolean {
    return this.name !== undefined && options.topic === this.name && options.QoS === this.QoS && options.retain === this.retain && !options.properties && this.properties.length === 0;
  }
}
