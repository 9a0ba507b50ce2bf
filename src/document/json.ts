import type { Results } from './model.ts'

/** The results document as JSON text; `resultsSchema` reads it back. */
export function renderJson(results: Results): string {
  return `${JSON.stringify(results, undefined, 2)}\n`
}
