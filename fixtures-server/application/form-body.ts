import { maxHeadBytes } from '../options.ts'
import { BadArgument } from './bad-argument.ts'
import { maxFields, readFields } from './form-fields.ts'

/** A file of a multipart form. */
export interface FormFile {
  readonly name: string
  readonly contentType: string
  readonly bytes: Buffer
}

/** What a form body holds, in order. */
export interface FormBody {
  readonly fields: readonly (readonly [string, string])[]
  readonly files: readonly FormFile[]
}

/** Reads a form body in linear time; `undefined` when the content type is not that of a form. */
export function readForm(body: Buffer, contentType: string): FormBody | undefined {
  const type = contentType.split(';')[0]?.trim().toLowerCase()
  if (type === 'application/x-www-form-urlencoded') {
    return { fields: readFields(body.toString()), files: [] }
  }
  if (type !== 'multipart/form-data') return undefined
  const boundary = parameter(contentType, 'boundary')
  return boundary === undefined ? { fields: [], files: [] } : readMultipart(body, boundary)
}

const crlf = '\r\n'
// RFC 2046 §5.1.1.
const maxBoundaryLength = 70

// RFC 7578 over RFC 2046 §5.1.1: parts stand between delimiter lines; a part without a name is no form field.
function readMultipart(body: Buffer, boundary: string): FormBody {
  const fields: [string, string][] = []
  const files: FormFile[] = []
  for (const part of partsOf(body, boundary)) {
    const headEnd = part.indexOf(crlf + crlf)
    if (headEnd < 0) continue
    if (headEnd > maxHeadBytes) throw new BadArgument('the head of a part is too large')
    const head = part.toString('utf8', 0, headEnd)
    const bytes = part.subarray(headEnd + 4)
    const disposition = headField(head, 'content-disposition') ?? ''
    const name = parameter(disposition, 'name')
    if (name === undefined) continue
    const contentType = headField(head, 'content-type') ?? 'application/octet-stream'
    if (parameter(disposition, 'filename') === undefined) fields.push([name, bytes.toString()])
    else files.push({ name, contentType, bytes })
  }
  return { fields, files }
}

function partsOf(body: Buffer, boundary: string): Buffer[] {
  if (boundary.length > maxBoundaryLength) throw new BadArgument('the boundary is longer than 70 characters')
  const delimiter = `${crlf}--${boundary}`
  // The first delimiter has no line end before it when there is no preamble.
  const whole = Buffer.concat([Buffer.from(crlf), body])
  const parts: Buffer[] = []
  let at = whole.indexOf(delimiter)
  while (at >= 0) {
    const start = at + delimiter.length
    if (whole.toString('latin1', start, start + 2) === '--') break
    const next = whole.indexOf(delimiter, start)
    if (next < 0) break
    if (parts.length === maxFields) throw new BadArgument(`there are more than ${maxFields} parts`)
    parts.push(whole.subarray(whole.indexOf(crlf, start) + 2, next))
    at = next
  }
  return parts
}

function headField(head: string, name: string): string | undefined {
  const line = head.split(crlf).find((text) => text.toLowerCase().startsWith(`${name}:`))
  return line?.slice(name.length + 1).trim()
}

function parameter(field: string, name: string): string | undefined {
  const found = new RegExp(`;\\s*${name}=(?:"((?:[^"\\\\]|\\\\.)*)"|([^;\\s]*))`, 'i').exec(field)
  return found?.[1]?.replace(/\\(.)/g, '$1') ?? found?.[2]
}
