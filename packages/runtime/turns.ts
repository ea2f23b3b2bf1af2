// What asks the database for much waits here for its turn: a session, so that one agent takes no
// more than its share of what all use, and enrollments, so that a thousand at once leave
// connections to everybody else.

export interface Turns {
  /**
   * Begins the work at once when there is room, else as soon as what came before it has begun and
   * something has ended.
   */
  take<T>(work: () => Promise<T>): Promise<T>
}

interface Waiting {
  begin(): void
  next: Waiting | undefined
}

/** @param width how much may be under way at a time */
export function createTurns(width: number): Turns {
  // A list: an array of many thousands is moved whole for each one taken from its front.
  let first: Waiting | undefined
  let last: Waiting | undefined
  let underWay = 0

  async function run<T>(work: () => Promise<T>): Promise<T> {
    underWay += 1
    try {
      return await work()
    } finally {
      underWay -= 1
      advance()
    }
  }

  function advance(): void {
    while (first !== undefined && underWay < width) {
      const { begin } = first
      first = first.next
      begin()
    }
    if (first === undefined) last = undefined
  }

  return {
    take(work) {
      if (underWay < width && first === undefined) return run(work)
      return new Promise((resolve, reject) => {
        const waiting: Waiting = { begin: () => void run(work).then(resolve, reject), next: undefined }
        if (last === undefined) first = waiting
        else last.next = waiting
        last = waiting
      })
    },
  }
}
