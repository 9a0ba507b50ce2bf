import type { Route } from '../application/router.ts'
import { authRoutes } from './auth.ts'
import { bytesRoutes } from './bytes.ts'
import { cookieRoutes } from './cookies.ts'
import { delayRoutes } from './delay.ts'
import { inspectionRoutes } from './inspection.ts'
import { statusRoutes } from './status.ts'

/** Everything that the server answers, family by family. */
export const routeTable: readonly Route[] = [
  ...inspectionRoutes,
  ...statusRoutes,
  ...bytesRoutes,
  ...delayRoutes,
  ...cookieRoutes,
  ...authRoutes,
]
