// SPDX-License-Identifier: MPL-2.0
// Computes the golden vectors a second time, from their inputs alone and by the text of docs/protocol.md, with libraries
// that share nothing with the C++ implementation. Run from the root of the tree: node tests/vectors/verify.mjs
import { strict as assert } from 'node:assert'
import { readFileSync } from 'node:fs'
import { xchacha20poly1305 } from '@noble/ciphers/chacha'
import { ed25519, x25519 } from '@noble/curves/ed25519'
import { argon2id } from '@noble/hashes/argon2'
import { blake2b } from '@noble/hashes/blake2b'

const read = (name) => JSON.parse(readFileSync(new URL(`${name}.json`, import.meta.url), 'utf8'))
const bytes = (hex) => Uint8Array.from(Buffer.from(hex, 'hex'))
const hex = (data) => Buffer.from(data).toString('hex')
const text = (string) => Uint8Array.from(Buffer.from(string, 'utf8'))
const join = (...parts) => Uint8Array.from(Buffer.concat(parts))
const integer = (value, size) => bytes(BigInt(value).toString(16).padStart(size * 2, '0'))
const zeros = (size) => new Uint8Array(size)
/** What the generator draws in place of random numbers. */
const drawn = (start, size) => Uint8Array.from({ length: size }, (_, i) => start + 5 * i)
let checks = 0
const same = (actual, expected, what) => {
  assert.equal(typeof actual === 'string' ? actual : hex(actual), expected, what)
  checks++
}

// Primitives
const label = (name) => join(text(name), zeros(16 - name.length))
const hash = (name, data) => blake2b(data, { dkLen: 32, personalization: label(name) })
const derive = (key, name, context, size = 32) => blake2b(context, { dkLen: size, key, personalization: label(name) })
const sealOnce = (key, plain, ad) => xchacha20poly1305(key, zeros(24), ad).encrypt(plain)
const commitment = (secret) => hash('abri/1.commit', secret)
const message = (name, body) => join(text('abri/1'), integer(1, 2), label(name), integer(body.length, 4), body)
const sign = (seed, name, body) => ed25519.sign(message(name, body), seed)
const capability = (key, name) => ed25519.getPublicKey(derive(key, name, zeros(0)))

const bucket = (size) => {
  const small = [384, 512, 768, 1024, 1536, 2048].find((length) => length >= size)
  if (small) return small
  const exponent = Math.floor(Math.log2(size))
  const step = 2 ** (exponent - (Math.floor(Math.log2(exponent)) + 1))
  return Math.ceil(size / step) * step
}
const envelope = (key, nonce, inner, ad) => {
  const padded = zeros(bucket(inner.length + 1 + 40) - 40)
  padded.set(inner)
  padded[inner.length] = 0x80
  return join(nonce, xchacha20poly1305(key, nonce, ad).encrypt(padded))
}

for (const v of read('wrap').wraps) {
  const context = join(
    integer(v.purpose, 1), bytes(v.log), bytes(v.subject), integer(v.compartment, 2), integer(v.generation, 4),
    bytes(v.recipient), integer(v.recipient_generation, 4), integer(v.sender_device, 4), integer(v.sequence, 6))
  same(context, v.context, 'wrap context')
  const recipient = x25519.getPublicKey(bytes(v.recipient_secret))
  same(recipient, v.recipient_public, 'recipient')
  const ephemeral = drawn(v.ephemeral_start, 32)
  const ephemeralPublic = x25519.getPublicKey(ephemeral)
  const shared = x25519.getSharedSecret(ephemeral, recipient)
  const psk = v.psk ? bytes(v.psk) : zeros(32)
  const input = join(ephemeralPublic, recipient, shared, hash('abri/1.context', context))
  const prk = derive(psk, 'abri/1.wrap', input, 64)
  const sealed = sealOnce(prk.slice(0, 32), bytes(v.secret), context)
  same(join(ephemeralPublic, prk.slice(32), sealed), v.wrap, 'wrap')
  same(commitment(bytes(v.secret)), v.commitment, 'commitment')
}

for (const v of read('wrap').sealed_keys) {
  const context = bytes(v.context)
  const once = derive(bytes(v.key), 'abri/1.sealkey', join(hash('abri/1.context', context), commitment(bytes(v.secret))))
  same(sealOnce(once, bytes(v.secret), context), v.sealed, 'sealed key')
}

for (const v of read('entry').entries) {
  const place = join(bytes(v.feed), integer(v.epoch, 4))
  const feedKey = derive(derive(bytes(v.group_seed), 'abri/1.feedroot', zeros(0)), 'abri/1.feedkey', place)
  same(feedKey, v.feed_key, 'feed key')
  same(capability(feedKey, 'abri/1.capread'), v.read_capability, 'read capability')
  same(capability(feedKey, 'abri/1.capwrite'), v.write_capability, 'write capability')
  const core = bytes(v.core)
  const position = join(hash('abri/1.core', core), integer(v.body_index, 4))
  const messageKey = derive(bytes(v.compartment_key), 'abri/1.msg', position)
  same(messageKey, v.message_key, 'message key')
  const bodyHeader = bytes(v.body_header)
  const body = join(bodyHeader, sealOnce(messageKey, bytes(v.change), join(position, bodyHeader)))
  same(body, v.body, 'body')
  const header = join(core, hash('abri/1.body', body))
  const signature = sign(bytes(v.author_seed), 'abri/1.header', join(bytes(v.feed), header))
  const outer = join(header, signature, body)
  same(outer, v.outer, 'outer')
  same(envelope(feedKey, drawn(v.nonce_start, 24), outer, place), v.entry, 'entry')
}

for (const v of read('link').links) {
  const body = bytes(v.body)
  const chainKey = bytes(v.chain_key)
  same(ed25519.getPublicKey(bytes(v.author_seed)), v.author, 'author')
  const signature = sign(bytes(v.author_seed), 'abri/1.link', body)
  same(signature, v.signature, 'link signature')
  same(hash('abri/1.linkhash', body), v.hash, 'link hash')
  same(capability(chainKey, 'abri/1.capread'), v.read_capability, 'chain read capability')
  same(capability(chainKey, 'abri/1.capwrite'), v.write_capability, 'chain write capability')
  same(envelope(chainKey, drawn(v.nonce_start, 24), join(signature, body), bytes(v.chain)), v.entry, 'link entry')
}

for (const v of read('slot').slots) {
  const salt = drawn(v.salt_start, 16)
  const header = join(integer(1, 2), integer(v.passes, 4), integer(v.memory_kib, 4), salt)
  const stretched = argon2id(text(v.passphrase), salt, { t: v.passes, m: v.memory_kib, p: 1, dkLen: 32 })
  const keystore = v.keystore_secret ? bytes(v.keystore_secret) : zeros(32)
  const prk = derive(stretched, 'abri/1.slot', join(keystore, header), 64)
  same(join(header, prk.slice(32), sealOnce(prk.slice(0, 32), bytes(v.database_key), header)), v.slot, 'slot')
}

// Trees, by the recursive definitions of RFC 9162
const merkle = read('merkle')
const leaves = merkle.leaves.map((v) => {
  const leaf = hash('abri/1.leaf', join(integer(v.time_ms, 8), hash('abri/1.entry', bytes(v.entry))))
  same(leaf, v.leaf, 'leaf')
  return leaf
})
const split = (size) => 2 ** Math.ceil(Math.log2(size) - 1)
const root = (from) => {
  if (from.length === 0) return hash('abri/1.empty', zeros(0))
  if (from.length === 1) return from[0]
  const k = split(from.length)
  return hash('abri/1.node', join(root(from.slice(0, k)), root(from.slice(k))))
}
const inclusion = (index, from) => {
  if (from.length === 1) return []
  const k = split(from.length)
  return index < k
    ? [...inclusion(index, from.slice(0, k)), root(from.slice(k))]
    : [...inclusion(index - k, from.slice(k)), root(from.slice(0, k))]
}
const consistency = (oldSize, from, whole = true) => {
  if (oldSize === 0) return []
  if (oldSize === from.length) return whole ? [] : [root(from)]
  const k = split(from.length)
  return oldSize <= k
    ? [...consistency(oldSize, from.slice(0, k), whole), root(from.slice(k))]
    : [...consistency(oldSize - k, from.slice(k), false), root(from.slice(0, k))]
}
const frontier = (from) => {
  if (from.length === 0) return []
  const k = 2 ** Math.floor(Math.log2(from.length))
  return [root(from.slice(0, k)), ...frontier(from.slice(k))]
}
for (const v of merkle.trees) {
  same(root(leaves.slice(0, v.size)), v.root, `root of ${v.size}`)
  same(join(integer(v.size, 8), ...frontier(leaves.slice(0, v.size))), v.frontier, `frontier of ${v.size}`)
}
for (const v of merkle.inclusion_proofs) {
  const proof = inclusion(v.index, leaves.slice(0, v.size)).map(hex)
  same(proof.join(), v.proof.join(), `inclusion of ${v.index} in ${v.size}`)
}
for (const v of merkle.consistency_proofs) {
  const proof = consistency(v.old_size, leaves.slice(0, v.size)).map(hex)
  same(proof.join(), v.proof.join(), `consistency of ${v.old_size} with ${v.size}`)
}

console.log(`${checks} values of the golden vectors agree`)
