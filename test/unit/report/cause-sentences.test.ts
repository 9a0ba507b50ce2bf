import { globSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

// A sentence that names a cause or a limit is a claim. Each is listed with the test that sees it said where it is true, and
// not said where what refutes it is there; a new one fails here until it has such a test.

type Row = readonly [said: string, test: string, seen: string]

const unit = (name: string) => `test/unit/${name}.test.ts`
const claims = unit('report/claims')
const surprise = unit('document/explain-surprise')
const machine = unit('judge/doubt-machine')
const limit = unit('tune/report/say-limit')
const reasons = unit('tune/report/find-reasons')
const reach = 'test/integration/engine/watch-reach.test.ts'
const silence = 'test/unit/run/silence-watch.test.ts'
const stopped = 'test/unit/tune/answer-check.test.ts'
const hung = 'test/unit/engine/within-timeouts.test.ts'
const compared = 'test/unit/statistics/compare.test.ts'

const rows: Readonly<Record<string, readonly Row[]>> = {
  'src/arm/arm-line.ts': [['did not end its', 'test/unit/tune/run-tuning.test.ts', 'hung']],
  'src/arm/open-arms.ts': [
    ['so that --header would not be sent', 'test/e2e/target-access.test.ts', 'so that --header would not be sent'],
  ],
  'src/compare/compare.ts': [
    ['a difference may be its own', 'test/e2e/compare-versions.test.ts', 'the scenario itself differs'],
  ],
  'src/engine/iteration-slot.ts': [
    ['an iteration took longer than', 'test/unit/engine/closed-loop.test.ts', 'took longer than'],
    ['The event loop was blocked for', hung, 'The event loop was blocked for'],
    ['Either the target no longer answers', hung, 'Either the target no longer'],
    ['still under way a second', hung, '(hung\\); none ended by itself'],
  ],
  'src/probe/reached-hosts.ts': [
    ['stopped: a client went to', reach, 'is neither this machine nor the target'],
    ['per second that someone', reach, 'per second that someone'],
    ['connections to … at once are more', reach, 'at once are more than'],
  ],
  'src/judge/find-invalid.ts': [["the arm's event loop was blocked for", claims, 'blocked for 2 s: something']],
  'src/judge/judge-comparison.ts': [
    ['is unsteady: its throughput', 'test/unit/judge/judge-comparison.test.ts', 'is unsteady: its throughput'],
  ],
  'src/run/load-watch.ts': [
    ['stopped: … per second are more', 'test/unit/run/load-watch.test.ts', 'per second are more than'],
    ['stopped, as --abort-on says', 'test/unit/run/load-watch.test.ts', 'iterations failed'],
  ],
  'src/run/port-watch.ts': [
    ['ports that this machine has', 'test/unit/run/port-watch.test.ts', 'ports that this machine has'],
  ],
  'src/run/silence-watch.ts': [
    ['its event loop blocked for', silence, 'its event loop blocked for 1.2 s at a time'],
    ['the target stopped answering', silence, 'the target stopped answering'],
    ['the target stopped taking connections', silence, 'the target stopped taking connections'],
    ['stopped, though no request', silence, 'stopped, though no request'],
  ],
  'src/check/why-no-cpu-gate.ts': [
    ['the machine was not equally fast', 'test/unit/check/compare-records.test.ts', 'took 1.10 times as long'],
  ],
  'src/judge/doubt-machine.ts': [
    ['by its CPU steal, as the scenario asks', machine, 'no round could be left out by its CPU steal'],
    ['went to other machines (steal)', claims, '(steal\\) while b was measured'],
    ['… may be theirs', claims, 'the figures may be theirs'],
    ['finding a free one may be', claims, 'finding a free one may be'],
    ['free local port, file descriptor', machine, 'found no free local port'],
  ],
  'src/judge/doubt-schedule.ts': [
    ['the generator was saturated', claims, 'the generator was saturated: b was sent late'],
  ],
  'src/document/explain-surprise.ts': [
    ['busy nearly all the time', surprise, 'busy nearly all the time for b'],
    ['it waited synchronously, or for a core', surprise, 'it waited synchronously, or for a core'],
    ['may have set the pace', surprise, 'may have set the pace'],
    ["and so was the server's", surprise, "and so was the server's"],
    ['its CPU work set the pace', surprise, 'its CPU work set the pace'],
    ['requests may have queued for it', surprise, 'requests may have queued for it'],
    ['the medians differ most in', surprise, 'the medians differ most in'],
    ['garbage collection took', surprise, 'garbage collection took'],
    ['was not equally fast all the time', surprise, 'not equally fast all the time'],
    ['this run had', surprise, 'this run had'],
  ],
  'src/document/expectations.ts': [
    ['was not measured: --rtt 0', unit('document/expectations'), 'was not measured: --rtt 0'],
    ['which the model has none of', unit('document/expectations'), 'which the model has none of'],
  ],
  'src/judge/judge-validity.ts': [
    ['event loop was … busy', claims, '95 % busy'],
    ['either may set the pace', claims, 'either may set the pace'],
    ['so the server may hold more', claims, 'so the server may hold more'],
    ['the generator was saturated', claims, 'event loop had work 95 %'],
  ],
  'src/report/saturation.ts': [
    ['saturated event loop', claims, 'saturated event loop: neither'],
    ['…busy:', claims, 'busy: a client 95 %'],
    ['(saturated: …)', claims, '(saturated: server\\)'],
    ["(the target's is not known)", claims, "(the target's is not known\\)"],
  ],
  'src/tune/report/say-limit.ts': [
    ['busy at …', limit, '97 % busy at connections=8'],
    ['a second client process', limit, 'a second client process carries 95 % more'],
    ['cannot be told here', limit, 'cannot be told here'],
    ['--concurrency is the limit', limit, '--concurrency is the limit'],
    ["of the link's bandwidth is used", limit, "of the link's bandwidth is used"],
    ['a round trip takes', limit, 'a round trip takes'],
    ['look alike from here', limit, 'look alike from here'],
    ['does not say whether its cores were', limit, 'does not say whether its cores were'],
    ['more --budget may tell', limit, 'more --budget may tell'],
    ['though the client was only', limit, 'though the client was only 20 % busy'],
    ['no more: at most', limit, 'carry no more'],
  ],
  'src/tune/report/find-reasons.ts': [
    [
      'so that of … requests under way each',
      'test/unit/tune/run-tuning.test.ts',
      'so that of 64 requests under way each',
    ],
    ['ended before everything was clear', reasons, 'ended before everything was clear'],
    ['refused: …, so that what failed', reasons, 'so that what failed may'],
    ['so that these may be its figures', reasons, 'so that these may be its figures'],
    ['a second client process carries more, and', reasons, 'and more connections of this one do not'],
    ['refused: …; the server may carry more', reasons, 'these are its figures; the server may carry more'],
    ['the generator was saturated …', reasons, 'the generator was saturated in 1 of 2 blocks'],
    ['though its event loop was only', reasons, 'though its event loop was only 50 % busy'],
    ['on the generator was', reasons, 'on the generator was late'],
    ['still in doubt', reasons, 'still in doubt: n=0'],
    ['too wide for an answer', reasons, 'too wide for an answer'],
    ['…: more --budget may tell', reasons, 'apart: more --budget may tell'],
    ['more may carry more', reasons, 'more may carry more'],
  ],
  'src/tune/report/text.ts': [
    ['may be more than is carried', unit('tune/report/text'), 'may be more than is carried'],
    ['more seems to be carried', unit('tune/report/text'), 'more seems to be carried'],
    ['none was tried, so that', unit('tune/report/text'), 'none was tried, so that'],
  ],
  'src/statistics/compare-unpaired.ts': [
    ['that of the machine then and now', 'test/unit/statistics/compare-unpaired.test.ts', 'not interleaved'],
  ],
  'src/statistics/compare.ts': [
    ['resolution may be too coarse', compared, 'no difference at all'],
    ['warm-up may be too short', compared, 'drifts over the run'],
  ],
  'src/tune/search/scalability-law.ts': [
    ['so that κ cannot be told from 0', 'test/unit/tune/search/scalability-law.test.ts', 'does not clearly fall'],
  ],
  'src/tune/answer-check.ts': [
    ['the target stopped answering', stopped, 'the target stopped answering 4.5 s'],
    ['the target stopped taking connections', stopped, 'the target stopped taking connections 4.5 s'],
    ['iterations stopped succeeding', stopped, 'iterations stopped succeeding 4.5 s'],
  ],
  'src/tune/learn-start.ts': [
    ['s is too short: an answer takes', 'test/unit/tune/run-tuning.test.ts', 'is too short: an answer takes 1 s here'],
  ],
}

/** Words by which a sentence blames something. */
const blaming =
  /\b(so that|may (be|have|hold|set|tell|carry)|saturated|stopped|blocked|busy|queued|hung|unsteady|steal|stood still|took longer|no longer|the limit can|is the limit|carry no more|set the pace|equally fast)\b/

/** They blame nothing: labels, words of schemas, advice. */
const harmless = [
  'Whether a comparison may be read as a result.',
  'sessionbench has a bug, and stopped',
  'refused, invalid, stopped or failed, or wrong usage',
  ' left out: CPU steal)',
  'names that steps may have',
]

const rooms = [
  'arm',
  'calibrate',
  'check',
  'compare/compare.ts',
  'document',
  'engine',
  'judge',
  'probe',
  'report',
  'run',
  'statistics',
  'tune',
]

/** `… of …`: what stands in braces is no part of the sentence. */
function withoutValues(template: string): string {
  const less = template.replaceAll(/\$\{[^{}]*\}/g, '…')
  return less === template ? less : withoutValues(less)
}

/** Texts of several words in a file's code, without those that describe a schema's fields. */
function textsOf(code: string): string[] {
  const bare = code.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/^\s*\/\/.*$/gm, '')
  const found = bare.matchAll(/(?<!describe\(\s*)(`(?:[^`\\]|\\.)*`|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")/g)
  return [...found].map(([text]) => withoutValues(text.slice(1, -1))).filter((text) => text.includes(' '))
}

const files = rooms.flatMap((room) => globSync(room.endsWith('.ts') ? `src/${room}` : `src/${room}/**/*.ts`)).sort()

describe('every sentence that blames something has a test', () => {
  it.each(files.map((file) => [file] as const))('%s', (file) => {
    const texts = textsOf(readFileSync(file, 'utf8')).filter((text) => blaming.test(text))
    const untold = texts.filter(
      (text) => ![...(rows[file] ?? []).map(([said]) => said), ...harmless].some((one) => text.includes(one)),
    )
    expect(untold).toEqual([])
  })
})

describe('every row is of a sentence that exists, and of a test that expects it', () => {
  const flat = Object.entries(rows).flatMap(([file, own]) => own.map((row) => [file, ...row] as const))
  it.each(flat)('%s: %s', (file, said, test, seen) => {
    expect(textsOf(readFileSync(file, 'utf8')).some((text) => text.includes(said))).toBe(true)
    expect(readFileSync(test, 'utf8').includes(seen)).toBe(true)
  })
})
