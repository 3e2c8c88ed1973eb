/** Something that was promised was not kept. The first is noted: what is thrown within a callback the client catches. */
export class Violation extends Error {
  static first: Violation | undefined;

  constructor(message: string) {
    super(message);
    Violation.first ??= this;
  }
}

/** @throws Violation unless a promise was kept. The text is made only when it was not. */
export function must(kept: boolean, what: () => string): asserts kept {
  if (!kept) throw new Violation(what());
}
