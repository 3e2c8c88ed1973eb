/** Stands for `node:test` while titles are collected: notes which tests there are and runs none. */

/** Titles in the order of their registration. */
export const titles: string[] = [];

export function test(title: string): void {
  titles.push(title);
}

export { test as it };
export default test;

/** Registers the tests of a group. */
export function suite(_title: string, body: () => void): void {
  body();
}

export { suite as describe };
