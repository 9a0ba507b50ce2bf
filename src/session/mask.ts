const SECRET_HEADERS = new Set([
  'authorization',
  'proxy-authorization',
  'cookie',
  'set-cookie',
  'x-api-key',
  'x-auth-token',
  'x-csrf-token',
  'x-access-token',
  'api-key',
])

/** A header's value as it may be shown: the scheme of a credential stays, the credential does not. */
export function maskHeader(name: string, value: string): string {
  const key = name.toLowerCase()
  if (!SECRET_HEADERS.has(key)) return value
  const scheme = /^(basic|bearer|digest|negotiate|token)\s/i.exec(value)?.[1]
  return key.endsWith('authorization') && scheme !== undefined ? `${scheme} ***` : '***'
}
