import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { findPackageJSON } from 'node:module'
import os from 'node:os'

/** What times depend on besides the code that is measured. */
export type Environment = {
  /** Hash of all that must be equal before times of two runs may be compared. */
  readonly fingerprint: string
  readonly harness: string
  readonly node: string
  readonly v8: string
  readonly openssl: string
  /** Versions of the client libraries that come with the harness. */
  readonly clients: Readonly<Record<string, string>>
  readonly platform: string
  readonly kernel: string
  readonly cpuModel: string
  readonly cpuCount: number
  /** CPUs that the control group allows; null when unlimited or unknown. */
  readonly cpuQuota: number | null
  readonly memoryBytes: number
  /** Hash of package-lock.json in the working folder. */
  readonly lockfile: string | null
}

/** The version of sessionbench itself. */
export function readOwnVersion(): string {
  return readVersion(findPackageJSON('..', import.meta.url))
}

/** What this run was measured on. Two runs with one fingerprint may compare times; any others may not. */
export function readEnvironment(workingFolder: string): Environment {
  const [cpu] = os.cpus()
  const facts = {
    harness: readOwnVersion(),
    node: process.version,
    v8: process.versions.v8,
    openssl: process.versions.openssl ?? 'none',
    clients: Object.fromEntries(
      ['undici', 'tough-cookie'].map((name) => [name, readVersion(findPackageJSON(name, import.meta.url))]),
    ),
    platform: `${process.platform} ${process.arch}`,
    kernel: os.release(),
    cpuModel: cpu?.model ?? 'unknown',
    cpuCount: os.availableParallelism(),
    cpuQuota: readCpuQuota(),
    memoryBytes: os.totalmem(),
    lockfile: hashFile(`${workingFolder}/package-lock.json`),
  }
  return { fingerprint: hash(JSON.stringify(facts)), ...facts }
}

function readVersion(packageFile: string | undefined): string {
  if (packageFile === undefined) return 'unknown'
  return (JSON.parse(readFileSync(packageFile, 'utf8')) as { version: string }).version
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
