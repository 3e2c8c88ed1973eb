import type { ConnectProperties, Properties, WillProperties } from "../protocol/codec/property.js";
import type { MqttError } from "../protocol/error.js";
import type { ResolverOptions, SocketOptions } from "./ecma-419.js";
import type { MQTTClient } from "./mqtt-client.js";
import type { QoS } from "./options.js";

/** What comes with `onReadable`: all of it with the first fragment of a message, `more` with each. */
export interface ReadableOptions {
  /** Whether further fragments of the message follow. */
  readonly more: boolean;
  readonly topic?: string;
  readonly QoS?: QoS;
  /** Length of the whole message in bytes. */
  readonly byteLength?: number;
  readonly retain?: boolean;
  readonly duplicate?: boolean;
  /** MQTT 5.0 only. */
  readonly properties?: Properties;
}

/** What comes with `onControl`. */
export interface ControlMessage {
  /** The packet type, as the statics of the class. */
  readonly operation: number;
  /** Packet Identifier, where the packet has one. */
  readonly id?: number;
  /** SUBACK, and UNSUBACK of MQTT 5.0: a Reason Code for each item. */
  readonly payload?: readonly number[];
  /** Reason Code; 0 in MQTT 3.1.1. */
  readonly reason: number;
  /** CONNACK: whether the server still had the session. */
  readonly sessionPresent?: boolean;
  /** MQTT 5.0 only. */
  readonly properties?: Properties;
}

/**
 * Options of {@link MQTTClient}: those of the MQTT Client Class Pattern (ECMA-419, clause 25) as the standard and the Moddable SDK have
 * them, and what MQTT 5.0 adds.
 */
export interface MQTTClientOptions {
  /** Socket class with its options: `{io, ...}`. */
  readonly socket: SocketOptions;
  /** Resolver class with its options: `{io, ...}`. */
  readonly dns: ResolverOptions;
  readonly host: string;
  /** Default 1883. */
  readonly port?: number;
  /** Client Identifier. Default: empty. */
  readonly id?: Text;
  readonly user?: Text;
  readonly password?: string | Uint8Array | ArrayBuffer;
  /** Milliseconds, 0 (off) to 65,535,000. Default 0. */
  readonly keepAlive?: number;
  /** The SDK's spelling of `keepAlive`. */
  readonly keepalive?: number;
  /** Default true. */
  readonly clean?: boolean;
  readonly will?: {
    readonly topic: Text;
    readonly message?: string | Uint8Array | ArrayBuffer;
    readonly QoS?: QoS;
    readonly retain?: boolean | 0 | 1;
    readonly properties?: WillProperties;
  };
  /** 4 (MQTT 3.1.1, the standard's) or 5. Default 4. */
  readonly version?: 4 | 5;
  /** CONNECT properties of MQTT 5.0. */
  readonly properties?: ConnectProperties;
  /** Receive buffer in bytes, 64 to 65,536. Default 512. */
  readonly receiveBuffer?: number;
  /** Send buffer in bytes, 64 to 65,536. Default 256. */
  readonly sendBuffer?: number;
  /** QoS 1 and 2 publications unacknowledged at once, 1 to 255. Default 8. */
  readonly inFlight?: number;
  /** Milliseconds to wait for the socket and for CONNACK. Default 30,000. */
  readonly connectTimeout?: number;
  readonly format?: "buffer";
  readonly target?: unknown;

  readonly onReadable?: (this: MQTTClient, count: number, options: ReadableOptions) => void;
  readonly onWritable?: (this: MQTTClient, count: number) => void;
  /** With two parameters it is called as in the standard, `(opcode, message)`, with fewer as by the SDK, `(message)`. */
  readonly onControl?: ((this: MQTTClient, message: ControlMessage) => void) | ((this: MQTTClient, opcode: number, message: ControlMessage) => void);
  /** The connection is over; only `close` may follow. */
  readonly onError?: (this: MQTTClient, error: MqttError) => void;
  /** The connection is over, after `onError` or after a DISCONNECT of one's own. Not called for `close`. */
  readonly onClose?: (this: MQTTClient) => void;
}

/** Text, or its bytes in UTF-8. */
export type Text = string | ArrayBuffer | ArrayBufferView;

/** The second argument of `write`. */
export interface WriteOptions {
  /** Default PUBLISH. */
  readonly operation?: number;
  /** Packet Identifier, 1 to 65,535 and not in use. Default: the next free one. PUBREL, to be sent again after a restart: required. */
  readonly id?: number;
  /** PUBLISH: required. */
  readonly topic?: Text;
  readonly QoS?: QoS;
  readonly retain?: boolean | 0 | 1;
  /** PUBLISH at QoS 1 or 2: it is sent again, with the `id` that it had; without one it is a new message. */
  readonly duplicate?: boolean;
  /** PUBLISH: length of the whole message when further `write` calls bring the rest. Default: that of the data. */
  readonly byteLength?: number;
  /** SUBSCRIBE and UNSUBSCRIBE: at least one. */
  readonly items?: readonly {
    readonly topic: Text;
    readonly QoS?: QoS;
    readonly noLocal?: boolean;
    readonly retainAsPublished?: boolean;
    readonly retainHandling?: 0 | 1 | 2;
  }[];
  /** DISCONNECT and AUTH of MQTT 5.0: Reason Code. Default 0. */
  readonly reason?: number;
  /** MQTT 5.0: properties of the packet. */
  readonly properties?: Properties;
}
