import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { describe, expect, it } from 'vitest'
import { renderJson } from '../../../src/report/json.ts'
import { renderJsonSchema } from '../../../src/report/json-schema.ts'
import { documents, empty, hostile, manifold } from './documents.ts'

const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true })
formats.default(ajv)
const validate = ajv.compile(JSON.parse(renderJsonSchema()))

function problemsOf(document: unknown): string[] {
  validate(document)
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
}

describe('the published JSON Schema, by a validator that is not ours', () => {
  it.each(Object.entries({ ...documents, empty, hostile, manifold }))('allows a run that is %s', (_, results) => {
    expect(problemsOf(JSON.parse(renderJson(results)))).toEqual([])
  })

  it.each([
    ['schemaVersion', { schemaVersion: 2 }, '/schemaVersion must be equal to constant'],
    ['kind', { kind: 'other' }, '/kind must be equal to constant'],
    ['startedAt', { startedAt: 'yesterday' }, '/startedAt must match format "date-time"'],
    ['a field that nobody knows', { extra: 1 }, ' must NOT have additional properties'],
    ['scenarios', { scenarios: [{}] }, "/scenarios/0 must have required property 'name'"],
  ])('refuses a wrong %s', (_, wrong, problem) => {
    expect(problemsOf({ ...JSON.parse(renderJson(documents.held)), ...wrong })).toContain(problem)
  })
})
