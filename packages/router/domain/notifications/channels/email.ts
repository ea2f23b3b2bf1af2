// Mail: plain text, and the same as HTML for clients that show it. Nothing in it is loaded from
// elsewhere.
import type { Message } from '../message.ts'

export interface Mail {
  subject: string
  text: string
  html: string
}

const colours: Record<Message['tone'], string> = {
  asks: '#8a5a00',
  good: '#1a6b3c',
  bad: '#a32020',
  neutral: '#33475b',
}

export function mailOf(message: Message): Mail {
  // A line break would end the header.
  const subject = message.title.replace(/\s+/g, ' ').slice(0, 200)
  return { subject, text: textOf(message), html: htmlOf(message) }
}

function textOf({ title, facts, code, entries, remarks, link }: Message): string {
  const width = Math.max(0, ...facts.map(([label]) => label.length))
  const parts = [
    title,
    facts.map(([label, value]) => `${`${label}:`.padEnd(width + 2)}${value}`).join('\n'),
    ...(code === undefined ? [] : [`Arguments:\n${code}`]),
    ...(entries === undefined || entries.length === 0 ? [] : [entries.map((entry) => `- ${entry}`).join('\n')]),
    ...(link === undefined ? [] : [`${link.label}:\n${link.url}`]),
    ...(remarks ?? []),
  ]
  return `${parts.join('\n\n')}\n`
}

function htmlOf({ title, tone, facts, code, entries, remarks, link }: Message): string {
  const rows = facts.map(
    ([label, value]) =>
      `<tr><td style="padding:2px 16px 2px 0;color:#5b6b7b;vertical-align:top;white-space:nowrap">${escaped(label)}</td>` +
      `<td style="padding:2px 0;word-break:break-word">${escaped(value)}</td></tr>`,
  )
  const parts = [
    `<h1 style="font-size:18px;line-height:1.35;margin:0 0 16px;color:${colours[tone]}">${escaped(title)}</h1>`,
    `<table role="presentation" style="border-collapse:collapse;font-size:14px;line-height:1.5">${rows.join('')}</table>`,
    ...(code === undefined
      ? []
      : [
          '<pre style="margin:16px 0;padding:12px;background:#f3f5f7;border-radius:6px;font-size:13px;line-height:1.45;' +
            `white-space:pre-wrap;word-break:break-word">${escaped(code)}</pre>`,
        ]),
    ...(entries === undefined || entries.length === 0
      ? []
      : [`<ul style="font-size:14px;line-height:1.6;padding-left:20px">${entries.map(item).join('')}</ul>`]),
    ...(link === undefined
      ? []
      : [
          `<p style="margin:24px 0"><a href="${escaped(link.url)}" style="display:inline-block;padding:10px 18px;background:#1f4b99;` +
            `color:#fff;text-decoration:none;border-radius:6px;font-size:15px">${escaped(link.label)}</a></p>`,
        ]),
    ...(remarks ?? []).map(
      (remark) => `<p style="font-size:13px;color:#5b6b7b;margin:12px 0 0">${escaped(remark)}</p>`,
    ),
  ]
  return (
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escaped(title)}</title></head>` +
    '<body style="margin:0;padding:24px;background:#fff;color:#1c2733;font-family:system-ui,-apple-system,Segoe UI,Roboto,sans-serif">' +
    `<div style="max-width:640px;margin:0 auto">${parts.join('')}</div></body></html>`
  )
}

function item(text: string): string {
  return `<li>${escaped(text)}</li>`
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
