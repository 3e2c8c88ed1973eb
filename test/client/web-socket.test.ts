/** The socket over an ECMA-419 WebSocket client, which is a fake here: the SDK's shape and order of calls. */
import { deepEqual, equal, throws } from "node:assert/strict";
import { suite, test } from "node:test";
import type { ResolverOptions, SocketConstructorOptions, WebSocketClient, WebSocketClientConstructorOptions, WebSocketClientOptions } from "../../src/client/ecma-419.js";
import { webSocket, WebSocketTransport } from "../../src/client/web-socket.js";
import { bytes, hex } from "../protocol/support/bytes.js";
import { refused } from "../protocol/support/encoding.js";
import { FakeResolver } from "./fake-network.js";

class FakeClient implements WebSocketClient {
  readonly options: WebSocketClientConstructorOptions;
  readonly target: unknown;
  room = 100;
  readonly log: string[] = [];

  constructor(options: WebSocketClientConstructorOptions) {
    this.options = options;
    this.target = options.target;
  }

  read(buffer: Uint8Array): number {
    return buffer.fill(7).length;
  }

  write(data: Uint8Array, { opcode = 2 }: { readonly opcode?: number } = {}): number {
    if (data.length > this.room) throw new Error("would block");
    this.log.push(`${opcode}: ${hex(data)}`);
    return (this.room -= data.length + 14);
  }

  close(): void {
    this.log.push("closed");
  }
}

/** Fails before its constructor returns, as the SDK's does when there is no memory for a socket. */
class BrokenClient extends FakeClient {
  constructor(options: WebSocketClientConstructorOptions) {
    super(options);
    options.onError.call(this);
  }
}

const network: WebSocketClientOptions = { io: FakeClient, socket: { io: Object, sendBuffers: 3 }, dns: { io: FakeResolver }, headers: [["a", "b"]] };

class Bench {
  readonly calls: string[] = [];
  readonly transport: WebSocketTransport;
  readonly client: FakeClient;

  constructor({ io = FakeClient, path }: { readonly io?: typeof FakeClient; readonly path?: string } = {}) {
    const { calls } = this;
    const made: FakeClient[] = [];
    class Client extends io {
      constructor(options: WebSocketClientConstructorOptions) {
        super(options);
        made.push(this);
      }
    }
    const target = { readable: () => undefined, writable: () => undefined, failed: () => undefined };
    const options: SocketConstructorOptions = {
      address: "192.0.2.1", host: "broker.local", port: 9001, nodelay: true, noDelay: true, target,
      onReadable(this: WebSocketTransport, count) {
        calls.push(`readable ${count} ${this.target === target}`);
      },
      onWritable(this: WebSocketTransport, count) {
        calls.push(`writable ${count} ${this.target === target}`);
      },
      onError(this: WebSocketTransport, error) {
        calls.push(`error ${error instanceof Error ? error.message : String(error)} ${this.target === target}`);
      },
    };
    this.transport = new WebSocketTransport({ ...options, client: { ...network, io: Client }, path });
    const [client] = made;
    if (client === undefined) throw new Error("no client was made");
    this.client = client;
  }
}

suite("WebSocketTransport", () => {
  test("hands on where to connect to, and asks for the subprotocol mqtt", () => {
    const { client, transport } = new Bench();
    const { host, port, path, protocol, socket, ...options } = client.options;
    deepEqual([host, port, path, protocol], ["broker.local", 9001, "/mqtt", "mqtt"]);
    deepEqual(socket, { io: Object, sendBuffers: 3, nodelay: true, noDelay: true, transport });
    deepEqual(Object.entries(options).find(([name]) => name === "headers"), ["headers", [["a", "b"]]]);
    equal(new Bench({ path: "/a?b" }).client.options.path, "/a?b");
  });

  test("the name is not looked up again: its resolver knows the address, as the standard and as the SDK ask", () => {
    const { dns } = new Bench().client.options;
    const resolver = new dns.io(dns);
    const answers: unknown[] = [];
    const options: ResolverOptions & Parameters<typeof resolver.resolve>[0] = { io: FakeResolver, host: "broker.local", onResolved: (...answer) => answers.push(answer), onError: () => undefined };
    resolver.resolve(options, undefined as never);
    resolver.resolve(options, (...answer) => answers.push(answer));
    deepEqual(answers, [["broker.local", "192.0.2.1"], [null, "192.0.2.1", "broker.local"]]);
  });

  test("callbacks come as methods of the socket; room is kept for the header of a second frame", () => {
    const { calls, client, transport } = new Bench();
    client.options.onWritable.call(client, 100);
    client.options.onWritable.call(client, 14);
    client.options.onReadable.call(client, 3, { binary: true });
    client.options.onError.call(client);
    deepEqual(calls, ["writable 86 true", "writable 0 true", "readable 3 true", "error undefined true"]);
    equal(transport.write(bytes("01 02")), 70);
    equal(transport.write(new Uint8Array(60)), 0);
    const buffer = new Uint8Array(2);
    transport.read(buffer);
    equal(hex(buffer), "07 07");
    deepEqual(client.log, ["2: 01 02", `2: ${hex(new Uint8Array(60))}`]);
  });

  test("where the client does not say why the connection failed, the socket beneath may", () => {
    const { calls, client, transport } = new Bench();
    const beneath = client.options.socket as unknown as { readonly transport: { reason: unknown } };
    beneath.transport.reason = new Error("the certificate is for somebody else");
    equal(transport.reason, beneath.transport.reason);
    client.options.onError.call(client);
    deepEqual(calls, ["error the certificate is for somebody else true"]);
  });

  test("text is refused with status 1003, and nothing is written after", () => {
    const { calls, client, transport } = new Bench();
    client.options.onReadable.call(client, 1, { binary: false });
    deepEqual(client.log, ["8: 03 EB", "closed"]);
    deepEqual(calls, ["error the broker sent text through the WebSocket, where MQTT has binary frames only true"]);
    equal(transport.write(bytes("01")), 0);
    transport.close();
    equal(client.log.length, 2);
  });

  test("the server's closing is an error, with its reason where the host knows it", () => {
    const { calls, client } = new Bench();
    client.options.onClose.call(client);
    client.options.onClose.call(client, new Error("status 1001"));
    deepEqual(calls, ["error the broker closed the WebSocket true", "error status 1001 true"]);
  });

  test("close says goodbye where it can", () => {
    const { client, transport } = new Bench();
    transport.close();
    transport.close();
    deepEqual(client.log, ["8: 03 E8", "closed"]);
    const full = new Bench();
    full.client.room = 1;
    full.transport.close();
    deepEqual(full.client.log, ["closed"]);
  });

  test("a client that fails while it is made is an exception, and so is none", () => {
    throws(() => new Bench({ io: BrokenClient }), /could not open a socket/);
    const { client, ...others } = new Bench().transport.options;
    equal(client?.dns, network.dns);
    refused(() => new WebSocketTransport(others), /^socket\.client must be device\.network\.ws, for TLS device\.network\.wss$/);
  });
});

suite("webSocket", () => {
  const good: readonly (readonly [string, object])[] = [
    ["ws://broker.local", { host: "broker.local", port: 80, path: undefined }],
    ["wss://broker.local", { host: "broker.local", port: 443, path: undefined }],
    ["ws://broker.local/", { host: "broker.local", port: 80, path: "/" }],
    ["wss://[::1]:8084/a/b?c=d:e/@f", { host: "::1", port: 8084, path: "/a/b?c=d:e/@f" }],
    ["ws://user:p%40ss@192.0.2.1:9001/mqtt", { host: "192.0.2.1", port: 9001, path: "/mqtt", user: "user", password: "p@ss" }],
  ];
  for (const [url, { path, ...parts }] of good as readonly (readonly [string, { readonly path: string | undefined }])[])
    test(`${url} is taken apart`, () => {
      deepEqual(webSocket(url, network), { ...parts, socket: { io: WebSocketTransport, client: network, path }, dns: network.dns });
    });

  for (const url of ["", "mqtt://host", "http://host", "ws:host", "ws://", "ws://host:port", "ws://host#a", "ws://host/a b", "ws://host?a=b", "ws://a:b@c@d/"])
    test(`"${url}" is refused with an example`, () => refused(() => webSocket(url, network), /^the URL ".*" must be like ws:\/\/host:80\/path or wss:\/\/user:password@host, with %40 for an @$/));

  test("a wrong URL is quoted without its password", () => {
    refused(() => webSocket("ws://user:secret@host#a", network), /^the URL "ws:\/\/\.\.\.@host#a" must be/);
  });
});
