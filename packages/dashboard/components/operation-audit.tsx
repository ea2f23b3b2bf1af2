// What the audit log says of a call: asked for when somebody wants to see it, for reading it is on
// record too.
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useClient } from '../api/client.ts'
import { auditOfQuery } from '../api/queries.ts'
import { Button } from '../ui/button.tsx'
import { Section } from '../ui/state.tsx'
import { When } from '../ui/time.tsx'
import { words } from '../words/en.ts'
import { Answer } from './asked.tsx'
import { useHindrance } from './hindrance.ts'
import { Said } from './texts.tsx'

const text = words.operation

export function OperationAudit({ id }: { id: string }) {
  const [isOpen, setOpen] = useState(false)
  const hindrance = useHindrance('management')
  return (
    <Section
      title={text.audit}
      actions={
        isOpen ? (
          <Link to="/audit" search={{ subject: id }}>
            {text.inAudit}
          </Link>
        ) : (
          <Button why={hindrance} onClick={() => setOpen(true)}>
            {text.showAudit}
          </Button>
        )
      }
    >
      {isOpen ? <Records id={id} /> : <p className="text-[13px] text-soft">{text.auditHint}</p>}
    </Section>
  )
}

function Records({ id }: { id: string }) {
  const asked = useQuery(auditOfQuery(useClient(), id))
  return (
    <Answer asked={asked} rows={4}>
      {({ data }) => (
        <ol className="card divide-y divide-line">
          {data.toReversed().map((record) => (
            <li key={record.id} className="flex flex-wrap items-baseline gap-x-3 px-4 py-2">
              <span className="text-[12.5px] text-soft tabular-nums">
                <When at={record.at} />
              </span>
              <code className="text-[12.5px]">{record.kind}</code>
              <span className="min-w-0 break-words text-soft">
                <Said>{record.actor_name ?? record.actor}</Said>
                {record.door !== null && ` · ${record.door}`}
              </span>
              <span className="ml-auto text-[12.5px] text-soft tabular-nums">
                {record.index === null ? text.notSealed : `#${record.index}`}
              </span>
            </li>
          ))}
        </ol>
      )}
    </Answer>
  )
}
