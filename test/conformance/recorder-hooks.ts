import type { ResolveHook } from "node:module";

const recorder = new URL("recorder.js", import.meta.url).href;

/** Loader hook: a test file that is imported with `?titles` gets the recorder in place of `node:test`. */
export const resolve: ResolveHook = (specifier, context, nextResolve) =>
  specifier === "node:test" && context.parentURL?.endsWith("?titles") ? { url: recorder, shortCircuit: true } : nextResolve(specifier, context);
