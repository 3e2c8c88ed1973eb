import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { minifyForDevice } from "../../../../boards/simulator/tools/device-code.js";

/** What a module without imports exports. */
async function exportsOf(text: string): Promise<Readonly<Record<string, unknown>>> {
  return (await import(`data:text/javascript,${encodeURIComponent(text)}`)) as Readonly<Record<string, unknown>>;
}

/** What the function `f` of a module gives, and what it gives for a device; they must be the same for all arguments. @returns the module for a device. */
async function same(text: string, ...calls: readonly (readonly unknown[])[]): Promise<string> {
  const module = `${text} export { f };`;
  const small = await minifyForDevice(module);
  const [before, after] = [(await exportsOf(module))["f"], (await exportsOf(small))["f"]];
  assert.ok(typeof before === "function" && typeof after === "function");
  for (const call of calls) assert.deepEqual(Reflect.apply(after, undefined, call), Reflect.apply(before, undefined, call), `f(${JSON.stringify(call)}) of ${small}`);
  return small;
}

/** That the code for a device has one form and not another. */
function assertForm(text: string, wanted: string, unwanted: string): void {
  assert.ok(text.includes(wanted) && !text.includes(unwanted), `"${wanted}" and not "${unwanted}" in ${text}`);
}

await describe("A module for a device", async () => {
  await it("adds strings where the source has templates", async () => {
    const small = await same("function f(a, b) { return [`${a}`, `${a}${b}`, `x${a}`, `${a}x${b}y`, ``, `x`, `${a + b}-${a}${b}`, `${a ? `<${b}>` : b}`]; }", [1, 2], ["p", "q"], [undefined, null], [true, 0.5]);
    assertForm(small, '"x"+a', "`");
  });

  await it("tests one condition after the other where no value is wanted", async () => {
    const small = await same(
      "function f(a, b, c) { let x = 0; if (a && b && c) x = 1; if (a && (b || c)) x += 2; else x += 4; if (a) if (b && c) x += 8; else x += 16; if (a || b && c) x += 32; return x; }",
      ...[0, 1, 2, 3, 4, 5, 6, 7].map((bits) => [bits & 1, bits & 2, bits & 4]),
    );
    assertForm(small, "if(a)if(b)if(c)x=1", "a&&b&&c");
  });

  await it("leaves a dangling else with its if", async () => {
    await same("function f(a, b, c) { let x = 0; if (a) { if (b && c) x = 1; } else x = 2; if (a && b) { if (c) x += 4; else x += 8; } return x; }", [0, 0, 0], [1, 0, 0], [1, 1, 0], [1, 1, 1], [1, 0, 1]);
  });

  await it("lets undefined be 0 where bits are taken", async () => {
    const small = await same("function f(a, b) { return [(a ?? 0) << 8 | (b ?? 0), (a ?? 0) & 0x7f, (a ?? 1) & 1, (a ?? 0) + 1]; }", [1, 2], [undefined, null], [-1, 0.5]);
    assertForm(small, "a<<8|b", "(b??0)");
  });

  await it("calls for a list, unless it has holes or takes in another", async () => {
    const small = await same("function f(a) { const [b] = [5]; return [[], [a], [a, [b]], [, a], [...a], [...a, b]]; }", [[]], [[1, 2]], ["ab"]);
    assertForm(small, "new Array,Array.of(a),Array.of(a,Array.of(b)),[,a]", "[a]");
  });

  await it("counts outside of a loop, unless something else has the name or a function holds it", async () => {
    const small = await same("function f(n) { let sum = 0; for (let i = 0; i < n; i++) sum += i; for (let i = n; i-- > 0;) sum += 2 * i; return sum; }", [0], [1], [5]);
    assertForm(small, "let i=0;for(;i<n;i++)", "for(let");
    await same("function f(n) { const held = []; for (let i = 0; i < n; i++) held.push(() => i); return held.map((each) => each()); }", [3]);
    await same("function f(i) { let sum = i; for (let i = 0; i < 3; i++) sum += i; return sum + i; }", [7]);
    await same("const i = 5; function f(n) { let sum = 0; for (let i = 0; i < n; i++) { for (let i = 0; i < 2; i++) sum++; } return [i, sum]; }", [3]);
    await same("function f(n) { let x = 0; if (n) { for (let i = 0; i < n; i++) x += i; } else for (let i = 0; i < 3; i++) x -= i; return x; }", [0], [4]);
  });

  await it("counts down to 0 as before, and to what is below", async () => {
    await same("function f(n) { const seen = []; let i = n; while (i-- > 0) seen.push(i); return [seen, i]; }", [3], [1], [0], [-1]);
  });

  await it("counts after what it counts for, unless that looks at the count", async () => {
    const small = await same(
      "function f(i) { const a = [], next = () => i++; a[i++] = 5; a[i++] = i; a[i++] = i++; a[i--] = next(); if (i) a[i++] = 7; { a[i++] = a.length; } return [a, i]; }", [0], [3],
    );
    assertForm(small, "a[i]=5;i++", "a[i++]=a.length");
    assertForm(small, "a[i++]=i;", "a[i]=i;");
  });

  await it("takes objects apart by name", async () => {
    const small = await same(
      "function f(o) { const { a, b: c } = o; const { d } = o.e; const { d: d1, h } = o.e; { const { d: d2, h: h2 } = o.e; if (d1 !== d2 || h !== h2) return; } const { a: again, ...rest } = o; const { g = 1 } = o; { const { o: hidden } = { o: 2 }; return [a, c, d, again, rest, g, hidden]; } }",
      [{ a: 1, b: 2, e: { d: 3 } }],
    );
    assertForm(small, "const a=o.a,c=o.b", "{a,b:c}");
  });

  await it("sets properties to the same value at once, and makes them in the same order", async () => {
    const small = await same(
      "class A { constructor() { this.z = 0; this.y = 0; this.x = undefined; this.w = undefined; this.v = 1; this.u = '1'; this.t = {}; this.s = {}; } } function f() { const a = new A(); return [Object.entries(a), a.t === a.s]; }", [],
    );
    assertForm(small, "this.y=this.z=0", "{this.z=0;");
  });

  await it("keeps the names of its classes, and instances of a class that names itself", async () => {
    await same("class A { copy() { return new A(); } } class B extends A { static of() { return new B(); } } function f() { return [A.name, B.name, B.of() instanceof B, new B().copy() instanceof B]; }", []);
  });

  await it("has a string once that comes often, but for names of properties", async () => {
    const long = "a text that comes often";
    const small = await same(`function f(o) { return [o["${long}"], "${long}", { "${long}": "${long}" }, class { "${long}"() { return "${long}"; } }.prototype["${long}"]()]; }`, [{ [long]: 1 }]);
    assert.match(small, /const \$text0="a text that comes often"/);
  });

  await it("exports the same under the same names, after the imports in their order", async () => {
    const small = await minifyForDevice('import first from "first"; import { second as other } from "second"; const a = first(other), c = a + 1; export { a, c as d };');
    assert.match(small, /^import first from"first";import{second as other}from"second";/);
    assert.deepEqual({ ...(await exportsOf(await minifyForDevice("const a = Math.min(1, 2), c = a + 1; export { a, c as d };"))) }, { a: 1, d: 2 });
    assert.equal((await exportsOf(await minifyForDevice("export default Math.min(1, 2);")))["default"], 1);
    assert.deepEqual({ ...(await exportsOf(await minifyForDevice("const a = Math.min(1, 2); export { a, a as b, a as default };"))) }, { a: 1, b: 1, default: 1 });
  });
});
