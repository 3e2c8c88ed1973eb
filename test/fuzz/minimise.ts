import type { Case } from "./cases.js";

/** Enough for any case of ours; a case that takes long is not tried for ever. */
const TRIES = 3000;

/** What a violation is about, without the numbers and values in it: a smaller case must show the same. */
export function kindOf(violation: string): string {
  return violation.replace(/0x[0-9a-f]+|\d+|"[^"]*"|\{.*/gs, "#").slice(0, 80);
}

/**
 * Makes what the server sends as short and plain as it gets: leaves out parts, large ones first, then makes bytes 0.
 * @param run runs a case. @returns the smallest case that was found to violate the same, and how.
 */
export function minimise(found: Case, violation: string, run: (smaller: Case) => string | undefined): readonly [Case, string] {
  const kind = kindOf(violation);
  let best = found;
  let how = violation;
  let tries = 0;
  const attempt = (which: number, wire: Uint8Array | undefined): boolean => {
    if (++tries > TRIES) return false;
    const wires = wire === undefined ? best.wires.filter((_, i) => i !== which) : best.wires.map((each, i) => (i === which ? wire : each));
    const smaller = { ...best, wires };
    const result = run(smaller);
    if (result === undefined || kindOf(result) !== kind) return false;
    [best, how] = [smaller, result];
    return true;
  };
  for (let which = found.wires.length - 1; which >= 0; which--) {
    if (best.wires.length > 1 && attempt(which, undefined)) continue;
    const wire = (): Uint8Array => best.wires[which] ?? new Uint8Array(0);
    for (let size = wire().length >> 1; size > 0; size >>= 1)
      for (let start = 0; start + size <= wire().length; ) {
        const without = new Uint8Array(wire().length - size);
        without.set(wire().subarray(0, start));
        without.set(wire().subarray(start + size), start);
        if (!attempt(which, without)) start += size;
      }
    for (let i = 0; i < wire().length; i++) {
      if (wire()[i] === 0) continue;
      const zeroed = wire().slice();
      zeroed[i] = 0;
      attempt(which, zeroed);
    }
  }
  return [best, how];
}
