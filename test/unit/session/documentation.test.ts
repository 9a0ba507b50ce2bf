import { readFileSync } from 'node:fs'
import { HttpResponse, Session } from 'sessionbench/session'
import { describe, expect, it } from 'vitest'

// Read from the source, since types have no trace at run time: every public name says what it is, and how it is used.

const source = (file: string) => readFileSync(new URL(`../../../src/session/${file}`, import.meta.url), 'utf8')

/** One public name with its doc comment ('' when it has none) and the lines of its declaration. */
type Declaration = {
  readonly name: string
  readonly kind: string
  readonly doc: string
  readonly lines: readonly string[]
}

const declarations: readonly Declaration[] = [
  ...source('index.ts').matchAll(/export (?:type )?\{([^}]*)\} from '(.*)'/g),
]
  .flatMap(([, names = '', file = '']) =>
    names.split(',').map((name) => [name.trim().replace(/^type /, ''), file] as const),
  )
  .filter(([name]) => name !== '' && !name.includes(' as '))
  .map(([name, file]) => readDeclaration(name, source(file)))

function readDeclaration(name: string, text: string): Declaration {
  const lines = text.split('\n')
  const start = lines.findIndex((line) =>
    new RegExp(`^export (?:async )?(?:class|function|const|type) ${name}\\b`).test(line),
  )
  if (start < 0) throw new Error(`${name} is not declared where index.ts says`)
  const end = lines.findIndex(
    (line, index) => index >= start && (/^[})\]]/.test(line) || (index === start && /}$|\)$/.test(line))),
  )
  const kind = /(class|function|const|type)/.exec(lines[start] as string)?.[0] as string
  return { name, kind, doc: docBefore(lines, start), lines: lines.slice(start, end + 1) }
}

/** The doc comment that ends just above a line, or ''. */
function docBefore(lines: readonly string[], index: number): string {
  if (!lines[index - 1]?.trimEnd().endsWith('*/')) return ''
  let first = index - 1
  while (first > 0 && !lines[first]?.trimStart().startsWith('/*')) first -= 1
  const comment = lines.slice(first, index).join('\n').trim()
  return comment.startsWith('/**') ? comment : ''
}

/** Fields and methods that a user can reach, each with its doc comment. */
function membersOf({ lines }: Declaration): readonly { readonly name: string; readonly doc: string }[] {
  return lines.flatMap((line, index) => {
    const name =
      /^ {2}(?:readonly |static |async |get |\*)*(?!constructor|set |static )([A-Za-z]\w*)\??(?=[(<:]| [=:])/.exec(
        line,
      )?.[1]
    return name === undefined || !/[{,]$|^class|: |=|\)/.test(line) ? [] : [{ name, doc: docBefore(lines, index) }]
  })
}

describe('every public name', () => {
  it('is found', () => {
    expect(declarations.length).toBeGreaterThan(60)
    expect(membersOf(declarations.find(({ name }) => name === 'Session') as Declaration).length).toBeGreaterThan(20)
  })

  it.each(declarations)('$kind $name has a doc comment', ({ doc }) => {
    expect(doc).toMatch(/\/\*\*\s+\*?\s*\S+/)
  })

  it.each(declarations.filter(({ kind }) => kind === 'class' || kind === 'function'))(
    '$kind $name has an example',
    ({ doc }) => {
      expect(doc).toMatch(/@example\s+\S/)
    },
  )

  it.each(declarations.filter(({ kind, lines }) => (kind === 'class' || kind === 'type') && lines.length > 1))(
    '$kind $name documents each of its members',
    (declaration) => {
      const bare = membersOf(declaration).filter(({ doc }) => doc === '')
      expect(bare.map(({ name }) => name)).toEqual([])
    },
  )
})

it('the examples use members that exist', () => {
  const members = { session: membersOf(byName('Session')), response: membersOf(byName('HttpResponse')) }
  const docs = declarations.flatMap((one) => [one.doc, ...membersOf(one).map(({ doc }) => doc)]).join('\n')
  const used = [...docs.matchAll(/\b(session|response)\.(\w+)/g)]
  expect(used.length).toBeGreaterThan(20)
  for (const [, owner, name] of used)
    expect(members[owner as keyof typeof members].map((one) => one.name)).toContain(name)
  expect([typeof Session.prototype.get, typeof HttpResponse.prototype.json]).toEqual(['function', 'function'])
})

function byName(wanted: string): Declaration {
  return declarations.find(({ name }) => name === wanted) as Declaration
}
