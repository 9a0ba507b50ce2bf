import { BoundedMap } from '../bounded-map.ts'
import type { Ask } from './ask.ts'
import type { Answer } from './reply.ts'

export type Params = Readonly<Record<string, string>>

/** One path template and what it answers. */
export interface Route {
  /** `/bytes/{n:int}`: `{name}` is one segment, `{n:int}` digits only, `{rest:path}` everything that is left. */
  readonly template: string
  /** Methods answered; HEAD follows GET, and OPTIONS is always answered. */
  readonly methods: readonly string[]
  /** The lane answers it as well: its reply must be immediate, and depend on nothing but the request. */
  readonly measured?: true
  /** The body is read before `answer` is called. */
  readonly readsBody?: true
  answer(ask: Ask, params: Params): Answer | Promise<Answer>
}

export interface Match {
  readonly route: Route
  readonly params: Params
}

/** What a path has: the routes whose template fits, of any method. */
export type Router = (path: string) => readonly Match[]

const maxKnownPaths = 1_000

interface Pattern {
  readonly route: Route
  readonly segments: readonly Segment[]
}
type Segment = { kind: 'text'; text: string } | { kind: 'param' | 'int' | 'path'; name: string }

/** Makes a router; earlier routes go before later ones where templates overlap. */
export function makeRouter(routes: readonly Route[]): Router {
  const byFirst = new Map<string, Pattern[]>()
  for (const route of routes) {
    const segments = route.template.slice(1).split('/').map(readSegment)
    const [first] = segments
    if (first?.kind !== 'text') throw new Error(`Template must begin with a fixed segment: ${route.template}`)
    byFirst.set(first.text, [...(byFirst.get(first.text) ?? []), { route, segments }])
  }
  const find = (path: string): readonly Match[] => {
    const parts = path.slice(1).split('/')
    const matches: Match[] = []
    for (const { route, segments } of byFirst.get(parts[0] as string) ?? []) {
      const params = readParams(segments, parts)
      if (params) matches.push({ route, params })
    }
    return matches
  }
  // Clients ask for the same few paths again and again.
  const known = new BoundedMap<string, readonly Match[]>(maxKnownPaths)
  return (path) => {
    const before = known.get(path)
    if (before) return before
    const matches = find(path)
    known.set(path, matches)
    return matches
  }
}

/** The match that answers `method`, if any. */
export function matchMethod(matches: readonly Match[], method: string): Match | undefined {
  const wanted = method === 'HEAD' ? 'GET' : method
  return matches.find(({ route }) => route.methods.includes(wanted))
}

/** The methods that `matches` answer, for an Allow header. */
export function allowedMethods(matches: readonly Match[]): string {
  const methods = new Set(matches.flatMap(({ route }) => route.methods))
  if (methods.has('GET')) methods.add('HEAD')
  return [...methods.add('OPTIONS')].sort().join(', ')
}

function readSegment(text: string): Segment {
  const param = /^\{(\w+)(?::(int|path))?\}$/.exec(text)
  if (!param) return { kind: 'text', text }
  return { kind: (param[2] as 'int' | 'path' | undefined) ?? 'param', name: param[1] as string }
}

function readParams(segments: readonly Segment[], parts: readonly string[]): Params | undefined {
  const params: Record<string, string> = {}
  for (const [i, segment] of segments.entries()) {
    const part = parts[i]
    if (part === undefined) return undefined
    if (segment.kind === 'text') {
      if (part !== segment.text) return undefined
      continue
    }
    if (segment.kind === 'path') {
      params[segment.name] = decode(parts.slice(i).join('/'))
      return params
    }
    if (part === '' || (segment.kind === 'int' && !/^\d{1,15}$/.test(part))) return undefined
    params[segment.name] = decode(part)
  }
  return parts.length === segments.length ? params : undefined
}

function decode(text: string): string {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
