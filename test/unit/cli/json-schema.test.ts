import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { describe, expect, it } from 'vitest'
import { makeBaseline, renderBaseline } from '../../../src/check/baseline-model.ts'
import { renderCheckJson } from '../../../src/check/check-model.ts'
import { type DocumentName, documentNames, renderJsonSchema } from '../../../src/cli/json-schema.ts'
import { renderJson } from '../../../src/document/json.ts'
import { checks } from '../report/check-documents.ts'
import { documents, empty, hostile, manifold } from '../report/documents.ts'

const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true })
formats.default(ajv)
const validators = new Map(documentNames.map((name) => [name, ajv.compile(JSON.parse(renderJsonSchema(name)))]))

function problemsOf(document: unknown, name: DocumentName = 'results'): string[] {
  const validate = validators.get(name)
  validate?.(document)
  return (validate?.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
}

describe('the published JSON Schemas, by a validator that is not ours', () => {
  it.each(Object.entries({ ...documents, empty, hostile, manifold }))('allow a run that is %s', (_, results) => {
    expect(problemsOf(JSON.parse(renderJson(results)))).toEqual([])
    expect(problemsOf(JSON.parse(renderBaseline(makeBaseline(results))), 'baseline')).toEqual([])
  })

  it.each(Object.entries(checks))('allow a check that is %s', (_, check) => {
    expect(problemsOf(JSON.parse(renderCheckJson(check)), 'check')).toEqual([])
  })

  it.each(documentNames)('of %s names itself, and refuses another document', (name) => {
    expect(JSON.parse(renderJsonSchema(name))).toMatchObject({ $id: `urn:sessionbench:${name}:1` })
    expect(problemsOf({ kind: `sessionbench.${name}`, schemaVersion: 2 }, name)).toContain(
      '/schemaVersion must be equal to constant',
    )
    expect(problemsOf({ kind: 'sessionbench.other' }, name)).toContain('/kind must be equal to constant')
  })

  it.each([
    ['schemaVersion', { schemaVersion: 2 }, '/schemaVersion must be equal to constant'],
    ['kind', { kind: 'other' }, '/kind must be equal to constant'],
    ['startedAt', { startedAt: 'yesterday' }, '/startedAt must match format "date-time"'],
    ['a field that nobody knows', { extra: 1 }, ' must NOT have additional properties'],
    ['scenarios', { scenarios: [{}] }, "/scenarios/0 must have required property 'name'"],
  ])('refuse results with a wrong %s', (_, wrong, problem) => {
    expect(problemsOf({ ...JSON.parse(renderJson(documents.held)), ...wrong })).toContain(problem)
  })
})
