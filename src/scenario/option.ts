import * as z from 'zod'
import type { OwnLoopEngine } from './engine-name.ts'
import { protocols } from './protocol.ts'
import {
  readAbortOn,
  readDuration,
  readInteger,
  readNumber,
  readOrigin,
  readProtocols,
  readRtts,
} from './read-values.ts'
import { readStage, type Stage, stagesSchema } from './stages.ts'
import { targetNameSchema } from './target-conditions.ts'
import { pauseSchema, readThinkTime } from './think-time.ts'

/** What an option may hold, and how a flag's text becomes it. */
interface ValueKind {
  readonly schema: z.ZodType
  /** Absent where the flag has no text, or one of `choices`. `earlier`: what the flag said before, if it is repeated. @throws UsageError */
  read?(text: string, earlier?: unknown): unknown
  readonly choices?: readonly string[]
  /** A value as help says it. */
  say?(value: unknown): string
  /** The flag names a file, whose text is read. */
  readonly isFile?: true
  /** The flag's text may hold credentials: no message repeats it. */
  readonly isSecret?: true
}

/** Everything that is known of one option, told once. */
export interface OptionDefinition extends ValueKind {
  /** With its placeholder, as help shows it. */
  readonly flag: `--${string}`
  /** The flag that says no, and its sentence. */
  readonly off?: readonly [flag: `--no-${string}`, help: string]
  /** A text for the flag; empty for a switch. */
  readonly example: string
  readonly help: string
  readonly default?: unknown
  /** What holds where the flag is not given; `{default}` stands for the default. */
  readonly unset?: string | undefined
  /** Where a scenario says it. */
  readonly field?: string
  /** Engines that have no use for it, and why. */
  readonly refusedBy?: EngineWords
  /** Engines that cannot take some of its values, and why. */
  readonly refusedValues?: { readonly [Engine in OwnLoopEngine]?: Readonly<Record<string, string>> }
  /** Options that mean nothing beside it. */
  readonly conflicts?: readonly {
    readonly with: readonly string[]
    say(own: string, other: string): string
  }[]
  /** An option that it means nothing without. */
  readonly needs?: { readonly other: string; readonly why: string }
}

type EngineWords = { readonly [Engine in OwnLoopEngine]?: string }

const grouped = (value: number) => value.toLocaleString('en')

/** A whole number within limits. */
export function whole(least: number, most: number) {
  return within(z.int(), readInteger, [least, most])
}

/** A number within limits, a fraction allowed. */
export function decimal(least: number, most: number) {
  return within(z.number(), readNumber, [least, most])
}

function within<Schema extends z.ZodNumber>(
  schema: Schema,
  read: typeof readNumber,
  [least, most]: readonly [number, number],
) {
  return {
    schema: schema.min(least).max(most),
    read: (text: string) => read(text, least, most),
    say: grouped,
    ...{ least, most },
  }
}

/** In milliseconds, to a day. */
export const duration = {
  schema: z.number().min(1).max(86_400_000),
  read: readDuration,
  say: (ms: number) => (ms < 1_000 ? `${ms}ms` : `${ms / 1_000}s`),
}

/** One of a closed list. */
export function oneOf<const Choice extends string>(...choices: readonly Choice[]) {
  return { schema: z.enum(choices), choices }
}

/** Yes or no: the flag alone says yes. */
export const yesOrNo = { schema: z.boolean() }

export const pause = { schema: pauseSchema, read: readThinkTime }

/** The flag says one stage, and is repeated. */
export const stageList = {
  schema: stagesSchema as unknown as z.ZodType<readonly Stage[]>,
  read: (text: string, earlier: readonly Stage[] = []): readonly Stage[] => [...earlier, readStage(text)],
}

const protocol = z.enum(protocols)
export const protocolList = { schema: z.array(protocol).min(1).readonly(), item: protocol, read: readProtocols }

const rttMs = z.number().min(0).max(10_000)
export const rttList = { schema: z.array(rttMs).min(1).readonly(), item: rttMs, read: readRtts }

export const httpOrigin = { schema: z.url({ protocol: /^https?$/ }), read: readOrigin }

export const targetName = { schema: targetNameSchema, read: (text: string) => text }

/** The flag says one host, and is repeated. */
export const hostList = {
  schema: z.array(z.string().min(1)).readonly(),
  read: (text: string, earlier: readonly string[] = []): readonly string[] => [...earlier, text],
}

/** A share of failures, which the flag says as a condition. */
export const errorShare = {
  schema: z.number().min(0).max(1),
  read: readAbortOn,
  say: (share: number) => `errors>${share * 100}%`,
}
