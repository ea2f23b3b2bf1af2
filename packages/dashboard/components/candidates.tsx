// Who asks to enroll. Nobody is let in by one click: the key is what is compared with the host.
import { useQuery } from '@tanstack/react-query'
import type { Candidate } from '@xerotier/protocol/api/candidates.ts'
import { useState } from 'react'
import { useClient } from '../api/client.ts'
import { candidatesQuery, may } from '../api/queries.ts'
import { useSession } from '../api/session.ts'
import { Button } from '../ui/button.tsx'
import { Facts, Section } from '../ui/state.tsx'
import { Ago } from '../ui/time.tsx'
import { words } from '../words/en.ts'
import { candidateWords as more } from '../words/en-candidates.ts'
import { Act } from './act.tsx'
import { Missing } from './asked.tsx'
import { Id, Said } from './texts.tsx'

const text = words.agents

type Verdict = 'approve' | 'reject'

export function Candidates() {
  const asked = useQuery({ ...candidatesQuery(useClient()), enabled: may(useSession(), 'management') })
  // What was opened stays, though the list has become another.
  const [judging, setJudging] = useState<{ of: Candidate; verdict: Verdict }>()
  const candidates = asked.data?.data ?? []
  return (
    <>
      <Missing what={text.candidates} asked={asked} error={asked.error} />
      {candidates.length > 0 && (
        <Section title={text.candidates}>
          <ul aria-label={text.candidates} className="card divide-y divide-line">
            {candidates.map((candidate) => (
              <Candidacy
                key={candidate.id}
                of={candidate}
                judge={(verdict) => setJudging({ of: candidate, verdict })}
              />
            ))}
          </ul>
        </Section>
      )}
      {judging !== undefined && <Judge {...judging} close={() => setJudging(undefined)} />}
    </>
  )
}

function Candidacy({ of: candidate, judge }: { of: Candidate; judge: (verdict: Verdict) => void }) {
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
      <div className="grid min-w-0 flex-1 basis-60 gap-0.5">
        <p className="font-medium break-all">
          <Said>{candidate.name}</Said>{' '}
          <span className="font-normal text-soft">
            <Said>{candidate.hostname}</Said>
          </span>
        </p>
        <p className="text-[12.5px] text-soft">
          {text.keyId} <Id id={candidate.key_id} what={text.keyId} /> · {text.keyIdHint}
        </p>
      </div>
      <Button look="primary" onClick={() => judge('approve')}>
        {text.letIn(candidate.name)}
      </Button>
      <Button look="danger" onClick={() => judge('reject')}>
        {text.refuse(candidate.name)}
      </Button>
    </li>
  )
}

function Judge({ of: candidate, verdict, close }: { of: Candidate; verdict: Verdict; close: () => void }) {
  const client = useClient()
  const { id, name, key_id, hostname, requested_at } = candidate
  const isLet = verdict === 'approve'
  const doIt = isLet ? text.letIn(name) : text.refuse(name)
  return (
    <Act
      title={doIt}
      effect={isLet ? more.letInEffect : more.refuseEffect}
      doIt={doIt}
      look={isLet ? 'primary' : 'danger'}
      // Its end, as the log of the host shows it: who types it has looked there.
      typed={isLet ? key_id.slice(-typedCharacters) : undefined}
      line={`xeroctl agents candidates ${verdict} ${id}`}
      act={() => client.call(isLet ? 'candidates.approve' : 'candidates.reject', { params: { id }, body: {} })}
      stale={['candidates', 'agents', 'overview']}
      close={close}
    >
      <Facts
        facts={[
          [words.fleet.hostname, <Said key="host">{hostname}</Said>],
          [text.keyId, <Id key="key" id={key_id} what={text.keyId} />],
          [more.asked, <Ago key="at" at={requested_at} />],
        ]}
      />
    </Act>
  )
}

const typedCharacters = 6
