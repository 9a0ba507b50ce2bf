import type { Route } from '../application/router.ts'
import { authRoutes } from './auth.ts'
import { bytesRoutes } from './bytes.ts'
import { cachingRoutes } from './caching.ts'
import { cookieRoutes } from './cookies.ts'
import { delayRoutes } from './delay.ts'
import { digestRoutes } from './digest.ts'
import { documentRoutes, indexRoute } from './documents.ts'
import { encodingRoutes } from './encodings.ts'
import { imageRoutes } from './images.ts'
import { inspectionRoutes } from './inspection.ts'
import { redirectRoutes } from './redirects.ts'
import { statusRoutes } from './status.ts'
import { streamRoutes } from './streams.ts'

const families: readonly Route[] = [
  ...inspectionRoutes,
  ...statusRoutes,
  ...redirectRoutes,
  ...cookieRoutes,
  ...authRoutes,
  ...digestRoutes,
  ...delayRoutes,
  ...bytesRoutes,
  ...streamRoutes,
  ...encodingRoutes,
  ...cachingRoutes,
  ...documentRoutes,
  ...imageRoutes,
]

/** Everything that the server answers, family by family. */
export const routeTable: readonly Route[] = [indexRoute(families), ...families]
