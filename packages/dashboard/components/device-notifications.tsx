// Whether this device is told what waits for its person, and their other devices.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import {
  type Here,
  NoService,
  NotAllowed,
  pushHere,
  removeDevice,
  switchOff,
  switchOn,
  testDevice,
} from '../api/push.ts'
import { useSession } from '../api/session.ts'
import { Button } from '../ui/button.tsx'
import { Scroll, Section } from '../ui/state.tsx'
import { Ago } from '../ui/time.tsx'
import { words } from '../words/en.ts'
import { phoneWords } from '../words/en-phone.ts'
import { Answer, Refused } from './asked.tsx'
import { Said } from './texts.tsx'

const text = phoneWords.push
const key = ['push']

export function DeviceNotifications() {
  const { project } = useSession()
  const asked = useQuery({ queryKey: [...key, project.id], queryFn: pushHere })
  return (
    <Section title={text.title}>
      <p className="text-soft">{text.hint(project.name)}</p>
      <Answer asked={asked} rows={1}>
        {(here) => (
          <>
            <This here={here} />
            {here.devices.length > 0 && <Devices here={here} />}
          </>
        )}
      </Answer>
    </Section>
  )
}

function This({ here: { state, device } }: { here: Here }) {
  const queries = useQueryClient()
  const onSuccess = () => queries.invalidateQueries({ queryKey: key })
  const switching = useMutation({
    mutationFn: () => (device === undefined ? switchOn() : switchOff(device)),
    onSuccess,
    onError: onSuccess,
  })
  const testing = useMutation({ mutationFn: testDevice, onSuccess })
  const isAllowed = state === 'on' || state === 'off'
  const isPaused = device?.is_active === false
  return (
    <div className="card grid gap-3 p-4">
      <p className="font-medium">{isPaused ? text.paused : text[state]}</p>
      {state === 'denied' && <p className="text-soft">{text.deniedHint}</p>}
      {state === 'unsupported' && <p className="text-soft">{text.unsupportedHint}</p>}
      {isAllowed && (
        <div className="flex flex-wrap gap-3">
          <Button
            look={state === 'on' ? 'plain' : 'primary'}
            large
            disabled={switching.isPending}
            onClick={() => switching.mutate()}
          >
            {state === 'on' ? text.switchOff : text.switchOn}
          </Button>
          {device !== undefined && (
            <Button large disabled={testing.isPending} onClick={() => testing.mutate(device.id)}>
              {text.test}
            </Button>
          )}
        </div>
      )}
      <NotOn error={switching.error} />
      <Refused error={testing.error} />
      <p role="status">
        {testing.data !== undefined &&
          (testing.data.state === 'delivered' ? text.tested : text.testFailed(testing.data.last_error ?? ''))}
      </p>
    </div>
  )
}

function NotOn({ error }: { error: Error | null }) {
  if (!(error instanceof NotAllowed || error instanceof NoService)) return <Refused error={error} />
  return (
    <p role="status" className="rounded-lg bg-raised px-3 py-2 text-soft">
      {error instanceof NotAllowed ? text.refused : text.noService}
    </p>
  )
}

function Devices({ here: { devices, device } }: { here: Here }) {
  const queries = useQueryClient()
  const removing = useMutation({
    mutationFn: removeDevice,
    onSuccess: () => queries.invalidateQueries({ queryKey: key }),
  })
  return (
    <>
      <Refused error={removing.error} />
      <Scroll label={text.devices}>
        <table>
          <thead>
            <tr>
              <th>{text.device}</th>
              <th className="text-right">{text.last}</th>
              <th className="text-right">{words.fleet.actions}</th>
            </tr>
          </thead>
          <tbody>
            {devices.map((one) => (
              <tr key={one.id}>
                <td className="break-words">
                  <Said>{one.name}</Said>
                  {one.id === device?.id && <span className="text-soft"> · {words.account.this}</span>}
                  {one.last_error !== null && (
                    <span className="block text-[12.5px] text-bad">
                      <Said>{one.last_error}</Said>
                    </span>
                  )}
                </td>
                <td className="text-right">
                  {one.last_delivered_at === null ? text.never : <Ago at={one.last_delivered_at} />}
                </td>
                <td className="text-right">
                  <Button
                    look="danger"
                    aria-label={text.removeOf(one.name)}
                    disabled={removing.isPending}
                    onClick={() => removing.mutate(one.id)}
                  >
                    {text.remove}
                  </Button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </>
  )
}
