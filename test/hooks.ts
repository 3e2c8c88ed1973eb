import type { ResolveHook } from "node:module";

/** Modules that a device's host has, and what stands for them on Node. */
const hostModules: Readonly<Record<string, string>> = {
  timer: new URL("../boards/node/timer.js", import.meta.url).href,
  time: new URL("../boards/node/time.js", import.meta.url).href,
};

/** Loader hook: lets shared code import the host's modules by their bare names. */
export const resolve: ResolveHook = (specifier, context, nextResolve) => {
  const url = hostModules[specifier];
  return url ? { url, shortCircuit: true } : nextResolve(specifier, context);
};
