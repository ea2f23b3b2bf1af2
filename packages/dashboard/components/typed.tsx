import { Field } from '../ui/field.tsx'
import { words } from '../words/en.ts'

/** The name of what is about to be gone, typed by who does it. */
export function Typed({ name, onTyped }: { name: string; onTyped: (isTyped: boolean) => void }) {
  return (
    <Field label={words.typed(name)}>
      {(ids) => (
        <input
          {...ids}
          className="field font-mono"
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          onChange={({ target }) => onTyped(target.value.trim() === name)}
        />
      )}
    </Field>
  )
}
