import * as z from 'zod'
import { resultsSchema, resultsSchemaVersion } from './model.ts'

/** The JSON Schema (draft 2020-12) of the results document, as text: what the package ships as `results.schema.json`. */
export function renderJsonSchema(): string {
  const { $schema, ...schema } = z.toJSONSchema(resultsSchema, { target: 'draft-2020-12' })
  const named = {
    $schema,
    $id: `urn:sessionbench:results:${resultsSchemaVersion}`,
    title: 'sessionbench results',
    ...schema,
  }
  return `${JSON.stringify(named, undefined, 2)}\n`
}
