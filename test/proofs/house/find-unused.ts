import {
  type ClassDeclaration,
  type EnumDeclaration,
  type FunctionDeclaration,
  type InterfaceDeclaration,
  isClassDeclaration,
  isEnumDeclaration,
  isExportAssignment,
  isExportDeclaration,
  isFunctionDeclaration,
  isInterfaceDeclaration,
  isNamedExports,
  isTypeAliasDeclaration,
  isVariableStatement,
  type Node,
  type Statement,
  SyntaxKind,
  type TypeAliasDeclaration,
} from 'typescript/unstable/ast'
import type { House, HouseFile } from './open-house.ts'

export interface Unused {
  /** Taken by no other file. */
  readonly byNobody: readonly string[]
  /** Taken by tests and proofs alone. */
  readonly byTestsOnly: readonly string[]
}

/** The entries that package.json publishes: their exports are for others. */
const entries = new Set(['src/index.ts', 'src/session/index.ts'])

/** Exports of src that no other file takes, and those that only tests take; as `path: name`. */
export function findUnused({ files, own }: House): Unused {
  const [users, testUsers] = [new Set<string>(), new Set<string>()]
  for (const { room, imports } of files)
    for (const { to, names } of imports)
      for (const name of names) (room === 'test' ? testUsers : users).add(`${to}: ${name}`)
  const isTaken = (by: ReadonlySet<string>, path: string, name: string) =>
    by.has(`${path}: ${name}`) || by.has(`${path}: *`)
  const left = own
    .filter(({ path }) => !entries.has(path))
    .flatMap((file) => exportedNames(file).map((name) => ({ path: file.path, name })))
    .filter(({ path, name }) => !isTaken(users, path, name))
  const say = ({ path, name }: { path: string; name: string }) => `${path}: ${name}`
  return {
    byNobody: left.filter(({ path, name }) => !isTaken(testUsers, path, name)).map(say),
    byTestsOnly: left.filter(({ path, name }) => isTaken(testUsers, path, name)).map(say),
  }
}

function exportedNames({ source }: HouseFile): string[] {
  return source.statements.flatMap((statement) => {
    if (isExportAssignment(statement)) return ['default']
    if (isExportDeclaration(statement)) {
      const { exportClause } = statement
      return exportClause !== undefined && isNamedExports(exportClause)
        ? exportClause.elements.map(({ name }) => name.text)
        : []
    }
    if (!isExported(statement)) return []
    if (isVariableStatement(statement))
      return statement.declarationList.declarations.map(({ name }) => name?.getText() ?? '')
    return isDeclaration(statement) && statement.name !== undefined ? [statement.name.getText()] : []
  })
}

export function isExported(statement: Statement): boolean {
  const { modifiers = [] } = statement as { readonly modifiers?: readonly Node[] }
  return modifiers.some(({ kind }) => kind === SyntaxKind.ExportKeyword)
}

function isDeclaration(
  node: Node,
): node is ClassDeclaration | EnumDeclaration | FunctionDeclaration | InterfaceDeclaration | TypeAliasDeclaration {
  const kinds = [
    isFunctionDeclaration,
    isClassDeclaration,
    isInterfaceDeclaration,
    isTypeAliasDeclaration,
    isEnumDeclaration,
  ]
  return kinds.some((isKind) => isKind(node))
}
