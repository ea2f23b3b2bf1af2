import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { passwordCharactersMin } from '../api/protocol.data.ts'
import { resetPassword } from '../api/session.ts'
import { Refused } from '../components/asked.tsx'
import { Button } from '../ui/button.tsx'
import { TextField } from '../ui/text-field.tsx'
import { words } from '../words/en.ts'
import { accessWords } from '../words/en-access.ts'

const text = accessWords.reset

/** By a link of a mail. Its token stands behind `#`, and so is sent to nobody with the address. */
export function Reset() {
  const [token] = useState(() => location.hash.slice(1))
  const [password, setPassword] = useState('')
  const setting = useMutation({ mutationFn: () => resetPassword(token, password) })
  useEffect(() => {
    document.title = `${text.title} · ${words.product}`
    if (location.hash !== '') history.replaceState(null, '', location.pathname)
  }, [])
  return (
    <main className="mx-auto grid min-h-dvh max-w-[420px] content-center gap-4 p-4">
      <p className="px-1 text-[13px] tracking-wide text-soft uppercase">{words.product}</p>
      <div className="card grid gap-5 p-6">
        <h1>{text.title}</h1>
        {setting.isSuccess ? (
          <>
            <p role="status">{text.done}</p>
            <Link to="/login">{words.login.title}</Link>
          </>
        ) : (
          <form
            className="grid gap-4"
            onSubmit={(event) => {
              event.preventDefault()
              setting.mutate()
            }}
          >
            <TextField
              label={words.account.fresh}
              hint={words.account.passwordHint(passwordCharactersMin)}
              type="password"
              autoComplete="new-password"
              required
              minLength={passwordCharactersMin}
              value={password}
              onText={setPassword}
            />
            <Refused error={setting.error} />
            <Button type="submit" look="primary" large disabled={setting.isPending}>
              {words.account.set}
            </Button>
          </form>
        )}
      </div>
    </main>
  )
}
