import assert from "node:assert/strict";
import { test } from "node:test";
import Resolver from "../../../boards/node/dns.js";

test("onResolved gets host and address, as in the SDK", async () => {
  const resolver = new Resolver({});
  const result = await new Promise((resolve, reject) => {
    resolver.resolve({ host: "localhost", onResolved: (host, address) => resolve([host, address]), onError: reject });
  });
  assert.deepEqual(result, ["localhost", "127.0.0.1"]);
});

test("the completion callback gets null, address and host, as in the standard, and is preferred", async () => {
  const resolver = new Resolver({});
  const result = await new Promise((resolve) => {
    resolver.resolve({ host: "192.0.2.7", onResolved: () => assert.fail("both were called") }, (error, address, host) => resolve([error, address, host]));
  });
  assert.deepEqual(result, [null, "192.0.2.7", "192.0.2.7"]);
});

test("a name that does not exist is an error for either kind of callback", async () => {
  const resolver = new Resolver({});
  const host = "name.invalid";
  const asked = await new Promise<string>((resolve) => {
    resolver.resolve({ host, onResolved: () => assert.fail("resolved"), onError: (name) => resolve(name) });
  });
  assert.equal(asked, host);
  const error = await new Promise<Error | null>((resolve) => {
    resolver.resolve({ host }, resolve);
  });
  assert.ok(error instanceof Error);
});

test("callbacks come with this = the resolver, and none after close", async () => {
  const resolver = new Resolver({ target: 1 });
  assert.equal(resolver.target, 1);
  const receiver = await new Promise((resolve) => {
    resolver.resolve({ host: "127.0.0.1" }, function () {
      resolve(this);
    });
  });
  assert.equal(receiver, resolver);
  resolver.resolve({ host: "127.0.0.1" }, () => assert.fail("called after close"));
  resolver.close();
  resolver.close();
  assert.throws(() => resolver.resolve({ host: "127.0.0.1" }, () => undefined), /after close/);
  const second = new Resolver({});
  await new Promise((resolve) => {
    second.resolve({ host: "127.0.0.1" }, resolve);
  });
});

test("options are required", () => {
  assert.throws(() => Reflect.construct(Resolver, []) as unknown, TypeError);
  const resolver = new Resolver({});
  assert.throws(() => resolver.resolve({ host: "" }, () => undefined), /host/);
  assert.throws(() => resolver.resolve({ host: "localhost" }), /callback/);
});
