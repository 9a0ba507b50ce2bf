import { expect, test } from 'vitest'
import { readForm } from '../../../../fixtures-server/application/form-body.ts'

const multipart = 'multipart/form-data; boundary="a b"'

test('what is no form is left alone', () => {
  expect(readForm(Buffer.from('a=1'), 'text/plain')).toBeUndefined()
  expect(readForm(Buffer.from('a=1'), '')).toBeUndefined()
})

test('fields and files of a multipart body, in order, with preamble and epilogue', () => {
  const bytes = Buffer.from([0, 255, 13, 10, 45])
  const body = Buffer.concat([
    Buffer.from('preamble\r\n--a b\r\nContent-Disposition: form-data; name="x"\r\n\r\n1\r\n'),
    Buffer.from(
      '--a b\r\ncontent-type: image/x\r\ncontent-disposition: form-data; name=f; filename="a \\"b\\".bin"\r\n\r\n',
    ),
    bytes,
    Buffer.from('\r\n--a b\r\nContent-Disposition: form-data; name="x"\r\n\r\n\r\n--a b--\r\nepilogue'),
  ])
  expect(readForm(body, multipart)).toEqual({
    fields: [
      ['x', '1'],
      ['x', ''],
    ],
    files: [{ name: 'f', contentType: 'image/x', bytes }],
  })
})

test.each([
  ['no boundary', 'multipart/form-data', '--a\r\n\r\n'],
  ['no end', multipart, '--a b\r\nContent-Disposition: form-data; name="x"\r\n\r\n1'],
  ['no head', multipart, '--a b\r\nhello\r\n--a b--'],
  ['no name', multipart, '--a b\r\nContent-Disposition: form-data\r\n\r\n1\r\n--a b--'],
])('%s gives nothing, and no error', (_name, type, text) => {
  expect(readForm(Buffer.from(text), type)).toEqual({ fields: [], files: [] })
})
