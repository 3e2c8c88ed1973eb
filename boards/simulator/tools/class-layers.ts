/**
 * Makes one class of those that only stand below another: a class in layers, a file each. In XS a constructor that calls another takes a slot
 * of memory each time, each class and each such call its bytecode, and each prototype is looked through on the way to a method.
 */
import type { ClassDeclaration, Expression, FunctionExpression, Identifier, MethodDefinition, Node, Program, Statement, VariableDeclaration } from "estree";
import { isNode, some } from "./syntax-tree.js";

type Item = Program["body"][number];

interface Constructor {
  readonly parameters: readonly Identifier[];
  readonly statements: readonly Statement[];
}

/** All nodes in a node, and itself, but not the names of properties. */
function nodes(node: Node): Node[] {
  const isName = (name: string): boolean => (name === "property" || name === "key") && "computed" in node && !node.computed;
  return [node, ...Object.entries(node).flatMap(([name, value]: [string, unknown]): unknown[] => (isName(name) ? [] : [value].flat())).filter((child: unknown) => isNode(child)).flatMap(nodes)];
}

/** Names of variables that are read, written or declared. */
function names(within: readonly Node[]): Set<string> {
  return new Set(within.flatMap(nodes).filter((node) => node.type === "Identifier").map(({ name }) => name));
}

function declared(statements: readonly Statement[]): Set<string> {
  return names(statements.filter((each) => each.type === "VariableDeclaration").flatMap(({ declarations }) => declarations.map(({ id }) => id)));
}

/** A class of plain methods and accessors and at most one constructor, with plain parameters; undefined where there is more to it. */
function methodsOf(layer: ClassDeclaration): MethodDefinition[] | undefined {
  const methods = layer.body.body.filter((member) => member.type === "MethodDefinition" && !member.static && !member.computed && member.key.type === "Identifier");
  return methods.length === layer.body.body.length ? (methods as MethodDefinition[]) : undefined;
}

function constructorOf(methods: readonly MethodDefinition[]): Constructor | undefined {
  const own = methods.find(({ kind }) => kind === "constructor")?.value;
  const parameters = own?.params.filter((parameter) => parameter.type === "Identifier");
  return own && parameters?.length === own.params.length ? { parameters, statements: own.body.body } : undefined;
}

/** The arguments of `super(...)`, where a statement is nothing else. */
function superCall(statement: Statement): readonly Node[] | undefined {
  const call = statement.type === "ExpressionStatement" ? statement.expression : undefined;
  return call?.type === "CallExpression" && call.callee.type === "Super" ? call.arguments : undefined;
}

/** What the constructor of a class does, with that of its base in the place of its call; undefined where names or ways out get in each other's way. */
function joined(derived: Constructor, base: Constructor): Constructor | undefined {
  const index = derived.statements.findIndex((statement) => superCall(statement));
  const given = derived.statements[index];
  const values = given && superCall(given);
  if (!values || values.length > base.parameters.length) return undefined;
  const before = derived.statements.slice(0, index);
  const after = derived.statements.slice(index + 1);
  const own = names([...derived.parameters, ...before, ...after]);
  const theirs = names(base.statements);
  const variables: Statement[] = [];
  if (base.statements.some((statement) => some(statement, ({ type }) => type === "ReturnStatement" || type.endsWith("FunctionExpression")))) return undefined;
  for (const [position, parameter] of base.parameters.entries()) {
    const value = values[position];
    const written = (node: Node): boolean => node.type === "AssignmentExpression" && node.left.type === "Identifier" && node.left.name === parameter.name;
    if (base.statements.some((statement) => some(statement, written))) return undefined;
    theirs.delete(parameter.name);
    if (value?.type === "Identifier" && value.name === parameter.name) continue;
    if (own.has(parameter.name) || !value || value.type === "SpreadElement") return undefined;
    const declaration: VariableDeclaration = { type: "VariableDeclaration", kind: "const", declarations: [{ type: "VariableDeclarator", id: parameter, init: value as Expression }] };
    variables.push(declaration);
  }
  // Of either only what has a name of its own; what both find outside is the same.
  const hidden = [...declared(base.statements)].some((name) => own.has(name));
  const hiding = [...names([...derived.parameters]), ...declared([...before, ...after])].some((name) => theirs.has(name));
  return hidden || hiding ? undefined : { parameters: derived.parameters, statements: [...before, ...variables, ...base.statements, ...after] };
}

/** A class with what its base has; undefined where that would not be the same. */
function merged(derived: ClassDeclaration, base: ClassDeclaration): ClassDeclaration | undefined {
  const methods = methodsOf(derived);
  const below = methodsOf(base);
  const first = methods && constructorOf(methods);
  const second = below && constructorOf(below);
  const both = first && second && joined(first, second);
  if (!methods || !below || !both) return undefined;
  const plain = methods.filter(({ kind }) => kind !== "constructor");
  // What is overridden may be called all the same.
  if (plain.some((method) => some(method, ({ type }) => type === "Super"))) return undefined;
  const own = new Set(plain.map(({ key }) => (key as Identifier).name));
  const inherited = below.filter(({ kind, key }) => kind !== "constructor" && !own.has((key as Identifier).name));
  const value: FunctionExpression = { type: "FunctionExpression", params: [...both.parameters], body: { type: "BlockStatement", body: [...both.statements] } };
  const make: MethodDefinition = { type: "MethodDefinition", kind: "constructor", key: { type: "Identifier", name: "constructor" }, value, computed: false, static: false };
  // In the order in which they are found.
  return { ...derived, superClass: base.superClass ?? null, body: { ...derived.body, body: [make, ...plain, ...inherited] } };
}

/** @param module the statements of a module. @returns them, with one class for each row of classes that nothing else uses. */
export function inOneClass(module: readonly Item[]): Item[] {
  const result = [...module];
  const uses = new Map<string, number>();
  for (const node of module.flatMap((each) => nodes(each))) if (node.type === "Identifier") uses.set(node.name, (uses.get(node.name) ?? 0) + 1);
  // A class comes behind its base.
  for (let index = 0; index < result.length; index++) {
    const derived = result[index];
    if (derived?.type !== "ClassDeclaration" || derived.superClass?.type !== "Identifier") continue;
    const { name } = derived.superClass;
    const at = result.findIndex((each) => each.type === "ClassDeclaration" && each.id.name === name);
    const base = result[at];
    // Where it is declared, and here.
    if (base?.type !== "ClassDeclaration" || uses.get(name) !== 2) continue;
    const one = merged(derived, base);
    if (one === undefined) continue;
    result[index] = one;
    result.splice(at, 1);
    index--;
  }
  return result;
}
