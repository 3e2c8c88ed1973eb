import assert from "node:assert/strict";
import { test } from "node:test";
import { device } from "../../boards/node/index.js";
import type { ConnectedInfo } from "../../src/client/options.js";
import { webSocket } from "../../src/client/web-socket.js";
import type { NetworkLink, NetworkLinkOptions, WiFi } from "../../src/node/host.js";
import { MqttError } from "../../src/protocol/error.js";
import { Bench, plainNetwork } from "./fake-host.js";

/** Wi-Fi whose state the test changes. */
class FakeWiFi implements WiFi {
  static connection = 200;
  static attempts: object[] = [];
  static busy = false;
  static mac: string | undefined = "24:6F:28:A1:B2:C3";
  static current: FakeWiFi | undefined;
  static closed = 0;
  static RSSI: number | undefined;
  readonly onChanged: ((property: string) => void) | undefined;

  constructor(options: { readonly onChanged?: (property: string) => void }) {
    this.onChanged = options.onChanged;
    FakeWiFi.current = this;
  }

  static reset(): void {
    FakeWiFi.connection = 200;
    FakeWiFi.attempts = [];
    FakeWiFi.busy = false;
    FakeWiFi.closed = 0;
    FakeWiFi.RSSI = undefined;
  }

  static become(connection: number): void {
    FakeWiFi.connection = connection;
    FakeWiFi.current?.onChanged?.("connection");
  }

  get connection(): number {
    return FakeWiFi.connection;
  }

  get MAC(): string | undefined {
    return FakeWiFi.mac;
  }

  get RSSI(): number | undefined {
    return FakeWiFi.RSSI;
  }

  connect(options: object): void {
    if (FakeWiFi.busy) throw new Error("busy");
    FakeWiFi.attempts.push(options);
    FakeWiFi.connection = 300;
  }

  disconnect(): void {
    FakeWiFi.connection = 200;
  }

  close(): void {
    FakeWiFi.closed++;
  }
}

function withWiFi(): Bench {
  FakeWiFi.reset();
  const bench = new Bench();
  bench.device = { network: { ...plainNetwork, wifi: { io: FakeWiFi } } };
  return bench;
}

test("the broker is called once the Wi-Fi has an address", () => {
  const bench = withWiFi();
  bench.start({ ssid: "net", password: "secret" });
  assert.deepEqual(FakeWiFi.attempts, [{ SSID: "net", password: "secret" }]);
  FakeWiFi.become(400);
  assert.equal(bench.clients.length, 0);
  FakeWiFi.become(500);
  FakeWiFi.become(500);
  assert.equal(bench.clients.length, 1);
});

test("what the client cannot do stops the start, before the Wi-Fi is begun", () => {
  const wrong: readonly (readonly [Record<string, string>, RegExp])[] = [
    [{ broker: "mqtts://broker" }, /^broker must be a URL without TLS, mqtt:; this build has none: include manifest-tls\.json$/],
    [{ broker: "ws://broker" }, /^broker must be a URL of mqtt: or mqtts:; this build has no WebSocket: include manifest-websocket\.json$/],
    [{ brokerPassword: "\0" }, /^brokerPassword must be free of NUL/],
  ];
  for (const [config, message] of wrong) {
    const bench = withWiFi();
    assert.throws(() => bench.start({ ssid: "net", ...config }), (error) => error instanceof MqttError && error.kind === "configuration" && message.test(error.message));
    assert.equal(FakeWiFi.attempts.length, 0);
  }
});

test("a host that is connected already, or without Wi-Fi, or without an SSID, calls the broker at once", () => {
  const connected = withWiFi();
  FakeWiFi.connection = 500;
  connected.start({ ssid: "net" });
  assert.deepEqual([FakeWiFi.attempts.length, connected.clients.length], [0, 1]);

  const unconfigured = withWiFi();
  unconfigured.start();
  assert.deepEqual([FakeWiFi.attempts.length, unconfigured.clients.length], [0, 1]);

  const bare = new Bench();
  bare.start({ ssid: "net" });
  assert.equal(bare.clients.length, 1);
});

test("a lost Wi-Fi is told and made again, after 1, 2, 4 ... at most 60 s, and 1 s again after a success", async () => {
  const bench = withWiFi();
  bench.start({ ssid: "net" });
  FakeWiFi.become(500);
  FakeWiFi.become(200);
  FakeWiFi.become(200);
  assert.deepEqual(bench.events, [["offline", "Wi-Fi net lost"]]);
  for (const delay of [1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]) {
    const before = FakeWiFi.attempts.length;
    await bench.timers.pass(delay - 1);
    assert.equal(FakeWiFi.attempts.length, before);
    await bench.timers.pass(1);
    assert.equal(FakeWiFi.attempts.length, before + 1);
    FakeWiFi.become(200);
  }
  await bench.timers.pass(60_000);
  FakeWiFi.become(500);
  FakeWiFi.become(200);
  const before = FakeWiFi.attempts.length;
  await bench.timers.pass(1000);
  assert.equal(FakeWiFi.attempts.length, before + 1);
  assert.equal(bench.clients.length, 1);
});

test("an access point that does not let us in is given up after 30 s and asked again", async () => {
  const bench = withWiFi();
  bench.start({ ssid: "net" });
  await bench.timers.pass(30_000);
  assert.equal(FakeWiFi.connection, 200);
  await bench.timers.pass(1000);
  assert.equal(FakeWiFi.attempts.length, 2);
});

test("an attempt of somebody else's is not disturbed", async () => {
  const bench = withWiFi();
  FakeWiFi.busy = true;
  bench.start({ ssid: "net" });
  FakeWiFi.busy = false;
  await bench.timers.pass(1000);
  assert.equal(FakeWiFi.attempts.length, 1);
});

test("access points are asked by preference, each when the one before refuses; the rest comes after all of them", async () => {
  const bench = withWiFi();
  bench.start({ ssid: "home", password: "secret", ssid2: "garden", ssid3: "phone", password3: "hotspot" });
  for (const rest of [1000, 1000, 1000, 1000, 1000, 2000]) {
    FakeWiFi.become(200);
    await bench.timers.pass(rest - 1);
    const before = FakeWiFi.attempts.length;
    await bench.timers.pass(1);
    assert.equal(FakeWiFi.attempts.length, before + 1);
  }
  const round = [{ SSID: "home", password: "secret" }, { SSID: "garden" }, { SSID: "phone", password: "hotspot" }];
  assert.deepEqual(FakeWiFi.attempts, [...round, ...round, round[0]]);
});

test("after a loss the preferred access point is asked first", async () => {
  const bench = withWiFi();
  bench.start({ ssid: "home", ssid2: "garden" });
  FakeWiFi.become(200);
  await bench.timers.pass(1000);
  FakeWiFi.become(500);
  FakeWiFi.become(200);
  await bench.timers.pass(1000);
  assert.deepEqual(FakeWiFi.attempts, [{ SSID: "home" }, { SSID: "garden" }, { SSID: "home" }]);
  assert.deepEqual(bench.events, [["offline", "Wi-Fi garden lost"]]);
});

/** Attempts that fail, as the client tells them. */
function fail(bench: Bench, times: number, error = new MqttError("transport", "no answer")): void {
  for (let time = 0; time < times; time++) bench.client.options.onDisconnected?.(error, false);
}

test("a Wi-Fi that is up but leads nowhere, captive or dead, is left for the next after ten attempts in a row", async () => {
  const bench = withWiFi();
  bench.start({ ssid: "home", ssid2: "garden" });
  FakeWiFi.become(500);
  fail(bench, 9);
  bench.client.options.onConnected?.({ version: 5 } as ConnectedInfo);
  await Promise.resolve();
  fail(bench, 9);
  assert.equal(FakeWiFi.connection, 500);
  fail(bench, 1);
  assert.deepEqual(bench.events.at(-1), ["offline", "Wi-Fi home leads nowhere"]);
  assert.equal(FakeWiFi.connection, 200);
  await bench.timers.pass(1000);
  assert.deepEqual(FakeWiFi.attempts, [{ SSID: "home" }, { SSID: "garden" }]);
  FakeWiFi.become(500);
  assert.equal(bench.clients.length, 1);
});

test("a broker that refuses, or whose certificate is refused, is no reason to leave the Wi-Fi", () => {
  const bench = withWiFi();
  bench.start({ ssid: "home" });
  FakeWiFi.become(500);
  fail(bench, 20, new MqttError("peer", "Bad User Name or Password", 0x86));
  fail(bench, 20, new MqttError("transport", "the certificate is for somebody else", 0x87));
  assert.equal(FakeWiFi.connection, 500);
});

test("the only Wi-Fi is asked anew where it leads nowhere", async () => {
  const bench = withWiFi();
  bench.start({ ssid: "home" });
  FakeWiFi.become(500);
  fail(bench, 10);
  await bench.timers.pass(1000);
  assert.deepEqual(FakeWiFi.attempts, [{ SSID: "home" }, { SSID: "home" }]);
});

test("telemetry tells the signal strength of the Wi-Fi", async () => {
  const bench = withWiFi();
  bench.start({ ssid: "net" });
  FakeWiFi.RSSI = -61;
  FakeWiFi.become(500);
  bench.client.come();
  await bench.timers.pass(100);
  assert.deepEqual(bench.payloads("telemetry").map((payload) => (payload as { readonly rssi?: number }).rssi), [-61]);
});

test("a board's own link is brought up, told of, and let go", async () => {
  const calls: string[] = [];
  let given: NetworkLinkOptions | undefined;
  class Cable implements NetworkLink {
    readonly address = "192.168.1.20";
    constructor(options: NetworkLinkOptions) {
      given = options;
    }
    up(): void {
      calls.push("up");
    }
    down(): void {
      calls.push("down");
    }
  }
  const bench = new Bench();
  bench.device = { network: { ...plainNetwork, link: { io: Cable }, wifi: { io: FakeWiFi } } };
  FakeWiFi.reset();
  const node = bench.start({ ssid: "net" });
  assert.deepEqual([calls, bench.clients.length, FakeWiFi.attempts.length], [["up"], 0, 0]);
  given?.onUp();
  given?.onDown("the cable is out");
  given?.onUp();
  assert.equal(bench.clients.length, 1);
  assert.deepEqual(bench.events, [["offline", "the cable is out"]]);
  await node.stop();
  assert.deepEqual(calls, ["up", "down"]);
});

test("a broker behind a WebSocket is called by the host's route, with user and password of the URL", () => {
  const bench = new Bench();
  const { ws } = device.network;
  bench.route = (url) => webSocket(url, ws);
  bench.start({ broker: "ws://me:secret@broker/path" });
  const { url, options } = bench.client;
  assert.ok(typeof url !== "string");
  assert.deepEqual([url.host, url.port, url.socket["path"], options.user, options.password], ["broker", 80, "/path", "me", "secret"]);
});

test("only with TLS the broker is called after the clock was asked for", () => {
  const calls = (broker: string): readonly number[] => {
    const bench = new Bench();
    let done: (() => void) | undefined;
    bench.setClock = (callback) => { done = callback; };
    bench.route = (url) => webSocket(url, device.network.ws);
    bench.start({ broker });
    const before = bench.clients.length;
    done?.();
    return [before, bench.clients.length];
  };
  assert.deepEqual(calls("mqtts://broker"), [0, 1]);
  assert.deepEqual(calls("mqtt://broker"), [1, 1]);
  assert.deepEqual(calls("wss://broker"), [0, 1]);
  assert.deepEqual(calls("ws://broker"), [1, 1]);
});

test("stop lets go of the Wi-Fi without a timer left", async () => {
  const bench = withWiFi();
  const node = bench.start({ ssid: "net" });
  FakeWiFi.become(200);
  await node.stop();
  assert.equal(bench.timers.count, 0);
  assert.equal(FakeWiFi.closed, 2);
});

test("a node without a name takes one from the MAC address, else node", () => {
  FakeWiFi.mac = "24:6F:28:A1:B2:C3";
  assert.equal(withWiFi().start({ node: "" }).configuration.node, "node-a1b2c3");
  FakeWiFi.mac = undefined;
  assert.equal(withWiFi().start({ node: "" }).configuration.node, "node");
});
