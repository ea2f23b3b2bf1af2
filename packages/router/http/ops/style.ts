// The look of the pages of this door, that of the dashboard: one sheet, in the page itself, under
// its own hash.
import { createHash } from 'node:crypto'

export const style = `
:root{color-scheme:light dark;--ground:#f4f5f7;--card:#ffffff;--ink:#18212c;--soft:#566272;--line:#dde1e7;--field:#868f9c;--code:#f6f7f9;--accent:#1f4b99;
--accent-ink:#ffffff;--good:#17693c;--good-soft:#e4f4ea;--warn:#855500;--warn-soft:#fdf3dc;--bad:#a32626;--bad-soft:#fbe9e8;
--calm:#33475b;--calm-soft:#e9eef4}
@media (prefers-color-scheme:dark){:root{--ground:#10141a;--card:#181e26;--ink:#e4e9f0;--soft:#9ba8b8;--line:#2a333f;--field:#717e8e;--code:#12171e;--accent:#8ab0f5;
--accent-ink:#0c1626;--good:#7fd6a1;--good-soft:#12301f;--warn:#f0c36b;--warn-soft:#33290f;--bad:#ff9d96;--bad-soft:#3a1a1a;
--calm:#b6c6d8;--calm-soft:#222d3a}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue","DejaVu Sans",sans-serif;
-webkit-text-size-adjust:100%}
main{max-width:720px;margin:0 auto;padding:40px 20px 56px}
.brand{margin:0 0 14px;font-size:13px;letter-spacing:.06em;text-transform:uppercase;color:var(--soft)}
.card{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:28px 32px}
h1{margin:0 0 6px;font-size:25px;line-height:1.25;font-weight:650;overflow-wrap:anywhere}
h2{margin:26px 0 8px;font-size:14px;font-weight:600;color:var(--soft)}
p{margin:0 0 12px}
.lead{color:var(--soft);margin-bottom:18px;overflow-wrap:anywhere}
.mark{display:inline-flex;align-items:center;gap:7px;margin:0 0 14px;padding:3px 11px;border-radius:999px;font-size:13px;font-weight:600}
.mark svg{width:11px;height:11px}
.asks{color:var(--warn);background:var(--warn-soft)}.good{color:var(--good);background:var(--good-soft)}
.bad{color:var(--bad);background:var(--bad-soft)}.calm{color:var(--calm);background:var(--calm-soft)}
dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:7px 22px;margin:18px 0 0;font-size:15px}
dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
code,pre,.mono{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono","DejaVu Sans Mono",monospace}
pre{margin:0;padding:14px 16px;background:var(--code);border:1px solid var(--line);border-radius:9px;font-size:13.5px;line-height:1.55;
white-space:pre-wrap;overflow-wrap:anywhere;tab-size:2}
details{margin:10px 0 0}summary{padding:8px 0;cursor:pointer;color:var(--accent);font-size:15px}
.mono{font-size:12.5px}.prose{white-space:pre-wrap;overflow-wrap:anywhere}h2+dl{margin-top:0}.card>:last-child{margin-bottom:0}
form{margin:28px 0 0;padding-top:24px;border-top:1px solid var(--line)}
label{display:block;margin:0 0 6px;font-weight:600;font-size:15px}
.hint{margin:-2px 0 8px;font-size:14px;color:var(--soft)}
textarea,input{width:100%;padding:11px 13px;border:1px solid var(--field);border-radius:9px;background:var(--card);color:var(--ink);font:inherit;margin:0 0 18px}
textarea{min-height:84px;resize:vertical}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.buttons{display:flex;gap:12px;margin-top:4px}
button{flex:1;padding:13px 18px;border-radius:9px;border:1px solid transparent;font:inherit;font-weight:600;cursor:pointer;min-height:48px}
.approve{background:var(--accent);color:var(--accent-ink)}
.reject{background:transparent;color:var(--bad);border-color:currentColor}
.notice{margin:0 0 20px;padding:12px 15px;border-radius:9px;font-size:15px;overflow-wrap:anywhere}
footer{margin:18px 4px 0;font-size:13.5px;color:var(--soft);overflow-wrap:anywhere}
@media (max-width:520px){main{padding:20px 12px 36px}.card{padding:22px 18px}h1{font-size:21px}
dl{grid-template-columns:1fr;gap:0}dt{margin-top:9px;font-size:13.5px}h2+dl>:first-child{margin-top:0}.buttons{flex-direction:column}}
`

const hash = createHash('sha256').update(style).digest('base64')

/** Nothing is loaded, nothing runs, and the form goes nowhere else. */
export const pageHeaders = {
  'content-security-policy': `default-src 'none'; style-src 'sha256-${hash}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
  // The token stands in the URL.
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
  'x-robots-tag': 'noindex, nofollow',
  'cross-origin-opener-policy': 'same-origin',
  'content-type': 'text/html; charset=utf-8',
} as const
