import { checkNames, MqttError } from "../protocol/error.js";
import { ReasonCode } from "../protocol/codec/reason-code.js";
import { peerError } from "../protocol/codec/reason-text.js";
import type { SubscriptionStorage } from "../protocol/session/session-storage.js";
import type { ReceivedPacket } from "../protocol/codec/received-packet.js";
import { ConnectionState } from "../protocol/connection/connection.js";
import type { Receiver, Taker } from "../protocol/connection/receiver.js";
import type { Configuration } from "./common-options.js";
import { Handling, type InHand } from "./handling.js";
import type { MessageHandler, SubscribeOptions, UnsubscribeOptions } from "./options.js";
import { Subscription, SubscriptionState } from "./subscription.js";
import { toMqttError } from "./thrown.js";

/** Of {@link Subscriber.renewSubscriptions}: a function in there would take memory where there are no subscriptions, too. */
function isRenewed(this: { readonly resumed: boolean; readonly doubtful: boolean }, subscription: Subscription): boolean {
  const { resumed } = this;
  if (!resumed || this.doubtful || subscription.state !== SubscriptionState.GRANTED) subscription.state &= SubscriptionState.UNWANTED;
  if (resumed || subscription.state === SubscriptionState.WANTED) return true;
  subscription.settle(ReasonCode.NO_SUBSCRIPTION_EXISTED);
  return false;
}

/** Layer of a client: the application's subscriptions: kept over connections, handed their messages. */
export abstract class Subscriber extends Handling {
  private subscriptions: Subscription[] | undefined;
  /** Of the base: only its type is narrower here, and where fields are defined and not assigned there must not be two. */
  declare taker?: Subscription;
  /** None, or several who take them. */
  private takers?: readonly Subscription[];

  // eslint-disable-next-line @typescript-eslint/no-useless-constructor -- in XS the one that is not written makes 200 bytes of garbage
  constructor(configuration: Configuration) {
    super(configuration);
  }

  /** Subscribes; a filter that is there already gets the new options and handler. */
  async subscribe(filter: string, options: SubscribeOptions | MessageHandler, handler?: MessageHandler): Promise<number> {
    const bare = typeof options === "function";
    const subscription = new Subscription(filter, bare ? {} : options, bare ? options : handler);
    const list = (this.subscriptions ??= []);
    list[this.place(list, filter)] = subscription;
    return this.ask(subscription);
  }

  async unsubscribe(filter: string, options?: UnsubscribeOptions): Promise<number> {
    const list = this.subscriptions ?? [];
    const subscription = list[this.place(list, filter)];
    if (options) checkNames("the option", options, "properties");
    if (subscription === undefined) return ReasonCode.NO_SUBSCRIPTION_EXISTED;
    subscription.farewell = options?.properties;
    subscription.state = SubscriptionState.UNWANTED;
    return this.ask(subscription);
  }

  /** Ends what a filter's subscription was asked for before. @returns its index, or where a new one goes. */
  private place(list: readonly Subscription[], filter: string): number {
    let index = 0;
    if (this.ended !== undefined) throw this.ended;
    while (index < list.length && list[index]?.filter !== filter) index++;
    list[index]?.settle(new MqttError("configuration", `another call for "${filter}" took the place of this one`));
    return index;
  }

  /** Sends a request now or when that is possible. @returns the broker's answer. */
  private ask(subscription: Subscription): Promise<number> {
    return new Promise((resolve) => {
      subscription.resolve = resolve;
      this.pumpRequests();
    });
  }

  /**
   * A connection stands: what was not answered on the last one is sent again; without its session the broker knows nothing of ours.
   * @param doubtful whether a CONNECT before had no answer: the session may be one that began with it.
   */
  protected renewSubscriptions(resumed: boolean, doubtful: boolean): void {
    const list = this.subscriptions;
    this.kept?.connected(resumed);
    if (list === undefined) return;
    this.subscriptions = list.filter(isRenewed, { resumed, doubtful });
    this.pumpRequests();
  }

  /** What keeps over restarts which subscriptions the server holds. */
  protected get kept(): SubscriptionStorage | undefined {
    return this.storage?.subscriptions;
  }

  /** Unsubscribes from what an earlier program subscribed to and this one does not. */
  protected dropStale(): void {
    const list = (this.subscriptions ??= []);
    this.kept?.others(list).forEach((filter) => {
      const stale = new Subscription(filter, {}, () => undefined);
      stale.state = SubscriptionState.UNWANTED;
      list.push(stale);
    });
    this.pumpRequests();
  }

  /** The client is closed: nothing pending will be answered. */
  protected abandonSubscriptions(error: MqttError): void {
    this.subscriptions?.forEach((subscription) => subscription.settle(error));
    this.subscriptions = undefined;
  }

  /** Sends the requests that wait, as many as there is room for. */
  protected pumpRequests(): void {
    const { connection, subscriptions: list } = this;
    if (list === undefined || connection?.state !== ConnectionState.CONNECTED) return;
    for (let i = 0; i < list.length; i++) {
      const subscription = list[i];
      if (subscription === undefined || subscription.state & 1) continue;
      const { filter, options } = subscription;
      const wanted = subscription.state === SubscriptionState.WANTED;
      const now = this.now();
      const granted = this.kept?.asking(filter, wanted ? options : undefined, this.configuration.version) ?? -1;
      // What takes the usual messages may be another now.
      connection.packet.expect(undefined);
      if (granted >= 0) {
        subscription.state = SubscriptionState.GRANTED;
        subscription.settle(granted);
        continue;
      }
      try {
        subscription.identifier = wanted ? connection.subscribe([{ ...options, filter }], options.properties, now) : connection.unsubscribe([filter], subscription.farewell, now);
      } catch (error) {
        list.splice(i--, 1);
        this.settleRequest(subscription, toMqttError("configuration", error));
        continue;
      }
      if (subscription.identifier === 0) {
        this.due = true;
        this.direct = undefined;
        return;
      }
      subscription.state++;
    }
  }

  /** A request has its answer. When it is a refusal and no call waits, because it was sent again on a new connection, nobody would know. */
  private settleRequest(subscription: Subscription, outcome: number | MqttError): void {
    if (!subscription.settle(outcome) && outcome instanceof MqttError) this.report(outcome);
  }

  /** Takes SUBACK and UNSUBACK. */
  protected requestAnswered(packet: ReceivedPacket): void {
    const list = this.subscriptions ?? [];
    const index = list.findIndex((other) => other.identifier === packet.identifier);
    const subscription = list[index];
    // A subscription that another has taken the place of, or another request.
    if (subscription === undefined) return;
    const code = packet.payload[0] ?? 0;
    const dropping = subscription.state === SubscriptionState.DROPPING;
    const refused = code >= 0x80;
    this.connection?.packet.expect(undefined);
    if (dropping === refused) subscription.state = SubscriptionState.GRANTED;
    else list.splice(index, 1);
    if (!refused) this.kept?.answered(subscription.filter, dropping ? undefined : subscription.options, this.configuration.version, code);
    this.settleRequest(subscription, refused ? peerError(`refused to ${dropping ? "un" : ""}subscribe "${subscription.filter}"`, code, packet.properties) : code);
  }

  /** Hands a message, or a piece of one, to the handlers whose filter matches. */
  override onPublish(packet: Receiver): number {
    // Every unusual message passes here: no destructuring, no iterator, few locals, as few calls as there are handlers.
    const whole = packet.left < 0;
    let list: readonly Subscription[] | undefined = this.subscriptions;
    let only: Subscription | undefined;
    let earned = 0;
    let inHand: InHand | undefined;
    let taker: Subscription | undefined;
    let takers = 0;
    if (!whole) {
      only = this.taker;
      if (!only) list = this.takers ?? this.findTakers(packet);
      earned = this.refusal ?? 0;
    }
    if (!list) return 0;
    for (let i = 0; only || i < list.length; i++) {
      const subscription = only ?? list[i];
      if (subscription === undefined) break;
      // As Subscription.matches, with a call less for a filter without wildcards.
      if (whole && (subscription.topic === undefined ? !subscription.matches(packet) : !packet.topicIs(subscription.topic))) continue;
      taker = subscription;
      takers++;
      try {
        const result: unknown = subscription.handler(packet);
        if (result !== undefined && result instanceof Promise) inHand = this.waitFor(inHand, packet, subscription.filter, result);
      } catch (error) {
        earned = this.handlerFailed(subscription.filter, error);
      }
      if (only) break;
    }
    if (!whole) {
      // What a piece did wrong holds to the last.
      if (earned) this.refusal = earned;
      if (packet.left === 0) this.forgetTakers();
    // Not one whose place another has taken meanwhile.
    } else if (takers === 1 && packet.topicStart > 0 && taker && list.includes(taker)) packet.expect(taker);
    return inHand === undefined ? earned : this.later(inHand, earned);
  }

  /** What the only handler for a usual message, or for a piece of a large one, has given. */
  onTaken(packet: Receiver, taker: Taker, result: unknown): number {
    return result instanceof Promise ? this.later(this.waitFor(undefined, packet, taker.filter, result), 0) : 0;
  }

  /** The short way of pieces with a single taker: all that have come go from the socket to its handler, and nothing else is looked at. */
  override readPieces(): boolean {
    const { connection, socket } = this;
    const taker = this.taker;
    if (!taker || !socket || !connection || connection.held) return true;
    const packet = connection.packet;
    let view = packet.rest;
    let unread = this.unread;
    let held = false;
    if (!view) return true;
    let length = view.length;
    if (connection.asked !== undefined) connection.lastReceived = this.now();
    // Nothing is read or looked at while a handler looks at what was read before.
    connection.looking = connection.held = true;
    packet.filled = packet.end = packet.start + length;
    try {
      // Without a taker the connection has ended.
      while (unread && this.taker) {
        if (unread < length) {
          length = unread;
          // Segment after segment is as long.
          view = packet.view;
          if (view?.length !== length || packet.viewStart !== packet.start) view = packet.space(length);
          packet.filled = packet.end = packet.start + length;
        }
        // The last one is left for the usual way, and what is behind it.
        if (packet.left <= length) break;
        socket.read(view);
        unread -= length;
        packet.left -= length;
        const result: unknown = taker.handler(packet);
        if (result && this.onTaken(packet, taker, result)) {
          held = true;
          break;
        }
      }
    } catch (error) {
      this.refusal = this.handlerFailed(taker.filter, error);
    }
    this.unread = unread;
    connection.looking = false;
    connection.held = held;
    return unread > 0;
  }

  private findTakers(packet: Receiver): readonly Subscription[] {
    let matching = 0;
    const takers = (this.subscriptions ?? []).filter((subscription) => subscription.matches(packet) && ++matching > 0 && subscription.options.pieces);
    if (this.refusal) this.refusal = 0;
    if (takers.length === 0 && matching > 0) {
      this.refusal = ReasonCode.QUOTA_EXCEEDED;
      this.report(new MqttError("resource", `a message of ${packet.byteLength} bytes on ${packet.topic} needs a larger receiveBuffer, or pieces: true`, this.refusal));
    }
    const taker = takers[0];
    if (taker === undefined || takers.length > 1) this.takers = takers;
    else {
      this.taker = taker;
      packet.rest = packet.bytes.subarray(packet.start);
    }
    return takers;
  }

  /** The message in pieces is over. */
  protected forgetTakers(): void {
    delete this.taker;
    delete this.takers;
  }
}
