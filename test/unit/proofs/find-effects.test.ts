import { createVirtualFileSystem } from 'typescript/unstable/fs'
import { expect, it } from 'vitest'
import { findEffects, findReplacements } from '../../proofs/house/find-effects.ts'
import { openHouse } from '../../proofs/house/open-house.ts'

const config = {
  compilerOptions: { allowImportingTsExtensions: true, noEmit: true, strict: true },
  include: ['../src', '.'],
}

function openSources(sources: Readonly<Record<string, string>>) {
  const files = Object.entries(sources).map(([path, text]) => [`/house/src/${path}`, text])
  const fs = createVirtualFileSystem({
    '/house/test/tsconfig.json': JSON.stringify(config),
    ...Object.fromEntries(files),
  })
  return openHouse('/house', { fs })
}

const options = { entries: ['src/main.ts'], harmless: ['makeQuietly'] }

it.each([
  ['a call of Node', "import { subscribe } from 'node:diagnostics_channel'\nsubscribe('a', () => {})"],
  [
    'what Node makes',
    "import { PerformanceObserver } from 'node:perf_hooks'\nconst observer = new PerformanceObserver(() => {})",
  ],
  ['a patch', "import tls from 'node:tls'\ntls.connect = () => {}"],
  ['a property that is defined', "import tls from 'node:tls'\nObject.defineProperty(tls, 'connect', { value: 1 })"],
  ['a method whose result nobody wants', 'const list: number[] = []\nlist.push(1)'],
  ['the environment', 'export const color = process.env.COLOR'],
  ['a timer', 'const timer = setTimeout(() => {}, 1)'],
  ['waiting', 'await Promise.resolve()'],
  ['an import for its effect', "import './other.ts'"],
  ['a function of its own that does something', 'const startedMs = now()\nfunction now() { return performance.now() }'],
  ['one of another file', "import { start } from './other.ts'\nexport const started = start()"],
  ['what a list is mapped by', "export const values = ['A'].map((name) => process.env[name])"],
  ['a static member', 'export class Timer { static readonly first = setInterval(() => {}, 1) }'],
  [
    'what makes an instance',
    'class Timer { readonly handle = setInterval(() => {}, 1) }\nexport const timer = new Timer()',
  ],
])('finds at import: %s', (_, text) => {
  using house = openSources({ 'a.ts': text, 'other.ts': 'export const start = () => setInterval(() => {}, 1)' })
  expect(findEffects(house, options)).toHaveLength(1)
})

it('lets modules make values, and do what they like when they are called', () => {
  const text = `
    import { channel } from 'node:diagnostics_channel'
    import tls from 'node:tls'
    export const known = new Map<string, number>([['a', 1]])
    export const names = Object.freeze([...known.keys()].map((name) => name.toUpperCase()))
    export const ask = channel('own:ask')
    export const patch = makePatch()
    export const quiet = makeQuietly()
    function makePatch() {
      const listeners = new Set<() => void>()
      return { install() { tls.connect = () => {}; listeners.add(() => setTimeout(() => {}, 1)) } }
    }
    function makeQuietly() { return process.env }
    export class Failure extends Error {
      static { Failure.prototype.name = 'Failure' }
      at = performance.now()
    }
    export function start() { setInterval(() => {}, 1) }`
  using house = openSources({ 'a.ts': text, 'main.ts': "import { start } from './a.ts'\nstart()\nawait 1" })
  expect(findEffects(house, options)).toEqual([])
})

it("finds where something of other people's is replaced, also in functions, and what is one's own is not", () => {
  const text = `
    import http from 'node:http'
    import { Client } from 'undici'
    const own = { send: () => {} }
    export function install() {
      http.request = () => {}
      Client.prototype.close = () => {}
      const { warn } = console
      console.warn = () => {}
      Object.assign(globalThis, { fetch: warn })
      own.send = () => {}
      Object.assign(new Error('x'), { code: 'X' })
    }
    export function fill(given: { send: () => void }) { given.send = () => {} }`
  using house = openSources({ 'a.ts': text })
  expect(findReplacements(house, { entries: [] }).map((line) => line.replace(/^\S+:/, ''))).toEqual([
    '6 http.request = () => {}',
    '7 Client.prototype.close = () => {}',
    '9 console.warn = () => {}',
    '10 Object.assign(globalThis, { fetch: warn })',
  ])
})
