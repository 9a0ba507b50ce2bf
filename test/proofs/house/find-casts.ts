import { type AsExpression, isAsExpression, isTypeReferenceNode, type Node } from 'typescript/unstable/ast'
import { SymbolFlags, type Type, TypeFlags } from 'typescript/unstable/sync'
import { type House, type HouseFile, nodesOf, placeOf } from './open-house.ts'

export interface Casts {
  readonly perRoom: ReadonlyMap<string, number>
  /** What a schema, or one type instead of two, would make needless. */
  readonly toShapes: readonly string[]
}

/** The `as` of src, `as const` left out. */
export function findCasts(house: House): Casts {
  const perRoom = new Map<string, number>()
  const toShapes: string[] = []
  for (const file of house.own)
    for (const cast of castsOf(file)) {
      perRoom.set(file.room, (perRoom.get(file.room) ?? 0) + 1)
      if (givesShape(house, cast))
        toShapes.push(`${placeOf(file, cast)} ${cast.getText().replaceAll(/\s+/g, ' ').slice(-70)}`)
    }
  return { perRoom, toShapes }
}

function castsOf({ source }: HouseFile): AsExpression[] {
  return [...nodesOf(source)].filter(isAsExpression).filter(({ type }) => type.getText() !== 'const')
}

/**
 * Whether a cast says of a value that it has a shape that src declares, where the compiler knew another shape or none:
 * neither a narrowing (one of a union, what is not null) nor what the compiler knew anyway.
 */
function givesShape(house: House, cast: AsExpression): boolean {
  if (isAsExpression(cast.parent) || !namesOwn(house, cast.type)) return false
  const { checker } = house
  const inner = isAsExpression(cast.expression) ? cast.expression.expression : cast.expression
  const [from, to] = [inner, cast.type].map((node: Node) => checker.getTypeAtLocation(node))
  if (from === undefined || to === undefined || !isShape(to)) return false
  if (from.flags & (TypeFlags.Unknown | TypeFlags.Any)) return true
  const given = checker.getNonNullableType(from) ?? from
  return isShape(given) && !given.isUnionType() && !checker.isTypeAssignableTo(given, to)
}

function namesOwn({ checker, isOwn }: House, type: Node): boolean {
  return [...nodesOf(type)].filter(isTypeReferenceNode).some(({ typeName }) => {
    const symbol = checker.getSymbolAtLocation(typeName)
    if (symbol === undefined) return false
    const target = symbol.flags & SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
    return target.declarations.some((handle) => {
      const node = handle.resolve()
      return node !== undefined && isOwn(node)
    })
  })
}

function isShape(type: Type): boolean {
  if (type.isUnionType() || type.isIntersectionType()) return type.getTypes().some(isShape)
  return type.isObjectType()
}
