// A neighbour that keeps a core busy in turns: for so many ms, and not for so many; until its parent is gone.
const [onMs = 1_000, offMs = 0] = process.argv.slice(2).map(Number)
/** So that it sees the end of its parent while it is busy. */
const pieceMs = 20

process.on('disconnect', () => process.exit())

function work(): void {
  const turnMs = performance.now() % (onMs + offMs)
  if (turnMs >= onMs) return void setTimeout(work, onMs + offMs - turnMs)
  const untilMs = performance.now() + pieceMs
  while (performance.now() < untilMs);
  setImmediate(work)
}

work()
