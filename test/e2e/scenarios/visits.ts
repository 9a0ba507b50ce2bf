import { defineScenario } from 'sessionbench'
import { get, post, Session } from 'sessionbench/session'

export default defineScenario({
  question: 'What does a visit of two requests cost, with a session of its own for each user?',
  workload: { model: 'closed', concurrency: 4, iterations: 12 },
  feed: { generate: (index, random) => ({ item: index, size: Math.ceil(random() * 100) }) },
  userFeed: { csv: 'users.csv', parse: ({ user = '', password = '' }) => ({ user, password }) },
  baseline: 'stateless',
  isolation: 'shared',
  variants: {
    stateless:
      ({ target }) =>
      async (signal, { step, data, user }) => {
        const login = { form: user.data, signal, redirect: 'manual' } as const
        await step('login', () => post(target.url('/login'), login))
        await step('item', () => get(target.url(`/bytes/${data.size}`), { params: { item: data.item }, signal }))
      },
    session: ({ target }) => ({
      user: async ({ data: form }) => {
        const session = new Session({ baseUrl: target.origin })
        await session.post('/login', { form })
        return {
          run: async (signal, { step, data }) => {
            await step('dashboard', () => session.get('/dashboard', { signal }))
            await step('item', () => session.get(`/bytes/${data.size}`, { params: { item: data.item }, signal }))
          },
          close: () => session.close(),
        }
      },
    }),
  },
})
