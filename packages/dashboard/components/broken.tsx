// A view that could not be drawn. What stands around it stays.
import type { ErrorComponentProps } from '@tanstack/react-router'
import { PartMissing } from '../api/part.ts'
import { Button } from '../ui/button.tsx'
import { Notice } from '../ui/state.tsx'
import { words } from '../words/en.ts'
import { stateWords } from '../words/en-states.ts'
import { Said } from './texts.tsx'

export function Broken({ error, reset }: ErrorComponentProps) {
  const isMissing = error instanceof PartMissing
  const { title, hint } = isMissing ? stateWords.part : stateWords.broken
  const again = () => {
    if (isMissing) error.forget()
    reset()
  }
  return (
    <>
      <h1>{title}</h1>
      <Notice title={title} alert>
        <p>{hint}</p>
        {!isMissing && (
          <p className="break-words">
            <code>
              <Said>{error instanceof Error ? error.message : String(error)}</Said>
            </code>
          </p>
        )}
        <div className="flex flex-wrap justify-center gap-2">
          <Button look="primary" onClick={again}>
            {words.retry}
          </Button>
          <Button onClick={() => location.reload()}>{stateWords.part.load}</Button>
        </div>
      </Notice>
    </>
  )
}
