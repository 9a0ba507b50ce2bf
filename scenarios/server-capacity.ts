import { defineScenario } from 'sessionbench'

export default defineScenario({
  engine: 'raw',
  question: 'How much does the server answer, by connections and by requests under way on each?',
  explain:
    'GET /bytes/100 is sent over kept connections as fast as answers come. With one connection and one request under ' +
    'way, the network is waited for between any two requests; more connections, or pipelining, fill that time until the ' +
    'server or the generator is busy all the time, and then add only waiting. On loopback pipelining gains most: one read of a ' +
    'socket then carries several requests. Where the generator itself is saturated the table is about it and not the server; ' +
    'the report says so.',
  tags: ['capacity'],
  sweep: { connections: [1, 8, 64], pipelining: [1, 8] },
  baseline: 'get',
  variants: {
    get: ({ params }) => ({
      path: '/bytes/100',
      connections: params.connections,
      pipelining: params.pipelining,
    }),
  },
  thresholds: [{ variant: 'get', metric: 'errorRate', max: 0 }],
})
