// What werkzeug leaves as it is in an address bar: always, and besides in a path and in a query.
const alwaysSafe = "A-Za-z0-9\\-._~$!'()*+,;"
const unsafeInPath = new RegExp(`[^${alwaysSafe}/:=@&%]`, 'gu')
const unsafeInQuery = /[^A-Za-z0-9\-._~:&%=+$!*'(),]/gu
const isAlwaysSafe = new RegExp(`^[${alwaysSafe}]$`)
const escapedRun = /(?:%[0-9a-f]{2})+/gi
const utf8Sequence = /[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}/g
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Path and query as httpbin shows them in `url`: the way a person would read them (an IRI, RFC 3987 §3.2), with
 * reserved characters still escaped.
 */
export function shownUrl(path: string, query: string): string {
  const shownPath = readable(unescapePath(path).replace(unsafeInPath, escapeChar))
  return query === '' ? shownPath : `${shownPath}?${readable(query.replace(unsafeInQuery, escapeChar))}`
}

// A WSGI application gets its path unescaped.
function unescapePath(path: string): string {
  if (!path.includes('%')) return path
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

function escapeChar(char: string): string {
  return escapeBytes(Buffer.from(char))
}

function escapeBytes(bytes: Buffer): string {
  return bytes.toString('hex').toUpperCase().replace(/../g, '%$&')
}

function readable(text: string): string {
  return text.includes('%') ? text.replace(escapedRun, unescapeRun) : text
}

function unescapeRun(run: string): string {
  const bytes = Buffer.from(run.replaceAll('%', ''), 'hex').toString('latin1')
  let shown = ''
  let at = 0
  for (const { 0: sequence, index } of bytes.matchAll(utf8Sequence)) {
    shown += unescapeBytes(bytes.slice(at, index)) + decodeSequence(sequence)
    at = index + sequence.length
  }
  return shown + unescapeBytes(bytes.slice(at))
}

function unescapeBytes(bytes: string): string {
  return bytes.replace(/[\s\S]/g, (byte) => (isAlwaysSafe.test(byte) ? byte : escapeBytes(Buffer.from(byte, 'latin1'))))
}

function decodeSequence(sequence: string): string {
  const bytes = Buffer.from(sequence, 'latin1')
  try {
    return utf8.decode(bytes)
  } catch {
    return escapeBytes(bytes)
  }
}
