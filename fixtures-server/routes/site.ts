import { type Ask, headerOf } from '../application/ask.ts'
import { jsonReply, type Reply, refusal, textReply } from '../application/reply.ts'
import type { Route } from '../application/router.ts'
import { originOf } from './describe-request.ts'

const pageCount = 100
const assets: Readonly<Record<string, { type: string; text: string }>> = {
  'style.css': { type: 'text/css', text: 'body { font-family: sans-serif; max-width: 40em; margin: auto }\n' },
  'script.js': { type: 'text/javascript', text: 'document.documentElement.dataset.ready = "yes"\n' },
  'logo.svg': {
    type: 'image/svg+xml',
    text: '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle cx="4.5" cy="4.5" r="4"/></svg>\n',
  },
}

/** A small site to scrape, and a page that depends on who asks. */
export const siteRoutes: readonly Route[] = [
  { template: '/site/page/{n:int}', methods: ['GET'], answer: (_ask, { n }) => sitePage(Number(n)) },
  { template: '/site/asset/{name}', methods: ['GET'], answer: (_ask, { name = '' }) => asset(name) },
  { template: '/geo', methods: ['GET'], answer: geo },
]

// Each page leads to the next and to two others further on, so that every page can be found from the first.
function sitePage(n: number): Reply {
  if (n < 1 || n > pageCount) return refusal(404, `there are pages 1 to ${pageCount}`)
  const targets = new Set([n + 1, 2 * n, 2 * n + 1].filter((page) => page <= pageCount))
  const links = [...targets].map((page) => `      <li><a href="/site/page/${page}">Page ${page}</a></li>`)
  return textReply(`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8"><title>Page ${n}</title>
    <link rel="stylesheet" href="/site/asset/style.css">
    <script src="/site/asset/script.js"></script>
  </head>
  <body>
    <img src="/site/asset/logo.svg" alt="">
    <h1>Page ${n} of ${pageCount}</h1>
    <ul>
${links.join('\n')}
    </ul>
  </body>
</html>
`)
}

function asset(name: string): Reply {
  const found = Object.hasOwn(assets, name) ? assets[name] : undefined
  if (!found) return refusal(404, `there are ${Object.keys(assets).join(', ')}`)
  const headers = [
    ['Content-Type', found.type],
    ['Cache-Control', 'public, max-age=3600'],
  ] as const
  return { status: 200, headers, body: found.text }
}

const greetings: Readonly<Record<string, string>> = {
  en: 'Hello',
  de: 'Guten Tag',
  fr: 'Bonjour',
  es: 'Hola',
  ja: 'こんにちは',
}
// Ranges that are reserved for documentation (RFC 5737) stand for countries.
const countries: readonly (readonly [string, string])[] = [
  ['192.0.2.', 'DE'],
  ['198.51.100.', 'FR'],
  ['203.0.113.', 'JP'],
]

function geo(ask: Ask): Reply {
  const language = languageOf(headerOf(ask, 'accept-language') ?? '')
  const client = (originOf(ask).split(',')[0] as string).trim()
  const country = countries.find(([prefix]) => client.startsWith(prefix))?.[1] ?? 'ZZ'
  const headers = [
    ['Content-Language', language],
    ['Vary', 'Accept-Language, X-Forwarded-For'],
  ] as const
  return jsonReply({ client, country, language, greeting: greetings[language] }, { headers })
}

// The best of the languages that are spoken here, by quality and then by order (RFC 9110 §12.5.4).
function languageOf(field: string): string {
  const wanted = field.split(',').map((part) => {
    const [range = '', ...params] = part.trim().split(';')
    const quality = params.map((param) => /^\s*q=([\d.]+)$/.exec(param)?.[1]).find(Boolean)
    return {
      language: (range.split('-')[0] as string).toLowerCase(),
      quality: quality === undefined ? 1 : Number(quality),
    }
  })
  const spoken = wanted.filter(({ language, quality }) => Object.hasOwn(greetings, language) && quality > 0)
  return spoken.sort((a, b) => b.quality - a.quality)[0]?.language ?? 'en'
}
