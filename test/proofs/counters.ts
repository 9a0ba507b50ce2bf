// Records A/A blocks of real runs and judges their counters: false alarms must be none. Then gives the same blocks the faults
// that a check is for, and each must be caught. Usage: npm run trust:counters -- [rounds of each table, default 64]
import { fileURLToPath } from 'node:url'
import { makeBaseline, type RecordedBlock, type RecordedComparison } from '../../src/check/baseline-model.ts'
import { run } from '../../src/index.ts'
import { type CounterFinding, judgeCounters } from '../../src/judge/judge-counters.ts'

const maxRounds = Number(process.argv[2] ?? 64)
const sessions = fileURLToPath(new URL('./scenarios/session-vs-session.ts', import.meta.url))
const options = { maxRounds, blockMs: 20, warmUpMs: 500, budgetMs: 600_000, isolation: 'shared', rttsMs: [0] } as const

async function record(scenario: string, seed: number): Promise<RecordedComparison[]> {
  const results = await run([scenario], { ...options, protocols: ['http', 'https'], seed })
  return makeBaseline(results).scenarios.flatMap(({ comparisons }) => comparisons)
}

const earlier = [...(await record(sessions, 1)), ...(await record('stateless-vs-session', 2))]
const later = [...(await record(sessions, 3)), ...(await record('stateless-vs-session', 4))]
const cases = earlier.flatMap((comparison, index) =>
  comparison.arms.map(({ id }) => ({ arm: id, before: comparison, after: later[index] as RecordedComparison })),
)

function compare(before: RecordedComparison, after: RecordedComparison, arm: string): CounterFinding[] {
  const own = ({ blocks }: RecordedComparison) => blocks.filter((block) => block.arm === arm)
  return judgeCounters({ before: own(before), after: own(after), workload: before.workload, target: before.target })
}

const worse = (findings: readonly CounterFinding[]) => findings.filter(({ state }) => state === 'worse')
const blocks = [...earlier, ...later].reduce((sum, comparison) => sum + comparison.blocks.length, 0)
// Either run may have been the earlier one.
const judged = cases.flatMap(({ arm, before, after }) => [
  ...compare(before, after, arm),
  ...compare(after, before, arm),
])
const forms = Object.entries(Object.groupBy(judged, ({ form }) => form)).map(([form, all]) => `${form} ${all?.length}`)
console.log(
  `${blocks} A/A blocks, ${judged.length} counters judged (${forms.join(', ')}): ${worse(judged).length} false alarms`,
)
for (const { counter, reason } of worse(judged)) console.log(`  ${counter}: ${reason}`)

const faults: Readonly<Record<string, (block: RecordedBlock, requestsSoFar: number) => RecordedBlock>> = {
  'one extra connection per 1,000 requests': (block, before) => {
    const extra = Math.floor((before + block.wire.requests) / 1_000) - Math.floor(before / 1_000)
    return withConnections(block, extra)
  },
  'keep-alive off': (block) => withConnections(block, block.wire.requests - block.wire.connectionsOpened),
  'one request more per iteration': (block) => ({
    ...block,
    wire: { ...block.wire, requests: 2 * block.wire.requests },
  }),
}

function withConnections(block: RecordedBlock, extra: number): RecordedBlock {
  const { wire, newCarriers } = block
  return {
    ...block,
    wire: { ...wire, connectionsOpened: wire.connectionsOpened + extra },
    newCarriers: { ...newCarriers, connections: newCarriers.connections + extra },
  }
}

/** TLS resumption can be lost only where there was any: the earlier run is given it. */
const resumed = cases.filter(({ before, arm }) => before.id.startsWith('https') && arm === 'stateless')
const lost = resumed.filter(({ before, after, arm }) => {
  const resuming = before.blocks.map((block) => ({
    ...block,
    wire: { ...block.wire, handshakesFull: 0, handshakesResumed: block.wire.handshakesFull },
  }))
  return worse(compare({ ...before, blocks: resuming }, after, arm)).length > 0
})

let missed = resumed.length - lost.length
console.log(`TLS resumption lost: caught in ${lost.length} of ${resumed.length}`)
for (const [name, spoil] of Object.entries(faults)) {
  // Stateless calls have no keep-alive to lose.
  const concerned = cases.filter(({ arm }) => name !== 'keep-alive off' || arm !== 'stateless')
  const caught = concerned.filter(({ arm, before, after }) => {
    let requestsSoFar = 0
    const spoilt = after.blocks.map((block) => {
      if (block.arm !== arm) return block
      const result = spoil(block, requestsSoFar)
      requestsSoFar += block.wire.requests
      return result
    })
    return worse(compare(before, { ...after, blocks: spoilt }, arm)).length > 0
  })
  missed += concerned.length - caught.length
  console.log(`${name}: caught in ${caught.length} of ${concerned.length}`)
}
process.exitCode = worse(judged).length > 0 || missed > 0 ? 1 : 0
