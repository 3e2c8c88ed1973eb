/** Makes a bundle for XS as small as it gets without changing what it does or how fast it is. */
import type { Program } from "estree";
import { minify, type FormatOptions, type ParseOptions } from "terser";
import { rewriteForXS } from "./xs-syntax.js";

/**
 * Constants become literals, what is unused goes, and so do variables that are used once, where no order changes; a return before the end of a function becomes a test around what follows; what else is longer than need be in XS is for {@link rewriteForXS}. Nothing is moved into
 * other functions: XS would make a function object at each call of what is inlined as one. Names stay, they cost no bytecode.
 */
const COMPRESS = { defaults: false, evaluate: true, reduce_vars: true, reduce_funcs: false, hoist_props: true, collapse_vars: true, comparisons: true, if_return: true, dead_code: true, unused: true, toplevel: true, passes: 3 };

/** What is true of every XS; the portable code for other hosts goes with it. */
const TRUE_IN_XS = '"fromString" in ArrayBuffer';

/** Rollup's part: what is known of XS is put in before it looks for what is used, and no module is kept for what it does when it is loaded. */
export const deviceInput = {
  treeshake: { moduleSideEffects: false },
  plugin: { name: "xs", transform: (code: string): string => code.replaceAll(TRUE_IN_XS, "true") },
};

// What terser's declarations do not know: it gives and takes the syntax tree of ESTree as well as text.
const TO_TREE: FormatOptions & Readonly<Record<"ast" | "code" | "spidermonkey", boolean>> = { ast: true, code: false, spidermonkey: true };
const FROM_TREE: ParseOptions & Readonly<Record<"spidermonkey", boolean>> = { spidermonkey: true };

/** Terser's part, and {@link rewriteForXS}. @param text a module. @returns it, minified; names of properties, classes and functions are as they were. */
export async function minifyForDevice(text: string): Promise<string> {
  const compressed: object = await minify(text, { module: true, ecma: 2020, compress: COMPRESS, mangle: false, format: TO_TREE });
  if (!("ast" in compressed)) throw new Error("terser gave no tree");
  const tree: unknown = rewriteForXS(compressed.ast as Program);
  const { code } = await minify(tree as string, { module: true, ecma: 2020, compress: false, mangle: false, parse: FROM_TREE, format: { comments: false } });
  if (code === undefined) throw new Error("terser gave nothing");
  // Terser's short forms of these are longer in XS, and slower: an instruction more for each.
  return code.replaceAll(/\bvoid 0\b/g, "undefined").replaceAll(/!0\b/g, "true").replaceAll(/!1\b/g, "false");
}
