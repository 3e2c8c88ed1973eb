/** A way in which a twin misbehaves, and when: from one second after the boot to another. */
export interface Fault<Kind extends string> {
  readonly kind: Kind;
  readonly from: number;
  readonly to: number;
}

/**
 * Reads `KIND[@FROM[-TO]]`, times in seconds since the boot, e.g. `nack`, `nack@30`, `nack@30-60`.
 * @throws Error saying what is allowed.
 */
export function parseFault<Kind extends string>(text: string, kinds: readonly Kind[]): Fault<Kind> {
  const match = /^([a-z-]+)(?:@(\d+(?:\.\d+)?)(?:-(\d+(?:\.\d+)?))?)?$/.exec(text);
  const kind = kinds.find((name) => name === match?.[1]);
  if (!match || kind === undefined)
    throw new Error(`Fault "${text}": must be one of ${kinds.join(", ")}, with @FROM or @FROM-TO (seconds since the boot) if not always`);
  return { kind, from: Number(match[2] ?? 0), to: Number(match[3] ?? Infinity) };
}

/** The kind of the first fault that is present at a time in milliseconds since the boot. */
export function presentFault<Kind extends string>(faults: readonly Fault<Kind>[], now: number): Kind | undefined {
  return faults.find(({ from, to }) => now >= from * 1000 && now < to * 1000)?.kind;
}
