/** Checks of constructor options that hold for callers without types, too. `name` is the class, for the message. */

/** @throws TypeError unless there is an options object (ECMA-419, Base Class Pattern). */
export function checkOptions(name: string, options: unknown): void {
  if (typeof options !== "object" || options === null) throw new TypeError(`${name}: the options object is required`);
}

/** @throws TypeError unless the option is a function or absent. */
export function checkCallback<T>(name: string, option: string, value: T): T {
  if (value !== undefined && typeof value !== "function") throw new TypeError(`${name}: the option ${option} must be a function`);
  return value;
}

/** @throws RangeError unless the option is a positive whole number. */
export function checkSize(name: string, option: string, value: number): number {
  if (!Number.isInteger(value) || value < 1) throw new RangeError(`${name}: the option ${option} must be 1 or more bytes`);
  return value;
}
