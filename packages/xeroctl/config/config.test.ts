import assert from 'node:assert/strict'
import { chmodSync, chownSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { json, refusal, scriptedServer } from '@xerotier/client/scripted-server.fixture.ts'
import { page } from '../records.fixture.ts'
import { emptyFolder, type RunOptions, xeroctl } from '../run.fixture.ts'

function put(path: string, content: string): string {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content, { mode: 0o600 })
  return path
}

const file = (url: string, key: string, name = 'one') =>
  `current = "${name}"\n[deployment.${name}]\nbase_url = "${url}"\napi_key = "${key}"\n`

/** Which URL and key would be used, and from where. */
async function used(t: TestContext, options: RunOptions, words: string[] = []) {
  const { stdout, stderr, code } = await xeroctl(t, ['config', 'show', '-o', 'json', ...words], options)
  return { ...(code === 0 ? JSON.parse(stdout) : {}), code, stderr }
}

test('the file in the folder comes before the file of the user', async (t) => {
  const [home, cwd] = [emptyFolder(t), emptyFolder(t)]
  put(join(home, '.config/xeroctl/config.toml'), file('http://user/p/v1', 'xero_user_1'))
  assert.equal((await used(t, { home, cwd })).base_url, 'http://user/p/v1')
  const project = put(join(cwd, '.xerotier/xeroctl.toml'), file('http://project/p/v1', 'xero_project_1'))
  mkdirSync(join(cwd, 'deep/er'), { recursive: true })
  const answer = await used(t, { home, cwd: join(cwd, 'deep/er') })
  assert.deepEqual(
    [answer.base_url, answer.base_url_from, answer.api_key],
    ['http://project/p/v1', project, 'xero_project_****'],
  )
})

test('the environment comes before files, and flags before the environment', async (t) => {
  const home = emptyFolder(t)
  put(join(home, '.config/xeroctl/config.toml'), file('http://user/p/v1', 'xero_user_1'))
  const env = { XEROTIER_BASE_URL: 'http://env/p/v1', XEROTIER_API_KEY: 'xero_env_1' }
  assert.equal((await used(t, { home, env })).base_url, 'http://env/p/v1')
  const flags = await used(t, { home, env }, ['--base-url', 'http://flag/p/v1', '--api-key', 'xero_flag_1'])
  assert.deepEqual(
    [flags.base_url, flags.base_url_from, flags.api_key],
    ['http://flag/p/v1', '--base-url', 'xero_flag_****'],
  )
})

test('the key of a file does not go to a router from elsewhere', async (t) => {
  const home = emptyFolder(t)
  put(join(home, '.config/xeroctl/config.toml'), file('http://user/p/v1', 'xero_user_1'))
  assert.equal((await used(t, { home }, ['--base-url', 'http://other/p/v1'])).api_key, null)
})

test('who gets no key sent is told whose was kept back and why', async (t) => {
  const server = await scriptedServer((_, response) => refusal(response, 401, 'authentication_error'))
  t.after(() => server.close())
  const home = emptyFolder(t)
  const path = put(join(home, '.config/xeroctl/config.toml'), file('http://user/p/v1', 'xero_user_1'))
  const told = `The key of context one (${path}) is not sent: --base-url names another router than that context.`
  for (const words of [['agents'], ['status'], ['config', 'show']]) {
    const { stderr } = await xeroctl(t, [...words, '--base-url', server.baseUrl], { home })
    assert.ok(stderr.includes(told), stderr)
  }
  const json = await xeroctl(t, ['agents', '--base-url', server.baseUrl, '-o', 'json'], { home })
  assert.ok(JSON.parse(json.stderr).error.hint.startsWith(told), json.stderr)
  assert.equal(json.code, 3)
  // A key that was sent and refused is another matter.
  for (const given of [
    ['--api-key', 'xero_other_1'],
    ['--context', 'one'],
  ]) {
    const { stderr } = await xeroctl(t, ['agents', '--base-url', server.baseUrl, ...given], { home })
    assert.doesNotMatch(stderr, /is not sent/)
  }
})

test('a context is found by its name in either file', async (t) => {
  const [home, cwd] = [emptyFolder(t), emptyFolder(t)]
  put(join(home, '.config/xeroctl/config.toml'), file('http://user/p/v1', 'xero_user_1', 'prod'))
  put(join(cwd, '.xerotier/xeroctl.toml'), file('http://project/p/v1', 'xero_project_1', 'local'))
  assert.equal((await used(t, { home, cwd }, ['--context', 'prod'])).base_url, 'http://user/p/v1')
  assert.equal((await used(t, { home, cwd, env: { XEROTIER_CONTEXT: 'prod' } })).base_url, 'http://user/p/v1')
  const unknown = await used(t, { home, cwd }, ['--context', 'nope'])
  assert.equal(unknown.code, 2)
  assert.match(JSON.parse(unknown.stderr).error.hint, /Known: local, prod/)
})

test('the folder that npm start was told to use comes before the one in the clone, if a system is in it', async (t) => {
  const [cwd, other] = [emptyFolder(t), emptyFolder(t)]
  put(join(cwd, '.xerotier/xeroctl.toml'), file('http://clone/p/v1', 'xero_clone_1'))
  assert.equal((await used(t, { cwd, env: { XEROTIER_STATE_DIR: other } })).base_url, 'http://clone/p/v1')
  put(join(other, 'xeroctl.toml'), file('http://other/p/v1', 'xero_other_1'))
  assert.equal((await used(t, { cwd, env: { XEROTIER_STATE_DIR: other } })).base_url, 'http://other/p/v1')
  put(join(cwd, 'sub/xeroctl.toml'), file('http://sub/p/v1', 'xero_sub_1'))
  assert.equal((await used(t, { cwd, env: { XEROTIER_STATE_DIR: 'sub' } })).base_url, 'http://sub/p/v1')
})

test('XDG_CONFIG_HOME moves the file of the user', async (t) => {
  const folder = emptyFolder(t)
  put(join(folder, 'xeroctl/config.toml'), file('http://xdg/p/v1', 'xero_x_1'))
  assert.equal((await used(t, { env: { XDG_CONFIG_HOME: folder } })).base_url, 'http://xdg/p/v1')
})

test('without any configuration the hint says what to do', async (t) => {
  const { code, stderr } = await xeroctl(t, ['agents'])
  assert.equal(code, 2)
  assert.match(stderr, /no router is configured[\s\S]*config init/)
})

const broken: [name: string, content: string, message: RegExp][] = [
  ['no TOML', 'current = ', /is no valid TOML/],
  ['a deployment without an address', '[deployment.one]\napi_key = "x"\n', /has no base_url/],
  ['a number for an address', '[deployment.one]\nbase_url = 7\n', /base_url must be a string/],
  [
    'a current that is not there',
    'current = "two"\n[deployment.one]\nbase_url = "http://x/p/v1"\n',
    /no \[deployment\.two\]/,
  ],
  [
    'a keychain',
    '[deployment.one]\nbase_url = "http://x/p/v1"\napi_key_keychain = "y"\n',
    /api_key_keychain is not supported/,
  ],
  [
    'an unknown output',
    '[deployment.one]\nbase_url = "http://x/p/v1"\noutput = "xml"\n',
    /output must be one of table/,
  ],
]
for (const [name, content, message] of broken) {
  test(`a file with ${name} is refused with its path and the reason`, async (t) => {
    const home = emptyFolder(t)
    const path = put(join(home, '.config/xeroctl/config.toml'), content)
    const { code, stderr } = await xeroctl(t, ['agents'], { home })
    assert.equal(code, 2)
    assert.match(stderr, message)
    assert.ok(stderr.includes(path))
  })
}

test('a file that others may read is refused', async (t) => {
  const home = emptyFolder(t)
  const path = put(join(home, '.config/xeroctl/config.toml'), file('http://user/p/v1', 'xero_user_1'))
  chmodSync(path, 0o644)
  const { code, stderr } = await xeroctl(t, ['agents'], { home })
  assert.equal(code, 2)
  assert.match(stderr, /0644; make it 0600/)
})

test('a file of somebody else is refused: it could send calls to their router', async (t) => {
  const cwd = emptyFolder(t)
  const path = put(join(cwd, '.xerotier/xeroctl.toml'), file('http://theirs/p/v1', 'xero_t_1'))
  const root = process.getuid?.() === 0
  if (root) chownSync(path, 4242, 4242)
  const { code, stderr } = await xeroctl(t, ['agents'], { cwd, surroundings: root ? {} : { uid: 4242 } })
  assert.equal(code, 2)
  assert.match(stderr, /belongs to another user/)
})

test('add, use, list and remove keep the file 0600 and what they do not know', async (t) => {
  const home = emptyFolder(t)
  const path = put(join(home, '.config/xeroctl/config.toml'), 'later = "kept"\n')
  const config = (words: string[], stdin?: string) =>
    xeroctl(t, ['config', ...words], { home, ...(stdin === undefined ? {} : { stdin }) })
  assert.equal(
    (await config(['add', 'prod', '--base-url', 'https://r/acme/v1', '--api-key-stdin'], 'xero_acme_1\n')).code,
    0,
  )
  assert.equal(
    (
      await config([
        'add',
        'test',
        '--base-url',
        'https://r/test/v1',
        '--api-key',
        'xero_test_1',
        '--default-output',
        'json',
      ])
    ).code,
    0,
  )
  assert.equal(statSync(path).mode & 0o777, 0o600)
  assert.match(readFileSync(path, 'utf8'), /later = "kept"/)
  assert.equal(JSON.parse((await config(['show', '-o', 'json'])).stdout).context, 'prod')
  assert.equal((await config(['use', 'test'])).code, 0)
  // The deployment's own output is json now.
  assert.equal(JSON.parse((await config(['show'])).stdout).context, 'test')
  assert.equal((await config(['list', '-o', 'name'])).stdout, 'prod\ntest\n')
  assert.equal((await config(['remove', 'prod', '--yes'])).code, 0)
  assert.equal((await config(['list', '-o', 'name'])).stdout, 'test\n')
  assert.doesNotMatch(readFileSync(path, 'utf8'), /acme/)
})

test('under --dry-run a change is checked, and neither made nor told as made', async (t) => {
  const home = emptyFolder(t)
  const content = file('http://user/p/v1', 'xero_user_1')
  const path = put(join(home, '.config/xeroctl/config.toml'), content)
  for (const words of ['add two --base-url http://r/p/v1 --api-key k', 'use one', 'remove one']) {
    const { code, stderr } = await xeroctl(t, ['config', ...words.split(' '), '--dry-run'], { home })
    assert.deepEqual([code, stderr], [0, `dry run: ${path} stays as it is\n`], words)
  }
  assert.equal(readFileSync(path, 'utf8'), content)
  assert.equal((await xeroctl(t, ['config', 'use', 'two', '--dry-run'], { home })).code, 2)
})

test('a key is printed by no config command', async (t) => {
  const home = emptyFolder(t)
  put(join(home, '.config/xeroctl/config.toml'), file('http://user/p/v1', 'xero_user_supersecret'))
  for (const words of [['show'], ['list'], ['current'], ['show', '-o', 'json'], ['list', '-o', 'yaml']]) {
    const { stdout, stderr } = await xeroctl(t, ['config', ...words], { home })
    assert.ok(!`${stdout}${stderr}`.includes('supersecret'), words.join(' '))
  }
})

test('a key that cannot be sent is refused where it comes from, and shown nowhere', async (t) => {
  const server = await scriptedServer((_, response) => json(response, 200, page()))
  t.after(() => server.close())
  const key = 'warning: old\nxero_demo_supersecret'
  const home = emptyFolder(t)
  const path = put(join(home, '.config/xeroctl/config.toml'), file(server.baseUrl, 'xero_demo_supersécret'))
  const env = { XEROTIER_BASE_URL: server.baseUrl }
  const flags = ['--base-url', server.baseUrl]
  const sources: [source: string, words: string[], options: RunOptions][] = [
    ['XEROTIER_API_KEY', ['agents'], { env: { ...env, XEROTIER_API_KEY: key } }],
    ['XEROTIER_API_KEY', ['config', 'show'], { env: { ...env, XEROTIER_API_KEY: key } }],
    ['--api-key', ['agents', '-o', 'json', '--api-key', key], { env }],
    [path, ['status'], { home }],
    ['stdin', ['config', 'add', 'x', ...flags, '--api-key-stdin'], { stdin: key }],
    ['--api-key', ['config', 'add', 'x', ...flags, '--api-key', key], {}],
  ]
  for (const [source, words, options] of sources) {
    const { code, stdout, stderr } = await xeroctl(t, words, options)
    assert.equal(code, 2, words.join(' '))
    assert.ok(stderr.includes(`the API key from ${source} holds`), stderr)
    assert.doesNotMatch(stdout + stderr, /demo|supers/)
  }
  assert.equal(server.seen.length, 0)
})

test('a key with a line break at its end is sent without it', async (t) => {
  const server = await scriptedServer((_, response) => json(response, 200, page()))
  t.after(() => server.close())
  const env = { XEROTIER_BASE_URL: server.baseUrl, XEROTIER_API_KEY: 'xero_demo_1\r\n' }
  assert.equal((await xeroctl(t, ['agents'], { env })).code, 0)
  assert.equal(server.seen[0]?.headers.authorization, 'Bearer xero_demo_1')
})

test('names and addresses that are none are refused', async (t) => {
  assert.equal((await xeroctl(t, ['config', 'add', '-x-', '--base-url', 'http://x/p/v1', '--api-key', 'k'])).code, 2)
  assert.match(
    (await xeroctl(t, ['config', 'add', 'x', '--base-url', 'http://x/', '--api-key', 'k'])).stderr,
    /does not end in/,
  )
  assert.match((await xeroctl(t, ['config', 'init'])).stderr, /nobody can answer/)
  assert.match((await xeroctl(t, ['config', 'use', 'nope'])).stderr, /no context 'nope'/)
})

test('status says what is used, whether it answers, and what waits', async (t) => {
  const server = await scriptedServer((request, response) => {
    if (request.path === '/healthz') return json(response, 200, { status: 'ok', version: '9.9.9', uptime_seconds: 1 })
    if (request.path === '/readyz') return json(response, 503, { status: 'not_ready', checks: { database: 'failing' } })
    const data = request.path.includes('agents')
      ? [
          { health: 'healthy', paused: [{ workspace: 'w' }] },
          { health: 'offline', paused: [] },
        ]
      : request.path.includes('approvals')
        ? [{}, {}, {}]
        : [{}]
    json(response, 200, { ...page(), data })
  })
  t.after(() => server.close())
  const env = { XEROTIER_BASE_URL: server.baseUrl, XEROTIER_API_KEY: 'xero_demo_1' }
  const { code, stdout } = await xeroctl(t, ['status'], { env })
  assert.equal(code, 0)
  for (const line of [
    /version 9\.9\.9/,
    /Ready: +no: database failing/,
    /Agents online: +1 of 2/,
    /Agents paused: +1\n/,
    /Approvals pending: +3/,
    /Calls in doubt: +1\n/,
    /from: +XEROTIER_BASE_URL/,
  ]) {
    assert.match(stdout, line)
  }
})

test('status of a router that is not there says so and ends with 7', async (t) => {
  const server = await scriptedServer(() => {})
  await server.close()
  const { code, stdout } = await xeroctl(t, ['status', '-o', 'json'], { env: { XEROTIER_BASE_URL: server.baseUrl } })
  assert.deepEqual([code, JSON.parse(stdout).reachable], [7, false])
})
