import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { quick, runCli } from './run-cli.ts'

const scenario = (name: string) => fileURLToPath(new URL(`./scenarios/${name}.ts`, import.meta.url))

describe('an arm that goes wrong ends its comparison, not the run', () => {
  const runFaulty = (fault: string, ...args: string[]) =>
    runCli(['run', scenario('faulty'), scenario('raw-agents'), ...quick, ...args], { env: { FAULT: fault } })

  it.each([
    ['throws at start', /FAILED: .*no variant today/],
    ['throws always', /FAILED: none of [\d,]+ iterations of 'faulty' succeeded.*never\s+works/],
    ['waits for its signal', /FAILED: none of [\d,]+ iterations of 'faulty'.*longer than 300/],
    ['exits', /FAILED: .*exit code 7[\s\S]*iteration 3/],
    ['answers 404', /FAILED: none of [\d,]+ iterations of 'faulty'[\s\S]*404/],
  ])('%s', async (fault, message) => {
    const { code, stdout, orphans } = await runFaulty(fault)
    expect(stdout.replaceAll(/\n {2}/g, ' ')).toMatch(message)
    // The scenario after it was measured all the same.
    expect(stdout).toMatch(/raw-agents: [\s\S]*Verdict:\s+\w+/)
    expect({ code, orphans }).toEqual({ code: 2, orphans: [] })
  })

  it('in a process of its own too', async () => {
    const { code, stdout, orphans } = await runFaulty('exits', '--isolation', 'process', '--generations', '1')
    expect(stdout).toMatch(/exit code 7/)
    expect({ code, orphans }).toEqual({ code: 2, orphans: [] })
  })

  it('is invalid when it fails more often than the error budget allows', async () => {
    const { code, stdout, orphans } = await runFaulty('throws sometimes')
    expect(stdout.replaceAll(/\n {2}/g, ' ')).toMatch(
      /INVALID: (9\.\d|10) % of faulty's iterations failed, more than the error budget of 1 %, mostly 'other' \(works mostly\)/,
    )
    expect({ code, orphans }).toEqual({ code: 2, orphans: [] })
  })

  it('says where requests went when they did not go to the target', async () => {
    const args = ['run', scenario('own-server'), ...quick, '--report', 'md=-']
    const { code, stdout, orphans } = await runCli(args)
    for (const arm of ['old', 'new']) {
      expect(stdout).toMatch(
        new RegExp(
          `none of ${arm}.{1,6}s [\\d,]+ requests? reached the target: its connections led to 127\\.0\\.0\\.1:\\d+.*target URL`,
        ),
      )
    }
    expect(stdout).not.toMatch(/counts differ/)
    expect({ code, orphans }).toEqual({ code: 2, orphans: [] })
  })

  it('is killed', async () => {
    const args = ['run', scenario('raw-agents'), ...quick, '--block', '600ms', '--rtt', '0,1']
    const { code, stdout, orphans } = await runCli(args, { at: /measuring: [1-9]/, killChild: /arm\/process/ })
    expect(stdout).toMatch(/http, 0 ms RTT[\s\S]*FAILED: the arm process ended during its block of '\w+' \(SIGKILL\)/)
    expect(stdout).toMatch(/http, 1 ms RTT[\s\S]*Verdict:\s+\w+/)
    expect({ code, orphans }).toEqual({ code: 2, orphans: [] })
  })

  it('shows what an event loop that was blocked for 10 s cost, and goes on', async () => {
    const { code, stdout, orphans } = await runFaulty('blocks for 10 s', '--block', '600ms')
    // The seventh figure of the row is the longest service time.
    expect(stdout).toMatch(/^faulty( +\S+){6} +10,\d{3}( +\S+){5}$/m)
    expect(stdout).toMatch(/faulty: [\s\S]*ledger agrees in 12 of 12 blocks[\s\S]*raw-agents: [\s\S]*Verdict:\s+\w+/)
    expect({ code, orphans }).toEqual({ code: 0, orphans: [] })
  })

  it('ends one that hangs without heeding its signal', async () => {
    const { code, stdout, orphans } = await runFaulty('never ends')
    expect(stdout).toMatch(/FAILED: .*iterations were still under way a second after being aborted \(hung\)/)
    expect({ code, orphans }).toEqual({ code: 2, orphans: [] })
  })
})
