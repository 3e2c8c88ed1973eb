/**
 * Rewrites syntax that XS compiles to more bytecode than other syntax for the same: a pass over a module's syntax tree (ESTree) that keeps
 * what the module does, in the same order. What each form costs is in docs/decisions/0012-bytecode.md.
 */
import type {
  ArrayExpression, AssignmentExpression, BinaryExpression, Expression, Identifier, IfStatement, Literal, MemberExpression, ModuleDeclaration, Node, Program, Statement, TemplateLiteral,
  VariableDeclaration,
} from "estree";
import { inOneClass } from "./class-layers.js";
import { isNode, rewrite, some } from "./syntax-tree.js";

const literal = (value: string | number): Literal => ({ type: "Literal", value });

/** `a${b}c` is "a" + b + "c": XS adds the empty strings at either end of a template too. None of ours holds an object, ESLint sees to that. */
function concatenation({ quasis, expressions }: TemplateLiteral): Expression {
  const texts = quasis.map((quasi) => quasi.value.cooked ?? "");
  if (expressions.length === 0) return literal(texts.join(""));
  const parts: Expression[] = [];
  texts.forEach((text, index) => {
    const expression = expressions[index];
    // Either of the first two makes it a string.
    if (text !== "" || (index === 0 && texts[1] === "")) parts.push(literal(text));
    if (expression !== undefined) parts.push(expression);
  });
  return parts.reduce((left, right) => ({ type: "BinaryExpression", operator: "+", left, right }));
}

/** `if (a && b) c` is `if (a) if (b) c`: no value is kept for the second test. */
function nested(statement: IfStatement): IfStatement {
  const { test, consequent } = statement;
  if (statement.alternate || test.type !== "LogicalExpression" || test.operator !== "&&") return statement;
  return nested({ ...statement, test: test.left, consequent: nested({ type: "IfStatement", test: test.right, consequent }) });
}

/** What stands behind a test and leaves at once: as short as what `||` takes to keep the value of its first test. */
function leaves(statement: Statement): boolean {
  if (statement.type !== "ReturnStatement") return statement.type === "ContinueStatement" || statement.type === "BreakStatement";
  const value = statement.argument;
  return !value || value.type === "Literal" || value.type === "Identifier" || (value.type === "UnaryExpression" && value.argument.type === "Literal");
}

/** `if (a || b) return` is `if (a) return; if (b) return`: no value is kept for the second test. */
function oneByOne(statement: Statement): Statement[] {
  if (statement.type !== "IfStatement" || statement.alternate || statement.test.type !== "LogicalExpression" || statement.test.operator !== "||") return [statement];
  const { test, consequent } = statement;
  if (!leaves(consequent)) return [statement];
  return [test.left, test.right].flatMap((each) => oneByOne(nested({ type: "IfStatement", test: each, consequent })));
}

const BITWISE = new Set(["|", "&", "^", "<<", ">>", ">>>"]);

/** `(a ?? 0) & b` is `a & b`: undefined and null are 0 there. */
function bits(expression: BinaryExpression): BinaryExpression {
  if (!BITWISE.has(expression.operator)) return expression;
  const bare = (side: Expression): Expression =>
    side.type === "LogicalExpression" && side.operator === "??" && side.right.type === "Literal" && side.right.value === 0 ? side.left : side;
  return expression.left.type === "PrivateIdentifier" ? expression : { ...expression, left: bare(expression.left), right: bare(expression.right) };
}

/** The name of `this.name = value` with a value that does not depend on anything. */
function constantAssignment(statement: Node | undefined): (AssignmentExpression & { readonly left: MemberExpression }) | undefined {
  if (statement?.type !== "ExpressionStatement" || statement.expression.type !== "AssignmentExpression") return undefined;
  const { left, operator } = statement.expression;
  if (operator !== "=" || left.type !== "MemberExpression" || left.computed || left.object.type !== "ThisExpression") return undefined;
  return { ...statement.expression, left };
}

/** `this.a = 0; this.b = 0` is `this.b = this.a = 0`: one value and one end of a statement, and the properties still come to be in that order. */
function chained(statements: readonly Statement[]): Statement[] {
  const result: Statement[] = [];
  for (const statement of statements) {
    const last = constantAssignment(result.at(-1));
    const next = constantAssignment(statement);
    let value: Expression | undefined = last;
    while (value?.type === "AssignmentExpression") value = value.right;
    if (last !== undefined && next !== undefined && isSameConstant(value, next.right)) {
      result.pop();
      result.push({ type: "ExpressionStatement", expression: { ...next, right: last } });
    } else result.push(statement);
  }
  return result;
}

/** Numbers, booleans and undefined. */
function isSameConstant(a: Expression | undefined, b: Expression): boolean {
  if (a?.type === "Literal" && b.type === "Literal") return a.value === b.value && typeof a.value !== "object" && a.value !== "";
  return a?.type === "UnaryExpression" && b.type === "UnaryExpression" && a.operator === "void" && b.operator === "void";
}

/** `const { a, b } = c` is `const a = c.a, b = c.b`; undefined where there is more to the pattern. */
function plainly(declaration: VariableDeclaration): VariableDeclaration | undefined {
  const { id, init } = declaration.declarations[0] ?? {};
  if (declaration.declarations.length !== 1 || id?.type !== "ObjectPattern" || !init) return undefined;
  const declarations: VariableDeclaration["declarations"] = [];
  let held: Identifier | undefined;
  // Anything else is looked at once only, under a name that is new as the variables are.
  if (init.type !== "Identifier" && init.type !== "ThisExpression" && id.properties.length > 1) {
    held = { type: "Identifier", name: "" };
    declarations.push({ type: "VariableDeclarator", id: held, init });
  }
  const object = held ?? init;
  for (const property of id.properties) {
    if (property.type !== "Property" || property.computed || property.value.type !== "Identifier") return undefined;
    // A variable of the name of what is taken apart would hide it.
    if (object.type === "Identifier" && property.value.name === object.name) return undefined;
    if (held !== undefined) held.name += `$${property.value.name}`;
    declarations.push({ type: "VariableDeclarator", id: property.value, init: { type: "MemberExpression", object, property: property.key, computed: false, optional: false } });
  }
  return { ...declaration, declarations };
}

/** The name of a loop's own variable, where no function in the loop could hold one of each round. */
function counter(loop: Statement): string | undefined {
  if (loop.type !== "ForStatement" || loop.init?.type !== "VariableDeclaration" || loop.init.kind !== "let" || loop.init.declarations.length !== 1) return undefined;
  const id = loop.init.declarations[0]?.id;
  return id?.type === "Identifier" && !some(loop, (node) => node.type.includes("Function")) ? id.name : undefined;
}

/** `for (let i = 0; ...) ...` is `let i = 0; for (; ...) ...` where that name is not used beside the loops: no variable is renewed each round. */
function countedOutside(statements: readonly Statement[], taken: readonly Node[]): Statement[] {
  const declared = new Set<string>();
  return statements.flatMap((statement) => {
    const name = counter(statement);
    if (name === undefined || statement.type !== "ForStatement" || statement.init?.type !== "VariableDeclaration") return [statement];
    const others = statements.filter((other) => counter(other) !== name);
    if ([...taken, ...others].some((other) => some(other, (node) => node.type === "Identifier" && node.name === name))) return [statement];
    const init = statement.init.declarations[0]?.init;
    const loop: Statement = { ...statement, init: null };
    if (!declared.has(name)) {
      declared.add(name);
      return [statement.init, loop];
    }
    if (!init) return [statement];
    return [{ type: "ExpressionStatement", expression: { type: "AssignmentExpression", operator: "=", left: { type: "Identifier", name }, right: init } }, loop];
  });
}

function isStatement(node: Statement | ModuleDeclaration): node is Statement {
  return !/^(Im|Ex)port/.test(node.type);
}

/** `i-- > 0` is `--i >= 0` where i is a whole number, as all that are counted down are: the value before need not be kept. */
function countingDown(expression: BinaryExpression): BinaryExpression {
  const { left, right, operator } = expression;
  if (operator !== ">" || left.type !== "UpdateExpression" || left.prefix || left.operator !== "--" || right.type !== "Literal" || right.value !== 0) return expression;
  return { ...expression, operator: ">=", left: { ...left, prefix: true } };
}

/** `a[i++] = b` is `a[i] = b; i++` where nothing else in the statement has to do with i: the value before need not be kept. */
function countedAfter(statement: Statement): Statement[] {
  if (statement.type !== "ExpressionStatement" || statement.expression.type !== "AssignmentExpression" || statement.expression.operator !== "=") return [statement];
  const { left, right } = statement.expression;
  if (left.type !== "MemberExpression" || left.object.type !== "Identifier" || left.property.type !== "UpdateExpression" || left.property.prefix) return [statement];
  const count = left.property;
  const name = count.argument.type === "Identifier" ? count.argument.name : undefined;
  // What is called could look at it too.
  if (name === undefined || some(right, (node) => (node.type === "Identifier" && node.name === name) || /Call|New|Await|Yield|Tagged|Import/.test(node.type))) return [statement];
  left.property = count.argument;
  return [statement, { type: "ExpressionStatement", expression: count }];
}

/** `[]` is `new Array`, `[a, b]` is `Array.of(a, b)`: no place is kept for the list, nor an index for each element. No variable of ours is called Array. */
function called({ elements }: ArrayExpression): Expression | undefined {
  const object: Identifier = { type: "Identifier", name: "Array" };
  const present = elements.filter((element) => element !== null && element.type !== "SpreadElement");
  if (present.length < elements.length) return undefined;
  if (present.length === 0) return { type: "NewExpression", callee: object, arguments: [] };
  const property: Identifier = { type: "Identifier", name: "of" };
  return { type: "CallExpression", callee: { type: "MemberExpression", object, property, computed: false, optional: false }, arguments: present, optional: false };
}

/** `class A {}` is `const A = class {}`: without a variable of its own inside. */
function unnamed(statement: Statement): Statement {
  if (statement.type !== "ClassDeclaration") return statement;
  return { type: "VariableDeclaration", kind: "const", declarations: [{ type: "VariableDeclarator", id: statement.id, init: { ...statement, type: "ClassExpression", id: null } }] };
}

/** Bytes of a string, of a variable that stands for it, of each use of that, and of each function that holds it. */
const STRING = 3;
const VARIABLE = 6;
const USE = 2;
const HOLD = 2;

/** Strings that come often become constants of the module. */
function shared(module: readonly Statement[]): Statement[] {
  const uses = new Map<string, { readonly places: Literal[]; readonly functions: Set<Node> }>();
  const collect = (node: Node, functions: readonly Node[]): void => {
    const within = node.type.includes("Function") ? [...functions, node] : functions;
    if (node.type === "Literal" && typeof node.value === "string") {
      const use = uses.get(node.value) ?? { places: [], functions: new Set() };
      use.places.push(node);
      within.forEach((each) => use.functions.add(each));
      uses.set(node.value, use);
    }
    for (const child of Object.values(node).flat() as unknown[]) if (isNode(child) && !("key" in node && child === node.key)) collect(child, within);
  };
  module.forEach((statement) => {
    collect(statement, []);
  });
  const constants: Statement[] = [];
  uses.forEach(({ places, functions }, text) => {
    const length = Buffer.byteLength(text) + STRING;
    if (places.length * (length - USE) <= length + VARIABLE + functions.size * HOLD) return;
    const name = `$text${constants.length}`;
    constants.push({ type: "VariableDeclaration", kind: "const", declarations: [{ type: "VariableDeclarator", id: { type: "Identifier", name }, init: literal(text) }] });
    places.forEach((place) => Object.assign(place, { type: "Identifier", name, value: undefined }));
  });
  return [...constants, ...module];
}

/**
 * Puts what a module declares into a block, and what it exports into variables before it: XS notes of each variable of a module whether it is
 * exported, in eight bytes. No name of ours begins with a $.
 */
function enclosed(module: Program): Program {
  const inner = module.body.filter(isStatement).map(unnamed);
  const outer: Program["body"] = [];
  const exported = new Set<string>();
  for (const statement of module.body) {
    if (isStatement(statement)) continue;
    if (statement.type === "ExportNamedDeclaration" && !statement.declaration && !statement.source)
      for (const specifier of statement.specifiers) {
        const own = specifier.local;
        if (own.type !== "Identifier") return module;
        const name: Identifier = { type: "Identifier", name: `$${own.name}` };
        specifier.local = name;
        // One variable may be exported under several names.
        if (exported.has(own.name)) continue;
        exported.add(own.name);
        outer.push({ type: "VariableDeclaration", kind: "let", declarations: [{ type: "VariableDeclarator", id: name, init: null }] });
        inner.push({ type: "ExpressionStatement", expression: { type: "AssignmentExpression", operator: "=", left: name, right: own } });
      }
    else if (statement.type !== "ImportDeclaration") return module;
    outer.push(statement);
  }
  return { ...module, body: [...outer, { type: "BlockStatement", body: shared(inner) }] };
}

function change(node: Node, parent: Node | undefined): Node {
  switch (node.type) {
    case "TemplateLiteral":
      return parent?.type === "TaggedTemplateExpression" ? node : concatenation(node);
    case "IfStatement":
      return nested(node);
    case "ArrayExpression":
      return called(node) ?? node;
    case "BinaryExpression":
      return countingDown(bits(node));
    case "VariableDeclaration":
      return plainly(node) ?? node;
    case "BlockStatement":
      return { ...node, body: chained(countedOutside(node.body, parent !== undefined && "params" in parent ? parent.params : [])).flatMap(countedAfter).flatMap(oneByOne) };
    default:
      return node;
  }
}

/** @param module is changed. @returns what does the same in less bytecode of XS. */
export function rewriteForXS(module: Program): Program {
  const body = rewrite({ ...module, body: inOneClass(module.body) }, undefined, change);
  return body.type === "Program" ? enclosed(body) : module;
}
