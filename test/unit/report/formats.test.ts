import { describe, expect, it } from 'vitest'
import { renderJson } from '../../../src/document/json.ts'
import { type Results, resultsSchema } from '../../../src/document/model.ts'
import { reportFormatNames, reportFormats } from '../../../src/report/formats.ts'
import { documents, empty, hostile, manifold } from './documents.ts'

/** What a format makes of results, as one text. */
function render(name: (typeof reportFormatNames)[number], results: Results): string {
  const format = reportFormats[name]
  if (format.kind === 'page') return format.render(results, { script: '/* plots */', style: '/* style */' })
  if (format.kind === 'file') return format.render(results)
  return format
    .render(results)
    .map(({ name, text }) => `== ${name}\n${text}`)
    .join('')
}

const endings: Readonly<Record<string, string>> = {
  junit: 'junit.xml',
  csv: 'csv',
  'csv-blocks': 'blocks.csv',
  'smaller-is-better': 'smaller.json',
  'bigger-is-better': 'bigger.json',
}

describe.each(reportFormatNames.filter((name) => name !== 'json'))('%s', (name) => {
  it('says the same of the same results, to the byte', async () => {
    const text = render(name, manifold)
    expect(render(name, JSON.parse(renderJson(manifold)) as Results)).toBe(text)
    if (name === 'html') return
    await expect(text).toMatchFileSnapshot(`../../golden/report-manifold.${endings[name] ?? name}`)
  })

  it.each(Object.entries({ ...documents, empty, hostile }))('renders a run that is %s', (_, results) => {
    const text = render(name, results)
    expect(text).not.toMatch(/undefined|NaN|Infinity|\[object/)
    expect(text.isWellFormed() || name.startsWith('csv') || name.endsWith('better')).toBe(true)
  })
})

it('has documents that the schema knows', () => {
  for (const results of [...Object.values(documents), empty, hostile, manifold]) {
    expect(resultsSchema.parse(JSON.parse(renderJson(results)))).toEqual(JSON.parse(renderJson(results)))
  }
})
