import { machineNowMs } from '../probe/clock.ts'
import { mergeShardBlocks } from '../sample/merge-shards.ts'
import { sumOf } from '../statistics/sum-of.ts'
import type { ArmProcess } from './arm-host.ts'
import type { ArmReplyTo, ArmRequest } from './messages.ts'

/**
 * Blocks of several processes begin this long after they are asked for, ms: time for the message and the speed control. A
 * process that is not ready then begins late; in an open loop its arrivals are late by as much, and say so.
 */
const startInMs = 30

/**
 * Makes processes that share the load of their arms behave as one: a request goes to all of them, blocks begin at one time in
 * all, by this machine's clock, and are merged. When one fails, the others are ended too.
 */
export function joinShards(shards: readonly ArmProcess[]): ArmProcess {
  const [only, ...others] = shards
  if (only !== undefined && others.length === 0) return only
  const count = shards.length
  const kill = async () => {
    await Promise.all(shards.map((shard) => shard.kill()))
  }
  const askAll = async <Kind extends ArmRequest['kind']>(
    requestFor: (index: number) => Extract<ArmRequest, { kind: Kind }>,
    limits: { readonly timeoutMs: number },
  ): Promise<ArmReplyTo<Kind>[]> => {
    try {
      return await Promise.all(shards.map((shard, index) => shard.ask<Kind>(requestFor(index), limits)))
    } catch (error) {
      await kill()
      throw error
    }
  }
  const ask = async (request: ArmRequest, limits: { readonly timeoutMs: number }) => {
    switch (request.kind) {
      case 'open':
        return (await askAll<'open'>((index) => ({ ...request, shard: { index, count } }), limits))[0]
      case 'block': {
        const startAtMs = machineNowMs() + startInMs
        return mergeReplies(await askAll<'block'>(() => ({ ...request, startAtMs }), limits))
      }
      case 'describe':
      case 'certify':
      case 'close':
        return (await askAll(() => request, limits))[0]
      default:
        return request satisfies never
    }
  }
  return {
    ask: ask as ArmProcess['ask'],
    printedBytes: () => sumOf(shards, (shard) => shard.printedBytes()),
    kill,
    async [Symbol.asyncDispose]() {
      await Promise.all(shards.map((shard) => shard[Symbol.asyncDispose]()))
    },
  }
}

function mergeReplies(replies: readonly ArmReplyTo<'block'>[]): ArmReplyTo<'block'> {
  const startedAtMs = Math.min(...replies.map((reply) => reply.startedAtMs))
  const nextIndex = Math.max(...replies.map((reply) => reply.nextIndex))
  return { kind: 'block', block: mergeShardBlocks(replies), startedAtMs, nextIndex, workers: undefined }
}
