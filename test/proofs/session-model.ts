import { FOUND } from '../integration/session/model/found.ts'
import { WAYS, type Way } from '../integration/session/model/open-peer.ts'
import { runModel, runScenario } from '../integration/session/model/run-model.ts'

// The model of no progress, ten times as far as in the tests, from another seed each time:
// `node test/proofs/session-model.ts [steps] [seed] [way …]`. A failure is made smaller for ten minutes, and says its seed.

const [, , steps = '100000', seed = String(Date.now() % 1_000_000), ...ways] = process.argv
const unknown = ways.filter((way) => !WAYS.includes(way as Way))
if (unknown.length > 0) throw new Error(`no way to the peer: ${unknown.join(', ')}; there are ${WAYS.join(', ')}`)

for (const { scenario } of FOUND) await runScenario(scenario)
console.log(`seed ${seed}: ${steps} steps`)
const part = 10_000
let taken = 0
while (taken < Number(steps)) {
  const least = Math.min(part, Number(steps) - taken)
  const some = ways.length === 0 ? {} : { ways: ways as Way[] }
  taken += await runModel({ least, seed: Number(seed) + taken, shrinkForMs: 600_000, ...some })
  console.log(`${taken} steps`)
}
// Sockets are counted at the end of each scenario, by the session and by its peer.
const timers = process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout')
if (timers.length > 0) throw new Error(`${timers.length} timers were left running`)
console.log('every call came to its end, nothing was left open')
