import type { Delegation } from '@xerotier/protocol/api/delegations.ts'
import { Button } from '../../ui/button.tsx'
import { Mark } from '../../ui/mark.tsx'
import { When } from '../../ui/time.tsx'
import { words } from '../../words/en.ts'
import { Said } from '../texts.tsx'

const text = words.people

interface Props {
  delegations: readonly Delegation[]
  /** Without it they are only looked at. */
  end?: (delegation: Delegation) => void
}

export function DelegationList({ delegations, end }: Props) {
  return (
    <ul className="card divide-y divide-line">
      {delegations.map((one) => (
        <li key={one.id} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-3">
          <Mark tone={one.hindrance === null ? 'good' : 'warn'} shape={one.state === 'active' ? 'check' : 'ring'}>
            {one.state}
          </Mark>
          <span className="min-w-0 flex-1 break-words">
            <Said>{text.delegated(one.kind, one.from_name ?? one.from, one.to_name ?? one.to, of(one))}</Said>
            <span className="block text-[12.5px] text-soft">
              {text.until} <When at={one.ends_at} />
              {[one.note, one.hindrance].map(
                (told) =>
                  told !== null && (
                    <span key={told}>
                      {' · '}
                      <Said>{told}</Said>
                    </span>
                  ),
              )}
            </span>
          </span>
          {end !== undefined && (
            <Button look="quiet" onClick={() => end(one)} aria-label={`${text.end}: ${one.to_name ?? one.to}`}>
              {text.end}
            </Button>
          )}
        </li>
      ))}
    </ul>
  )
}

function of({ risks, workspaces }: Delegation): string {
  return [
    risks?.join(', ') ?? text.everyRisk,
    workspaces?.map(({ name }) => name).join(', ') ?? text.everyWorkspace,
  ].join(' · ')
}
