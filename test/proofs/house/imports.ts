import { dirname, join } from 'node:path'
import {
  type CallExpression,
  type ExportDeclaration,
  type ImportDeclaration,
  isAwaitExpression,
  isCallExpression,
  isExportDeclaration,
  isIdentifier,
  isImportDeclaration,
  isImportTypeNode,
  isLiteralTypeNode,
  isNamedExports,
  isNamedImports,
  isNewExpression,
  isNoSubstitutionTemplateLiteral,
  isObjectBindingPattern,
  isPropertyAccessExpression,
  isQualifiedName,
  isStringLiteral,
  isTemplateExpression,
  isVariableDeclaration,
  type Node,
  type NoSubstitutionTemplateLiteral,
  type SourceFile,
  type StringLiteral,
  SyntaxKind,
} from 'typescript/unstable/ast'
import { nodesOf } from './open-house.ts'

/** What one file takes from another of the tree. */
export interface Import {
  readonly to: string
  /** The names as the other file exports them; `*` where that cannot be told. */
  readonly names: readonly string[]
  /** Gone at run time. */
  readonly isTypeOnly: boolean
}

const published: Readonly<Record<string, string>> = {
  sessionbench: 'src/index.ts',
  'sessionbench/session': 'src/session/index.ts',
}

/** The imports of a file from others of the tree: static, dynamic, of types, and of modules by `new URL(…)`. */
export function importsOf(source: SourceFile, path: string, paths: ReadonlySet<string>): Import[] {
  const found: Import[] = []
  const add = (specifier: Node, names: readonly string[], isTypeOnly: boolean) => {
    if (!isText(specifier)) return
    const to = published[specifier.text] ?? join(dirname(path), specifier.text)
    if (paths.has(to)) found.push({ to, names, isTypeOnly })
  }
  for (const node of nodesOf(source)) {
    if (isImportDeclaration(node)) add(node.moduleSpecifier, importedNames(node, source), isTypeImport(node))
    else if (isExportDeclaration(node) && node.moduleSpecifier !== undefined)
      add(node.moduleSpecifier, reexportedNames(node), isTypeExport(node))
    else if (isImportTypeNode(node) && isLiteralTypeNode(node.argument))
      add(node.argument.literal, node.qualifier === undefined ? ['*'] : [node.qualifier.getText()], true)
    else if (isCallExpression(node) && node.expression.kind === SyntaxKind.ImportKeyword)
      add(node.arguments[0] as Node, awaitedNames(node), false)
    else found.push(...moduleByUrl(node, path, paths))
  }
  return found
}

function importedNames({ importClause }: ImportDeclaration, source: SourceFile): string[] {
  if (importClause === undefined) return []
  const { name, namedBindings } = importClause
  const own = name === undefined ? [] : ['default']
  if (namedBindings === undefined) return own
  if (isNamedImports(namedBindings))
    return [...own, ...namedBindings.elements.map((each) => (each.propertyName ?? each.name).text)]
  return [...own, ...membersOf(namedBindings.name.text, source)]
}

/** What a file takes from a namespace that it imported. */
function membersOf(namespace: string, source: SourceFile): string[] {
  return [...nodesOf(source)].flatMap((node) => {
    if (isPropertyAccessExpression(node) && isIdentifier(node.expression) && node.expression.text === namespace)
      return node.name.text
    if (isQualifiedName(node) && node.left.getText() === namespace) return node.right.text
    return []
  })
}

function isTypeImport({ importClause }: ImportDeclaration): boolean {
  if (importClause === undefined) return false
  if (importClause.phaseModifier === SyntaxKind.TypeKeyword) return true
  const { name, namedBindings } = importClause
  if (name !== undefined || namedBindings === undefined || !isNamedImports(namedBindings)) return false
  return namedBindings.elements.length > 0 && namedBindings.elements.every(({ isTypeOnly }) => isTypeOnly)
}

function reexportedNames({ exportClause }: ExportDeclaration): string[] {
  if (exportClause === undefined || !isNamedExports(exportClause)) return ['*']
  return exportClause.elements.map((each) => (each.propertyName ?? each.name).text)
}

function isTypeExport({ isTypeOnly, exportClause }: ExportDeclaration): boolean {
  if (isTypeOnly) return true
  if (exportClause === undefined || !isNamedExports(exportClause)) return false
  return exportClause.elements.length > 0 && exportClause.elements.every((each) => each.isTypeOnly)
}

/** `const { a } = await import(…)` takes `a`; anything else may take all. */
function awaitedNames(call: CallExpression): string[] {
  if (!isAwaitExpression(call.parent)) return ['*']
  const { parent } = call.parent
  if (!isVariableDeclaration(parent) || !isObjectBindingPattern(parent.name)) return ['*']
  return parent.name.elements.map(({ propertyName, name }) => (propertyName ?? name)?.getText() ?? '*')
}

/** `new URL('../a.ts', import.meta.url)`: how workers, child processes and bundled scenarios are named. */
function moduleByUrl(node: Node, path: string, paths: ReadonlySet<string>): Import[] {
  if (!isNewExpression(node) || node.expression.getText() !== 'URL' || node.arguments === undefined) return []
  const [first, second] = node.arguments
  if (first === undefined || second?.getText() !== 'import.meta.url') return []
  const text = isTemplateExpression(first) ? first.head.text : isText(first) ? first.text : undefined
  if (text === undefined) return []
  const to = join(dirname(path), text.endsWith('.') ? `${text}ts` : text)
  return paths.has(to) ? [{ to, names: ['default'], isTypeOnly: false }] : []
}

function isText(node: Node): node is StringLiteral | NoSubstitutionTemplateLiteral {
  return isStringLiteral(node) || isNoSubstitutionTemplateLiteral(node)
}
