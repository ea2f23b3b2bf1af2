// Who is logged in, person by person.
import { useQuery } from '@tanstack/react-query'
import type { MemberSession } from '@xerotier/protocol/api/sessions.ts'
import { useState } from 'react'
import { useClient } from '../../api/client.ts'
import { memberSessionsQuery } from '../../api/queries.ts'
import { useSession } from '../../api/session.ts'
import { browserText } from '../../ui/browser-name.ts'
import { Button } from '../../ui/button.tsx'
import { Scroll, Section } from '../../ui/state.tsx'
import { Ago } from '../../ui/time.tsx'
import { words } from '../../words/en.ts'
import { accessWords } from '../../words/en-access.ts'
import { Act } from '../act.tsx'
import { Answer } from '../asked.tsx'
import { quoted, Said } from '../texts.tsx'

const text = accessWords.sessions

type Ending = { of: MemberSession; all: boolean }

export function MemberSessions() {
  const asked = useQuery(memberSessionsQuery(useClient()))
  const [ending, setEnding] = useState<Ending>()
  const close = () => setEnding(undefined)
  return (
    <Section title={text.title}>
      <Answer asked={asked} rows={2}>
        {(sessions) =>
          sessions.length === 0 ? (
            <p className="card p-4 text-soft">{text.none}</p>
          ) : (
            <Scroll label={text.title}>
              <table>
                <thead>
                  <tr>
                    <th>{text.person}</th>
                    <th>{words.account.browser}</th>
                    <th className="max-md:hidden">{words.account.address}</th>
                    <th className="text-right max-sm:hidden">{words.account.seen}</th>
                    <th className="text-right">{words.fleet.actions}</th>
                  </tr>
                </thead>
                {byPerson(sessions).map((own) => (
                  <OfPerson key={own[0].user_id} sessions={own} end={setEnding} />
                ))}
              </table>
            </Scroll>
          )
        }
      </Answer>
      {ending?.all === false && <End session={ending.of} close={close} />}
      {ending?.all === true && <EndAll session={ending.of} close={close} />}
    </Section>
  )
}

type Sessions = readonly [MemberSession, ...MemberSession[]]

/** By e-mail; those of one person newest first, as they came. */
function byPerson(sessions: readonly MemberSession[]): Sessions[] {
  const people = new Map<string, [MemberSession, ...MemberSession[]]>()
  for (const session of sessions) {
    const own = people.get(session.user_id)
    if (own === undefined) people.set(session.user_id, [session])
    else own.push(session)
  }
  return [...people.values()].sort(([a], [b]) => a.user_email.localeCompare(b.user_email))
}

function OfPerson({ sessions, end }: { sessions: Sessions; end: (ending: Ending) => void }) {
  const [first] = sessions
  const { id: own, person } = useSession()
  const why = first.user_id === person.id ? text.own : undefined
  return (
    <tbody className="border-line not-first-of-type:border-t">
      {sessions.map((session, at) => (
        <tr key={session.id} className="hover:bg-raised">
          {at === 0 && (
            <th
              scope="rowgroup"
              rowSpan={sessions.length}
              className="min-w-32 !border-b-0 align-top !text-[14px] !text-ink break-all"
            >
              <span>
                <Said>{first.user_name}</Said>
              </span>
              <span className="block text-[12.5px] font-normal text-soft normal-case">
                <Said>{first.user_email}</Said>
              </span>
              {sessions.length > 1 && (
                <Button
                  look="quiet"
                  className="-ml-3"
                  why={why}
                  aria-label={text.endAllOf(first.user_name)}
                  onClick={() => end({ of: first, all: true })}
                >
                  {text.endAll}
                </Button>
              )}
            </th>
          )}
          <td className="min-w-32 break-words">
            <Said>{browserText(session.browser)}</Said>
            <span className="block text-[12.5px] text-soft">
              {session.methods.map((method) => accessWords.methods[method]).join(', ')}
              {session.key_name !== null && (
                <>
                  {' · '}
                  <Said>{text.byKey(session.key_name)}</Said>
                </>
              )}
            </span>
          </td>
          <td className="max-md:hidden">{session.address}</td>
          <td className="text-right max-sm:hidden">
            <Ago at={session.seen_at} />
          </td>
          <td className="text-right">
            {session.id === own ? (
              <span className="whitespace-nowrap text-soft">{words.account.this}</span>
            ) : (
              <Button
                look="quiet"
                aria-label={text.endOf(first.user_name, browserText(session.browser))}
                onClick={() => end({ of: session, all: false })}
              >
                {text.end}
              </Button>
            )}
          </td>
        </tr>
      ))}
    </tbody>
  )
}

interface Props {
  session: MemberSession
  close: () => void
}

const stale = ['member-sessions']

function End({ session: { id, user_name, browser }, close }: Props) {
  const client = useClient()
  const doIt = text.endOf(user_name, browserText(browser))
  return (
    <Act
      title={doIt}
      effect={text.endEffect}
      doIt={doIt}
      look="danger"
      line={`xeroctl project sessions end ${id}`}
      act={() => client.call('sessions.end', { params: { id } })}
      stale={stale}
      close={close}
    />
  )
}

function EndAll({ session: { user_id: id, user_name, user_email }, close }: Props) {
  const client = useClient()
  return (
    <Act
      title={text.endAllOf(user_name)}
      effect={text.endAllEffect}
      doIt={text.endAllOf(user_name)}
      look="danger"
      line={`xeroctl project members end-sessions ${quoted(user_email)}`}
      act={() => client.call('members.endSessions', { params: { id } })}
      stale={stale}
      close={close}
    />
  )
}
