import { expect, test } from 'vitest'
import { allowedMethods, makeRouter, matchMethod, type Route } from '../../../../fixtures-server/application/router.ts'

const route = (template: string, ...methods: string[]): Route => ({
  template,
  methods,
  answer: () => ({ status: 200, headers: [], body: '' }),
})
const router = makeRouter([
  route('/a', 'GET'),
  route('/a', 'POST'),
  route('/a/{x}', 'GET'),
  route('/n/{n:int}', 'GET'),
  route('/n/{n:int}/b', 'GET'),
  route('/p/{rest:path}', 'GET'),
  route('/', 'GET'),
])

test.each([
  ['/', [['/', {}]]],
  [
    '/a',
    [
      ['/a', {}],
      ['/a', {}],
    ],
  ],
  ['/a/', []],
  ['/a/b', [['/a/{x}', { x: 'b' }]]],
  ['/a/b%20%C3%BC', [['/a/{x}', { x: 'b ü' }]]],
  ['/a/b%2Fc', [['/a/{x}', { x: 'b/c' }]]],
  ['/a/%FF', [['/a/{x}', { x: '%FF' }]]],
  ['/a/b/c', []],
  ['/n/12', [['/n/{n:int}', { n: '12' }]]],
  ['/n/12/b', [['/n/{n:int}/b', { n: '12' }]]],
  ['/n/-1', []],
  ['/n/1x', []],
  ['/n/', []],
  ['/p/a/b/c', [['/p/{rest:path}', { rest: 'a/b/c' }]]],
  ['/nowhere', []],
  ['/__proto__', []],
])('%s', (path, expected) => {
  expect(router(path).map(({ route: { template }, params }) => [template, params])).toEqual(expected)
})

test('HEAD is answered where GET is, and OPTIONS is always allowed', () => {
  const matches = router('/a')
  expect(matchMethod(matches, 'HEAD')?.route.methods).toEqual(['GET'])
  expect(matchMethod(matches, 'POST')?.route.methods).toEqual(['POST'])
  expect(matchMethod(matches, 'PUT')).toBeUndefined()
  expect(allowedMethods(matches)).toBe('GET, HEAD, OPTIONS, POST')
})
