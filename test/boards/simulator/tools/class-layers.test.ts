import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { minifyForDevice } from "../../../../boards/simulator/tools/device-code.js";

/** What a module without imports exports. */
async function exportsOf(text: string): Promise<Readonly<Record<string, unknown>>> {
  return (await import(`data:text/javascript,${encodeURIComponent(text)}`)) as Readonly<Record<string, unknown>>;
}

/** The result of the function `f` of a module is the same for a device. @returns how many classes that has. */
async function classesOf(text: string): Promise<number> {
  const module = `${text} export { f };`;
  const small = await minifyForDevice(module);
  const [before, after] = [(await exportsOf(module))["f"], (await exportsOf(small))["f"]];
  assert.ok(typeof before === "function" && typeof after === "function");
  assert.deepEqual(Reflect.apply(after, undefined, []), Reflect.apply(before, undefined, []), small);
  return small.split("class").length - 1;
}

await describe("Layers of a class for a device", async () => {
  await it("are one class, with constructors one after the other and what is overridden gone", async () => {
    const text = `
      class A { constructor(value) { const twice = Math.abs(value); this.a = twice + twice; } get size() { return this.a; } name() { return "A"; } who() { return this.name() + this.size; } }
      class B extends A { constructor(a, b) { const sum = a + b; super(sum); this.b = b; } name() { return "B"; } }
      class C extends B { constructor(b) { super(7, b); this.c = this.who(); } get size() { return 100 + this.b; } }
      function f() { const c = new C(Math.abs(-3)); return [{ ...c }, c.who(), c.size, Object.keys(c)]; }`;
    assert.equal(await classesOf(text), 1);
  });

  await it("stay where a base has another use, or its constructor a way out", async () => {
    assert.equal(await classesOf("class A { constructor() { this.a = 1; } } class B extends A { constructor() { super(); this.b = 2; } } function f() { return [{ ...new A() }, { ...new B() }]; }"), 2);
    assert.equal(
      await classesOf("class A { constructor(a) { for (const each of [a]) if (each) return; this.a = 1; } } class B extends A { constructor(a) { super(a); this.b = 2; } } function f() { return [{ ...new B(0) }, { ...new B(1) }]; }"), 2);
  });

  await it("stay where what is overridden is called, or there is more than methods", async () => {
    assert.equal(await classesOf("class A { constructor() { this.a = 1; } m() { return 1; } } class B extends A { constructor() { super(); this.b = 2; } m() { return 1 + super.m(); } } function f() { return new B().m(); }"), 2);
    assert.equal(await classesOf("class A { constructor() { this.a = 1; } static s() { return 1; } } class B extends A { constructor() { super(); this.b = 2; } } function f() { return B.s(); }"), 2);
    assert.equal(await classesOf("class A { #a = 1; constructor() { this.b = this.#a; } } class B extends A { constructor() { super(); this.c = 2; } } function f() { return { ...new B() }; }"), 2);
  });

  await it("stay where names of their constructors get in each other's way", async () => {
    // The base's variable, its parameter, what it finds outside.
    assert.equal(await classesOf("class A { constructor(a) { const x = Math.abs(a); this.x = x + x; } } class B extends A { constructor(x) { super(x + 1); this.b = x; } } function f() { return { ...new B(4) }; }"), 2);
    assert.equal(await classesOf("class A { constructor(a) { this.x = a; } } class B extends A { constructor(b, a) { super(b); this.b = a + b; } } function f() { return { ...new B(1, 2) }; }"), 2);
    assert.equal(await classesOf("let y = 1; class A { constructor() { this.x = y++; } } class B extends A { constructor(y) { super(); this.b = y; } } function f() { return { ...new B(5) }; }"), 2);
    assert.equal(await classesOf("class A { constructor(a) { this.x = a; a = 9; this.y = a; } } class B extends A { constructor(a) { super(a); this.b = a; } } function f() { return { ...new B(5) }; }"), 2);
  });
});
