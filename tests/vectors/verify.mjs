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

// Layouts: what reads a value is what writes it again. Bytes are hexadecimal texts, numbers are BigInt above 32 bits.
const reader = (data) => ({
  data, at: 0,
  take(size) {
    assert.ok(this.at + size <= data.length, 'cut short')
    return data.slice(this.at, this.at += size)
  },
})
const fixed = (size) => ({ read: (r) => hex(r.take(size)), write: (v) => { assert.equal(v.length, size * 2); return bytes(v) } })
const uint = (size) => ({ read: (r) => { const n = BigInt('0x' + hex(r.take(size))); return size > 4 ? n : Number(n) }, write: (v) => integer(v, size) })
const [u8, u16, u32, u48, u64] = [1, 2, 4, 6, 8].map(uint)
const sized = (length) => ({ read: (r) => hex(r.take(length.read(r))), write: (v) => join(length.write(v.length / 2), bytes(v)) })
const list = (item) => ({
  read: (r) => Array.from({ length: u16.read(r) }, () => item.read(r)),
  write: (v) => join(u16.write(v.length), ...v.map(item.write)),
})
const optional = (item) => ({
  read: (r) => { const there = u8.read(r); assert.ok(there < 2); return there ? item.read(r) : null },
  write: (v) => v === null ? u8.write(0) : join(u8.write(1), item.write(v)),
})
const struct = (fields) => ({
  read: (r) => Object.fromEntries(Object.entries(fields).map(([name, type]) => [name, type.read(r)])),
  write: (v) => join(...Object.entries(fields).map(([name, type]) => type.write(v[name]))),
})
/** Reads all of the bytes and writes them again. */
const parse = (type, data, what) => {
  const r = reader(data)
  const value = type.read(r)
  assert.equal(r.at, data.length, `${what}: bytes left over`)
  same(type.write(value), hex(data), `${what}, written again`)
  return value
}
const opened = (key, entry, ad) => {
  const padded = xchacha20poly1305(key, entry.slice(0, 24), ad).decrypt(entry.slice(24))
  const end = padded.findLastIndex((byte) => byte !== 0)
  assert.equal(padded[end], 0x80)
  return padded.slice(0, end)
}
const [id, key32] = [fixed(16), fixed(32)]

// Entries of a feed
const coreLayout = struct({
  suite: u16, device: u32, incarnation: fixed(8), sequence: u48, salt: id, previous: key32,
  chain_sequence: u32, chain_hash: id, seen_size: u48, seen_root: id })
const bodyHeader = struct({ kind: u8, container: id, compartment: u8, epoch: u32 })
const turn = struct({ generation: u32, sequence: u32, link: key32 })
let previousHeader = zeros(32)
for (const v of read('entry').entries) {
  const place = join(bytes(v.feed), integer(v.feed_epoch, 4))
  const feedKey = derive(derive(bytes(v.group_seed), 'abri/1.feedroot', zeros(0)), 'abri/1.feedkey', place)
  same(feedKey, v.feed_key, 'feed key')
  same(capability(feedKey, 'abri/1.capread'), v.read_capability, 'read capability')
  same(capability(feedKey, 'abri/1.capwrite'), v.write_capability, 'write capability')
  same(previousHeader, v.core.previous, 'header before')
  const core = coreLayout.write(v.core)
  assert.equal(core.length, 110)
  const bodies = v.bodies.map((body, index) => {
    const header = bodyHeader.write(body)
    if (body.kind === 3) return join(header, turn.write(body))
    const position = join(hash('abri/1.core', core), integer(index, 4))
    const messageKey = derive(bytes(body.compartment_key), 'abri/1.msg', position)
    same(messageKey, body.message_key, 'message key')
    return join(header, sealOnce(messageKey, bytes(body.change), join(position, header)))
  })
  const covered = join(bytes(v.feed), core, integer(bodies.length, 2), ...bodies.map((body) => hash('abri/1.body', body)))
  previousHeader = hash('abri/1.headerh', covered)
  same(previousHeader, v.header_hash, 'header hash')
  const signature = sign(bytes(v.author_seed), 'abri/1.header', covered)
  const outer = join(covered.slice(16), signature, ...bodies.map((body) => join(integer(body.length, 2), body)))
  same(envelope(feedKey, drawn(v.nonce_start, 24), outer, place), v.entry, 'entry')

  // and the other way, from the bytes alone
  const r = reader(opened(feedKey, bytes(v.entry), place))
  const read = coreLayout.read(r)
  for (const [name, value] of Object.entries(v.core)) same(String(read[name]), String(value), `core: ${name}`)
  const count = u16.read(r)
  const hashes = Array.from({ length: count }, () => key32.read(r))
  same(hex(r.take(64)), hex(signature), 'signature')
  for (const [index, expected] of hashes.entries()) {
    const body = r.take(u16.read(r))
    same(hash('abri/1.body', body), expected, 'hash of a body')
    const header = bodyHeader.read(reader(body))
    same(String(header.kind), String(v.bodies[index].kind), 'kind of a body')
    same(header.container, v.bodies[index].container, 'container')
    if (header.kind !== 3) continue
    same(parse(turn, body.slice(22), 'turn').link, v.bodies[index].link, 'link of a turn')
  }
  assert.equal(r.at, r.data.length)
}

// Links of a chain
const keys = struct({ box: key32, commitment: key32 })
const wraps = list(struct({ recipient: id, generation: u32, ephemeral: key32, commitment: key32, sealed: fixed(48) }))
const server = struct({ address: sized(u16), key: key32 })
const feedInfo = struct({ log: id, salt: id, owner: key32, ownerGeneration: u32 })
const members = list(id)
const addUser = struct({ user: id, keys, roles: u32, name: sized(u16) })
const addDevice = struct({
  device: id, user: id, sign: key32, box: key32, reverse: fixed(64),
  wrap: optional(struct({ recipient: id, generation: u32, ephemeral: key32, commitment: key32, sealed: fixed(48) })) })
const createGroup = struct({ group: id, purpose: u8, name: sized(u16), feed: optional(feedInfo), keys, members, wraps })
const block = struct({
  organisation: id, name: sized(u16), version: u32, users: list(struct({ user: id, roles: u32 })),
  devices: list(struct({ device: id, user: id, sign: key32, box: key32, active: u8 })),
  groups: list(struct({ group: id, generation: u32, box: key32, purpose: u8, users: list(id) })) })
const bodyLayouts = {
  1: struct({
    minSuite: u16, organisation: id, name: sized(u16), kind: u8, server, account: id, accountSeed: sized(u16),
    founder: addUser, device: addDevice, everyone: createGroup, administrators: createGroup }),
  2: addUser,
  3: addDevice,
  4: struct({ generation: u32, box: key32 }),
  7: struct({ user: id, roles: u32 }),
  8: createGroup,
  9: struct({ group: id, members, wraps }),
  10: struct({ generation: u32, keys, previous: fixed(48), wraps }),
  11: struct({ group: id, generation: u32, keys, previous: fixed(48), wraps }),
  14: struct({ bilateral: id, other: id, fingerprint: key32, package: sized(u16) }),
  32: struct({ minSuite: u16, server, block }),
  33: struct({ block }),
  35: struct({ block }),
}
const linkLayout = struct({
  version: u8, suite: u16, chain: id, sequence: u32, previous: key32, author: u32, time: u64, kind: u8, body: sized(u32) })
const signedLayout = struct({ link: linkLayout, count: u8, device: u32, signature: fixed(64) })

const links = read('link')
const boxRoles = { userbox: 'abri/1.userbox', groupbox: 'abri/1.groupbox' }
const boxKeys = links.secrets.map(bytes).flatMap((secret) => [
  secret, ...Object.values(boxRoles).map((name) => derive(secret, name, zeros(0)))])
  .map((secret) => ({ secret, public: x25519.getPublicKey(secret) }))
const boxOf = (secret, user) => x25519.getPublicKey(derive(secret, user ? boxRoles.userbox : boxRoles.groupbox, zeros(0)))
const signers = new Map(links.secrets.map((secret) => [hex(ed25519.getPublicKey(bytes(secret))), bytes(secret)]))
const committed = new Map(links.secrets.map((secret) => [hex(commitment(bytes(secret))), bytes(secret)]))

/** Opens with the one key that it was made for, and compares the secret with what is signed. */
const openWrap = (context, wrap, expected, user) => {
  const found = boxKeys.flatMap((key) => {
    const shared = x25519.getSharedSecret(key.secret, bytes(wrap.ephemeral))
    const input = join(bytes(wrap.ephemeral), key.public, shared, hash('abri/1.context', context))
    const prk = derive(zeros(32), 'abri/1.wrap', input, 64)
    return hex(prk.slice(32)) === wrap.commitment
      ? [xchacha20poly1305(prk.slice(0, 32), zeros(24), context).decrypt(bytes(wrap.sealed))] : []
  })
  assert.equal(found.length, 1, 'one key opens the wrap')
  same(commitment(found[0]), expected.commitment, 'commitment of a wrapped seed')
  same(boxOf(found[0], user), expected.box, 'box key of a wrapped seed')
}
for (const v of links.chains) {
  const chainKey = derive(bytes(v.secret), 'abri/1.chainkey', zeros(0))
  same(capability(chainKey, 'abri/1.capread'), v.read_capability, 'chain read capability')
  same(capability(chainKey, 'abri/1.capwrite'), v.write_capability, 'chain write capability')
  const devices = []  // by number - 1
  const users = new Map()  // keys of users and groups, by generation
  let previous = hex(zeros(32))
  for (const [index, entry] of v.links.entries()) {
    const data = opened(chainKey, bytes(entry.entry), bytes(v.chain))
    same(data, entry.link, 'signed link')
    same(envelope(chainKey, drawn(entry.nonce_start, 24), data, bytes(v.chain)), entry.entry, 'link entry')
    const { link, count, device, signature } = parse(signedLayout, data, 'link')
    assert.deepEqual([link.version, link.suite, link.chain, link.sequence, link.previous, link.kind, count, device],
      [1, 1, v.chain, index + 1, previous, entry.kind, 1, link.author])
    previous = hex(hash('abri/1.linkhash', data))
    same(previous, entry.hash, 'link hash')
    const body = parse(bodyLayouts[link.kind], bytes(link.body), `body of kind ${link.kind}`)
    const sender = link.author || 1

    const wrapped = (purpose, subject, generation, wrap, expected) => openWrap(
      join(integer(purpose, 1), bytes(v.chain), bytes(subject), integer(0, 2), integer(generation, 4), bytes(wrap.recipient),
        integer(wrap.generation, 4), integer(sender, 4), integer(link.sequence, 6)), wrap, expected, purpose === 1)
    const renewed = (subject, purpose) => {
      const generations = users.get(subject)
      assert.equal(generations.length, body.generation)
      const context = join(bytes(v.chain), bytes(subject), integer(body.generation - 1, 4))
      const [before, next] = [generations.at(-1), body.keys].map((one) => committed.get(one.commitment))
      const once = derive(derive(next, 'abri/1.groupprv', zeros(0)), 'abri/1.sealkey',
        join(hash('abri/1.context', context), commitment(before)))
      same(sealOnce(once, before, context), body.previous, 'seed before')
      generations.push(body.keys)
      for (const wrap of body.wraps) wrapped(purpose, subject, body.generation, wrap, body.keys)
    }
    const newDevice = (one) => {
      same(hash('abri/1.deviceid', bytes(one.sign)).slice(0, 16), one.device, 'device id')
      if (devices.every((known) => known.device !== one.device)) devices.push(one)
      if (!one.reverse) return
      same(sign(signers.get(one.sign), 'abri/1.reverse', join(bytes(v.chain), bytes(one.user), bytes(one.box))), one.reverse,
        'reverse signature')
      if (one.wrap) wrapped(1, one.user, users.get(one.user).length - 1, one.wrap, users.get(one.user).at(-1))
    }
    const newGroup = (group) => {
      users.set(group.group, [group.keys])
      assert.deepEqual(group.wraps.map((wrap) => wrap.recipient), group.members)
      for (const wrap of group.wraps) wrapped(2, group.group, 0, wrap, group.keys)
      if (group.feed)
        same(hash('abri/1.logid', join(bytes(group.feed.owner), bytes(group.feed.salt))).slice(0, 16), group.feed.log, 'log id')
    }
    const newUser = (user) => users.set(user.user, [user.keys])
    if (link.kind === 1) {
      newUser(body.founder)
      newDevice(body.device)
      newGroup(body.everyone)
      newGroup(body.administrators)
    }
    if (link.kind === 2) newUser(body)
    if (link.kind === 3) newDevice(body)
    if (link.kind === 8) newGroup(body)
    if (link.kind === 9) for (const wrap of body.wraps) wrapped(2, body.group, users.get(body.group).length - 1, wrap, users.get(body.group).at(-1))
    if (link.kind === 10) renewed(devices[sender - 1].user, 1)
    if (link.kind === 11) renewed(body.group, 2)
    const introduced = body.block && link.author === 0 ? body.block.devices[0] : null
    for (const one of body.block?.devices ?? []) newDevice(one)
    const author = introduced ?? devices[sender - 1]
    same(sign(signers.get(author.sign), 'abri/1.link', linkLayout.write(link)), signature, 'link signature')
  }
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
for (const v of merkle.consistency_proofs) {
  const proof = consistency(v.old_size, leaves.slice(0, v.size)).map(hex)
  same(proof.join(), v.proof.join(), `consistency of ${v.old_size} with ${v.size}`)
}

console.log(`${checks} values of the golden vectors agree`)
