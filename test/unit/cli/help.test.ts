import { expect, it } from 'vitest'
import { makeProgram } from '../../../src/cli/program.ts'
import type { Terminal } from '../../../src/cli/terminal.ts'
import { readOptionTable } from '../../readme-options.ts'

async function helpOf(...command: string[]): Promise<string> {
  let printed = ''
  const print = (text: string) => {
    printed += text
  }
  const terminal = { print, note: print } as unknown as Terminal
  await makeProgram(terminal, new AbortController().signal).run([...command, '--help'])
  return printed
}

it.each([['run'], ['compare'], ['check'], ['baseline', 'save'], ['tune'], ['calibrate']])(
  'the help of %s %s',
  async (...command) => {
    const words = command.filter((word) => word !== undefined)
    await expect(await helpOf(...words)).toMatchFileSnapshot(`../../golden/help-${words.join('-')}.txt`)
  },
)

it('README has the options of run as the command line has them; node test/readme-options.ts writes them', () => {
  const { found, right } = readOptionTable()
  expect(found.split('\n')).toEqual(right.split('\n'))
})
