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
  /** The socket is unusable; the SDK gives no reason, other hosts may. */
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
