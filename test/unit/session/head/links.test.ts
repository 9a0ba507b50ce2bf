import { expect, it } from 'vitest'
import { readLinks } from '../../../../src/session/head/links.ts'

it.each([
  [
    '<https://h/p?page=2>; rel="next", <https://h/p?page=9>; rel=last',
    { next: 'https://h/p?page=2', last: 'https://h/p?page=9' },
  ],
  ['</p,a;b>; title="a, b; c"; rel="next prev"', { next: 'https://base/p,a;b', prev: 'https://base/p,a;b' }],
  ['<a>; rel=Next, <b>; rel=next', { next: 'https://base/x/a' }],
  [
    '<a>;rel=next,<b> ;  rel="prev  first"',
    { next: 'https://base/x/a', prev: 'https://base/x/b', first: 'https://base/x/b' },
  ],
  ['<a>', {}],
  ['nonsense', {}],
  [null, {}],
])('%s', (header, expected) => {
  const links = readLinks(header, 'https://base/x/y')
  expect(Object.fromEntries(Object.entries(links).map(([rel, { url }]) => [rel, url]))).toEqual(expected)
})

it('keeps the parameters of a link, the first of a name, without their escapes', () => {
  const links = readLinks('<a>; REL="x"; title="a \\"b\\""; title=c; flag; rel=y', 'https://base/')
  expect(Object.keys(links)).toEqual(['x'])
  expect(links.x).toEqual({ url: 'https://base/a', rel: 'x', params: { rel: 'x', title: 'a "b"', flag: '' } })
  expect(readLinks('<a>; rel=constructor', 'https://base/').toString).toBeUndefined()
})

it('leaves out a link that leads nowhere, and no other', () => {
  expect(Object.keys(readLinks('<http://[>; rel=bad, <b>; rel=good', 'https://base/'))).toEqual(['good'])
})
