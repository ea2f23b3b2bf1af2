// From when to when, as the reader types it: in their zone. The address has it in UTC.
import { useId, useState } from 'react'
import { words } from '../words/en.ts'

const text = words.operations

interface Props {
  since: string | undefined
  until: string | undefined
  change: (part: { since?: string | undefined; until?: string | undefined }) => void
}

/** Not one of the spans that end now. */
export function isRange({ since, until }: Partial<Pick<Props, 'since' | 'until'>>): boolean {
  return until !== undefined || (since !== undefined && !(since in text.spans))
}

export function TimeRange({ since, until, change }: Props) {
  const isBackwards = since !== undefined && until !== undefined && Date.parse(until) <= Date.parse(since)
  return (
    <>
      <Moment label={text.from} value={since} onChange={(at) => change({ since: at })} />
      <Moment label={text.until} value={until} onChange={(at) => change({ until: at })} />
      {isBackwards && (
        <p role="status" className="self-center text-[12.5px] text-warn">
          {text.backwards}
        </p>
      )}
    </>
  )
}

/** Taken when it is left or Enter is pressed: while it is typed it is none yet. */
function Moment({
  label,
  value,
  onChange,
}: {
  label: string
  value: string | undefined
  onChange: (at?: string) => void
}) {
  const id = useId()
  const shown = localOf(value)
  const [typed, setTyped] = useState(shown)
  const [of, setOf] = useState(shown)
  if (of !== shown) {
    setOf(shown)
    setTyped(shown)
  }
  const take = () => {
    const at = typed === '' ? undefined : new Date(typed)
    if (typed !== shown && (at === undefined || !Number.isNaN(at.getTime()))) onChange(at?.toISOString())
  }
  return (
    <div className="grid gap-0.5 text-[12px]">
      <label htmlFor={id} className="text-soft">
        {label}
      </label>
      <input
        id={id}
        type="datetime-local"
        className="field text-[13px] sm:w-47"
        value={typed}
        onChange={({ target }) => setTyped(target.value)}
        onBlur={take}
        onKeyDown={({ key }) => key === 'Enter' && take()}
      />
    </div>
  )
}

/** As such a field has it; empty for what is no time. */
function localOf(at: string | undefined): string {
  const ms = Date.parse(at ?? '')
  if (Number.isNaN(ms)) return ''
  return new Date(ms - new Date(ms).getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}
