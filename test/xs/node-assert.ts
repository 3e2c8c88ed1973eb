/** Stands for `node:assert/strict` inside XS, as far as the tests that run there use it. */
function show(value: unknown): string {
  if (ArrayBuffer.isView(value)) return `[${Array.from(value as Uint8Array).join()}]`;
  return value === undefined ? "undefined" : JSON.stringify(value);
}

function fail(message: string): never {
  throw new Error(message);
}

function isSame(actual: unknown, expected: unknown): boolean {
  if (Object.is(actual, expected)) return true;
  if (typeof actual !== "object" || typeof expected !== "object" || actual === null || expected === null) return false;
  if (Object.getPrototypeOf(actual) !== Object.getPrototypeOf(expected)) return false;
  const keys = Object.keys(actual);
  if (keys.length !== Object.keys(expected).length) return false;
  return keys.every((key) => Object.hasOwn(expected, key) && isSame(Reflect.get(actual, key), Reflect.get(expected, key)));
}

export function equal(actual: unknown, expected: unknown, message = ""): void {
  if (!Object.is(actual, expected)) fail(`${message} expected ${show(expected)}, got ${show(actual)}`);
}

export function deepEqual(actual: unknown, expected: unknown, message = ""): void {
  if (!isSame(actual, expected)) fail(`${message} expected ${show(expected)}, got ${show(actual)}`);
}

export function ok(value: unknown, message = "expected a truthy value"): void {
  if (!value) fail(message);
}

export function match(text: string, pattern: RegExp): void {
  if (!pattern.test(text)) fail(`expected ${String(pattern)} to match "${text}"`);
}

/** What an error has to be: a pattern for its message, properties that it has, or a function that accepts it. */
type Expected = RegExp | object | ((error: unknown) => boolean);

function checkThrown(thrown: unknown, expected: Expected | undefined): void {
  const error = thrown instanceof Error ? thrown : new Error(show(thrown));
  if (expected instanceof RegExp) match(String(error), expected);
  else if (typeof expected === "function") ok((expected as (error: unknown) => boolean)(error), `unexpected error: ${error.message}`);
  else if (expected !== undefined)
    for (const [key, value] of Object.entries(expected)) {
      const actual: unknown = Reflect.get(error, key);
      if (value instanceof RegExp) match(String(actual), value);
      else deepEqual(actual, value, key);
    }
}

/** Fails unless `body` throws an error that `expected` accepts. */
export function throws(body: () => unknown, expected?: Expected): void {
  try {
    body();
  } catch (thrown) {
    checkThrown(thrown, expected);
    return;
  }
  fail("expected an error");
}

/** Fails unless a promise rejects with an error that `expected` accepts. */
export async function rejects(promise: Promise<unknown>, expected?: Expected): Promise<void> {
  try {
    await promise;
  } catch (thrown) {
    checkThrown(thrown, expected);
    return;
  }
  fail("expected a rejection");
}
