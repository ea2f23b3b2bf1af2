import { useMutation } from '@tanstack/react-query'
import { ApiError } from '@xerotier/client/api-error.ts'
import { useState } from 'react'
import { showPasskey } from '../api/passkeys.ts'
import { login } from '../api/session.ts'
import { Button } from '../ui/button.tsx'
import { Field } from '../ui/field.tsx'
import { words } from '../words/en.ts'
import { accessWords } from '../words/en-access.ts'
import { AskReset } from './ask-reset.tsx'
import { PasskeyRefused } from './passkey-refused.tsx'
import { ProviderLogin } from './provider-login.tsx'
import { CommandLine } from './texts.tsx'

/**
 * @param keep what stands behind it stays as it is
 * @param again the identity provider asks anew who it is
 */
export function LoginForm({ keep = false, again = false }: { keep?: boolean; again?: boolean }) {
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const [wantsCode, setWantsCode] = useState(false)
  const coming = useMutation({
    mutationFn: async (by: 'code' | 'passkey') =>
      login('password', {
        ...{ email, password },
        ...(by === 'passkey' ? { passkey: await showPasskey() } : code === '' ? {} : { code }),
      }),
    onError: (error) => {
      if (error instanceof ApiError && error.code === 'second_factor_required') setWantsCode(true)
      setCode('')
    },
  })
  const alone = useMutation({ mutationFn: async () => login('passkey', { passkey: await showPasskey() }) })
  const isAsked = coming.error instanceof ApiError && coming.error.code === 'second_factor_required'
  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault()
        coming.mutate('code')
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
      {wantsCode && (
        <Field label={words.login.code} hint={words.login.codeHint}>
          {(ids) => (
            <input
              {...ids}
              // biome-ignore lint/a11y/noAutofocus: it appears because it was asked for
              autoFocus
              className="field font-mono"
              autoComplete="one-time-code"
              autoCapitalize="off"
              spellCheck={false}
              required
              value={code}
              onChange={(event) => setCode(event.target.value)}
            />
          )}
        </Field>
      )}
      <PasskeyRefused error={isAsked ? null : (coming.error ?? alone.error)} />
      <Button type="submit" look="primary" large disabled={coming.isPending}>
        {words.login.submit}
      </Button>
      <Button
        large
        disabled={coming.isPending || alone.isPending}
        onClick={() => {
          coming.reset()
          if (wantsCode) coming.mutate('passkey')
          else alone.mutate()
        }}
      >
        {wantsCode ? accessWords.login.passkeyInstead : accessWords.login.passkey}
      </Button>
      <AskReset email={email} />
      <ProviderLogin keep={keep} again={again} />
      <div className="grid gap-1.5 text-[13px] text-soft">
        <p>{words.login.noPassword}</p>
        <CommandLine line="xeroctl login-link" />
      </div>
    </form>
  )
}
