// What is other than in the last call of the same tool that completed there: what nobody has seen
// run before is what an approver has to look at.
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Approval } from '@xerotier/protocol/api/approvals.ts'
import { useClient } from '../api/client.ts'
import { lastCallQuery } from '../api/queries.ts'
import { Changes } from '../ui/changes.tsx'
import { type Change, jsonOf } from '../ui/differences.ts'
import { Ago } from '../ui/time.tsx'
import { words } from '../words/en.ts'
import { stateWords } from '../words/en-states.ts'
import { Missing } from './asked.tsx'
import { Said } from './texts.tsx'

const text = words.approvals

export function SimilarCall({ approval: { tool, workspace, args } }: { approval: Approval }) {
  const asked = useQuery(lastCallQuery(useClient(), tool, workspace))
  const { data } = asked
  if (data === undefined) return <Missing what={stateWords.lastCall} asked={asked} error={asked.error} />
  const [last] = data.data
  if (last === undefined) return <p className="text-[13px] text-soft">{text.neverRan(tool, workspace)}</p>
  const changes = changesOf(last.args, args)
  return (
    <section aria-label={text.compared} className="grid gap-1.5">
      <h3 className="text-[13px] font-semibold text-soft">
        {text.compared}{' '}
        <Link to="/operations/$id" params={{ id: last.id }}>
          <Ago at={last.created_at} />
        </Link>
      </h3>
      {changes.length === 0 ? (
        <p className="text-[13px]">{text.sameArguments}</p>
      ) : (
        <Changes changes={changes} shown={(one) => <Said>{one}</Said>} />
      )}
    </section>
  )
}

/** Longer values are read above, where all of them stands. */
const shownCharacters = 200

function changesOf(before: Record<string, unknown>, after: Record<string, unknown>): Change[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()
  return names.flatMap((name) => {
    const [one, other] = [jsonOf(before[name]), jsonOf(after[name])]
    return one === other ? [] : [{ name, before: shortened(one), after: shortened(other) }]
  })
}

function shortened(text: string | undefined): string | undefined {
  return text === undefined || text.length <= shownCharacters ? text : `${text.slice(0, shownCharacters)}…`
}
