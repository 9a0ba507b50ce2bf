import * as z from 'zod'
import { baselineSchema, baselineSchemaVersion } from '../check/baseline-model.ts'
import { checkSchema, checkSchemaVersion } from '../check/check-model.ts'
import { calibrationSchema, calibrationSchemaVersion } from '../document/calibration-model.ts'
import { resultsSchema, resultsSchemaVersion } from '../document/model.ts'
import { tuningSchema, tuningSchemaVersion } from '../tune/report/model.ts'
import { keysOf } from '../words/keys-of.ts'

/** Every document that a program may read, by the last word of its `kind`. */
const documents = {
  results: { schema: resultsSchema, version: resultsSchemaVersion },
  baseline: { schema: baselineSchema, version: baselineSchemaVersion },
  check: { schema: checkSchema, version: checkSchemaVersion },
  calibration: { schema: calibrationSchema, version: calibrationSchemaVersion },
  tuning: { schema: tuningSchema, version: tuningSchemaVersion },
} as const satisfies Record<string, { readonly schema: z.ZodType; readonly version: number }>

export type DocumentName = keyof typeof documents

export const documentNames = keysOf(documents)

/** The JSON Schema (draft 2020-12) of a document, as text: what the package ships as `<name>.schema.json`. */
export function renderJsonSchema(name: DocumentName): string {
  const { schema: described, version } = documents[name]
  const { $schema, ...schema } = z.toJSONSchema(described, { target: 'draft-2020-12' })
  const named = { $schema, $id: `urn:sessionbench:${name}:${version}`, title: `sessionbench ${name}`, ...schema }
  return `${JSON.stringify(named, undefined, 2)}\n`
}
