/** What passes over a syntax tree (ESTree) have in common. */
import type { Node } from "estree";

/** Whether a value in a node is a node itself. */
export function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";
}

/** Replaces each node below `node` and itself by what `change` makes of it, the innermost first. */
export function rewrite(node: Node, parent: Node | undefined, change: (node: Node, parent: Node | undefined) => Node): Node {
  const once = (child: unknown): unknown => (isNode(child) ? rewrite(child, node, change) : child);
  for (const [name, value] of Object.entries(node)) Reflect.set(node, name, Array.isArray(value) ? value.map(once) : once(value));
  return change(node, parent);
}

/** Whether any node below `node` or itself is like that. */
export function some(node: Node, isLike: (node: Node) => boolean): boolean {
  return isLike(node) || Object.values(node).flat().some((child: unknown) => isNode(child) && some(child, isLike));
}
