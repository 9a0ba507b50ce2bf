import { expect, it } from 'vitest'
import { readLinks } from '../../../src/session/links.ts'

it.each([
  [
    '<https://h/p?page=2>; rel="next", <https://h/p?page=9>; rel=last',
    { next: 'https://h/p?page=2', last: 'https://h/p?page=9' },
  ],
  ['</p,a;b>; title="a, b; c"; rel="next prev"', { next: 'https://base/p,a;b', prev: 'https://base/p,a;b' }],
  ['<a>; rel=Next, <b>; rel=next', { next: 'https://base/x/a' }],
  ['<a>', {}],
  ['nonsense', {}],
  [null, {}],
])('%s', (header, expected) => {
  const links = readLinks(header, 'https://base/x/y')
  expect(Object.fromEntries(Object.entries(links).map(([rel, { url }]) => [rel, url]))).toEqual(expected)
})
