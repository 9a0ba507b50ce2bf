import { isLoopback, normalizeHost } from '../../fixtures-server/is-loopback.ts'
import { definitionOf, type OptionName, type Options, optionNames } from './options.ts'

/** Options that cannot be had together, or one without the other. */
interface Clash {
  readonly option: OptionName
  readonly message: string
}

/** What of options that are right by themselves does not fit together; `nameOf` says what their user calls them. */
export function findClashes(given: Options, nameOf: (option: OptionName) => string): Clash[] {
  const isGiven = (name: string): name is OptionName => given[name as OptionName] !== undefined
  const clashes = optionNames.filter(isGiven).flatMap((option): Clash[] => {
    const { conflicts = [], needs } = definitionOf(option)
    const own = nameOf(option)
    const conflict = conflicts.flatMap(({ with: others, say }) => {
      const other = others.find(isGiven)
      return other === undefined ? [] : [say(own, nameOf(other))]
    })
    const lacking =
      needs === undefined || isGiven(needs.other)
        ? []
        : [`expected ${nameOf(needs.other as OptionName)} beside ${own}: ${needs.why}`]
    return [...conflict, ...lacking].map((message) => ({ option, message }))
  })
  return [...clashes, ...findStranger(given, nameOf)]
}

/** Someone else's server is loaded only by who says that it may be. */
function findStranger({ externalOrigin, allowedHosts = [] }: Options, nameOf: (option: OptionName) => string): Clash[] {
  if (externalOrigin === undefined || !/^https?:/.test(externalOrigin) || !URL.canParse(externalOrigin)) return []
  const { hostname, origin } = new URL(externalOrigin)
  if (isLoopback(hostname) || allowedHosts.map(normalizeHost).includes(normalizeHost(hostname))) return []
  const hint = `add ${nameOf('allowedHosts')} ${hostname} if it is yours to load`
  // The host and not all of it: a password with a slash is a path by the rules of URLs.
  const message = `${nameOf('externalOrigin')} ${origin} is someone's server, not this machine; ${hint}`
  return [{ option: 'externalOrigin', message }]
}
