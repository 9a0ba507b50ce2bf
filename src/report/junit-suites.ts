import { escapeMarkup } from '../words/escape-markup.ts'
import { plainSecondsOfMs } from '../words/format.ts'

/** How a test case ended; `skipped` stands for what could not be decided, `error` for what cannot be trusted. */
export type CaseOutcome = 'passed' | 'failure' | 'error' | 'skipped'

/** One thing that was judged. */
export interface TestCase {
  readonly name: string
  readonly outcome: CaseOutcome
  /** What the case saw, in words. */
  readonly message: string
  /** What sort of case failed. @default 'threshold' */
  readonly type?: string
}

/** The cases of one comparison. */
export interface TestSuite {
  readonly name: string
  readonly className: string
  readonly elapsedMs: number
  readonly properties: Readonly<Record<string, string>>
  readonly cases: readonly TestCase[]
}

/** The document of some suites, all of one moment (ISO 8601). */
export function renderSuites(suites: readonly TestSuite[], startedAt: string): string {
  const rendered = suites.map((suite, index) => renderSuite(suite, index, startedAt))
  return `${['<?xml version="1.0" encoding="UTF-8"?>', '<testsuites>', ...rendered, '</testsuites>'].join('\n')}\n`
}

function renderSuite(
  { name, className, elapsedMs, properties, cases }: TestSuite,
  id: number,
  startedAt: string,
): string {
  const count = (outcome: CaseOutcome) => String(cases.filter((one) => one.outcome === outcome).length)
  const attributes = renderAttributes({
    name,
    id: String(id),
    package: className,
    hostname: 'localhost',
    timestamp: startedAt.slice(0, 'yyyy-mm-ddThh:mm:ss'.length),
    tests: String(cases.length),
    failures: count('failure'),
    errors: count('error'),
    skipped: count('skipped'),
    time: plainSecondsOfMs(elapsedMs),
  })
  const notes = cases.filter(({ outcome }) => outcome === 'passed').map(({ name, message }) => `${name}: ${message}`)
  return [
    `  <testsuite${attributes}>`,
    '    <properties>',
    ...Object.entries(properties).map(([name, value]) => `      <property${renderAttributes({ name, value })}/>`),
    '    </properties>',
    ...cases.map((one) => renderCase(one, className)),
    `    <system-out>${escapeMarkup(notes.join('\n')).replaceAll('&#10;', '\n')}</system-out>`,
    '    <system-err/>',
    '  </testsuite>',
  ].join('\n')
}

function renderCase({ name, outcome, message, type: failure = 'threshold' }: TestCase, className: string): string {
  const opening = `    <testcase${renderAttributes({ name, classname: className, time: '0' })}`
  switch (outcome) {
    case 'passed':
      return `${opening}/>`
    case 'skipped':
      return `${opening}><skipped>${escapeMarkup(message)}</skipped></testcase>`
    case 'failure':
    case 'error': {
      const [firstLine = ''] = message.split('\n')
      const type = outcome === 'failure' ? failure : 'invalid'
      return `${opening}><${outcome}${renderAttributes({ type, message: firstLine })}>${escapeMarkup(message)}</${outcome}></testcase>`
    }
    default:
      return outcome satisfies never
  }
}

function renderAttributes(attributes: Readonly<Record<string, string>>): string {
  return Object.entries(attributes)
    .map(([name, value]) => ` ${name}="${escapeMarkup(value)}"`)
    .join('')
}
