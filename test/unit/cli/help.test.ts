import { expect, it } from 'vitest'
import { runProgram } from '../../../src/cli/program.ts'
import type { Terminal } from '../../../src/cli/terminal.ts'
import { readOptionTable } from '../../readme-options.ts'

async function helpOf(...command: string[]): Promise<string> {
  let printed = ''
  const print = (text: string) => {
    printed += text
  }
  const terminal = { print, note: print } as unknown as Terminal
  await runProgram([...command, '--help'], { terminal, signal: new AbortController().signal })
  return printed
}

it.each([['run'], ['compare'], ['check'], ['baseline', 'save'], ['tune'], ['calibrate']])(
  'the help of %s %s',
  async (...command) => {
    const words = command.filter((word) => word !== undefined)
    await expect(await helpOf(...words)).toMatchFileSnapshot(`../../golden/help-${words.join('-')}.txt`)
  },
)

it('without a command the help names them all, each as its own help begins', async () => {
  const help = await helpOf()
  const listed = help.split('Commands:')[1]?.match(/^ {2}[a-z]+/gm) ?? []
  const names = listed.map((line) => line.trim()).filter((name) => name !== 'help')
  expect(names).toHaveLength(11)
  for (const name of names) expect(await helpOf(name)).toMatch(new RegExp(`^Usage: sessionbench ${name} `))
})

it('README has the options of run as the command line has them; node test/readme-options.ts writes them', () => {
  const { found, right } = readOptionTable()
  expect(found.split('\n')).toEqual(right.split('\n'))
})
