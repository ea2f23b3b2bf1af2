import { useMutation } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { basePath, takePlace } from '../api/place.ts'
import { login, useSessionState } from '../api/session.ts'
import { Refused } from '../components/asked.tsx'
import { LoginForm } from '../components/login-form.tsx'
import { Button } from '../ui/button.tsx'
import { words } from '../words/en.ts'
import { accessWords } from '../words/en-access.ts'

/** A link has its token behind `#`, so that it is sent to nobody with the address. */
export function Login() {
  const { phase } = useSessionState()
  const router = useRouter()
  const [failed] = useState(() => new URLSearchParams(location.search).get('failed'))
  const [token] = useState(() => location.hash.slice(1))
  const coming = useMutation({ mutationFn: () => login('link', { token }) })
  useEffect(() => {
    document.title = `${words.login.title} · ${words.product}`
    if (location.hash !== '' || location.search !== '') history.replaceState(null, '', location.pathname)
  }, [])
  useEffect(() => {
    if (phase === 'in' && (token === '' || coming.isSuccess)) router.history.replace(`${basePath}/${takePlace()}`)
  }, [phase, token, coming.isSuccess, router])
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
            {failed !== null && coming.error === null && <ProviderFailed code={failed} />}
            <Refused error={coming.error} />
            <LoginForm again={failed !== null} />
          </>
        )}
      </div>
    </main>
  )
}

/** A way back from the identity provider that led to nothing. The address is not believed. */
function ProviderFailed({ code }: { code: string }) {
  const text = accessWords.login
  const isAway = code === 'provider_unavailable'
  return (
    <div role="alert" className="grid gap-1 rounded-lg bg-bad-soft px-3 py-2 text-bad">
      <p className="font-medium">{isAway ? text.unavailable : text.refused}</p>
      <p className="text-[13px]">{isAway ? text.unavailableHint : text.refusedHint}</p>
    </div>
  )
}
