import { jsonReply, refusal } from '../application/reply.ts'
import type { Route } from '../application/router.ts'
import { describeBody } from './describe-request.ts'
import { allMethods } from './inspection.ts'

const maxDelayMs = 10_000

/** `/delay/{seconds}` waits, at most ten seconds, then says what was asked. */
export const delayRoutes: readonly Route[] = [
  {
    template: '/delay/{seconds}',
    methods: allMethods,
    readsBody: true,
    async answer(ask, params) {
      const delayMs = Number(params.seconds) * 1_000
      if (Number.isNaN(delayMs)) return refusal(400, 'the delay must be a number of seconds')
      await ask.pause(Math.min(delayMs, maxDelayMs))
      const { json: _json, ...picture } = describeBody(ask)
      return jsonReply(picture)
    },
  },
]
