import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { renderCheckJunit } from '../../../src/check/check-junit.ts'
import { renderJunit } from '../../../src/report/junit.ts'
import { checks } from '../../unit/report/check-documents.ts'
import { documents, empty, hostile, makeHostile, manifold } from '../../unit/report/documents.ts'
import { hostileText } from '../../unit/report/hostile-text.ts'
import { isInstalled } from '../session/debian-servers.ts'

const schema = fileURLToPath(new URL('./jenkins-junit.xsd', import.meta.url))

/** What XML 1.0 has no place for, and marks that turn what stands around them. */
const unholdable = /(?![\t\n\r])[\p{Cc}\ufffe\uffff\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu

/** What libxml2 says of XML: it throws unless the schema holds. */
function validate(xml: string): void {
  execFileSync('xmllint', ['--noout', '--schema', schema, '-'], { input: xml, stdio: ['pipe', 'ignore', 'pipe'] })
}

/** An XPath expression's value, as libxml2 reads the document. */
function read(xml: string, path: string): string {
  return execFileSync('xmllint', ['--xpath', path, '-'], { input: xml, encoding: 'utf8' }).trim()
}

describe.runIf(isInstalled('xmllint', 'libxml2-utils'))('JUnit XML, read by libxml2', () => {
  const reports = { ...documents, empty, hostile, manifold }
  it.each([
    ...Object.entries(reports).map(([name, results]) => [`a run that is ${name}`, renderJunit(results)] as const),
    ...Object.entries(checks).map(([name, check]) => [`a check that is ${name}`, renderCheckJunit(check)] as const),
  ])('follows the schema of Jenkins for %s, and counts its cases right', (_, xml) => {
    validate(xml)
    const suites = Number(read(xml, 'count(//testsuite)'))
    expect(suites).toBeGreaterThan(0)
    for (let suite = 1; suite <= Math.min(suites, 20); suite++) {
      for (const [attribute, elements] of Object.entries({
        tests: 'testcase',
        failures: 'testcase/failure',
        errors: 'testcase/error',
        skipped: 'testcase/skipped',
      })) {
        const path = `//testsuite[${suite}]`
        expect(read(xml, `string(${path}/@${attribute})`), attribute).toBe(read(xml, `count(${path}/${elements})`))
      }
    }
  })

  it('follows it whatever the names and messages are, and holds them', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const xml = renderJunit(makeHostile(manifold, text))
        validate(xml)
        expect(read(xml, 'count(//testsuite)')).toBe(
          read(renderJunit(makeHostile(manifold, 'x')), 'count(//testsuite)'),
        )
        expect(read(xml, 'count(//testcase)')).toBe(read(renderJunit(makeHostile(manifold, 'x')), 'count(//testcase)'))
        // Entities and references are undone by libxml: what remains is the name, but for what XML cannot hold.
        const shown = text.toWellFormed().replaceAll(unholdable, '\ufffd')
        const withoutBlanks = (name: string) => name.replaceAll(/\s/g, '')
        expect(withoutBlanks(read(xml, 'string(//testsuite[1]/@name)'))).toBe(
          withoutBlanks(`${shown}: ${shown}http, 20 ms RTT`),
        )
      }),
      { numRuns: 25 },
    )
  })

  it('would notice a document that does not follow it', () => {
    expect(() => validate(renderJunit(manifold).replace(' tests="', ' test="'))).toThrow(
      /attribute 'test' is not allowed/,
    )
  })

  it.each([
    ['held', { failure: 0, error: 0, skipped: 0 }],
    ['failed', { failure: 1, error: 0, skipped: 0 }],
    ['undecided', { failure: 0, error: 0, skipped: 2 }],
    ['no threshold', { failure: 0, error: 0, skipped: 0 }],
    // The verdict and the threshold of a comparison that is invalid say nothing.
    ['invalid', { failure: 0, error: 1, skipped: 2 }],
    ['not measured', { failure: 0, error: 1, skipped: 1 }],
    ['interrupted', { failure: 0, error: 1, skipped: 1 }],
  ] as const)('%s: %j', (name, counts) => {
    const xml = renderJunit(documents[name])
    const found = Object.keys(counts).map((kind) => [kind, Number(read(xml, `count(//${kind})`))])
    expect(Object.fromEntries(found)).toEqual(counts)
  })

  it('does not look like a pass when nothing was measured', () => {
    expect(read(renderJunit(empty), 'count(//error)')).toBe('1')
  })
})
