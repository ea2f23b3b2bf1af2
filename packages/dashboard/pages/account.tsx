import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { passwordCharactersMin } from '../api/protocol.data.ts'
import { endSession, listSessions, logout, setPassword, useSession } from '../api/session.ts'
import { Answer, Refused } from '../components/asked.tsx'
import { DeviceNotifications } from '../components/device-notifications.tsx'
import { Heading } from '../components/heading.tsx'
import { Passkeys } from '../components/passkeys.tsx'
import { Projects } from '../components/projects.tsx'
import { SecondFactor } from '../components/second-factor.tsx'
import { Said } from '../components/texts.tsx'
import { browserText } from '../ui/browser-name.ts'
import { Button } from '../ui/button.tsx'
import { Facts, Scroll, Section } from '../ui/state.tsx'
import { TextField } from '../ui/text-field.tsx'
import { Ago } from '../ui/time.tsx'
import { words } from '../words/en.ts'
import { accessWords } from '../words/en-access.ts'

const text = words.account

export function Account() {
  const session = useSession()
  return (
    <>
      <Heading title={text.title}>
        <Button onClick={() => void logout()}>{text.logout}</Button>
      </Heading>
      <div className="card p-4">
        <Facts
          facts={[
            [words.people.name, <Said key="name">{session.person.name}</Said>],
            [words.login.email, <Said key="email">{session.person.email}</Said>],
            [text.role, session.project.role],
            [text.scopes, session.scopes.join(', ')],
            [text.project, <Projects key="project" />],
            [words.theme.title, <Theme key="theme" />],
          ]}
        />
      </div>
      <Sessions />
      <DeviceNotifications />
      <Passkeys />
      <Password />
      <SecondFactor />
    </>
  )
}

const themes = ['system', 'light', 'dark'] as const

function Theme() {
  const [theme, setTheme] = useState(document.documentElement.dataset.theme ?? 'system')
  const choose = (next: string) => {
    setTheme(next)
    if (next === 'system') delete document.documentElement.dataset.theme
    else document.documentElement.dataset.theme = next
    localStorage.setItem('xerotier-theme', next)
  }
  return (
    <select
      aria-label={words.theme.title}
      className="field !w-56"
      value={theme}
      onChange={({ target }) => choose(target.value)}
    >
      {themes.map((one) => (
        <option key={one} value={one}>
          {words.theme[one]}
        </option>
      ))}
    </select>
  )
}

function Sessions() {
  const queries = useQueryClient()
  const asked = useQuery({ queryKey: ['sessions'], queryFn: listSessions })
  const ending = useMutation({
    mutationFn: endSession,
    onSuccess: () => queries.invalidateQueries({ queryKey: ['sessions'] }),
  })
  return (
    <Section title={text.sessions}>
      <p className="text-soft">{text.sessionsHint}</p>
      <Refused error={ending.error} />
      <Answer asked={asked} rows={2}>
        {(sessions) => (
          <Scroll label={text.sessions}>
            <table>
              <thead>
                <tr>
                  <th>{text.browser}</th>
                  <th className="max-sm:hidden">{text.address}</th>
                  <th className="text-right">{text.seen}</th>
                  <th className="text-right">{words.fleet.actions}</th>
                </tr>
              </thead>
              <tbody>
                {sessions.map((one) => (
                  <tr key={one.id}>
                    <td className="break-words">
                      <Said>{browserText(one.browser)}</Said>
                      <span className="block text-[12.5px] text-soft">
                        {one.methods.map((method) => accessWords.methods[method]).join(', ')}
                      </span>
                    </td>
                    <td className="max-sm:hidden">{one.address}</td>
                    <td className="text-right">
                      <Ago at={one.seen_at} />
                    </td>
                    <td className="text-right">
                      {one.this ? (
                        <span className="text-soft">{text.this}</span>
                      ) : (
                        <Button
                          look="danger"
                          aria-label={text.endOf(browserText(one.browser))}
                          onClick={() => ending.mutate(one.id)}
                        >
                          {text.end}
                        </Button>
                      )}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </Scroll>
        )}
      </Answer>
    </Section>
  )
}

function Password() {
  const session = useSession()
  const [current, setCurrent] = useState('')
  const [fresh, setFresh] = useState('')
  const setting = useMutation({
    mutationFn: () => setPassword({ current, password: fresh }),
    onSuccess: () => {
      setCurrent('')
      setFresh('')
    },
  })
  return (
    <Section title={text.password}>
      <form
        className="card grid max-w-[460px] gap-4 p-4"
        onSubmit={(event) => {
          event.preventDefault()
          setting.mutate()
        }}
      >
        <input type="email" autoComplete="username" value={session.person.email} readOnly hidden />
        <TextField
          label={text.current}
          hint={text.currentHint}
          type="password"
          autoComplete="current-password"
          value={current}
          onText={setCurrent}
        />
        <TextField
          label={text.fresh}
          hint={text.passwordHint(passwordCharactersMin)}
          type="password"
          autoComplete="new-password"
          required
          minLength={passwordCharactersMin}
          value={fresh}
          onText={setFresh}
        />
        <Refused error={setting.error} />
        <Button type="submit" look="primary" disabled={setting.isPending}>
          {text.set}
        </Button>
        <p role="status">{setting.isSuccess ? text.done : ''}</p>
      </form>
    </Section>
  )
}
