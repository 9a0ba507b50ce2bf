/**
 * What loads the arms. `client`: iterations of a client under test. `raw`: requests whose bytes are laid down, over bare
 * sockets, for what a server can do. `autocannon`: the same by autocannon, as others know it. `micro`: a function in a tight
 * loop by tinybench, without any target.
 */
export const engineNames = ['client', 'raw', 'autocannon', 'micro'] as const
export type EngineName = (typeof engineNames)[number]

/** The engine that a workload belongs to. */
export function engineOf({ model, engine }: { readonly model: string; readonly engine?: 'raw' }): EngineName {
  return engine ?? ownLoops.find((own) => own === model) ?? 'client'
}

/** Engines whose closed loop is their own. */
const ownLoops = ['raw', 'autocannon', 'micro'] as const
export type OwnLoopEngine = (typeof ownLoops)[number]

/** Whether it is no loop of iterations that we start. */
export function isOwnLoop<Workload extends { readonly model: string }>(
  workload: Workload,
): workload is Extract<Workload, { readonly model: OwnLoopEngine }> {
  return ownLoops.some((own) => own === workload.model)
}
