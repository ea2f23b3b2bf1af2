// What a channel is and hears of, as options.
import { UsageError } from '../../../exit-codes.ts'
import { many, number, text, words } from '../../../options.ts'
import { subscriptionOf, subscriptionOptions } from '../../webhooks/subscription.ts'
import { quietOf } from '../quiet.ts'

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
  const { name, url, routingKey, to, fromStage, rule, quiet, timeZone, remind } = options
  if (quiet === undefined && timeZone !== undefined) throw new UsageError('--time-zone goes with --quiet')
  return {
    ...(name === undefined ? {} : { name }),
    ...(url === undefined ? {} : { url }),
    ...(routingKey === undefined ? {} : { routing_key: routingKey }),
    ...(to.length === 0 ? {} : { to }),
    ...subscriptionOf(options),
    ...(fromStage === undefined ? {} : { from_stage: fromStage }),
    ...(rule.length === 0 ? {} : { rules: rule }),
    ...(quiet === undefined ? {} : { quiet_hours: quietOf(quiet, timeZone, '--quiet') }),
    ...(remind === undefined ? {} : { remind_minutes: remind === 'never' ? null : minutesOf(remind) }),
  }
}

function minutesOf(text: string): number {
  if (!/^\d{1,4}$/.test(text)) throw new UsageError("--remind must be minutes, or 'never'")
  return Number(text)
}
