import {
  isInterfaceDeclaration,
  isTypeAliasDeclaration,
  isTypeReferenceNode,
  type Node,
  type TypeAliasDeclaration,
} from 'typescript/unstable/ast'
import { isExported } from './find-unused.ts'
import type { House } from './open-house.ts'

export interface Twins {
  /** `name: path, path` */
  readonly sameName: readonly string[]
  /** `path: name = path: name` */
  readonly sameShape: readonly string[]
}

/** A type of fewer members than this is like another one by chance. */
const leastMembers = 3

/** Exported types of src that several files declare: by one name, or member for member the same. */
export function findTwins({ own, checker }: House): Twins {
  const types = own.flatMap(({ path, source }) =>
    source.statements.flatMap((statement) =>
      (isInterfaceDeclaration(statement) || isNewAlias(statement)) && isExported(statement)
        ? { path, name: statement.name.text, shape: shapeOf(statement.name) }
        : [],
    ),
  )
  const shared = <T>(groups: Map<T, typeof types>) =>
    [...groups.values()].filter((group) => new Set(group.map(({ path }) => path)).size > 1)
  const byShape = Map.groupBy(
    types.filter(({ shape }) => shape !== undefined),
    ({ shape }) => shape,
  )
  return {
    sameName: shared(Map.groupBy(types, ({ name }) => name)).map(
      (group) => `${group[0]?.name}: ${group.map(({ path }) => path).join(', ')}`,
    ),
    sameShape: shared(byShape).map((group) => group.map(({ path, name }) => `${path}: ${name}`).join(' = ')),
  }

  function shapeOf(name: Node): string | undefined {
    const symbol = checker.getSymbolAtLocation(name)
    if (symbol === undefined) return
    const type = checker.getDeclaredTypeOfSymbol(symbol)
    if (!type.isObjectType()) return
    const members = checker.getPropertiesOfType(type)
    if (members.length < leastMembers) return
    const types = checker.getTypeOfSymbol(members)
    return members
      .map((member, index) => {
        const memberType = types[index]
        return `${member.name}: ${memberType === undefined ? '?' : checker.typeToString(memberType)}`
      })
      .toSorted()
      .join('; ')
  }
}

/** Whether an alias is more than another name: `type Own = Other` writes nothing twice. */
function isNewAlias(node: Node): node is TypeAliasDeclaration {
  if (!isTypeAliasDeclaration(node)) return false
  return !isTypeReferenceNode(node.type) || node.type.typeArguments !== undefined
}
