// The page behind a one-time link: plain HTML, which works without scripts.
import type { Approval } from '@xerotier/protocol/api/approvals.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import { cutTexts, reviewedJson, reviewedWhole } from '@xerotier/protocol/reviewed.ts'
import { Html, html, verbatim } from './html.ts'
import { style } from './style.ts'

type Tone = 'asks' | 'good' | 'bad' | 'calm'

interface Saying {
  mark: string
  tone: Tone
  title: string
  lead: string
}

export interface OpenPage {
  approval: Approval
  person: string
  expiresAt: Date
  token: string
  /** What is wrong with what was sent, and what was typed. */
  wrong?: { message: string; note: string }
}

export function openPage({ approval, person, expiresAt, token, wrong }: OpenPage): string {
  const { id, tool, workspace, risk, asked } = approval
  // With a passkey it is confirmed elsewhere.
  const confirm = asked.require_passkey ? null : approval.confirm
  const action = `/ops/approval/${id}?token=${token}`
  return page(
    `${tool} in ${workspace}`,
    html`<article class="card">
${wrong && html`<p class="notice bad" role="alert">${wrong.message}</p>`}
${risk === 'irreversible' ? marked('bad', 'Irreversible: it cannot be undone') : marked('asks', riskText(risk))}
<h1>Run <code>${tool}</code> in ${workspace}?</h1>
<p class="lead">${approval.requested_by_name === null ? 'Somebody' : approval.requested_by_name} asks for it, and waits for a decision.</p>
${reasonOf(approval)}
${argumentsOf(approval)}
${facts(approval)}
${
  asked.require_passkey
    ? html`<p class="notice">It is approved with a passkey: <a href="/ops/approvals?id=${id}">open it at the dashboard</a>. Here it can be rejected.</p>`
    : undefined
}
<form method="post" action="${action}">
<label for="note">Note</label>
<p class="hint" id="note-hint">${approval.asked.require_reason ? 'Needed: the policy asks why. It stands' : 'Stands'} in the record beside your decision.</p>
<textarea id="note" name="note" maxlength="${limits.noteCharacters}" aria-describedby="note-hint">${verbatim(wrong?.note ?? '')}</textarea>
${
  confirm === null
    ? undefined
    : html`<label for="confirm">Type <code>${confirm}</code> to approve</label>
<input id="confirm" name="confirm" required autocomplete="off" autocapitalize="off" autocorrect="off" spellcheck="false">`
}
<div class="buttons">
${asked.require_passkey ? undefined : html`<button class="approve" name="decision" value="approve">Approve</button>`}
<button class="reject" name="decision" value="reject" formnovalidate>Reject</button>
</div>
</form>
</article>
<footer>You decide as ${person}. This link works once, until ${timeText(expiresAt.toISOString())}.</footer>`,
  )
}

/** It was decided, with this link or elsewhere. */
export function overPage(approval: Approval, used: 'approve' | 'reject' | null): string {
  return page(
    `${approval.tool} in ${approval.workspace}`,
    html`<article class="card">${saying(overSaying(approval, used))}
${reasonOf(approval)}
${argumentsOf(approval)}
${facts(approval)}
${decision(approval)}
</article>
<footer>${leftToDo(approval)} This link opens the record and decides nothing.</footer>`,
  )
}

const expired: Saying = {
  mark: 'Expired',
  tone: 'calm',
  title: 'This link has expired',
  lead: 'Nobody can decide with it any more. Where the call is still wanted, it has to be asked for again.',
}

const invalid: Saying = {
  mark: 'Not valid',
  tone: 'bad',
  title: 'This link is not valid',
  lead: 'It may have been cut off when it was copied, or revoked. Open it from the mail once more, or ask whoever runs Xerotier for a new one.',
}

const failed: Saying = {
  mark: 'Not now',
  tone: 'bad',
  title: 'This did not work',
  lead: 'Nothing was decided. Try the link again in a minute.',
}

export const expiredPage = () => page('Link expired', html`<article class="card">${saying(expired)}</article>`)
export const invalidPage = () => page('Link not valid', html`<article class="card">${saying(invalid)}</article>`)

/** @param requestId for whoever is asked about it */
export const failedPage = (requestId: string) =>
  page(
    'Not now',
    html`<article class="card">${saying(failed)}</article><footer>Request <span class="mono">${requestId}</span></footer>`,
  )

function leftToDo({ id, state, review_due_at, reviewed_at }: Approval): string {
  if (state === 'pending') return 'Nothing more is asked of you.'
  if (review_due_at === null || reviewed_at !== null) return 'Nothing is to be done any more.'
  return `A review by somebody else is due until ${timeText(review_due_at)}: xeroctl approvals review ${id} --note <text>.`
}

function overSaying(approval: Approval, used: 'approve' | 'reject' | null): Saying {
  const { tool, workspace, state } = approval
  const what = `${tool} in ${workspace}`
  if (state === 'pending') {
    const vote = used === 'reject' ? 'against it' : 'for it'
    return {
      mark: 'Recorded',
      tone: 'calm',
      title: what,
      lead: `Your vote ${vote} is recorded. Others still have to decide.`,
    }
  }
  const by = approval.decided_by_name === null ? '' : ` by ${approval.decided_by_name}`
  switch (state) {
    case 'approved':
      if (approval.review_due_at !== null)
        return {
          mark: 'Break-glass',
          tone: 'bad',
          title: what,
          lead: `It ran under break-glass${by}: whoever was to decide it was skipped.`,
        }
      return { mark: 'Approved', tone: 'good', title: what, lead: `It was approved${by}.` }
    case 'rejected':
      return { mark: 'Rejected', tone: 'bad', title: what, lead: `It was rejected${by}, and does not run.` }
    case 'expired':
      return { mark: 'Expired', tone: 'calm', title: what, lead: 'Nobody decided in time, and it does not run.' }
    case 'cancelled':
      return { mark: 'Cancelled', tone: 'calm', title: what, lead: 'Its requester took it back.' }
    default:
      return { mark: 'Void', tone: 'bad', title: what, lead: 'What would run has changed, so it does not run.' }
  }
}

function saying({ mark, tone, title, lead }: Saying): Html {
  return html`${marked(tone, mark)}
<h1>${title}</h1>
<p class="lead">${lead}</p>`
}

/** As the dashboard draws them: a colour is never alone. */
const shapes: Record<Tone, Html> = {
  asks: html`<path d="M6 1l5.2 9.5H.8z"/>`,
  good: html`<path d="M2 6.4l2.7 2.8L10 3.2" fill="none" stroke="currentColor" stroke-width="1.8"/>`,
  bad: html`<path d="M3.8.8h4.4l3 3v4.4l-3 3H3.8l-3-3V3.8z"/>`,
  calm: html`<path d="M6 2.2a3.8 3.8 0 1 1 0 7.6a3.8 3.8 0 0 1 0-7.6z" fill="none" stroke="currentColor" stroke-width="1.8"/>`,
}

function marked(tone: Tone, text: string): Html {
  return html`<span class="mark ${tone}"><svg viewBox="0 0 12 12" fill="currentColor" aria-hidden="true">${shapes[tone]}</svg>${text}</span>`
}

function riskText(risk: Approval['risk']): string {
  return risk.charAt(0).toUpperCase() + risk.slice(1)
}

/** What is long stands there by its two ends, and whole where somebody opens it. */
function argumentsOf({ args }: Approval): Html {
  const cut = cutTexts(args)
  return html`<h2>Arguments</h2>
<pre>${reviewedJson(args, 2)}</pre>
${
  cut === 0
    ? undefined
    : html`<details><summary>Show all: ${cut === 1 ? 'a long value is cut' : `${cut} long values are cut`} above</summary>
<pre>${reviewedWhole(args)}</pre></details>`
}`
}

function reasonOf({ reason }: Approval): Html | undefined {
  return reason === null ? undefined : html`<h2>Reason given</h2><p class="prose">${reason}</p>`
}

function facts(approval: Approval): Html {
  const { agents, credentials_ref, digest, id, requested_by_name, requested_at, expires_at, risk, tool_risk, state } =
    approval
  const isOpen = state === 'pending'
  return list([
    ['Risk', risk === tool_risk ? risk : `${risk} (the tool itself: ${tool_risk})`],
    // Of what is over neither says anything any more.
    ...(isOpen
      ? ([['Would run on', agents.map(({ name }) => name).join(', ') || 'no agent that is online now']] as const)
      : []),
    ...(credentials_ref === null ? [] : ([['Credentials', credentials_ref]] as const)),
    ...(requested_by_name === null ? [] : ([['Asked by', requested_by_name]] as const)),
    ['Asked', timeText(requested_at)],
    ...(isOpen ? progressOf(approval) : []),
    ...(isOpen ? ([['Expires', timeText(expires_at)]] as const) : []),
    ['Approval', html`<span class="mono">${id}</span>`],
    ['Digest', html`<span class="mono">${digest}</span>`],
  ])
}

/** By what it is decided, and how far it has come. */
function progressOf({ asked, votes, recommendations, needs }: Approval): [label: string, value: string][] {
  const { policy, version, rules, stage, stages, stage_name } = asked
  // Of each voter the last vote counts.
  const last = [...new Map(votes.map((vote) => [vote.by, vote])).values()]
  const approvals = last.filter(({ vote }) => vote === 'approve').map(({ by, by_name }) => by_name ?? by)
  return [
    ['Policy', version === 0 ? policy : `${policy}, version ${version}`],
    ...rules.map(({ name }): [string, string] => ['Rule', name]),
    ...(stages > 1
      ? [['Stage', `${stage + 1} of ${stages}${stage_name === '' ? '' : `: ${stage_name}`}`] as [string, string]]
      : []),
    ...(approvals.length > 0 ? [['Approved by', approvals.join(', ')] as [string, string]] : []),
    ...recommendations.map(({ by, by_name, recommendation, note }): [string, string] => [
      'Recommended, which is no vote',
      `${recommendation}, by ${by_name ?? by}: ${note}`,
    ]),
    ['Still needed', needs.join('; ') || 'nobody'],
  ]
}

function decision({ decided_at, decided_by_name, note }: Approval): Html | undefined {
  if (decided_at === null) return undefined
  return html`<h2>Decision</h2>${list([
    ...(decided_by_name === null ? [] : ([['By', decided_by_name]] as const)),
    ['When', timeText(decided_at)],
    ...(note === null ? [] : ([['Note', html`<span class="prose">${note}</span>`]] as const)),
  ])}`
}

function list(entries: readonly (readonly [label: string, value: string | Html])[]): Html {
  return html`<dl>${entries.map(([label, value]) => html`<dt>${label}</dt><dd>${value}</dd>`)}</dl>`
}

/** `2026-05-01 11:57 UTC`. */
function timeText(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`
}

function page(title: string, body: Html): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Xerotier</title>
<style>${new Html(style)}</style>
</head>
<body>
<main>
<p class="brand">Xerotier approval</p>
${body}
</main>
</body>
</html>
`.text
}
