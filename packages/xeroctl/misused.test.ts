// What xeroctl refuses by itself, before anything is sent: the words are wrong, and it says how.
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { json, scriptedServer } from '@xerotier/client/scripted-server.fixture.ts'
import { agent } from './records.fixture.ts'
import { envFor, xeroctl } from './run.fixture.ts'

async function ran(t: TestContext, words: string) {
  const server = await scriptedServer((_, response) => json(response, 200, agent))
  t.after(() => server.close())
  const split = [...words.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '')
  const ended = await xeroctl(t, split, { env: envFor(server) })
  return { ...ended, seen: server.seen }
}

const misused: [words: string, message: RegExp][] = [
  ['agents agt_1 --events --delete', /one action at a time: --events and --delete/],
  ['agents join-keys --create --name n', /--region is required/],
  ['agents join-keys --revoke', /--revoke needs the join-key/],
  ['agents join-keys jk_1 --create --name n --region eu', /--create takes no join-key/],
  ['agents join-keys --name n', /--name goes with --create/],
  ['agents delete agt_1', /add --yes/],
  ['agents list --limit 0', /--limit must be a whole number from 1/],
  ['agents list --state asleep', /--state must be one of pending, active/],
  ['agents --status asleep', /--status must be one of healthy, degraded, unhealthy, paused/],
  ['agents show', /missing required argument 'agent'/],
  ['exec frobnicate', /^error: there is no command `xeroctl exec frobnicate`\nhint: `xeroctl exec` has tools, /],
  ['approvals polic', /there is no command `xeroctl approvals polic`/],
  ['config prod', /there is no command `xeroctl config prod`/],
  ['keys lsit', /there is no command `xeroctl keys lsit`\nhint: Did you mean `xeroctl keys list`/],
  ['frobnicate', /^error: unknown command 'frobnicate'\nhint: See `xeroctl help`/],
  ['agents nominees list', /there is no command `xeroctl agents nominees`/],
  [
    'agents show --agent x',
    /unknown option '--agent'; the agent stands on the line without an option\nhint: Usage: xeroctl agents show <agent>/,
  ],
  [
    'workspaces bind',
    /missing required argument 'workspace'\nhint: Usage: xeroctl workspaces bind <workspace> --agent <agent>/,
  ],
  ['workspaces bind w', /--agent is required\nhint: Usage: /],
  ['workspaces bind w a', /--agent is required, and nothing takes 'a'\nhint: Did you mean `--agent a`\?/],
  ['agents show a b', /^error: nothing takes 'b'\nhint: Usage: /],
  ['keys create', /^error: --name and --scopes are required\n/],
  ['exec list --stauts failed', /unknown option '--stauts' \(Did you mean --status\?\)/],
  ['exec invoke --tool', /option '--tool <tool>' argument missing\nhint: Usage: /],
  ['exec invoke --workspace w', /the name of the tool is missing\nhint: Usage: xeroctl exec invoke <tool> --workspace/],
  ['exec invoke a -w w --tool b', /two tools are named: a, and b by --tool/],
  ['exec invoke a', /--workspace is required/],
  ['agents delete a --yes --dry-run=server', /unknown option '--dry-run-server'/],
  ['agents delete a --yes --dry-run=maybe', /--dry-run/],
  [`exec invoke --workspace w --tool t --args '[1]'`, /--args must be a JSON object/],
  [`exec invoke --workspace w --tool t --args 'pid=1'`, /--args is no valid JSON/],
  ['exec invoke --workspace w --tool t --args @/nowhere', /--args @\/nowhere cannot be read: \/nowhere is not there/],
  ['exec invoke --workspace w --tool t --follow --no-wait', /--no-wait and --follow or --wait exclude each other/],
  ['exec invoke --workspace w --tool t --wait 5 --detach', /--no-wait and --follow or --wait exclude each other/],
  ['exec invoke --workspace w --tool t --wait 5 --no-wait', /--no-wait and --follow or --wait exclude each other/],
  ['exec invoke --workspace w --tool t --no-wait --wait 5', /--no-wait and --follow or --wait exclude each other/],
  ['exec list --since yesterday', /--since must be an age/],
  ['exec list -o xml', /--output must be one of table, wide/],
  ['exec resolve exe_1 --outcome completed', /--note is required/],
  ['exec watch exe_1 --tool t', /are for watching without an id/],
  ['exec watch', /give the id of a call, or --all/],
  ['help nonsense', /there is no command or topic 'nonsense'/],
  ['help exec nonsense', /there is no command or topic 'exec nonsense'/],
  ['project update', /give --name, --self-approval, --encrypt-calls, --required-login, or what --keep-executions/],
  ['project update --keep-output 0', /--keep-output must be a whole number from 1 to 36500, not '0'/],
  ['project update --keep-events=-1', /--keep-events must be a whole number from 1 to 36500/],
  ['project update --keep-executions 1e9', /--keep-executions must be a whole number from 1 to 36500/],
  ['project acme', /there is no command `xeroctl project acme`/],
  ['agents update a', /give --description, or else --clear/],
  ['agents update a --clear --description d', /give --description, or else --clear/],
  ['keys create --name ci', /--scopes is required/],
  ['workspaces delete w', /add --yes/],
  ['keys workspaces key_1', /give --workspace, or else --clear/],
  ['keys ip-filter key_1', /give --allow or --block, or else --clear/],
  ['keys quota key_1 --quota-requests 1', /give --quota-requests and --quota-window/],
  [`approvals watch --last-event-id '7\n'`, /the last event id holds white space/],
  ['completion tcsh', /no completion for 'tcsh'/],
  ['agents ..', /^error: '\.\.' is no id\n$/],
  [`agents '' --delete --yes`, /^error: <agent> is empty\n$/],
  [`exec show ''`, /^error: <execution> is empty\n$/],
  [`config use ' '`, /^error: <name> is empty\n$/],
  [`workspaces unbind w --agent ''`, /^error: the agent is empty\n$/],
]
for (const [words, message] of misused) {
  test(`xeroctl ${words} is refused before anything is sent`, async (t) => {
    const { code, seen, stderr, stdout } = await ran(t, words)
    assert.match(stderr, message)
    assert.deepEqual([code, stdout, seen.length], [2, '', 0])
  })
}

test('a mistyped command brings a suggestion', async (t) => {
  assert.match((await ran(t, 'aproval list')).stderr, /Did you mean approvals/)
})
