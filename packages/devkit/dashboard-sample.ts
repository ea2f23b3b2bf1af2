// A project as an operator may find it at night: for the tests of the dashboard, and its pictures.
import { toolOf } from './bare-agent.ts'
import type { RouterForTests } from './router-for-tests.ts'
import { type ServingAgent, servingAgent } from './serving-agent.ts'

/** What a tool may write, to be shown and not to be obeyed. */
export const hostile = '<img src=x onerror="document.title=\'owned\'"><script>document.title="owned"</script>'

export interface DashboardSample {
  worker: ServingAgent
  /** Ends what runs at it. */
  close(): void
}

export async function dashboardSample({ client }: RouterForTests): Promise<DashboardSample> {
  const tools = [
    toolOf('host_uptime', { risk: 'read', description: 'How long the host has been up' }),
    toolOf('host_service_restart', { risk: 'write', description: 'Restarts a service' }),
    toolOf('kubectl_delete', { risk: 'destructive', description: 'Deletes a resource' }),
    toolOf('aws_terminate', { risk: 'irreversible', description: 'Terminates instances for good' }),
  ]
  const worker = await servingAgent(client, 'xem-jumphost-01', 'kubernetes-prod', tools)
  const standby = await servingAgent(client, 'xem-jumphost-02', 'kubernetes-prod', tools)
  const away = await servingAgent(client, 'xem-edge-berlin', 'edge', tools.slice(0, 1))
  away.agent.close()
  await client.call('agents.pause', {
    params: { id: 'xem-jumphost-02' },
    body: { reason: 'stale credentials', incident: 'INC-42' },
  })
  const call = (tool: string, args: Record<string, unknown> = {}, reason?: string) =>
    client.call('invocations.submit', {
      body: { workspace: 'kubernetes-prod', tool, args, ...(reason === undefined ? {} : { reason }) },
    })
  const colours =
    '\u001b[32mok\u001b[0m checks passed\n\u001b[1;31merror:\u001b[0m node-7 is not ready\n\u001b]0;title\u0007'
  const runs = [
    ['host_uptime', { uptime_seconds: 86_400 }, '', 'completed'],
    ['host_service_restart', null, `${colours}${hostile}\nright\u202eleft\n`, 'completed'],
    ['host_service_restart', null, 'restarting nginx\n', 'failed'],
  ] as const
  for (const [tool, result, text, outcome] of runs) {
    const { id } = await call(tool, { service: 'nginx', note: hostile })
    const dispatch = await worker.agent.next('dispatch')
    const at = { execution_id: id, attempt: dispatch.attempt, lease_epoch: dispatch.lease_epoch }
    const data = Buffer.from(text)
    if (data.length > 0) {
      await worker.agent.send([{ t: 'output', ...at, seq: 0, stream: 'stdout', at: Date.now(), data }])
      await worker.agent.next('output_ack')
    }
    if (outcome === 'completed' && data.length > 0) {
      const page = Buffer.from(`<h1>Report</h1><script>document.title="owned"</script><p>${hostile}</p>`)
      const artifact = { name: 'report.html', media_type: 'text/html', at: Date.now(), data: page }
      await worker.agent.send([{ t: 'artifact', ...at, seq: 1, ...artifact }])
      await worker.agent.next('output_ack')
    }
    const error = outcome === 'failed' ? { code: 'exit_code', message: 'the program ended with exit code 3' } : null
    await worker.answer(dispatch, {
      ...{ outcome, result, error, exit_code: error === null ? 0 : 3, stdout_bytes: data.length },
      ...{ started_at: Date.now() - 1_240, finished_at: Date.now() },
    })
  }
  await call(
    'kubectl_delete',
    { resource: 'deployment', name: 'checkout-api', namespace: 'shop', note: hostile },
    'INC-42: it crashes',
  )
  await call('aws_terminate', { instances: ['i-0a1b2c3d4e5f', 'i-0f9e8d7c6b5a'], region: 'eu-central-1' }, 'INC-42')
  await call('kubectl_delete', { resource: 'pod', name: 'checkout-api-7f9c', namespace: 'shop' })
  await client.call('joinKeys.create', { body: { name: 'xem-edge-oslo', region: 'eu-north' } })
  return {
    worker,
    close() {
      worker.agent.close()
      standby.agent.close()
    },
  }
}
