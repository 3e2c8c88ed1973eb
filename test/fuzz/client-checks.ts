/** Whether what a client sends is legal. */
import { frameAt, type Frame } from "./frame.js";
import { judge } from "./judge.js";
import { ServerState } from "./server-state.js";

/** Layer of a {@link ServerView}: takes packets of the client. */
export class ClientChecks extends ServerState {
  /** Bytes come from the client. */
  received(bytes: Uint8Array): void {
    if (this.unread.length === 0) this.informed = this.connected;
    for (const byte of bytes) this.unread.push(byte);
    while (this.unread.length > 1) {
      // Mostly a write is a packet.
      const data = this.unread.length === bytes.length ? bytes : new Uint8Array(this.unread);
      const frame = frameAt(data, 0);
      if (frame === "wrong") this.blame("sent a wrong Remaining Length");
      if (frame === "wrong" || frame === undefined || frame.end > data.length) return;
      this.unread.splice(0, frame.end);
      this.last = data.slice(0, frame.end);
      this.take(this.last, frame);
    }
  }

  private take(packet: Uint8Array, frame: Frame): void {
    const type = (packet[0] ?? 0) >> 4;
    const identifier = ((packet[frame.body] ?? 0) << 8) | (packet[frame.body + 1] ?? 0);
    if (this.disconnected) this.blame(`sent packet type ${type} after DISCONNECT`);
    if (this.greeted === (type === 1)) this.blame(`sent packet type ${type} where CONNECT comes first, once`);
    this.greeted = true;
    // Acknowledgements cannot be made shorter, not for the most absurd limit.
    if (packet.length > Math.max(this.maximumPacketSize, 5) && this.informed) this.blame(`sent ${packet.length} bytes, where Maximum Packet Size is ${this.maximumPacketSize}`);
    if (!this.connected && type !== 1 && type !== 14 && type !== 15 && !(type === 3 && this.settings.early)) this.blame(`sent packet type ${type} before the CONNACK`);
    if (type === 3) this.takePublish(packet, frame);
    else if (type === 4 || type === 5) this.takeAnswer(type === 4 ? 1 : 2, identifier, packet[frame.body + 2] ?? 0);
    else if (type === 6) this.takePubrel(identifier);
    else if (type === 7) {
      if (this.pubcomps.shift() !== identifier) this.blame(`sent PUBCOMP ${identifier} out of turn`);
    } else if (type === 8 || type === 10) this.takeRequest(packet, frame, identifier);
    else if (type === 14) this.disconnected = true;
  }

  private takePublish(packet: Uint8Array, frame: Frame): void {
    const first = packet[0] ?? 0;
    const qos = (first >> 1) & 3;
    const { defects, identifier, properties, topic } = judge(packet, frame, this.settings.version);
    const alias = properties.get(35) ?? 0;
    if (defects.length > 0) this.blame(`sent a PUBLISH with ${defects.join(", ")}`);
    if (this.informed) this.checkLimits(first, qos, alias);
    if (topic[0] === topic[1] && !this.receivedAliases.has(alias)) this.blame("sent an alias without a topic");
    if (properties.has(11)) this.blame("sent a Subscription Identifier");
    this.receivedAliases.add(alias);
    if (qos === 0) return;
    const before = this.exchanges.get(identifier);
    if (before?.step === "unknown") return;
    if ((first & 8) !== 0) {
      if (before === undefined || before.current || before.step !== (qos === 1 ? "PUBACK" : "PUBREC")) this.blame(`repeated PUBLISH ${identifier}, which is not its turn`);
    } else if (before !== undefined && (before.current || before.step !== "PUBACK")) this.blame(`used Packet Identifier ${identifier} twice`);
    this.exchanges.set(identifier, { step: qos === 1 ? "PUBACK" : "PUBREC", codes: 0, current: true });
    if (this.informed && this.open > this.receiveMaximum) this.blame(`has ${this.open} publications open, where Receive Maximum is ${this.receiveMaximum}`);
  }

  private checkLimits(first: number, qos: number, alias: number): void {
    if (qos > this.maximumQos) this.blame(`sent QoS ${qos}, where Maximum QoS is ${this.maximumQos}`);
    if ((first & 1) !== 0 && !this.retainAvailable) this.blame("sent RETAIN, which is not available");
    if (alias > this.aliasMaximum) this.blame(`sent Topic Alias ${alias}, where the maximum is ${this.aliasMaximum}`);
  }

  /** Publications that count against the Receive Maximum. */
  private get open(): number {
    let count = 0;
    for (const { step, current } of this.exchanges.values()) if (current && step !== "SUBACK" && step !== "UNSUBACK" && step !== "unknown") count++;
    return count;
  }

  private takeAnswer(qos: number, identifier: number, reasonCode: number): void {
    const name = qos === 1 ? "PUBACK" : "PUBREC";
    const message = this.messages.find((each) => !each.answered && each.qos === qos && (!this.vague || each.identifier === identifier));
    if (qos === 2 && identifier === this.sending) {
      this.answeredAhead = true;
      if (message?.identifier !== identifier) return;
    }
    if (message?.identifier !== identifier) this.blame(`sent ${name} ${identifier} out of turn`);
    if (qos === 1 || reasonCode >= 0x80) this.messages = this.messages.filter((each) => each !== message);
    else if (message !== undefined) message.answered = true;
  }

  private takePubrel(identifier: number): void {
    const exchange = this.exchanges.get(identifier);
    const step = exchange?.step;
    if (exchange === undefined || step === "PUBACK" || (step === "PUBREC" && exchange.current)) this.blame(`sent PUBREL ${identifier} for nothing`);
    else exchange.step = step === "unknown" ? "unknown" : "PUBCOMP";
  }

  private takeRequest(packet: Uint8Array, frame: Frame, identifier: number): void {
    const subscribe = packet[0] === 0x82;
    if (identifier === 0 || (this.exchanges.get(identifier)?.step ?? "unknown") !== "unknown") this.blame(`used Packet Identifier ${identifier} twice`);
    if (!subscribe && packet[0] !== 0xa2) this.blame("sent flags that are reserved");
    this.exchanges.set(identifier, { step: subscribe ? "SUBACK" : "UNSUBACK", codes: this.filters(packet, frame, subscribe), current: true });
  }

  /** How many topic filters a request has; all of ours are without properties. */
  private filters(packet: Uint8Array, frame: Frame, subscribe: boolean): number {
    let count = 0;
    for (let i = frame.body + (this.settings.version === 5 ? 3 : 2); i < frame.end; count++) i += 2 + (((packet[i] ?? 0) << 8) | (packet[i + 1] ?? 0)) + (subscribe ? 1 : 0);
    return count;
  }
}
