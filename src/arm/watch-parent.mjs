// A worker thread of every arm process: it ends the process, and what that has started, when its supervisor is gone, however
// that went, and whatever the arm's own event loop is busy with. It sleeps until the pipe to the supervisor ends; it never
// wakes up before.
import { Socket } from 'node:net'
import { workerData } from 'node:worker_threads'

new Socket({ fd: workerData.fd })
  .on('error', () => {})
  // The supervisor made it the leader of a process group.
  .on('close', () => process.kill(-process.pid, 'SIGKILL'))
  .resume()
