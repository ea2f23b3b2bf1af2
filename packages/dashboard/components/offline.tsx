// The router was not reached when the page was opened: said as it is, with nothing old instead.
import { useEffect } from 'react'
import { lastHeard } from '../api/heard.ts'
import { askSession } from '../api/session.ts'
import { Button } from '../ui/button.tsx'
import { Ago, When } from '../ui/time.tsx'
import { words } from '../words/en.ts'
import { phoneWords } from '../words/en-phone.ts'

const text = phoneWords.offline
const everyMs = 5_000

export function Offline() {
  useEffect(() => {
    const again = () => void askSession()
    const timer = setInterval(again, everyMs)
    addEventListener('online', again)
    return () => {
      clearInterval(timer)
      removeEventListener('online', again)
    }
  }, [])
  const heard = lastHeard()
  return (
    <main className="mx-auto grid min-h-dvh max-w-[560px] content-center p-4">
      <div role="alert" className="card grid justify-items-center gap-3 px-6 py-10 text-center text-soft">
        <h1 className="text-ink">{navigator.onLine ? text.router : text.device}</h1>
        {heard === undefined ? <p>{text.never}</p> : <Since at={new Date(heard).toISOString()} />}
        <p>{text.hint}</p>
        <Button look="primary" large onClick={() => void askSession()}>
          {words.retry}
        </Button>
      </div>
    </main>
  )
}

function Since({ at }: { at: string }) {
  return (
    <p className="font-medium text-ink">
      {text.since} <When at={at} /> (<Ago at={at} />)
    </p>
  )
}
