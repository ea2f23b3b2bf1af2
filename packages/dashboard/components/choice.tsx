import { Field } from '../ui/field.tsx'

interface Props<Option extends string> {
  label: string
  value: Option
  options: readonly Option[]
  shown: Record<Option, string>
  onChange: (value: Option) => void
}

/** One of a few. */
export function Choice<Option extends string>({ label, value, options, shown, onChange }: Props<Option>) {
  return (
    <Field label={label}>
      {(ids) => (
        <select
          {...ids}
          className="field"
          value={value}
          onChange={({ target }) => onChange(options.find((option) => option === target.value) ?? value)}
        >
          {options.map((option) => (
            <option key={option} value={option}>
              {shown[option]}
            </option>
          ))}
        </select>
      )}
    </Field>
  )
}
