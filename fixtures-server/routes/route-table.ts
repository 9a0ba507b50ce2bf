import type { Route } from '../application/router.ts'
import { attemptRoutes } from './attempts.ts'
import { authRoutes } from './auth.ts'
import { bytesRoutes } from './bytes.ts'
import { cachingRoutes } from './caching.ts'
import { cookieRoutes } from './cookies.ts'
import { delayRoutes } from './delay.ts'
import { digestRoutes } from './digest.ts'
import { documentRoutes, indexRoute } from './documents.ts'
import { encodingRoutes } from './encodings.ts'
import { faultRoutes } from './faults.ts'
import { imageRoutes } from './images.ts'
import { inspectionRoutes } from './inspection.ts'
import { itemRoutes } from './items.ts'
import { loginRoutes } from './login.ts'
import { redirectRoutes } from './redirects.ts'
import { siteRoutes } from './site.ts'
import { statusRoutes } from './status.ts'
import { streamRoutes } from './streams.ts'
import { workRoutes } from './work.ts'

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
  ...loginRoutes,
  ...itemRoutes,
  ...siteRoutes,
  ...workRoutes,
  ...attemptRoutes,
  ...faultRoutes,
]

/** Everything that the server answers, family by family. */
export const routeTable: readonly Route[] = [indexRoute(families), ...families]
