import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

/** The OpenAPI document of this version, as JSON; made in a thread of its own. */
export async function makeOpenApi(version: string): Promise<string> {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: version })
  worker.unref()
  // An error of the thread rejects.
  const [document] = await once(worker, 'message')
  return document
}
