/** Names of headers that are credentials, or say of themselves that they carry one: Private-Token, X-Api-Key, Client-Secret … */
const SECRET_NAME =
  /^(?!access-control-)(?:(?:set-)?cookie2?$|.*(?:(?<![a-z])auth(?:orization|entication)?$|token(?!s)|secret|passw(?:or)?d|passphrase|pwd|signature|(?<![a-z])otp(?![a-z])|sess(?:ion)?[-_]?id$|credential|jwt|(?<![a-z])session(?:[-_]?id)?$|(?:access|api|auth|client|private|subscription)[-_]?key))/

/** What may stand before the userinfo of a URL, blanks as a URL parser skips them included. */
const BEFORE_USERINFO = /^[\0- ]*(?:https?:|[a-z][a-z0-9+.-]*:(?=[/\\]))?[/\\]*/i

/** What stands before a host, in a URL or in what was meant for one; other schemes are looked for from the slashes. */
const HOST_AHEAD = /(?:https?:[/\\]*|[/\\]{2})(?=[^/\\\s])/gi
const SCHEME_BEFORE = /[a-z][a-z0-9+.-]{0,30}:$/i

const BARE_HOST = /^(?:[a-z][a-z0-9+.-]*:)?[/\\]*[^/\\?#]*$/i

/** From the beginning of a URL to the last @ of its line, but not into another URL. */
const UP_TO_AT = /^(?:[a-z][a-z0-9+.-]*:)?[/\\]*(?:(?!:\/\/).)*@/i

/** Headers that are one URL. */
const REFERENCES = new Set(['location', 'content-location', 'referer'])

/** User and password where a URL begins, up to the last @; a path, a query or a scheme with slashes begins otherwise. */
const USERINFO_FIRST = /^([\0- ]*)[^/\\?#:@]*:(?!\/\/).*@/s
const USERINFO_IN_ANGLES = /(?<=<)[^/\\?#:@<>]{0,255}:(?!\/\/)[^<]{0,1000}@(?=[^<@]*>)/g
const USERINFO_WORD = /(?<=^|[\s"'=(,;])[^\s/\\?#:@"'<>=,;(]{1,255}:(?!\/\/)[^\s"'<>]{0,1000}@/g

/** What stands before a colon in a text and is no user: schemes without slashes, lines of stacks and drives. */
const NO_USER = String.raw`(?!(?:npm|git|folder|file|node|data|mailto|workspace|link|blob|jsr):|[a-z]:[/\\])`
/**
 * `user:password@` in a text, without scheme: as a word, behind the kind of a base, or where resolving has made it the last part
 * of a path.
 */
const USERINFO_GIVEN = new RegExp(
  String.raw`(?<=^|[\s"'\x60=(,;/\\]|\b(?:npm|git|folder|file):)${NO_USER}[^\s/\\?#:@"'\x60<>=,;(]{1,255}:(?!//)[^\s"'\x60<>]{0,1000}@`,
  'gi',
)

const MAX_SHOWN = 200
const MASK = '***'

/** Behind a URL in a text these are the text's. */
const TRAILING = new Set(`)]}>'"”’».,;:!?`)

/**
 * A header's value as it may be shown: the scheme of a credential stays, the credential does not. `own` are the names (in
 * lower case) that somebody has called sensitive, besides those that are known to be.
 */
export function maskHeader(name: string, value: string, own?: ReadonlySet<string>): string {
  const key = name.toLowerCase()
  if (!SECRET_NAME.test(key) && own?.has(key) !== true) return maskReferences(key, value)
  const scheme = /^(basic|bearer|digest|negotiate|token)\s/i.exec(value)?.[1]
  return key.endsWith('authorization') && scheme !== undefined ? `${scheme} ${MASK}` : MASK
}

/** A header's value may have URLs without scheme and slashes in it, which in other texts are none: `user:password@host`. */
function maskReferences(key: string, value: string): string {
  if (!value.includes('@')) return value
  if (REFERENCES.has(key) && USERINFO_FIRST.test(value)) return value.replace(USERINFO_FIRST, `$1${MASK}@`)
  // A path of a header's is a path, with any colon in it.
  return maskBetween(value, (text) => text)
    .replace(USERINFO_IN_ANGLES, `${MASK}@`)
    .replace(USERINFO_WORD, `${MASK}@`)
}

/** A URL, or what was given for one, as it may be shown: no user and password, and cut when very long. */
export function maskUrl(url: string): string {
  const masked = maskWhole(url)
  return masked.length > MAX_SHOWN ? `${masked.slice(0, MAX_SHOWN)}…` : masked
}

/** A text as it may be shown: no URL in it has a user and password, nor has what was given for one without its scheme. */
export function maskUrlsIn(text: string): string {
  return maskBetween(text, maskGiven)
}

/** Masks the URLs of a text; what stands between them is shown as `show` says. */
function maskBetween(text: string, show: (between: string) => string): string {
  const lastAt = text.lastIndexOf('@')
  if (lastAt < 0) return text
  let shown = ''
  let from = 0
  for (const { index } of text.matchAll(HOST_AHEAD)) {
    if (index > lastAt) break
    if (index < from) continue
    const scheme = SCHEME_BEFORE.exec(text.slice(Math.max(from, index - 32), index))?.[0] ?? ''
    const start = index - scheme.length
    const end = start + extentOf(text.slice(start))
    shown += show(text.slice(from, start)) + maskWhole(text.slice(start, end))
    from = end
  }
  return shown + show(text.slice(from))
}

function maskGiven(text: string): string {
  return text.includes('@') ? text.replace(USERINFO_GIVEN, `${MASK}@`) : text
}

/**
 * How much of a text that begins with a URL must be looked at: as far as it is one. Where that has a user, makes no URL or is
 * a host without a path, a password with a slash, a blank or an @ in it may have begun, which goes on to an @ of that line.
 */
function extentOf(text: string): number {
  const run = /^\S*/.exec(text)?.[0] ?? ''
  let end = run.length
  while (end > 0 && TRAILING.has(run[end - 1] as string)) end -= 1
  const url = run.slice(0, end)
  return hasNoUser(url) && !BARE_HOST.test(url) ? end : Math.max(end, UP_TO_AT.exec(text)?.[0].length ?? 0)
}

/** Up to the last @: where it was meant to end is known to nobody but whoever wrote it. */
function maskWhole(url: string): string {
  const before = BEFORE_USERINFO.exec(url)?.[0].length ?? 0
  const end = url.lastIndexOf('@')
  return end < before || hasNoUser(url) ? url : url.slice(0, before) + MASK + url.slice(end)
}

/** True for what is a URL and has neither user nor password. What begins with a slash is read as behind a Location. */
function hasNoUser(url: string): boolean {
  const parsed = /^[\0- ]*[/\\]/.test(url) ? URL.parse(url, 'http://host/') : URL.parse(url)
  return parsed !== null && parsed.host !== '' && parsed.username === '' && parsed.password === ''
}
