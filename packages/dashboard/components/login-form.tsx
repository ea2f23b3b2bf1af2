import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { login } from '../api/session.ts'
import { Button } from '../ui/button.tsx'
import { Field } from '../ui/field.tsx'
import { words } from '../words/en.ts'
import { Refused } from './asked.tsx'
import { CommandLine } from './texts.tsx'

export function LoginForm() {
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const coming = useMutation({ mutationFn: () => login({ email, password }) })
  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault()
        coming.mutate()
      }}
    >
      <Field label={words.login.email}>
        {(ids) => (
          <input
            {...ids}
            className="field"
            type="email"
            autoComplete="username"
            required
            value={email}
            onChange={(event) => setEmail(event.target.value)}
          />
        )}
      </Field>
      <Field label={words.login.password}>
        {(ids) => (
          <input
            {...ids}
            className="field"
            type="password"
            autoComplete="current-password"
            required
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
        )}
      </Field>
      <Refused error={coming.error} />
      <Button type="submit" look="primary" large disabled={coming.isPending}>
        {words.login.submit}
      </Button>
      <div className="grid gap-1.5 text-[13px] text-soft">
        <p>{words.login.noPassword}</p>
        <CommandLine line="xeroctl login-link" />
      </div>
    </form>
  )
}
