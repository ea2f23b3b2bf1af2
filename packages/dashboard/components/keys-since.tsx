// How old the keys of an agent are: that of the older, and which of the two it is.
import type { Agent } from '@xerotier/protocol/api/agents.ts'
import { Ago, When } from '../ui/time.tsx'
import { words } from '../words/en.ts'

const text = words.fleet

type Keys = Pick<Agent, 'curve_key_since' | 'signing_key_since'>

/** What is not known counts as older than what is. */
function olderOf({ curve_key_since: curve, signing_key_since: signing }: Keys) {
  return (signing ?? '') <= (curve ?? '') ? { key: text.signingKey, at: signing } : { key: text.curveKey, at: curve }
}

export function oldestKeysFirst<One extends Keys & { name: string }>(agents: readonly One[]): One[] {
  return [...agents].sort(
    (a, b) => (olderOf(a).at ?? '').localeCompare(olderOf(b).at ?? '') || a.name.localeCompare(b.name),
  )
}

export function KeysSince({ agent }: { agent: Keys }) {
  const { curve_key_since: curve, signing_key_since: signing } = agent
  const { key, at } = olderOf(agent)
  if (curve === signing) return <Since at={at} />
  return (
    <span className="grid">
      <Since at={at} />
      <span className="text-[12px] text-soft">
        {key}
        <span className="sr-only">
          {key === text.signingKey ? `; ${text.curveKey} ` : `; ${text.signingKey} `}
          <Exactly at={key === text.signingKey ? curve : signing} />
        </span>
      </span>
    </span>
  )
}

function Since({ at }: { at: string | null }) {
  if (at !== null) return <Ago at={at} />
  return (
    <span title={text.unknownHint} className="text-warn">
      {text.unknown}
    </span>
  )
}

const Exactly = ({ at }: { at: string | null }) => (at === null ? text.unknown : <When at={at} />)
