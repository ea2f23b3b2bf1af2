// The project is open to who comes another way than this session did. Nothing of it is shown.
import { useEffect } from 'react'
import { logout, useSession } from '../api/session.ts'
import { Button } from '../ui/button.tsx'
import { words } from '../words/en.ts'
import { accessWords } from '../words/en-access.ts'
import { LoginForm } from './login-form.tsx'
import { Passkeys } from './passkeys.tsx'
import { Projects } from './projects.tsx'
import { SecondFactor } from './second-factor.tsx'
import { Said } from './texts.tsx'

const text = accessWords.needs

export function NeedsLogin() {
  const { needs, project } = useSession()
  useEffect(() => {
    document.title = `${text.title} · ${words.product}`
  }, [])
  return (
    <main className="mx-auto grid max-w-[760px] gap-5 p-4 md:py-10">
      <header className="flex flex-wrap items-center justify-between gap-3">
        <h1>{text.title}</h1>
        <Button onClick={() => void logout()}>{words.account.logout}</Button>
      </header>
      <p className="max-w-[68ch]">
        <Said>{text.why(project.name, needs.map((one) => accessWords.methods[one]).join(' or '))}</Said>
      </p>
      <div className="card grid max-w-[420px] gap-4 p-6">
        <LoginForm />
      </div>
      <div className="flex flex-wrap items-center gap-3">
        <span className="text-soft">{text.other}</span>
        <Projects />
      </div>
      <p className="text-soft">{text.setUp}</p>
      {needs.includes('passkey') && <Passkeys />}
      {needs.includes('authenticator') && <SecondFactor />}
    </main>
  )
}
