// A few places, and many who want one. Whoever holds as many as are left waits, so that there is
// always one for somebody else: of 16 the first takes 8, the next 4, then 2. Of those who wait, the
// one who holds least goes first, and among these the one who had a turn longest ago.

import type { Asker } from './asker.ts'
import type { Clock, Timer } from './clock.ts'

export interface Shares {
  /** Begins the work as soon as there is a place. @throws NoPlace when it waited too long */
  take<T>(asker: Asker | undefined, work: () => Promise<T>): Promise<T>
  /** Resolves with what gives the place back. @throws NoPlace */
  enter(asker: Asker | undefined): Promise<() => void>
}

export interface ShareOptions {
  /** How many places there are. */
  width: number
  /** Of these, for work of the process itself alone. */
  reserved?: number
  /** How long one may wait; without it as long as it takes. */
  patience?: { clock: Clock; ms: number }
}

/** It waited too long. */
export class NoPlace extends Error {
  /** Others had places left: it was its own share that was used up. */
  readonly ownShare: boolean

  constructor(ownShare: boolean) {
    super('timeout exceeded when waiting for a place')
    this.ownShare = ownShare
  }
}

interface Name {
  name: string
  held: number
  waiting: number
  lastTurn: number
}

/** Those who have all names in common. */
interface Group {
  key: string
  names: { of: Name; weight: number }[]
  waiting: Set<Waiting>
}

interface Waiting {
  begin(): void
}

export function createShares({ width, reserved = 0, patience }: ShareOptions): Shares {
  const names = new Map<string, Name>()
  const groups = new Map<string, Group>()
  let held = 0
  let turns = 0

  const nameOf = (name: string): Name => {
    const known = names.get(name)
    if (known !== undefined) return known
    const fresh = { name, held: 0, waiting: 0, lastTurn: 0 }
    names.set(name, fresh)
    return fresh
  }
  const groupOf = (asker: Asker | undefined): Group => {
    const own = asker?.names ?? []
    const key = own.map(({ name }) => name).join(' ')
    const known = groups.get(key)
    if (known !== undefined) return known
    return { key, names: own.map(({ name, weight }) => ({ of: nameOf(name), weight })), waiting: new Set() }
  }
  /** The most that one of its names has, as its weight counts it. */
  const share = (group: Group) => group.names.reduce((most, { of, weight }) => Math.max(most, of.held * weight), 0)
  const lastTurn = (group: Group) => group.names.reduce((last, { of }) => Math.max(last, of.lastTurn), 0)
  const hasRoom = (group: Group) => (group.names.length === 0 ? held < width : share(group) < width - reserved - held)
  const forget = (group: Group) => {
    if (group.waiting.size === 0 && groups.get(group.key) === group) groups.delete(group.key)
    for (const { of } of group.names) if (of.held === 0 && of.waiting === 0) names.delete(of.name)
  }

  const begin = (group: Group): (() => void) => {
    held += 1
    turns += 1
    for (const { of } of group.names) {
      of.held += 1
      of.lastTurn = turns
    }
    let left = false
    return () => {
      if (left) return
      left = true
      held -= 1
      for (const { of } of group.names) of.held -= 1
      forget(group)
      advance()
    }
  }
  const advance = () => {
    for (let next = nextGroup(); next !== undefined; next = nextGroup()) {
      const [first] = next.waiting
      first?.begin()
    }
  }
  const nextGroup = (): Group | undefined => {
    let best: Group | undefined
    for (const group of groups.values()) {
      if (group.waiting.size === 0 || !hasRoom(group)) continue
      if (best === undefined || isBefore(group, best)) best = group
    }
    return best
  }
  const isBefore = (one: Group, other: Group) => {
    const more = share(one) - share(other)
    return more === 0 ? lastTurn(one) < lastTurn(other) : more < 0
  }

  const enter = (asker: Asker | undefined): Promise<() => void> => {
    const group = groupOf(asker)
    if (group.waiting.size === 0 && hasRoom(group)) return Promise.resolve(begin(group))
    return new Promise((resolve, reject) => {
      let timer: Timer | undefined
      const leaveQueue = () => {
        timer?.cancel()
        group.waiting.delete(waiting)
        for (const { of } of group.names) of.waiting -= 1
      }
      const waiting: Waiting = {
        begin() {
          leaveQueue()
          const leave = begin(group)
          forget(group)
          resolve(leave)
        },
      }
      groups.set(group.key, group)
      group.waiting.add(waiting)
      for (const { of } of group.names) of.waiting += 1
      timer = patience?.clock.after(patience.ms, () => {
        leaveQueue()
        const ownShare = held < width - reserved
        forget(group)
        reject(new NoPlace(ownShare))
      })
    })
  }

  return {
    enter,
    async take(asker, work) {
      const leave = await enter(asker)
      try {
        return await work()
      } finally {
        leave()
      }
    },
  }
}
