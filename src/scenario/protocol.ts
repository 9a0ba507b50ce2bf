/**
 * What a target speaks. `https` offers HTTP/1.1 and HTTP/2 by ALPN and lets the client choose; `h2` offers nothing but
 * HTTP/2, so that a client that does not speak it fails instead of being measured over something else.
 */
export const protocols = ['http', 'https', 'h2'] as const
export type Protocol = (typeof protocols)[number]
