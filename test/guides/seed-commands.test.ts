// What the documents of the product tell an operator to type stands in a guide that is walked.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { readGuide } from './guide.ts'

const folder = join(import.meta.dirname, '../../docs/guides')

/** Of "Incident Response" and guides 3 to 6; `<>` stands for what the reader fills in. */
const documented = [
  'xeroctl exec list',
  'xeroctl approvals list',
  'xeroctl exec show <>',
  'xeroctl exec raw <>',
  'xeroctl exec watch <>',
  'xeroctl health dashboard',
  'xeroctl agents <> --events',
  'xeroctl agents pause-exec <> --workspace kubernetes-prod',
  'xeroctl agents pause-exec <>',
  'xeroctl agents resume-exec <>',
  'xeroctl approvals show <>',
  'xeroctl agents curve-rotate <>',
  'xeroctl agents curve-rotate <> --reason <>',
  'xeroctl agents revoke-credentials <>',
  'xeroctl agents <> --delete',
  'xeroctl exports create --type executions --since <> --until <>',
  'xeroctl exports status <>',
  'xeroctl exports download <>',
  'xeroctl approvals list --workspace <>',
  'xeroctl approvals watch --workspace <>',
  'xeroctl approvals approve <> --note <>',
  'xeroctl approvals reject <> --note <>',
  'xeroctl exec show <> -o json',
  'xeroctl agents join-keys <> --revoke',
  'xeroctl agents join-keys --create --name <> --region <> --router-addr tcp://<>:5555',
  'xeroctl agents <>',
]

/** The commands of all guides that a test walks, each on one line. */
function walked(): string[] {
  const tests = readdirSync(import.meta.dirname)
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => readFileSync(join(import.meta.dirname, name), 'utf8'))
    .join('\n')
  return readdirSync(folder)
    .filter((name) => name !== 'README.md' && tests.includes(`'${name}'`))
    .flatMap((name) => readGuide(name).blocks)
    .flatMap(({ commands }) => commands.replaceAll(/\\\n\s*/g, '').split('\n'))
    .map((line) => line.replace(/^npx /, ''))
}

test('each command of the documents stands in a guide that a test walks', () => {
  const lines = walked()
  const missing = documented.filter((command) => {
    const filled = command.split('<>').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    const pattern = new RegExp(`^${filled.join('(?:<[a-z-]+>|"[^"]+")')}(?: |$)`)
    return !lines.some((line) => pattern.test(line))
  })
  assert.deepEqual(missing, [])
})
