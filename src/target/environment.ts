import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { findPackageJSON } from 'node:module'
import os from 'node:os'
import { pathToFileURL } from 'node:url'
import type { Environment, MachineSetting } from '../sample/environment.ts'
import { isRecord } from '../session/fields-of.ts'

/** Clients that scenarios are written with; those that a project has are named in its results. */
const clientNames = ['undici', 'tough-cookie', 'axios', 'got', 'ky', 'node-fetch', 'superagent', 'needle'] as const

/** The version of sessionbench itself. */
export function readOwnVersion(): string {
  return readVersion(findPackageJSON('..', import.meta.url))
}

/** What this run was measured on. */
export function readEnvironment(workingFolder: string): Environment {
  const setting = readSetting()
  return {
    fingerprint: hash(JSON.stringify(setting)),
    ...setting,
    clients: readClients(workingFolder),
    lockfile: hashFile(`${workingFolder}/package-lock.json`),
  }
}

function readSetting(): MachineSetting {
  const [cpu] = os.cpus()
  return {
    harness: readOwnVersion(),
    node: process.version,
    v8: process.versions.v8,
    openssl: process.versions.openssl ?? 'none',
    platform: `${process.platform} ${process.arch}`,
    kernel: os.release(),
    cpuModel: cpu?.model ?? 'unknown',
    cpuCount: os.availableParallelism(),
    cpuQuota: readCpuQuota(),
    memoryBytes: os.totalmem(),
  }
}

/** The project's own copies, else those that came with the harness. */
function readClients(workingFolder: string): Record<string, string> {
  const project = pathToFileURL(`${workingFolder}/`).href
  const versions = clientNames.flatMap((name) => {
    const version = versionOfPackage(name, project) ?? versionOfPackage(name, import.meta.url)
    return version === undefined ? [] : [[name, version] as const]
  })
  return Object.fromEntries(versions)
}

/** The version of a package as a module in that place would import it; undefined when there is none. */
export function versionOfPackage(name: string, from: string): string | undefined {
  try {
    const file = findPackageJSON(name, from)
    return file === undefined ? undefined : readVersion(file)
  } catch {
    return undefined
  }
}

function readVersion(packageFile: string | undefined): string {
  if (packageFile === undefined) return 'unknown'
  const manifest: unknown = JSON.parse(readFileSync(packageFile, 'utf8'))
  return isRecord(manifest) && typeof manifest.version === 'string' ? manifest.version : 'unknown'
}

function readCpuQuota(): number | null {
  try {
    const [quota, period] = readFileSync('/sys/fs/cgroup/cpu.max', 'utf8').trim().split(' ')
    return quota === 'max' ? null : Number(quota) / Number(period)
  } catch {
    return null
  }
}

function hashFile(path: string): string | null {
  return existsSync(path) ? hash(readFileSync(path)) : null
}

function hash(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 16)
}
