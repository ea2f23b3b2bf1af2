// What a channel is and hears of, as options.
import { UsageError } from '../../../exit-codes.ts'
import { many, number, text, words } from '../../../options.ts'
import { subscriptionOf, subscriptionOptions } from '../../webhooks/subscription.ts'

export const channelOptions = {
  name: text('What people call it', { placeholder: 'name' }),
  url: text("Incoming webhook of Slack or Teams; of PagerDuty another region's", { placeholder: 'url' }),
  routingKey: text('Integration key of PagerDuty', { placeholder: 'key' }),
  to: words('Mail addresses'),
  ...subscriptionOptions,
  fromStage: number('The first stage that it is told of; 1: what escalated', { min: 0, max: 20 }),
  rule: many('Only approvals that this rule of a policy asked for', { placeholder: 'name' }),
  quiet: text("Hours in which nothing is sent, as 22:00-07:00; 'none' ends them", { placeholder: 'from-to' }),
  timeZone: text('Of the quiet hours', { placeholder: 'zone' }),
  remind: text("Minutes between reminders of what waits, at least 15; 'never'", { placeholder: 'minutes' }),
}

type Given = Parameters<typeof subscriptionOf>[0] & {
  name: string | undefined
  url: string | undefined
  routingKey: string | undefined
  to: string[]
  fromStage: number | undefined
  rule: string[]
  quiet: string | undefined
  timeZone: string | undefined
  remind: string | undefined
}

/** Of those that were given. @throws UsageError */
export function channelBody(options: Given) {
  const { name, url, routingKey, to, fromStage, rule, remind } = options
  return {
    ...(name === undefined ? {} : { name }),
    ...(url === undefined ? {} : { url }),
    ...(routingKey === undefined ? {} : { routing_key: routingKey }),
    ...(to.length === 0 ? {} : { to }),
    ...subscriptionOf(options),
    ...(fromStage === undefined ? {} : { from_stage: fromStage }),
    ...(rule.length === 0 ? {} : { rules: rule }),
    ...quietOf(options),
    ...(remind === undefined ? {} : { remind_minutes: remind === 'never' ? null : minutesOf(remind) }),
  }
}

function quietOf({ quiet, timeZone }: Given) {
  if (quiet === undefined) {
    if (timeZone !== undefined) throw new UsageError('--time-zone goes with --quiet')
    return {}
  }
  if (quiet === 'none') return { quiet_hours: null }
  const [, from, to] = /^(\d\d:\d\d)-(\d\d:\d\d)$/.exec(quiet) ?? []
  if (from === undefined || to === undefined) throw new UsageError("--quiet must look like 22:00-07:00, or be 'none'")
  if (timeZone === undefined) throw new UsageError('--quiet needs --time-zone, such as Europe/Berlin')
  return { quiet_hours: { from, to, time_zone: timeZone } }
}

function minutesOf(text: string): number {
  if (!/^\d{1,4}$/.test(text)) throw new UsageError("--remind must be minutes, or 'never'")
  return Number(text)
}
