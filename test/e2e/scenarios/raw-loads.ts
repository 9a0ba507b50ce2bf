import { defineScenario } from 'sessionbench'

export default defineScenario({
  engine: 'raw',
  question: 'What can the raw engine send?',
  isolation: 'shared',
  baseline: 'cycle',
  feed: { json: './raw-loads.json', parse: (row) => row as { readonly id: string } },
  variants: {
    cycle: () => ({
      requests: [
        { path: '/anything/{{id}}', weight: 2 },
        { path: '/bytes/10', method: 'HEAD' },
        { path: '/post', method: 'POST', body: '{"id":"{{id}}"}', headers: { 'content-type': 'application/json' } },
      ],
      connections: 3,
    }),
    own: () => ({ path: '/get', connections: 2, connectionPer: 'request' }),
  },
})
