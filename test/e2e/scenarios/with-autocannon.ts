import { defineScenario } from 'sessionbench'

export default defineScenario({
  engine: 'autocannon',
  question: 'What does autocannon see?',
  sweep: { connections: [1, 4] },
  baseline: 'get',
  variants: { get: ({ params }) => ({ path: '/bytes/100', connections: params.connections }) },
})
