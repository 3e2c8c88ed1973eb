import { ReconnectingClient } from "../client/client.js";
import type { Draft } from "../client/common-options.js";
import type { Client } from "../client/options.js";
import { messageOf, toMqttError } from "../client/thrown.js";
import { PacketType } from "../protocol/codec/packet-type.js";
import { PropertyId, type Properties } from "../protocol/codec/property.js";
import { ReasonCode } from "../protocol/codec/reason-code.js";
import type { ReceivedPacket } from "../protocol/codec/received-packet.js";
import { authenticate } from "../protocol/connection/authenticating.js";
import { configurationError, MqttError } from "../protocol/error.js";
import type { AuthenticationExchange, AuthenticationMethod } from "./method.js";

/** A call of {@link AuthenticatedClient.reauthenticate} that has not settled. */
interface Call {
  readonly resolve: () => void;
  readonly reject: (error: MqttError) => void;
  /** Until when the server has to be done. */
  readonly deadline: number;
}

/** Begins an exchange and puts its first data into the next CONNECT. */
function begin(configuration: Draft, method: AuthenticationMethod): AuthenticationExchange {
  try {
    const exchange = method.begin();
    if (typeof (exchange as { readonly next?: unknown }).next !== "function") throw configurationError("what begin() of the method gives", "{data, next(challenge), done?(data)}");
    configuration.properties = { ...configuration.properties, authenticationMethod: method.name, authenticationData: exchange.data };
    return exchange;
  } catch (error) {
    throw toMqttError("configuration", error);
  }
}

/** Layer of a client: enhanced authentication, at the start of a connection and again (MQTT 5.0, 4.12, 4.12.1). */
export class AuthenticatedClient extends ReconnectingClient {
  private readonly draft: Draft;
  private readonly method: AuthenticationMethod;
  /** The exchange under way, or that of the next connection. */
  private exchange: AuthenticationExchange | undefined;
  /** It is this side's turn in it. */
  private answering: boolean;
  /** What sends the AUTH that there was no room for. */
  private unsent: (() => boolean) | undefined;
  private call: Call | undefined;

  /** @throws MqttError (configuration, resource) as {@link ReconnectingClient}, and for what `begin` of the method throws. */
  constructor(configuration: Draft, method: AuthenticationMethod) {
    // Before: a CONNECT with its data that does not fit the send buffer shows at once.
    const exchange = begin(configuration, method);
    super(configuration);
    this.draft = configuration;
    this.method = method;
    this.exchange = exchange;
    this.answering = false;
  }

  protected override openLink(): void {
    try {
      this.exchange ??= begin(this.draft, this.method);
    } catch (error) {
      this.onClose(toMqttError("configuration", error));
      return;
    }
    super.openLink();
  }

  override reauthenticate(): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.ended !== undefined) throw this.ended;
      if (this.connected === undefined) throw new MqttError("transport", "there is no connection to authenticate again; the next one does it anyway");
      if (this.exchange !== undefined) throw new MqttError("configuration", "a re-authentication is under way: await it first");
      const exchange = begin(this.draft, this.method);
      this.send(ReasonCode.REAUTHENTICATE, exchange.data);
      this.exchange = exchange;
      this.call = { resolve, reject, deadline: this.now() + this.draft.connectTimeout };
      this.wakeAt(this.call.deadline);
    });
  }

  override onPacket(packet: ReceivedPacket): void {
    if (packet.type !== PacketType.AUTH) super.onPacket(packet);
    else {
      const data = packet.property(PropertyId.authenticationData) as Uint8Array | undefined;
      if (packet.reasonCode === ReasonCode.SUCCESS) this.succeeded(data);
      else this.challenged(data);
    }
  }

  /** The server accepts: it must have proved itself before the session takes its word. */
  onAccepted(announced: Properties): void {
    this.succeeded(announced.authenticationData);
  }

  private succeeded(data: Uint8Array | undefined): void {
    const { call, exchange } = this;
    if (exchange === undefined || this.answering) {
      this.outOfTurn();
      return;
    }
    try {
      exchange.done?.(data);
    } catch (error) {
      this.refuse(error);
      return;
    }
    this.exchange = this.call = undefined;
    call?.resolve();
  }

  private challenged(data: Uint8Array | undefined): void {
    const exchange = this.exchange;
    if (exchange === undefined || this.answering) {
      this.outOfTurn();
      return;
    }
    this.answering = true;
    // In a turn of its own, where there is little on the stack.
    Promise.resolve(data).then(exchange.next.bind(exchange)).then((answer) => {
      if (this.exchange === exchange) this.send(ReasonCode.CONTINUE_AUTHENTICATION, answer);
    }).catch((error: unknown) => {
      if (this.exchange === exchange) this.refuse(error);
    }).catch((thrown: unknown) => this.callbackFailed("onDisconnected", thrown));
  }

  /** Sends an AUTH, now or once there is room; then it is the server's turn. @throws MqttError when it does not fit. */
  private send(reasonCode: number, authenticationData: Uint8Array | undefined): void {
    const unsent = (): boolean => {
      const connection = this.connection;
      const properties = { authenticationMethod: this.method.name, authenticationData };
      return connection !== undefined && authenticate(connection, reasonCode, properties, this.now());
    };
    this.answering = !unsent();
    if (!this.answering) return;
    this.unsent = unsent;
    this.waits();
  }

  protected override sendDue(): void {
    // First: publications could leave it no room for ever.
    if (this.unsent?.()) {
      this.unsent = undefined;
      this.answering = false;
    }
    super.sendDue();
    if (this.unsent !== undefined) this.waits();
  }

  private waits(): void {
    this.due = true;
    this.direct = undefined;
  }

  private outOfTurn(): void {
    this.refuse(new MqttError("peer", "the broker sent an AUTH or CONNACK out of turn", ReasonCode.PROTOCOL_ERROR));
  }

  /** Ends the connection because of what the server said, or did not say. */
  private refuse(thrown: unknown): void {
    const error = thrown instanceof MqttError ? thrown : new MqttError("peer", `the authenticator refused the broker: ${messageOf(thrown)}`, ReasonCode.NOT_AUTHORIZED);
    // Not authorized is not a client's to send (MQTT 5.0, 3.14.2.1).
    const code = error.reasonCode === ReasonCode.PROTOCOL_ERROR ? error.reasonCode : ReasonCode.UNSPECIFIED_ERROR;
    this.connection?.disconnect(code, undefined, this.now());
    this.onClose(error);
  }

  override onTime(): void {
    if (this.call !== undefined && this.now() >= this.call.deadline)
      this.refuse(new MqttError("transport", `the broker did not finish re-authentication within ${this.draft.connectTimeout} ms`, ReasonCode.SERVER_UNAVAILABLE));
    super.onTime();
    if (this.call !== undefined) this.wakeAt(this.call.deadline);
  }

  override onClose(error: MqttError): void {
    const call = this.call;
    super.onClose(error);
    call?.reject(error);
  }

  override close(options?: Parameters<Client["close"]>[0]): Promise<void> {
    const call = this.call;
    const closed = super.close(options);
    if (call !== undefined && this.ended !== undefined) call.reject(this.ended);
    return closed;
  }

  protected override closeLink(): void {
    this.exchange = this.unsent = this.call = undefined;
    this.answering = false;
    super.closeLink();
  }
}
