/** Statements and tests held against each other. */
import { mqtt311, mqtt5, type Statement } from "./statements.js";
import type { TitledTest } from "./titled-tests.js";

/** A test and whether it passed. */
export interface Proof {
  readonly test: TitledTest;
  readonly passed: boolean;
}

export interface Entry {
  readonly statement: Statement;
  readonly proofs: readonly Proof[];
  /** It has a test, and all its tests passed. */
  readonly proved: boolean;
}

export interface Ledger {
  /** What a client has to keep in MQTT 5.0. */
  readonly client: readonly Entry[];
  /** What only a server can keep. */
  readonly server: readonly Entry[];
  /** What a client has to keep in MQTT 3.1.1 that is otherwise in MQTT 5.0. */
  readonly older: readonly Entry[];
  /** What must not be: tests that name a statement there is not, two tests of one name. */
  readonly mistakes: readonly string[];
}

const where = (test: TitledTest): string => `${test.file.replace(/js$/, "ts")}: "${test.title}"`;

function mistakesIn(tests: readonly TitledTest[], known: ReadonlySet<string>): string[] {
  const seen = new Set<string>();
  const mistakes: string[] = [];
  for (const test of tests) {
    for (const id of test.ids) if (!known.has(id)) mistakes.push(`${where(test)} names ${id}, which no list has`);
    if (seen.has(where(test))) mistakes.push(`${where(test)} is there twice`);
    seen.add(where(test));
  }
  return mistakes;
}

/** @param passed whether a test passed. */
export function toLedger(tests: readonly TitledTest[], passed: (test: TitledTest) => boolean): Ledger {
  const proofs = tests.map((test) => ({ test, passed: passed(test) }));
  const entries = (statements: readonly Statement[]): Entry[] =>
    statements.map((statement) => {
      const own = proofs.filter(({ test }) => test.ids.includes(statement.id));
      return { statement, proofs: own, proved: own.length > 0 && own.every((proof) => proof.passed) };
    });
  return {
    client: entries(mqtt5.filter(({ breach }) => breach === undefined)),
    server: entries(mqtt5.filter(({ breach }) => breach !== undefined)),
    older: entries(mqtt311),
    mistakes: mistakesIn(tests, new Set([...mqtt5, ...mqtt311].map(({ id }) => id))),
  };
}

/** "173 of 174 statements". */
export function countOf(entries: readonly Entry[]): string {
  return `${entries.filter(({ proved }) => proved).length} of ${entries.length} statements`;
}

/** What is wrong, a line each; nothing when every statement is proved. A test of a server's breach that failed counts too. */
export function shortcomings({ client, server, older, mistakes }: Ledger): string[] {
  const unproved = [...client, ...older, ...server.filter(({ proofs }) => proofs.length > 0)].filter(({ proved }) => !proved);
  return [
    ...unproved.map(({ statement, proofs }) => {
      const failed = proofs.filter(({ passed }) => !passed).map(({ test }) => where(test));
      return `${statement.id} (${statement.requirement}) ${failed.length === 0 ? "has no test" : `does not pass ${failed.join(", ")}`}`;
    }),
    ...mistakes,
  ];
}
