import type { ComponentProps, ReactNode } from 'react'
import { Field } from './field.tsx'

interface Props extends Omit<ComponentProps<'input'>, 'onChange' | 'value' | 'id'> {
  label: string
  hint?: ReactNode
  error?: string | undefined
  value: string
  onText: (text: string) => void
}

/** One line of text, or a number. */
export function TextField({ label, hint, error, value, onText, className = '', ...rest }: Props) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(ids) => (
        <input
          {...rest}
          {...ids}
          className={`field ${className}`}
          value={value}
          onChange={({ target }) => onText(target.value)}
        />
      )}
    </Field>
  )
}
