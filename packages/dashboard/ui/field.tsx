import { type ReactNode, useId } from 'react'

interface Props {
  label: string
  hint?: ReactNode
  error?: string | undefined
  children: (ids: { id: string; 'aria-describedby': string | undefined; 'aria-invalid': boolean }) => ReactNode
}

/** A label, what it labels, a hint, and what is wrong with it. */
export function Field({ label, hint, error, children }: Props) {
  const id = useId()
  const told = hint !== undefined || error !== undefined
  return (
    <div className="grid content-start gap-1">
      <label htmlFor={id} className="text-[13px] font-medium">
        {label}
      </label>
      {children({ id, 'aria-describedby': told ? `${id}-told` : undefined, 'aria-invalid': error !== undefined })}
      {told && (
        <p id={`${id}-told`} className={`text-[12.5px] ${error === undefined ? 'text-soft' : 'text-bad'}`}>
          {error ?? hint}
        </p>
      )}
    </div>
  )
}
