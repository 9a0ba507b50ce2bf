import { expect, test } from 'vitest'
import { shownUrl } from '../../../../fixtures-server/routes/shown-url.ts'

// The oracle test holds these against werkzeug; here are the corners that its questions do not reach.
test.each([
  ['/get', '', '/get'],
  ['/a%20b', '', '/a%20b'],
  ['/%C3%BC', 'x=%C3%BC', '/ü?x=ü'],
  ['/a', 'x=%FF%C3', '/a?x=%FF%C3'],
  ['/a', 'x=%E2%82%ACy%E2%82', '/a?x=€y%E2%82'],
  ['/a', 'x=%41%2f%3D', '/a?x=A%2F%3D'],
  ['/a', 'x=%ED%A0%80', '/a?x=%ED%A0%80'],
  ['/a', 'x=%zz', '/a?x=%zz'],
  ['/%zz', '', '/%zz'],
])('%s ? %s is shown as %s', (path, query, shown) => {
  expect(shownUrl(path, query)).toBe(shown)
})
