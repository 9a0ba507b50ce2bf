import { defineScenario, type VariantContext } from 'sessionbench'
import { Session } from 'sessionbench/session'

/** Both arms are this: whatever difference is found between them is an error of the measurement. */
const makeSession = ({ target, concurrency }: VariantContext<Record<never, never>>) => {
  const session = new Session({ baseUrl: target.origin, ca: target.ca, pool: { connections: concurrency } })
  return { run: (signal: AbortSignal) => session.get('/get', { signal }), close: () => session.close() }
}

export default defineScenario({
  question: 'What difference is found where there is none?',
  workload: { model: 'closed', concurrency: 10 },
  baseline: 'session-a',
  variants: { 'session-a': makeSession, 'session-b': makeSession },
  isolation: 'shared',
})
