// Agents of which one is chosen. Who cannot take a call is set aside when a choice meets it, and
// comes back when something ends there: so each look at a busy agent is paid for by a call that it
// was given, and a choice finds a free one among thousands of busy ones without looking at them.
import type { Chance } from '@xerotier/runtime/chance.ts'
import type { OnlineAgent } from './online-agent.ts'

export interface Crowd {
  readonly size: number
  add(agent: OnlineAgent): void
  remove(agent: OnlineAgent): void
  /** The least loaded of a few that can take a call now; undefined when none of all can. */
  choose(): OnlineAgent | undefined
  /** How many more calls they can take now. Counts no further than `atMost`. */
  room(atMost: number): number
  /** The agent may be able to take a call again. */
  recall(agent: OnlineAgent): void
}

export interface CrowdOptions {
  chance: Chance
  /** Whether the agent can take a call at this moment. */
  isFree(agent: OnlineAgent): boolean
  /** Hears of each agent that is set aside: `recall` must follow when it can take a call again. */
  setAside(crowd: Crowd, agent: OnlineAgent): void
}

/** Of so many the least loaded is taken, which is nearly as good as of all. */
const few = 8

export function createCrowd({ chance, isFree, setAside }: CrowdOptions): Crowd {
  /** Those before `open` have not been met busy since something ended there. */
  const agents: OnlineAgent[] = []
  const places = new Map<OnlineAgent, number>()
  let open = 0

  function put(agent: OnlineAgent, place: number): void {
    agents[place] = agent
    places.set(agent, place)
  }

  function swap(one: number, other: number): void {
    const [first, second] = [agents[one], agents[other]]
    if (one === other || first === undefined || second === undefined) return
    put(second, one)
    put(first, other)
  }

  /** The agent at a place before `open`; undefined after it was set aside. */
  function freeAt(place: number): OnlineAgent | undefined {
    const agent = agents[place]
    if (agent === undefined || isFree(agent)) return agent
    swap(place, --open)
    setAside(crowd, agent)
    return undefined
  }

  function* someFree(): Generator<OnlineAgent> {
    if (open <= few) {
      // From the back: whoever takes the place of one that is set aside has been looked at.
      for (let place = open - 1; place >= 0; place--) {
        const agent = freeAt(place)
        if (agent !== undefined) yield agent
      }
      return
    }
    for (let found = 0; found < few && open > 0; ) {
      const agent = freeAt(Math.floor(chance() * open))
      if (agent === undefined) continue
      found += 1
      yield agent
    }
  }

  const crowd: Crowd = {
    get size() {
      return agents.length
    },
    add(agent) {
      if (places.has(agent)) return
      put(agent, agents.length)
      swap(agents.length - 1, open++)
    },
    remove(agent) {
      const place = places.get(agent)
      if (place === undefined) return
      const last = place < open ? --open : place
      swap(place, last)
      swap(last, agents.length - 1)
      agents.pop()
      places.delete(agent)
    },
    choose() {
      let best: OnlineAgent | undefined
      for (const agent of someFree()) if (best === undefined || loadOf(agent) <= loadOf(best)) best = agent
      return best
    },
    room(atMost) {
      let room = 0
      for (let place = open - 1; place >= 0 && room < atMost; place--) {
        const agent = freeAt(place)
        if (agent !== undefined) room += agent.maxConcurrent - agent.inFlight.size
      }
      return Math.min(room, atMost)
    },
    recall(agent) {
      const place = places.get(agent)
      if (place !== undefined && place >= open) swap(place, open++)
    },
  }
  return crowd
}

const loadOf = ({ inFlight, maxConcurrent }: OnlineAgent) => inFlight.size / maxConcurrent
