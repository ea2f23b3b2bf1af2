import assert from 'node:assert/strict'
import { test } from 'node:test'
import { host, networks, postgresUrl, tcpAddress } from './address-options.ts'
import type { OptionType } from './option.ts'

const refused = (type: OptionType<unknown>, texts: string[]) =>
  texts.filter((text) => {
    try {
      type.parse(text)
      return false
    } catch {
      return true
    }
  })

test('an address that could never work is refused, and one that could is kept as written', () => {
  const good: [OptionType<unknown>, string[]][] = [
    [tcpAddress, ['tcp://127.0.0.1:5555', 'tcp://*:0', 'tcp://router.example-1.com:65535', 'tcp://[::1]:5555']],
    [host, ['127.0.0.1', '0.0.0.0', '::', '::1', 'localhost', 'xem-1.internal']],
    [networks, ['none', '10.0.0.1', '10.0.0.0/8, fd00::/8', '::1', 'loopback,uniquelocal']],
    [postgresUrl, ['postgres://u:p@h/d', 'postgresql://h:1/d?sslmode=require', 'postgres:///d?host=/run/postgresql']],
  ]
  for (const [type, texts] of good) assert.deepEqual(refused(type, texts), [])

  const bad: [OptionType<unknown>, string[]][] = [
    [
      tcpAddress,
      ['127.0.0.1:5555', 'tcp://127.0.0.1', 'tcp://127.0.0.1:65536', 'tcp://:1', 'tcp://[zz]:1', 'tcp://::1:1'],
    ],
    [
      tcpAddress,
      ['tcp://[127.0.0.1]:1', 'tcp://1.2.3:1', 'tcp://300.1.1.1:1', 'tcp://a_b:1', 'tcp://-a:1', 'udp://h:1'],
    ],
    [host, ['', 'no such host', '1.2.3.4.5', '999.1.1.1', 'http://h', '[::1]', 'h:80', '-h', '*']],
    [networks, ['10.0.0.0/33', '::/129', 'nonsense', '10.0.0.0/', '10.0.0/8', '10.0.0.1,x']],
    [postgresUrl, ['nonsense', 'mysql://h/d', 'postgres://u:p@[::1:5432/x', 'postgres:/h', 'host=h dbname=d']],
  ]
  for (const [type, texts] of bad) assert.deepEqual(refused(type, texts), texts)
})

test('what is said of a database URL does not repeat it', () => {
  assert.throws(
    () => postgresUrl.parse('postgres://u:s3cret@['),
    (error: Error) => !error.message.includes('s3cret'),
  )
})
