/** The opening handshake of a WebSocket, the client's side (RFC 6455, 4.1). */
import { toBase64 } from "../../../src/authentication/base64.js";
import { sha1 } from "./sha-1.js";

const guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

export interface HandshakeOptions {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  /** Subprotocols, separated by commas, of which the server must choose one; undefined to ask for none. */
  readonly protocol: string | undefined;
  readonly headers: Iterable<readonly [name: string, value: string]>;
}

/** What is asked, and what must be answered. */
export class Handshake {
  private readonly options: HandshakeOptions;
  private readonly key: string;

  /** @param random gives a number from 0 to 1. */
  constructor(options: HandshakeOptions, random: () => number) {
    this.options = options;
    this.key = toBase64(Uint8Array.from({ length: 16 }, () => Math.floor(random() * 256)));
  }

  get request(): string {
    const { host, port, path, protocol, headers } = this.options;
    return [
      `GET ${path} HTTP/1.1`, `Host: ${host.includes(":") ? `[${host}]` : host}:${port}`, "Upgrade: websocket", "Connection: Upgrade",
      `Sec-WebSocket-Key: ${this.key}`, "Sec-WebSocket-Version: 13", ...(protocol === undefined ? [] : [`Sec-WebSocket-Protocol: ${protocol}`]),
      ...Array.from(headers, ([name, value]) => `${name}: ${value}`), "", "",
    ].join("\r\n");
  }

  /** @param answer the server's, with the empty line at its end. @throws Error saying why that is no WebSocket, and what to do. */
  check(answer: string): void {
    const { path, protocol } = this.options;
    const [line = "", ...headers] = answer.split("\r\n");
    const status = /^HTTP\/1\.1 (\d{3})( |$)/.exec(line)?.[1];
    if (status === undefined) throw new Error("the server does not speak HTTP: give the port of its WebSocket");
    if (status !== "101") throw new Error(`the server answers HTTP ${status} on the path ${path}: give the path of its WebSocket`);
    const header = (name: string): string | undefined => headers.find((text) => text.toLowerCase().startsWith(`${name}:`))?.slice(name.length + 1).trim();
    const upgraded = header("upgrade")?.toLowerCase() === "websocket" && header("connection")?.toLowerCase().split(/ *, */).includes("upgrade");
    if (!upgraded || header("sec-websocket-accept") !== toBase64(sha1(this.key + guid)) || header("sec-websocket-extensions") !== undefined)
      throw new Error(`what answers on the path ${path} is no WebSocket`);
    const chosen = header("sec-websocket-protocol");
    if (protocol === undefined ? chosen !== undefined : !protocol.split(/ *, */).includes(chosen ?? ""))
      throw new Error(`the WebSocket on the path ${path} is for something else: it does not choose the subprotocol "${protocol ?? ""}"`);
  }
}
