/** What a prefix must be, in words. */
export const PREFIX_EXPECTED =
  'http:// or https://, alone or with a host and the beginning of a path (no user, no *, no #)'

/**
 * A prefix in the form in which URLs are compared with it: lower case, its host and path as a URL has them. Undefined for
 * what no URL begins with.
 */
export function readPrefix(prefix: string): string | undefined {
  const text = String(prefix).trim().toLowerCase()
  if ('http://'.startsWith(text) || 'https://'.startsWith(text)) return text
  const url = /^https?:\/\//.test(text) ? URL.parse(text) : null
  if (url === null || url.username !== '' || url.password !== '' || url.hostname.includes('*')) return undefined
  // No URL is asked for by its fragment.
  if (text.includes('#')) return undefined
  if (!/^https?:\/\/[^/?#\\]*$/.test(text)) return url.href.toLowerCase()
  // A host alone is that host on any port. URLs leave out the port that their scheme has anyway: asked for, it is the only one.
  return /:\d+$/.test(text) && url.port === '' ? `${url.origin}/` : url.origin
}
