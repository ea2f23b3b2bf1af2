// A text in a language: what it could go on with is offered while it is typed, and what is wrong is
// underlined.
import { useId, useLayoutEffect, useRef, useState } from 'react'
import { Field } from './field.tsx'

export interface Completion {
  text: string
  /** What it is, shortly. */
  detail: string
}

export interface Offer {
  /** From where on the text is replaced. */
  from: number
  completions: readonly Completion[]
}

interface Props {
  label: string
  hint?: string | undefined
  error: string | undefined
  /** Characters that the error is about. */
  wrong: { from: number; to: number } | undefined
  value: string
  onChange: (value: string) => void
  /** What could stand at a place. */
  offer: (text: string, at: number) => Offer
  offered: string
}

const most = 8
/** The same in both layers, so that each letter stands over its like. */
const type = 'px-[9px] py-[5px] font-mono text-[13px] leading-5 break-words whitespace-pre-wrap'

export function ExpressionField({ label, hint, error, wrong, value, onChange, offer, offered }: Props) {
  const listId = useId()
  const field = useRef<HTMLTextAreaElement>(null)
  const [open, setOpen] = useState(false)
  const [chosen, setChosen] = useState(0)
  const [caret, setCaret] = useState<number>()
  useLayoutEffect(() => {
    if (caret === undefined) return
    field.current?.setSelectionRange(caret, caret)
    setCaret(undefined)
  }, [caret])
  const { from, completions } = open
    ? offer(value, field.current?.selectionStart ?? value.length)
    : { from: 0, completions: [] }
  const shown = completions.slice(0, most)
  const at = Math.min(chosen, shown.length - 1)
  const take = (completion: Completion) => {
    const end = field.current?.selectionStart ?? value.length
    onChange(value.slice(0, from) + completion.text + value.slice(end))
    setCaret(from + completion.text.length)
    setOpen(false)
    field.current?.focus()
  }
  return (
    <div className="relative">
      <Field label={label} hint={hint} error={error}>
        {(ids) => (
          <div className="relative">
            <div aria-hidden="true" className={`pointer-events-none absolute inset-px text-transparent ${type}`}>
              {wrong === undefined ? (
                value
              ) : (
                <>
                  {value.slice(0, wrong.from)}
                  <span className="underline decoration-bad decoration-wavy decoration-2 underline-offset-2">
                    {value.slice(wrong.from, Math.max(wrong.to, wrong.from + 1)) || ' '}
                  </span>
                  {value.slice(wrong.to)}
                </>
              )}
            </div>
            <textarea
              {...ids}
              ref={field}
              rows={1}
              spellCheck={false}
              autoComplete="off"
              autoCapitalize="off"
              aria-autocomplete="list"
              aria-controls={shown.length > 0 ? listId : undefined}
              aria-activedescendant={shown.length > 0 ? `${listId}-${at}` : undefined}
              className={`field relative block !min-h-0 resize-none overflow-hidden !bg-transparent [field-sizing:content] ${type}`}
              value={value}
              onChange={({ target }) => {
                onChange(target.value.replaceAll('\n', ' '))
                setOpen(true)
                setChosen(0)
              }}
              onBlur={() => setOpen(false)}
              onKeyDown={(event) => {
                if (event.key === ' ' && event.ctrlKey) {
                  event.preventDefault()
                  setOpen(true)
                  setChosen(0)
                } else if (shown.length === 0) return
                else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
                  event.preventDefault()
                  setChosen((at + (event.key === 'ArrowDown' ? 1 : -1) + shown.length) % shown.length)
                } else if (event.key === 'Enter' || event.key === 'Tab') {
                  event.preventDefault()
                  const completion = shown[at]
                  if (completion !== undefined) take(completion)
                } else if (event.key === 'Escape') {
                  event.preventDefault()
                  event.stopPropagation()
                  setOpen(false)
                }
              }}
            />
          </div>
        )}
      </Field>
      <Offered id={listId} label={offered} completions={shown} at={at} choose={setChosen} take={take} />
    </div>
  )
}

interface OfferedProps {
  id: string
  label: string
  completions: readonly Completion[]
  at: number
  choose: (place: number) => void
  take: (completion: Completion) => void
}

function Offered({ id, label, completions, at, choose, take }: OfferedProps) {
  if (completions.length === 0) return null
  return (
    <div
      id={id}
      role="listbox"
      aria-label={label}
      className="card absolute z-20 mt-0.5 w-full max-w-[560px] overflow-hidden p-1 shadow-xl"
    >
      {completions.map((completion, place) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the field, which keeps the focus
        <div
          key={completion.text}
          id={`${id}-${place}`}
          role="option"
          tabIndex={-1}
          aria-selected={place === at}
          onPointerDown={(event) => event.preventDefault()}
          onPointerMove={() => choose(place)}
          onClick={() => take(completion)}
          className="flex cursor-pointer items-baseline justify-between gap-3 rounded px-2 py-1 aria-selected:bg-accent-soft aria-selected:text-accent"
        >
          <code className="min-w-0 text-[12.5px] break-all">{completion.text}</code>
          <span className="shrink-0 text-[12px] text-soft">{completion.detail}</span>
        </div>
      ))}
    </div>
  )
}
