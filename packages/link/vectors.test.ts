// The published vectors of the data plane (SPEC.md, section 9) against the code that agents and
// router run.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { enrollText } from '@xerotier/protocol/api/enroll.ts'
import { auditOriginOf, cosignerNameOf } from '@xerotier/protocol/audit-log.ts'
import { canonicalJson } from '@xerotier/protocol/canonical.ts'
import { type AgentFrame, agentFrameSchema } from '@xerotier/protocol/frames/agent-frame.ts'
import { routerFrameSchema } from '@xerotier/protocol/frames/router-frame.ts'
import { type CallTuple, callText, grantText } from '@xerotier/protocol/grant.ts'
import { manifestContent, manifestSchema } from '@xerotier/protocol/manifest.ts'
import { curveRotateText, grantKeyText, signingRotateText } from '@xerotier/protocol/rotation.ts'
import vectors from '@xerotier/protocol/vectors.json' with { type: 'json' }
import { envelopeSchema, messageSignaturePrefix, wireVersion } from '@xerotier/protocol/wire.ts'
import { curveKeysFromSecret } from '@xerotier/runtime/curve.ts'
import { digestOf, sha256Hex } from '@xerotier/runtime/digest.ts'
import { signingKeyFromSeed, verifyingKey, verifySignature } from '@xerotier/runtime/ed25519.ts'
import { packMessage, unpackMessage } from '@xerotier/runtime/msgpack.ts'
import { cosign, parseVerifierKey } from '@xerotier/runtime/tlog/note.ts'
import { leafHash, rootOfHashes } from '@xerotier/runtime/tlog/tree.ts'
import { witness } from '@xerotier/runtime/tlog/witness.ts'
import type { Dealer } from 'zeromq'
import { createSender } from './sender.ts'

const hex = (text: string) => Buffer.from(text, 'hex')
const { agent, router } = {
  agent: signingKeyFromSeed(hex(vectors.keys.agent.ed25519_seed)),
  router: signingKeyFromSeed(hex(vectors.keys.router.ed25519_seed)),
}

/** `{ "bin": "<hex>" }` stands for a byte string. */
function withBytes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withBytes)
  if (value === null || typeof value !== 'object') return value
  if ('bin' in value) return hex(value.bin as string)
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withBytes(item)]))
}

test('the vectors are of this version of the wire', () => {
  assert.equal(vectors.version, wireVersion)
})

test('the keys follow from their secrets', () => {
  for (const party of Object.values(vectors.keys)) {
    const signing = signingKeyFromSeed(hex(party.ed25519_seed))
    assert.equal(signing.publicKey.toString('hex'), party.ed25519_public_key)
    assert.equal(signing.keyId, party.key_id)
    const curve = curveKeysFromSecret(hex(party.curve_secret_key))
    assert.deepEqual([curve.secretKey, curve.publicKey], [party.curve_secret_key_z85, party.curve_public_key_z85])
  }
})

test('each JSON text has its canonical form and digest', () => {
  for (const { name, input, canonical, sha256 } of vectors.canonical_json) {
    assert.equal(canonicalJson(JSON.parse(input)), canonical, name)
    assert.equal(sha256Hex(canonical), sha256, name)
  }
})

test('the proof of an enrollment signs its text', () => {
  const { text, proof, ...enrollment } = vectors.enrollment
  assert.equal(enrollText(enrollment), text)
  assert.equal(agent.sign(Buffer.from(text)).toString('hex'), proof)
})

test('the manifest is accepted and has its digests', () => {
  const { manifest, content, input_schema } = vectors.manifest
  const parsed = manifestSchema.parse(manifest)
  assert.equal(canonicalJson(manifestContent(parsed)), content)
  assert.equal(sha256Hex(content), manifest.manifest_hash)
  for (const tool of parsed.tools) assert.equal(digestOf(tool.input_schema), tool.schema_digest, tool.name)
  assert.equal(sha256Hex(input_schema), parsed.tools.find(({ name }) => name === vectors.call.tool)?.schema_digest)
})

test('the call has its text and digest', () => {
  const { text, digest, ...tuple } = vectors.call
  assert.equal(callText(tuple as CallTuple), text)
  assert.equal(sha256Hex(text), digest)
})

test('the acknowledgement of a rotation is signed over its text', () => {
  const { text, signature, ...rotation } = vectors.rotation
  assert.equal(curveRotateText(rotation), text)
  assert.equal(agent.sign(Buffer.from(text)).toString('hex'), signature)
})

test('the key in use and the new one both sign the text of a rotation of signing keys', () => {
  const { text, signature, new_seed, proof, ...rotation } = vectors.signing_rotation
  assert.equal(signingRotateText(rotation), text)
  const fresh = signingKeyFromSeed(Buffer.from(new_seed, 'hex'))
  assert.deepEqual(
    [rotation.old_key, rotation.new_key],
    [agent, fresh].map(({ publicKey }) => publicKey.toString('hex')),
  )
  assert.equal(agent.sign(Buffer.from(text)).toString('hex'), signature)
  assert.equal(fresh.sign(Buffer.from(text)).toString('hex'), proof)
})

test('a grant key vouches for the next over its text', () => {
  const { text, signature, ...statement } = vectors.grant_key
  assert.equal(grantKeyText(statement), text)
  assert.equal(router.publicKey.toString('hex'), statement.signer)
  assert.equal(router.sign(Buffer.from(text)).toString('hex'), signature)
})

test('each grant is signed over its text', () => {
  for (const { text, key_id, signature, ...grant } of vectors.grants) {
    assert.equal(grantText(grant), text)
    assert.equal(router.keyId, key_id)
    assert.equal(router.sign(Buffer.from(text)).toString('hex'), signature)
    assert.equal(grant.digest, vectors.call.digest)
  }
})

test('the checkpoint goes on from the one before, and its cosignature is that of the agent', () => {
  const { checkpoint } = vectors
  const key = parseVerifierKey(checkpoint.log_key) ?? assert.fail()
  const own = parseVerifierKey(checkpoint.cosigner_key) ?? assert.fail()
  assert.deepEqual([key.publicKey, own.publicKey], [router.publicKey, agent.publicKey])
  assert.deepEqual([key.name, own.name], [auditOriginOf(vectors.call.project_id), cosignerNameOf(checkpoint.agent_id)])
  const seen = { size: checkpoint.old_size, root: hex(checkpoint.old_root) }
  const offered = { note: checkpoint.note, oldSize: checkpoint.old_size, proof: checkpoint.proof.map(hex) }
  const found = witness(seen, offered, key)
  assert.ok('head' in found)
  assert.deepEqual(found.head, { size: checkpoint.size, root: hex(checkpoint.root) })
  const leaves = checkpoint.leaves.map((leaf) => leafHash(Buffer.from(leaf)))
  assert.deepEqual(rootOfHashes(leaves), found.head.root)
  assert.equal(cosign(found.text, agent, checkpoint.time).toString('hex'), checkpoint.signature)
  assert.ok(
    verifySignature(
      verifyingKey(agent.publicKey),
      Buffer.from(checkpoint.signed),
      hex(checkpoint.signature).subarray(8),
    ),
  )
})

test('each body holds its envelope, and frames that are accepted', () => {
  for (const { from, envelope, body } of vectors.messages) {
    const frames = from === 'agent' ? agentFrameSchema : routerFrameSchema
    assert.deepEqual(unpackMessage(hex(body)), withBytes(envelope))
    const { f } = envelopeSchema.parse(unpackMessage(hex(body)))
    for (const frame of f) assert.deepEqual(frames.parse(frame), frame)
    assert.equal(packMessage(withBytes(envelope)).toString('hex'), body)
  }
})

test('an agent sends exactly the messages of an agent', async () => {
  const sent: [body: Buffer, signature: Buffer][] = []
  const socket = { send: async (parts: [Buffer, Buffer]) => void sent.push(parts) } as unknown as Dealer
  const sender = createSender(socket, agent, assert.ifError, { dropped: assert.fail })
  const messages = vectors.messages.flatMap((message) => (message.from === 'agent' ? [message] : []))
  for (const { envelope } of messages) {
    if (sender.session !== envelope.s) sender.session = envelope.s
    sender.version = envelope.v
    for (const frame of envelope.f) sender.send(withBytes(frame) as AgentFrame)
    await sender.flushed()
  }
  assert.equal(sent.length, messages.length)
  for (const [index, { body, signed, signature }] of messages.entries()) {
    const signedBytes = Buffer.concat([Buffer.from(messageSignaturePrefix), hex(body)])
    assert.equal(signedBytes.toString('hex'), signed)
    assert.deepEqual(
      sent[index]!.map((part) => part.toString('hex')),
      [body, signature],
    )
    assert.ok(verifySignature(verifyingKey(agent.publicKey), signedBytes, hex(signature!)))
  }
})

test('the dispatch carries the call and its grant, and the proof the manifest', () => {
  const frames = vectors.messages.flatMap(({ envelope }) => envelope.f as Record<string, unknown>[])
  const frameOf = (type: string) => frames.find(({ t }) => t === type)!
  const [first] = vectors.grants
  const { digest, text: _, workspace_id, ...call } = vectors.call
  const dispatch = frameOf('dispatch')
  const { signatures, ...grant } = dispatch.grant as { signatures: { signature: { bin: string } }[] }
  assert.deepEqual({ ...dispatch, ...call, digest }, dispatch)
  assert.equal((dispatch.workspace as { workspace_id: string }).workspace_id, workspace_id)
  assert.deepEqual(grant, { approval_id: first!.approval_id, digest, expires_at: first!.expires_at })
  assert.equal(signatures[0]!.signature.bin, first!.signature)
  assert.deepEqual(frameOf('proof').manifest, vectors.manifest.manifest)
})
