// A connection answers in time, or it ends: nobody knows in which state one is whose answer did not
// come. A BEGIN may have been done, and what comes after it would wait for a COMMIT that nobody
// sends.
//
// pg can do the first (`query_timeout`), and makes a promise where it is given no callback. Both
// put a callback into a query that knows the query, and V8 then keeps the rows of one query alive
// until a full collection, and those of the next with them: 1.2 KB a row of an export, where it is
// 0.03 KB if the callback is there from the beginning, or knows nothing of its query (pg 8.23,
// Node 24).
import { systemClock, type Timer } from '@xerotier/runtime/clock.ts'
import pg from 'pg'

type Answered<Result> = (error: Error | null | undefined, result: Result) => void

/** Every query of it has so long, ms. @returns it */
export function answersInTime<Client extends pg.ClientBase>(client: Client, ms: number): Client {
  const inTime = <Result>(answered: Answered<Result>): Answered<Result> => {
    let timer: Timer | undefined = systemClock.after(ms, () => {
      timer = undefined
      answered(new Error('Query read timeout'), undefined as Result)
      if (client instanceof pg.Client) void client.end()
    })
    return (error, result) => {
      if (timer === undefined) return
      timer.cancel()
      timer = undefined
      answered(error, result)
    }
  }
  client.query = new Proxy(client.query, {
    apply(_, self, [first, second, third]: [Asked, unknown, unknown]) {
      // Not the one of when it connected: who looks at statements stands in the prototype.
      const run = (query: pg.Submittable) => Reflect.apply(pg.Client.prototype.query, self, [query])
      if (isSubmittable(first)) {
        first.callback = inTime(first.callback)
        return run(first)
      }
      const values = Array.isArray(second) ? second : undefined
      const callback = [second, third].find((word) => typeof word === 'function')
      if (callback !== undefined) return run(new pg.Query(first, values, inTime(callback as Answered<unknown>)))
      const answer = new Promise((resolve, reject) => {
        run(
          new pg.Query(
            first,
            values,
            inTime((error, result) => (error ? reject(error) : resolve(result))),
          ),
        )
      })
      // As pg does: else it would say where the socket was read, and not who asked.
      return answer.catch((error: Error) => {
        Error.captureStackTrace(error)
        throw error
      })
    },
  })
  return client
}

type Asked = string | pg.QueryConfig | Submitted
interface Submitted extends pg.Submittable {
  callback: Answered<unknown>
}

function isSubmittable(asked: Asked): asked is Submitted {
  return typeof asked === 'object' && 'submit' in asked
}
