// Who changes what guards an account proves first that it is still they who sit here.
import { useMutation } from '@tanstack/react-query'
import { ApiError } from '@xerotier/client/api-error.ts'
import { useState } from 'react'
import { proveByPasskey, proveByPassword } from '../api/passkeys.ts'
import { useSession } from '../api/session.ts'
import { Button } from '../ui/button.tsx'
import { TextField } from '../ui/text-field.tsx'
import { words } from '../words/en.ts'
import { phoneWords } from '../words/en-phone.ts'
import { PasskeyRefused } from './passkey-refused.tsx'

const text = phoneWords.fresh

const isCode = (error: Error | null, code: string) => error instanceof ApiError && error.code === code

/** What was refused because the login is a while ago, and can be done after this. */
export const wantsProof = (error: Error | null) => isCode(error, 'fresh_login_required')

export function ProveAnew({ proved }: { proved: () => void }) {
  const { person } = useSession()
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const proving = useMutation({
    mutationFn: (way: 'passkey' | 'password') =>
      way === 'passkey' ? proveByPasskey() : proveByPassword({ password, ...(code === '' ? {} : { code }) }),
    onSuccess: proved,
  })
  const wantsCode = isCode(proving.error, 'second_factor_required') || code !== ''
  return (
    <div className="grid gap-4">
      <p className="text-soft">{text.hint}</p>
      <Button look="primary" large disabled={proving.isPending} onClick={() => proving.mutate('passkey')}>
        {text.passkey}
      </Button>
      <form
        className="grid gap-4 border-t border-line pt-4"
        onSubmit={(event) => {
          event.preventDefault()
          proving.mutate('password')
        }}
      >
        <input type="email" autoComplete="username" value={person.email} readOnly hidden />
        <TextField
          label={words.login.password}
          type="password"
          autoComplete="current-password"
          required
          value={password}
          onText={setPassword}
        />
        {wantsCode && (
          <TextField
            label={words.login.code}
            hint={words.login.codeHint}
            autoComplete="one-time-code"
            value={code}
            onText={setCode}
          />
        )}
        <PasskeyRefused error={proving.error} />
        <Button type="submit" large disabled={proving.isPending}>
          {text.password}
        </Button>
      </form>
      <p className="text-[13px] text-soft">{text.else}</p>
    </div>
  )
}
