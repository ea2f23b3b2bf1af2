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

interface SeveralProps<Option extends string> {
  label: string
  chosen: readonly Option[]
  options: readonly Option[]
  shown: (option: Option) => string
  onChange: (chosen: Option[]) => void
}

/** Any of a few. */
export function Several<Option extends string>({ label, chosen, options, shown, onChange }: SeveralProps<Option>) {
  return (
    <fieldset className="grid gap-1">
      <legend className="text-[13px] font-medium">{label}</legend>
      <span className="flex flex-wrap gap-4">
        {options.map((option) => (
          <label key={option} className="flex items-center gap-1.5">
            <input
              type="checkbox"
              checked={chosen.includes(option)}
              onChange={({ target }) =>
                onChange(target.checked ? [...chosen, option] : chosen.filter((one) => one !== option))
              }
            />
            {shown(option)}
          </label>
        ))}
      </span>
    </fieldset>
  )
}
