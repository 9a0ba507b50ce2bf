/**
 * Whether a host, as a URL, a socket or a listener names it, is this machine and no other. Of names only localhost is: where
 * another leads is for a name server to say.
 */
export function isLoopback(host: string): boolean {
  const name = normalizeHost(host)
  return name === 'localhost' || name === '::1' || ipv4Loopback.test(name)
}

const ipv4Loopback = /^127(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3}$/

/** One way of writing a host: small letters, no brackets, no dot at the end; addresses as they are usually written. */
export function normalizeHost(host: string): string {
  const name = host
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '')
  return /^[\da-f:.]*:[\da-f:.]*$/.test(name) ? normalizeIpv6(name) : name
}

function normalizeIpv6(address: string): string {
  const url = `http://[${address}]`
  if (!URL.canParse(url)) return address
  const usual = new URL(url).hostname.slice(1, -1)
  // An IPv4 address, as a socket for both kinds names it.
  const [, high = '', low = ''] = /^::ffff:([\da-f]{1,4}):([\da-f]{1,4})$/.exec(usual) ?? []
  if (high === '') return usual
  const [upper, lower] = [Number.parseInt(high, 16), Number.parseInt(low, 16)]
  return [upper >> 8, upper & 255, lower >> 8, lower & 255].join('.')
}
