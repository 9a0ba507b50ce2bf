import { parentPort, workerData } from 'node:worker_threads'
import { Serving } from '../serving.ts'
import { settle } from '../settle.ts'
import type { ServingAnswers, ServingNotice, ServingOrder, ServingQuestion, ServingSetup } from './messages.ts'

// The entry of a serving thread: the same listeners on the same ports, among which the kernel deals out connections.
const { options, certificates, port, answered } = workerData as ServingSetup
const flag = new Int32Array(answered)

try {
  const serving = await Serving.open(options, certificates)
  port.on('message', (question: ServingQuestion) => reply(answerTo(serving, question)))
  parentPort?.on('message', (order: ServingOrder) => void obey(serving, order))
  notify({ kind: 'ready' })
} catch (error) {
  notify({ kind: 'failed', message: (error as Error).message })
}

function answerTo(serving: Serving, question: ServingQuestion): ServingAnswers[ServingQuestion['kind']] {
  switch (question.kind) {
    case 'counts':
      return serving.counts()
    case 'memory':
      return serving.memory()
    case 'reset':
      serving.reset()
      return null
    case 'faults':
      serving.setFaults(question.plan)
      return null
  }
}

async function obey(serving: Serving, order: ServingOrder): Promise<void> {
  if (order.kind === 'settle') {
    await settle()
    notify({ kind: 'settled' })
    return
  }
  await serving.close(order.drainMs)
  process.exit(0)
}

function reply(answer: ServingAnswers[ServingQuestion['kind']]): void {
  port.postMessage(answer)
  Atomics.store(flag, 0, 1)
  Atomics.notify(flag, 0)
}

function notify(notice: ServingNotice): void {
  parentPort?.postMessage(notice)
}
