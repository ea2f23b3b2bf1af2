// A join key: made once, shown once, with the lines that use it.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useClient } from '../api/client.ts'
import { root } from '../api/place.ts'
import { joinKeyHoursDefault } from '../api/protocol.data.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { TextField } from '../ui/text-field.tsx'
import { words } from '../words/en.ts'
import { Refused } from './asked.tsx'
import { SecretOnce } from './secret-once.tsx'
import { CommandLine, quoted } from './texts.tsx'

const text = words.agents

export function JoinKeyDialog({ close }: { close: () => void }) {
  const client = useClient()
  const queries = useQueryClient()
  const [name, setName] = useState('')
  const [region, setRegion] = useState('')
  const [hours, setHours] = useState(String(joinKeyHoursDefault))
  const [approval, setApproval] = useState(false)
  const minting = useMutation({
    mutationFn: () =>
      client.call('joinKeys.create', {
        body: { name, region, require_approval: approval, expires_in_hours: Number(hours) },
      }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['join-keys'] }),
  })
  if (minting.data !== undefined) return <Minted name={name} value={minting.data.key} close={close} />
  const line = [
    'xeroctl agents join-keys --create',
    `--name ${quoted(name || '<name>')}`,
    `--region ${quoted(region || '<region>')}`,
    ...(Number(hours) === joinKeyHoursDefault ? [] : [`--expires-in-hours ${hours}`]),
    ...(approval ? ['--require-approval'] : []),
  ]
  return (
    <Dialog title={text.mint} closeLabel={words.close} onClose={close}>
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          minting.mutate()
        }}
      >
        <p className="text-soft">{text.mintHint}</p>
        <TextField label={text.name} hint={text.nameHint} required value={name} onText={setName} />
        <TextField label={text.region} required value={region} onText={setRegion} />
        <TextField label={text.hours} type="number" min="1" required value={hours} onText={setHours} />
        <label className="flex items-center gap-2">
          <input type="checkbox" checked={approval} onChange={({ target }) => setApproval(target.checked)} />
          {text.approval}
        </label>
        <Refused error={minting.error} />
        <Button type="submit" look="primary" large disabled={minting.isPending}>
          {text.create}
        </Button>
        <CommandLine line={line.join(' ')} />
      </form>
    </Dialog>
  )
}

function Minted({ name, value, close }: { name: string; value: string; close: () => void }) {
  const lines = [
    [text.shell, `XEM_ROUTER_URL=${root} XEM_REGISTRATION_NAME=${name} XEM_JOIN_KEY=${value} xerotier-xem-agent`],
    [
      text.systemd,
      `printf 'XEM_ROUTER_URL=%s\\nXEM_REGISTRATION_NAME=%s\\nXEM_JOIN_KEY=%s\\n' ${root} ${name} ${value} | sudo install -m 600 /dev/stdin /etc/xerotier/xem.env && sudo systemctl enable --now xerotier-xem`,
    ],
    [
      text.container,
      `docker run -d --restart unless-stopped -v xerotier-xem:/var/lib/xerotier -e XEM_ROUTER_URL=${root} -e XEM_REGISTRATION_NAME=${name} -e XEM_JOIN_KEY=${value} xerotier/xem`,
    ],
  ] as const
  return (
    <SecretOnce title={text.minted} value={value} hint={text.mintedHint} close={close}>
      {lines.map(([title, line]) => (
        <section key={title} className="grid gap-1">
          <h2>{title}</h2>
          <CommandLine line={line} />
        </section>
      ))}
    </SecretOnce>
  )
}
