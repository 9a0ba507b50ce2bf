import { readHeaderText, readHeaderUrl } from './header-text.ts'

/** One link of a Link header: its URL, resolved, and its parameters. @example response.links.next?.url */
export type Link = { readonly url: string; readonly rel: string; readonly params: Readonly<Record<string, string>> }

/** Reads Link headers (RFC 8288) into links by relation; the first of a relation wins. Any word may be a relation, so records have no prototype. */
export function readLinks(header: string | null, baseUrl: string): Readonly<Record<string, Link>> {
  const links: Record<string, Link> = Object.create(null)
  for (const [, reference = '', rest = ''] of (header ?? '').matchAll(
    /<([^>]*)>((?:\s*;\s*[^,;"]*(?:"(?:[^"\\]|\\.)*")?)*)/g,
  )) {
    const params: Record<string, string> = Object.create(null)
    for (const [, name = '', quoted, word] of rest.matchAll(
      /;\s*([^\s=;]+)\s*(?:=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s]*)))?/g,
    )) {
      params[name.toLowerCase()] ??= readHeaderText(quoted?.replace(/\\(.)/g, '$1') ?? word ?? '')
    }
    for (const rel of (params.rel ?? '').toLowerCase().split(/\s+/)) {
      const url = URL.parse(readHeaderUrl(reference), baseUrl)
      if (rel !== '' && url !== null) links[rel] ??= { url: url.href, rel, params }
    }
  }
  return links
}
