import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { login, useSessionState } from '../api/session.ts'
import { Refused } from '../components/asked.tsx'
import { LoginForm } from '../components/login-form.tsx'
import { Button } from '../ui/button.tsx'
import { words } from '../words/en.ts'

/** A link has its token behind `#`, so that it is sent to nobody with the address. */
export function Login() {
  const { phase } = useSessionState()
  const navigate = useNavigate()
  const [token] = useState(() => location.hash.slice(1))
  const coming = useMutation({ mutationFn: () => login('link', { token }) })
  useEffect(() => {
    document.title = `${words.login.title} · ${words.product}`
    if (location.hash !== '') history.replaceState(null, '', location.pathname)
  }, [])
  useEffect(() => {
    if (phase === 'in' && (token === '' || coming.isSuccess)) void navigate({ to: '/' })
  }, [phase, token, coming.isSuccess, navigate])
  const byLink = token !== '' && !coming.isError
  return (
    <main className="mx-auto grid min-h-dvh max-w-[420px] content-center gap-4 p-4">
      <p className="px-1 text-[13px] tracking-wide text-soft uppercase">{words.product}</p>
      <div className="card grid gap-5 p-6">
        <h1>{words.login.title}</h1>
        {byLink ? (
          <>
            <Button look="primary" large disabled={coming.isPending} onClick={() => coming.mutate()}>
              {words.login.link}
            </Button>
            <p className="text-[13px] text-soft">{words.login.linkHint}</p>
          </>
        ) : (
          <>
            <Refused error={coming.error} />
            <LoginForm />
          </>
        )}
      </div>
    </main>
  )
}
