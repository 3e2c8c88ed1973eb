import type { ResolveHook } from "node:module";

/** What stands for `node:test` in a process that runs the same tests again and again. */
const collector = new URL("../xs/node-test.js", import.meta.url).href;

/** Loader hook: tests are collected instead of run when they are loaded. */
export const resolve: ResolveHook = (specifier, context, nextResolve) =>
  specifier === "node:test" ? { url: collector, shortCircuit: true } : nextResolve(specifier, context);
