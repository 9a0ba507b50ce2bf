import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** True when the program is there. When it is not: an error where CI is set, else one line that says what is skipped. */
export function isInstalled(program: string, debianPackage: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${program}`], {
      stdio: 'ignore',
      env: { PATH: `${process.env.PATH}:/usr/sbin` },
    })
    return true
  } catch {
    if (process.env.CI !== undefined) throw new Error(`CI needs ${program}: apt-get install ${debianPackage}`)
    console.log(`skipped: the tests with ${program} (${debianPackage} is not installed)`)
    return false
  }
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** A program that runs with files of its own in a folder of its own. */
export type Running = AsyncDisposable & { readonly folder: string }

/** Writes the files, starts the program, and waits until it accepts connections on the port. */
export async function startProgram(
  command: (folder: string) => readonly [string, ...string[]],
  options: { readonly port: number; readonly files: (folder: string) => Readonly<Record<string, string>> },
): Promise<Running> {
  const folder = await mkdtemp(join(tmpdir(), 'session-'))
  await mkdir(join(folder, 'logs'))
  for (const [name, text] of Object.entries(options.files(folder))) await writeFile(join(folder, name), text)
  const [program, ...args] = command(folder)
  const child = spawn(program, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { PATH: `${process.env.PATH}:/usr/sbin` },
  })
  let complaint = ''
  child.stderr?.on('data', (text) => {
    complaint += text
  })
  await accepting(options.port, child, () => complaint)
  return {
    folder,
    async [Symbol.asyncDispose]() {
      const exited = child.exitCode === null ? once(child, 'exit') : undefined
      child.kill('SIGTERM')
      await exited
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function accepting(port: number, child: ChildProcess, complaint: () => string): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`it exited with ${child.exitCode}: ${complaint()}`)
    const socket = connect(port, '127.0.0.1')
    const open = await new Promise((resolve) => {
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    })
    socket.destroy()
    if (open) return
    await new Promise((resolve) => setImmediate(resolve))
  }
}
