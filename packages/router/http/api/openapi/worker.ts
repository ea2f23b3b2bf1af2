// Makes the OpenAPI document in a thread of its own: it takes half a second, in which the router
// would answer nobody.
import { parentPort, workerData } from 'node:worker_threads'
import { openApi } from './document.ts'

parentPort?.postMessage(JSON.stringify(await openApi(workerData)))
