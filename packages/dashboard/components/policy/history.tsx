// The versions of a policy, what each says other than what is written, and the way back.
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useClient } from '../../api/client.ts'
import { policyVersionsQuery } from '../../api/policies.ts'
import { Changes } from '../../ui/changes.tsx'
import { changesOf } from '../../ui/differences.ts'
import { Mark } from '../../ui/mark.tsx'
import { When } from '../../ui/time.tsx'
import { Versions } from '../../ui/versions.tsx'
import { words } from '../../words/en.ts'
import { Answer } from '../asked.tsx'
import { CommandLine, Said } from '../texts.tsx'
import type { Draft } from './draft.ts'

const text = words.policy
const looks = { active: ['good', 'check'], draft: ['warn', 'ring'], past: ['calm', 'circle'] } as const

export function History({ draft, name }: { draft: Draft; name: string }) {
  const asked = useQuery(policyVersionsQuery(useClient(), name))
  const [compared, setCompared] = useState<number>()
  const [told, setTold] = useState('')
  return (
    <Answer asked={asked} rows={3}>
      {({ data }) => {
        const changes = changesOf(data.find(({ version }) => version === compared)?.document, draft.document)
        return (
          <div className="grid gap-2">
            <p role="status" className="text-[12.5px] text-soft">
              {told}
            </p>
            <Versions
              label={text.versionsOf(name)}
              versions={data.map((one) => ({
                version: one.version,
                isCurrent: false,
                title: (
                  <>
                    <span className="font-medium">{text.version(one.version)}</span>
                    <Mark tone={looks[one.state][0]} shape={looks[one.state][1]}>
                      {text.states[one.state]}
                    </Mark>
                  </>
                ),
                told: (
                  <>
                    <Said>{one.created_by_name ?? one.created_by}</Said>, <When at={one.created_at} />
                    {one.note !== null && (
                      <>
                        {' · '}
                        <Said>{one.note}</Said>
                      </>
                    )}
                  </>
                ),
              }))}
              compared={compared}
              onCompare={setCompared}
              onRestore={(version) => {
                const past = data.find((one) => one.version === version)
                if (past === undefined) return
                draft.change(past.document)
                setTold(text.taken(version))
              }}
              words={{ compare: text.compare, restore: text.restore }}
            >
              <div className="grid gap-1.5 rounded-lg bg-raised p-3">
                <h3 className="text-[13px] font-semibold text-soft">{text.compared(compared ?? 0)}</h3>
                {changes.length === 0 ? (
                  <p>{text.noDifference}</p>
                ) : (
                  <Changes changes={changes} shown={(one) => <Said>{one}</Said>} />
                )}
              </div>
            </Versions>
            <CommandLine line={`xeroctl approvals policy versions ${name}`} />
          </div>
        )
      }}
    </Answer>
  )
}
