import {
  type CallExpression,
  isAwaitExpression,
  isBinaryExpression,
  isCallExpression,
  isClassLikeDeclaration,
  isClassStaticBlockDeclaration,
  isConstructorDeclaration,
  isDeleteExpression,
  isElementAccessExpression,
  isExpressionStatement,
  isFunctionLikeDeclaration,
  isIdentifier,
  isImportDeclaration,
  isNewExpression,
  isPostfixUnaryExpression,
  isPrefixUnaryExpression,
  isPropertyAccessExpression,
  isPropertyDeclaration,
  isStringLiteral,
  isTaggedTemplateExpression,
  isTypeNode,
  isVariableDeclaration,
  ModifierFlags,
  type Node,
  SyntaxKind,
} from 'typescript/unstable/ast'
import { SymbolFlags } from 'typescript/unstable/sync'
import { type House, type HouseFile, nameOf, nodesOf, placeOf } from './open-house.ts'

/**
 * What of other people's may be called as a module is imported: it makes a value, and does nothing else. Everything that is
 * not listed is taken for an effect; functions and classes of the house are looked into instead.
 */
const pure: Readonly<Record<string, readonly string[]>> = {
  '': (
    'Array BigInt Buffer Error Headers Int32Array JSON Map Math Number Object Proxy RegExp Request Set SharedArrayBuffer String ' +
    'Symbol TextDecoder TextEncoder URL URLSearchParams Uint32Array Uint8Array WeakMap WeakSet decodeURIComponent'
  ).split(' '),
  'node:diagnostics_channel': ['channel'],
  'node:module': ['createRequire'],
  'node:path': ['extname', 'join'],
  'node:url': ['fileURLToPath', 'pathToFileURL'],
  sessionbench: ['defineScenario'],
  zod: ['z'],
}

/** They change what they are given: pure only when that is the module's own. */
const changing = /^Object\.(assign|defineProperty|defineProperties|setPrototypeOf)$/

/** What is shipped. */
const isShipped = ({ path }: HouseFile) => /^(src|fixtures-server)\//.test(path)

interface EffectOptions {
  /** Files that processes and threads begin with: what they do is what they are for. */
  readonly entries: readonly string[]
  /** Functions of the house that do nothing but make a value where they are called by a module. */
  readonly harmless: readonly string[]
}

/**
 * What files do as they are imported, beside making values: calls, changes of what is not their own, readings of the
 * process. Functions and classes of ours that are called meanwhile are looked into; methods of values are taken for harmless, as
 * the value had to be made first, unless the module has no use for what they return.
 */
export function findEffects(house: House, { entries, harmless }: EffectOptions): string[] {
  const files = new Map(house.files.map((file) => [file.source.fileName, file]))
  const found = new Set<string>()
  const seen = new Set<Node>()
  const visit = (node: Node): void => {
    if (isTypeNode(node) || isFunctionLikeDeclaration(node)) return
    if (isClassLikeDeclaration(node)) {
      visitAll(node.members.filter(isStatic))
      return
    }
    if (isEffect(house, node)) return void found.add(describe(files.get(node.getSourceFile().fileName), node))
    for (const called of calledBy(house, node)) {
      const file = files.get(called.getSourceFile().fileName)
      if (file === undefined || !isShipped(file) || seen.has(called) || harmless.includes(nameOf(called))) continue
      seen.add(called)
      visitAll(runningParts(called))
    }
    visitAll([node])
  }
  const visitAll = (nodes: readonly Node[]) => {
    for (const node of nodes) node.forEachChild(visit)
  }
  const modules = house.files.filter((file) => isShipped(file) && !entries.includes(file.path))
  visitAll(modules.map(({ source }) => source))
  return [...found].sort()
}

/** Where something else is put in the place of what a module of Node's, a package or the platform has, whenever that is. */
export function findReplacements(house: House, { entries }: Pick<EffectOptions, 'entries'>): string[] {
  return house.files
    .filter((file) => isShipped(file) && !entries.includes(file.path))
    .flatMap((file) =>
      [...nodesOf(file.source)].filter((node) => isReplacement(house, node)).map((node) => describe(file, node)),
    )
}

function describe(file: HouseFile | undefined, node: Node): string {
  return `${file && placeOf(file, node)} ${node.getText().replaceAll(/\s+/g, ' ').slice(0, 60)}`
}

function isReplacement(house: House, node: Node): boolean {
  const changed = isChange(node) ? node.arguments[0] : ownerOf(changedBy(node))
  const root = changed && ownersRoot(changed)
  return root !== undefined && isIdentifier(root) && originOf(house, root) !== undefined
}

/** What the property that is changed belongs to. */
function ownerOf(changed: Node | undefined): Node | undefined {
  return changed && (isPropertyAccessExpression(changed) || isElementAccessExpression(changed))
    ? changed.expression
    : undefined
}

/** What stands leftmost in a chain of members; what a call has just made is nobody's. */
function ownersRoot(node: Node): Node {
  const owner = ownerOf(node)
  return owner === undefined ? node : ownersRoot(owner)
}

function isStatic(member: Node): boolean {
  if (isClassStaticBlockDeclaration(member)) return true
  return isPropertyDeclaration(member) && (member.modifierFlags & ModifierFlags.Static) !== 0
}

function isEffect(house: House, node: Node): boolean {
  if (isAwaitExpression(node)) return true
  if (isImportDeclaration(node)) return node.importClause === undefined
  if (isPropertyAccessExpression(node)) return /^(performance|process)\.\w+$/.test(node.getText())
  const changed = changedBy(node)
  if (changed !== undefined) return !isOwn(house, rootOf(changed))
  if (isExpressionStatement(node) && isCallExpression(node.expression) && !isInFunction(node))
    return !isChangeOfOwn(house, node.expression)
  if (!isCallExpression(node) && !isNewExpression(node) && !isTaggedTemplateExpression(node)) return false
  const callee = isTaggedTemplateExpression(node) ? node.tag : node.expression
  const root = rootOf(callee)
  if (root.kind === SyntaxKind.ImportKeyword) return true
  if (!isIdentifier(root)) return false
  if (isChange(node)) return !isChangeOfOwn(house, node)
  const from = originOf(house, root)
  return from !== undefined && !pure[from]?.includes(root.text)
}

/** What an assignment or its like changes. */
function changedBy(node: Node): Node | undefined {
  if (isBinaryExpression(node)) {
    const { kind } = node.operatorToken
    return kind >= SyntaxKind.FirstAssignment && kind <= SyntaxKind.LastAssignment ? node.left : undefined
  }
  if (isDeleteExpression(node)) return node.expression
  const isCounting =
    (isPrefixUnaryExpression(node) || isPostfixUnaryExpression(node)) &&
    (node.operator === SyntaxKind.PlusPlusToken || node.operator === SyntaxKind.MinusMinusToken)
  return isCounting ? node.operand : undefined
}

function isChange(node: Node): node is CallExpression {
  return isCallExpression(node) && changing.test(node.expression.getText())
}

function isChangeOfOwn(house: House, node: Node): boolean {
  if (!isChange(node)) return false
  const [changed] = node.arguments
  return changed !== undefined && (!isIdentifier(rootOf(changed)) || isOwn(house, rootOf(changed)))
}

function isInFunction(node: Node): boolean {
  for (let above: Node | undefined = node.parent; above !== undefined; above = above.parent)
    if (isFunctionLikeDeclaration(above) && !isClassStaticBlockDeclaration(above)) return true
  return false
}

/** What stands leftmost in a chain of calls, members and casts. */
function rootOf(node: Node & { readonly expression?: Node; readonly tag?: Node }): Node {
  const inner = node.expression ?? node.tag
  return inner === undefined || isFunctionLikeDeclaration(node) ? node : rootOf(inner)
}

/** Whether something is made by the file that names it. */
function isOwn(house: House, root: Node): boolean {
  if (root.kind === SyntaxKind.ThisKeyword) return true
  if (!isIdentifier(root)) return false
  const declaration = declarationOf(house, root)
  return declaration?.getSourceFile().fileName === root.getSourceFile().fileName && !isImported(declaration)
}

function isImported(declaration: Node): boolean {
  return importOf(declaration) !== undefined
}

/** Where an identifier comes from when it is not of the house: a module, or '' for what is everywhere. */
function originOf(house: House, root: Node): string | undefined {
  const declaration = declarationOf(house, root)
  const specifier = declaration && importOf(declaration)
  if (specifier !== undefined) return specifier.startsWith('.') ? undefined : specifier
  return declaration === undefined || !house.files.some(({ source }) => source === declaration.getSourceFile())
    ? ''
    : undefined
}

/** The module that an import binds a name from. */
function importOf(declaration: Node): string | undefined {
  for (let node: Node | undefined = declaration; node !== undefined; node = node.parent) {
    if (isImportDeclaration(node)) return isStringLiteral(node.moduleSpecifier) ? node.moduleSpecifier.text : undefined
    if (isFunctionLikeDeclaration(node) || isVariableDeclaration(node)) return undefined
  }
  return undefined
}

function declarationOf({ checker }: House, name: Node): Node | undefined {
  return checker.getSymbolAtLocation(name)?.declarations[0]?.resolve()
}

/** The functions and classes of the house that a node calls by name; of a method, as `map` is, those that it is handed. */
function calledBy(house: House, node: Node): Node[] {
  if (!isCallExpression(node) && !isNewExpression(node)) return []
  const { expression } = node
  if (!isIdentifier(expression)) return (node.arguments ?? []).filter(isFunctionLikeDeclaration)
  const symbol = house.checker.getSymbolAtLocation(expression)
  if (symbol === undefined) return []
  const target = symbol.flags & SymbolFlags.Alias ? house.checker.getAliasedSymbol(symbol) : symbol
  const declared = target.declarations.flatMap((handle) => handle.resolve() ?? [])
  return declared.map((each) => (isVariableDeclaration(each) ? (each.initializer ?? each) : each))
}

/** Of a function its body, of a class what makes an instance. */
function runningParts(called: Node): readonly Node[] {
  if (!isClassLikeDeclaration(called)) return isFunctionLikeDeclaration(called) ? [called] : []
  return called.members.filter(
    (member) => isConstructorDeclaration(member) || (isPropertyDeclaration(member) && !isStatic(member)),
  )
}
