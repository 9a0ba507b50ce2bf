import { at } from '../at.ts'

/** One challenge of a WWW-Authenticate or Proxy-Authenticate header: scheme and parameter names in lower case. */
export type Challenge = { readonly scheme: string; readonly params: Readonly<Record<string, string>> }

// A scheme is a word before a space or the end; a parameter is a word before "=".
const SCHEME = /^([A-Za-z][A-Za-z0-9._-]*)(?:\s+|$|(?=,))/
const PARAM = /^([A-Za-z0-9!#$%&'*+.^_`|~-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*))/

/** Reads challenges: one line may hold several, and several lines may come (RFC 9110, 11.6.1). */
export function readChallenges(lines: readonly string[]): readonly Challenge[] {
  return lines.flatMap(readLine)
}

function readLine(line: string): Challenge[] {
  const challenges: { scheme: string; params: Record<string, string> }[] = []
  let rest = line
  while (rest !== '') {
    const skipped = rest.replace(/^[\s,]+/, '')
    const param = PARAM.exec(skipped)
    const scheme = param === null ? SCHEME.exec(skipped) : null
    const current = challenges.at(-1)
    if (param !== null && current !== undefined) {
      current.params[at(param, 1).toLowerCase()] = param[2]?.replace(/\\(.)/g, '$1') ?? param[3] ?? ''
    } else if (scheme !== null) challenges.push({ scheme: at(scheme, 1).toLowerCase(), params: Object.create(null) })
    rest = skipped.slice((param ?? scheme)?.[0].length ?? skipped.search(/,|$/) + 1)
  }
  return challenges
}
