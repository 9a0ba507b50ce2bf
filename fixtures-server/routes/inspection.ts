import { jsonReply } from '../application/reply.ts'
import type { Route } from '../application/router.ts'
import { describeRequest } from './describe-request.ts'

/** Routes that say what was asked. */
export const inspectionRoutes: readonly Route[] = [
  {
    template: '/get',
    methods: ['GET'],
    measured: true,
    answer: (ask) => jsonReply(describeRequest(ask)),
  },
  {
    template: '/headers',
    methods: ['GET'],
    answer: (ask) => jsonReply({ headers: describeRequest(ask).headers }),
  },
]
