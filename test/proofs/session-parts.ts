// What the pure parts of a call cost by themselves (tinybench): the decisions that Session takes before anything is sent.
// Usage: npm run prove:session-parts

import { Bench } from 'tinybench'
import { CookieJar } from 'tough-cookie'
import { HttpHeaders, mergeHeaders } from '../../src/session/head/headers.ts'
import { encodeParams, mergeParams, readParams } from '../../src/session/head/params.ts'
import { appendQuery, readTarget } from '../../src/session/head/target.ts'

const defaults = new HttpHeaders({ 'User-Agent': 'sessionbench', Accept: '*/*', 'X-App': 'demo', 'X-Team': 'search' })
const callHeaders = { 'X-Team': null, 'X-Request': '1' }
const params = readParams({ locale: 'en', page: 1 })
const target = readTarget('http://127.0.0.1:8080/items?sort=name')
const jar = new CookieJar()
for (let n = 0; n < 10; n++) jar.setCookieSync(`cookie${n}=value-${n}`, target.href)

const bench = new Bench({ time: 500 })
  .add('merge headers: none on the call', () => mergeHeaders(defaults, {}))
  .add('merge headers: one deleted, one added', () => mergeHeaders(defaults, callHeaders))
  .add('params: merge, encode, append', () =>
    appendQuery(target, encodeParams(mergeParams(params, readParams({ page: 2 })))),
  )
  .add('parse a URL', () => readTarget('http://127.0.0.1:8080/items?sort=name'))
  .add('ask tough-cookie for 10 cookies (what a call does not do)', () => jar.getCookieStringSync(target.href))
await bench.run()

for (const { name, result } of bench.tasks) {
  if (result.state !== 'completed') throw new Error(`${name}: ${result.state}`)
  const { latency } = result
  const ns = (ms: number) => `${(ms * 1e6).toFixed(0)} ns`
  console.log(`${name.padEnd(58)} median ${ns(latency.p50).padStart(9)}  p99 ${ns(latency.p99).padStart(9)}`)
}
