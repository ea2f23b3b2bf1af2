// Who is not logged in sees the login, and who no longer is gets it before the page, which stays as
// it is.
import { useNavigate, useRouterState } from '@tanstack/react-router'
import { Suspense, useEffect } from 'react'
import { part } from '../api/part.ts'
import { rememberPlace } from '../api/place.ts'
import { askSession, useSessionState } from '../api/session.ts'
import { Dialog } from '../ui/dialog.tsx'
import { words } from '../words/en.ts'
import { Waiting } from './asked.tsx'
import { LoginForm } from './login-form.tsx'
import { Offline } from './offline.tsx'
import { Shell } from './shell.tsx'

const NeedsLogin = part(async () => (await import('./needs-login.tsx')).NeedsLogin)

export function Frame() {
  const { phase, session } = useSessionState()
  const navigate = useNavigate()
  const isOut = phase === 'out'
  const resolved = useRouterState({ select: ({ status }) => status })
  useEffect(() => {
    if (!isOut) return
    rememberPlace()
    void navigate({ to: '/login' })
  }, [isOut, navigate])
  // Somebody may have logged in again in another tab.
  const isLost = phase === 'lost'
  useEffect(() => {
    if (!isLost) return
    const ask = () => void askSession()
    addEventListener('focus', ask)
    return () => removeEventListener('focus', ask)
  }, [isLost])
  if (phase === 'unreachable') return <Offline />
  if (phase === 'asking' || isOut)
    return (
      <main className="p-6" data-status={resolved}>
        <Waiting />
      </main>
    )
  return (
    <>
      {session !== undefined && session.needs.length > 0 ? (
        <Suspense fallback={<Waiting />}>
          <NeedsLogin />
        </Suspense>
      ) : (
        <Shell />
      )}
      {phase === 'lost' && (
        <Dialog title={words.login.again} closeLabel={words.close} onClose={() => undefined}>
          <div className="grid gap-4">
            <p className="text-soft">{words.login.againHint}</p>
            <LoginForm keep />
          </div>
        </Dialog>
      )}
    </>
  )
}
