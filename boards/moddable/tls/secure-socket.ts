/** TLS 1.2 on a device: the SDK's TLS socket, whose failures are told instead of ending the program. */
import TCP from "embedded:io/socket/tcp";
import TLSSocket from "embedded:io/socket/tcp/tls";
import Resource from "Resource";
import type { Socket, SocketConstructorOptions } from "../../../src/client/ecma-419.js";
import { valuesOf } from "./der.js";
import { refusal } from "./refusal.js";

/** Files of the program: the certificates of trusted authorities; the device's own certificates, and its key in PKCS #8. */
const authorities = "broker-ca.der";
const ownCertificate = "device-certificate.der";
const ownKey = "device-key.der";

/** Two records after one look at the room: each has a head of 5 bytes, with CBC 16 of a vector, 32 of a code and 16 of padding at most. */
const overhead = 2 * 69;

/** Alerts (RFC 5246, 7.2) about the device's certificate: from bad_certificate to certificate_unknown, unknown_ca, access_denied, certificate_required. */
const aboutCertificate = [42, 43, 44, 45, 46, 48, 49, 116];

/** What the SDK's TLS socket throws comes out of the callbacks of the TCP socket beneath, where it would end the program. */
class GuardedTCP extends TCP {
  constructor(options: SocketConstructorOptions & { readonly user?: SecureSocket }) {
    const { user, onReadable, onWritable, onError } = options;
    const guard = <Argument>(callback: (argument: Argument) => void) => (argument: Argument): void => {
      try {
        callback(argument);
      } catch (error) {
        user?.failed(error);
      }
    };
    super({ ...options, onReadable: guard(onReadable), onWritable: guard(onWritable), onError: guard(onError) });
  }
}

export interface SecureSocketOptions extends SocketConstructorOptions {
  /** As the SDK's TLS socket has it; what is left out comes from the program's files. */
  readonly secure?: Readonly<Record<string, unknown>>;
  /** What stands over a WebSocket client over this: it is told what failed, for that client takes no errors. */
  readonly transport?: { reason: unknown };
}

/** An ECMA-419 TLS client socket. The certificate of the server is always checked, and its name. */
export class SecureSocket implements Socket {
  private readonly options: SecureSocketOptions;
  /** Set by our part of the handshake, when the server has proved that it has the keys. */
  private readonly progress = { finished: false };
  /** Undefined while it is made, and once it is closed. */
  private socket: Socket | undefined;

  /** @throws Error without the certificate of an authority; what the SDK's socket throws. */
  constructor(options: SecureSocketOptions) {
    this.options = options;
    const { secure } = options;
    const own = secure?.["certificate"] === undefined ? { ...credentials(), ...secure } : secure;
    this.socket = new TLSSocket({
      ...options, secure: { ...own, verify: true, progress: this.progress }, user: this, TCP: { io: GuardedTCP },
      onReadable: (count: number) => options.onReadable.call(this, count),
      onWritable: (count: number) => this.writable(count),
      onError: () => this.failed(undefined),
    });
  }

  get format(): string {
    return this.socket?.format ?? "buffer";
  }

  set format(format: string) {
    if (this.socket) this.socket.format = format;
  }

  get target(): unknown {
    return this.options.target;
  }

  read(buffer: Uint8Array): unknown {
    return this.socket?.read(buffer);
  }

  /** One record. @returns how many bytes may be written now. */
  write(data: Uint8Array): number {
    return roomIn(this.socket?.write(data) ?? 0);
  }

  close(): void {
    const socket = this.socket;
    this.socket = undefined;
    socket?.close();
  }

  private writable(count: number): void {
    // An alert that comes before the keys looks to the SDK like a handshake that is done; what is written then goes out in clear.
    if (this.progress.finished) this.options.onWritable.call(this, roomIn(count));
    else this.failed(new Error("the server ended the TLS handshake"));
  }

  /** Tells it once, unless the socket is closed. */
  failed(error: unknown): void {
    if (this.socket === undefined) return;
    const { transport, onError } = this.options;
    const reason = this.progress.finished ? error : explained(error);
    this.close();
    if (transport) transport.reason = reason;
    onError.call(this, reason);
  }
}

function roomIn(count: number): number {
  return count > overhead ? count - overhead : 0;
}

function credentials(): Readonly<Record<string, unknown>> {
  if (!Resource.exists(authorities)) throw refusal(`TLS needs the certificate of the broker's authority: build with it as ${authorities}`);
  const certificate = new Resource(authorities);
  return Resource.exists(ownCertificate) && Resource.exists(ownKey)
    ? { certificate, clientCertificates: valuesOf(new Uint8Array(new Resource(ownCertificate))), clientKey: new Resource(ownKey) } : { certificate };
}

/** What a failed handshake means, where the SDK has a number for it or nothing at all. */
function explained(error: unknown): unknown {
  if (error === undefined) return new Error("the connection was cut in the TLS handshake");
  const alert = Number(/^alert: \d+, (\d+)$/.exec(error instanceof Error ? error.message : "")?.[1]);
  if (aboutCertificate.includes(alert)) return refusal(`the broker does not accept the certificate of this device, ${ownCertificate} (TLS alert ${alert})`);
  return Number.isNaN(alert) ? error : refusal(`the broker does not agree on TLS 1.2 with AES, or wants a certificate of this device (TLS alert ${alert})`);
}
