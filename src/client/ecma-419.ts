/**
 * The shapes of ECMA-419 that the client needs, as the standard says and as the Moddable SDK does it. Where they disagree, both are
 * asked for: see `docs/decisions/`.
 */

/** What a TCP or TLS socket (ECMA-419, TCP Class Pattern) offers its user. */
export interface Socket {
  format: string;
  /** Fills the buffer, which must not be longer than what is available. */
  read(buffer: Uint8Array): unknown;
  /** Takes all or throws. @returns how many bytes may be written now. */
  write(data: Uint8Array): number | undefined;
  close(): void;
}

/** Called as methods of the socket, as the Base Class Pattern says. */
export interface SocketCallbacks {
  readonly onReadable: (count: number) => void;
  /** The first call means: connected. */
  readonly onWritable: (count: number) => void;
  /**
   * The socket is unusable; the SDK gives no reason, other hosts may. An error with a `reasonCode` of MQTT lasts until somebody mends
   * something where the code says so: a certificate that is refused has 0x87 (Not authorized).
   */
  readonly onError: (error?: unknown) => void;
}

/** What the callbacks of a socket reach through its property `target`. */
export interface SocketTarget {
  readable(count: number): void;
  writable(count: number): void;
  failed(error?: unknown): void;
}

/** A socket class with its options, as a host's provider names it: `device.network.mqtt.socket`. */
export interface SocketOptions {
  readonly io: new (options: SocketConstructorOptions) => Socket;
  readonly [option: string]: unknown;
}

export interface SocketConstructorOptions extends SocketCallbacks {
  readonly address: string;
  readonly host: string;
  readonly port: number;
  readonly target: SocketTarget;
  /** The SDK's spelling. */
  readonly nodelay: boolean;
  /** The standard's spelling. */
  readonly noDelay: boolean;
}

export interface Resolver {
  resolve(
    options: {
      readonly host: string;
      readonly onResolved: (host: string, address: string) => void;
      readonly onError: (host: string, error?: unknown) => void;
    },
    callback: (error: unknown, address?: string, host?: string) => void,
  ): void;
  close?(): void;
}

/** A resolver class with its options: `device.network.mqtt.dns`. */
export interface ResolverOptions {
  readonly io: new (options: ResolverOptions) => Resolver;
  readonly [option: string]: unknown;
}

/** What a WebSocket client (ECMA-419, WebSocket Client Class Pattern) offers its user. */
export interface WebSocketClient {
  read(buffer: Uint8Array): unknown;
  /** One frame; takes all or throws. @returns how many bytes the next one may carry. */
  write(data: Uint8Array, options?: { readonly opcode?: number }): number;
  /** Without the closing handshake of WebSockets. */
  close(): void;
}

/** Called as methods of the client. */
export interface WebSocketClientCallbacks {
  /** Bytes of the present message; there is no further call before they are read. */
  readonly onReadable: (count: number, options: { readonly binary?: boolean | undefined }) => void;
  /** The first call means: the opening handshake is done. */
  readonly onWritable: (count: number) => void;
  readonly onError: (error?: unknown) => void;
  /** The server has ended the connection in good order; hosts other than the SDK's may say why. */
  readonly onClose: (reason?: unknown) => void;
}

export interface WebSocketClientConstructorOptions extends WebSocketClientCallbacks {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly protocol: string;
  readonly dns: ResolverOptions;
  readonly socket: WebSocketClientOptions["socket"];
  readonly target: unknown;
}

/** A WebSocket client class with its options, as a host's provider names it: `device.network.ws`. */
export interface WebSocketClientOptions {
  readonly io: new (options: WebSocketClientConstructorOptions) => WebSocketClient;
  /** Of the connection beneath. */
  readonly socket: { readonly io: unknown; readonly [option: string]: unknown };
  readonly dns: ResolverOptions;
  readonly [option: string]: unknown;
}
