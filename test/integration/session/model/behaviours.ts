// What the scripted peer does with a connection, and with a request on it. The path of a request names its behaviour.

/** With a connection that it has accepted, before anything is said on it. */
export const ACCEPTS = ['serve', 'once', 'reset', 'close', 'end', 'silent', 'garbage'] as const
export type Accept = (typeof ACCEPTS)[number]

/** What ends no connection without saying so in an answer before. */
export const HONEST: ReadonlySet<Accept | Behaviour> = new Set<Accept | Behaviour>([
  'serve',
  'once',
  'ok',
  'chunked',
  'large',
  'slow',
  'bits',
  'close',
  'eof',
  'never',
  'stall',
  'interim',
  'interims',
  'redirect',
  'busy',
  'unauthorized',
])

/** With a request on HTTP/1.1, and on HTTP/2 as far as that has it. */
export const BEHAVIOURS = [
  'ok',
  'chunked',
  'large',
  'slow',
  'bits',
  'close',
  'eof',
  'never',
  'stall',
  'reset',
  'fin',
  'cut',
  'garbage',
  'interim',
  'interims',
  'early',
  'extra',
  'reset-after',
  'fin-after',
  'redirect',
  'busy',
  'unauthorized',
  'goaway',
  'goaway-all',
  'goaway-others',
  'goaway-error',
  'refused',
  'no-streams',
] as const
export type Behaviour = (typeof BEHAVIOURS)[number]

/** A request as the peer sees it. */
export type PeerRequest = { readonly id: string; readonly behaviour: Behaviour; readonly method: string }

/** Reads `/id/behaviour`, or the whole URL of a proxied request. */
export function readPath(method: string, url: string): PeerRequest {
  const [id = '', behaviour = 'ok'] = url
    .replace(/^https?:\/\/[^/]+/, '')
    .slice(1)
    .split('/')
  return { id, behaviour: behaviour as Behaviour, method }
}

/** A body that tells which request it answers. */
export function bodyOf({ id, behaviour }: PeerRequest): string {
  return behaviour === 'large' ? id.padEnd(200_000, '.') : id.padEnd(20, '.')
}
