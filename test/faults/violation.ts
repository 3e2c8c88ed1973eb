/** Something that was promised was not kept. The first is noted: what is thrown within a callback the client catches. */
export class Violation extends Error {
  private static noted: Violation | undefined;

  constructor(message: string) {
    super(message);
    Violation.noted ??= this;
  }

  /** The first one since {@link forget}. */
  static first(): Violation | undefined {
    return Violation.noted;
  }

  /** Another simulation begins. */
  static forget(): void {
    Violation.noted = undefined;
  }
}

/** @throws Violation unless a promise was kept. The text is made only when it was not. */
export function must(kept: boolean, what: () => string): asserts kept {
  if (!kept) throw new Violation(what());
}
