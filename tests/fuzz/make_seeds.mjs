// SPDX-License-Identifier: MPL-2.0
// Makes the first seeds of the fuzz targets from the golden vectors: node tests/fuzz/make_seeds.mjs, from the root of the tree.
// What fuzzing found is beside them and stays.
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { xchacha20poly1305 } from '@noble/ciphers/chacha'
import { blake2b } from '@noble/hashes/blake2b'

const read = (name) => JSON.parse(readFileSync(new URL(`../vectors/${name}.json`, import.meta.url), 'utf8'))
const bytes = (hex) => Buffer.from(hex, 'hex')
const text = (string) => Buffer.from(string, 'utf8')
const pattern = (size, start) => Buffer.from(Array.from({ length: size }, (_, i) => start + 3 * i))
const u16 = (number) => Buffer.from([number >> 8, number & 255])
const seed = (target, name, data) => {
  const folder = new URL(`seeds/${target}/`, import.meta.url)
  mkdirSync(folder, { recursive: true })
  writeFileSync(new URL(name, folder), data)
}
const opened = (key, entry, ad) => {
  const padded = xchacha20poly1305(key, entry.subarray(0, 24), ad).decrypt(entry.subarray(24))
  return padded.slice(0, padded.findLastIndex((byte) => byte !== 0))
}

for (const [i, v] of read('entry').entries.entries()) {
  const epoch = Buffer.alloc(4)
  epoch.writeUInt32BE(v.feed_epoch)
  const outer = opened(bytes(v.feed_key), bytes(v.entry), Buffer.concat([bytes(v.feed), epoch]))
  if (outer.length < 4096) seed('entry', `vector-${i}`, outer)
  for (const [n, body] of v.bodies.entries())
    if (body.change && body.change.length < 8192) seed('change', `vector-${i}-${n}`, bytes(body.change))
}
for (const [i, chain] of read('link').chains.entries()) {
  for (const link of chain.links) {
    const signed = bytes(link.link)
    seed('link', `signed-${i}-${link.kind}`, Buffer.concat([Buffer.from([0]), signed]))
    seed('link', `body-${i}-${link.kind}`, Buffer.concat([Buffer.from([link.kind]), signed.subarray(72, -69)]))
  }
}

// Keys of compartments: none, sealed for a group, wrapped to devices.
const u32 = (number) => Buffer.concat([u16(number >>> 16), u16(number & 0xffff)])
const offer = (compartment, mode, ...rest) => Buffer.concat([Buffer.from([compartment]), u32(0), pattern(32, 20), Buffer.from([mode]), ...rest])
const wraps = [u16(2), pattern(16, 21), pattern(16, 22), u16(1), pattern(16, 23), u32(3), pattern(112, 24)]
seed('keys', 'container', Buffer.concat([Buffer.from([1]), u32(2), u16(0)]))
seed('keys', 'sealed', Buffer.concat([Buffer.from([0]), u32(2), u16(1), offer(3, 0, pattern(48, 25))]))
seed('keys', 'wrapped', Buffer.concat([Buffer.from([0]), u32(0), u16(2), offer(4, 1, ...wraps), offer(5, 0, pattern(48, 26))]))

// Codes: the bytes behind them, and as printed.
const label = (name) => Buffer.concat([text(name), Buffer.alloc(16 - name.length)])
const printed = (data) => {
  const checksum = blake2b(data, { dkLen: 32, personalization: label('abri/1.code') }).slice(0, 2)
  const bits = [...data, ...checksum].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  const letters = bits.match(/.{1,5}/g).map((five) => '0123456789ABCDEFGHJKMNPQRSTVWXYZ'[parseInt(five.padEnd(5, '0'), 2)])
  return letters.join('').match(/.{1,5}/g).join('-')
}
for (const kind of [1, 2]) {
  const code = Buffer.concat([Buffer.from([1, kind]), pattern(16, 2), pattern(16, 3), pattern(32, 4), text('sync.example:7443')])
  seed('code', `bytes-${kind}`, code)
  seed('code', `printed-${kind}`, printed(code))
}
const account = Buffer.concat([pattern(16, 5), pattern(32, 6)])
let crc = 0xffff
for (const byte of account) {
  crc ^= byte << 8
  for (let bit = 0; bit < 8; bit++) crc = (crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1) & 0xffff
}
seed('code', 'account', 'ACCT-' + Buffer.concat([account, u16(crc)]).toString('hex'))

// Requests of the command line.
seed('request', 'status', '{"version":1,"command":"status","language":"fr"}')
seed('request', 'set', '{"version":1,"command":"case.set","language":"en","arguments":{"id":"0a1b2c3d","record":"4e5f","fields":["safe_phone=0639980012"]}}')
seed('request', 'nested', '{"version":1,"command":"x","deep":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[0]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}')

// Conversations of a client, frame after frame, each after its length.
const frame = (message) => {
  const data = execFileSync('protoc', ['--encode=abri.v1.Frame', '-Iproto', 'abri/v1/wire.proto'], { input: message })
  return Buffer.concat([u16(data.length), data])
}
const blob = (data) => '"' + [...data].map((byte) => '\\' + byte.toString(8).padStart(3, '0')).join('') + '"'
const log = blob(pattern(16, 7))
const hello = `request: 1 hello { version: 1 nonce: ${blob(pattern(32, 8))} }`
const open = `request: 2 open { account: ${blob(pattern(16, 5))} salt: ${blob(pattern(16, 9))} owner_key: ${blob(pattern(32, 10))} read_key: ${
  blob(pattern(32, 11))} write_key: ${blob(pattern(32, 12))} signature: ${blob(pattern(64, 13))} }`
const prove = `request: 3 prove { log: ${log} capability: CAPABILITY_READ signature: ${blob(pattern(64, 14))} }`
const subscribe = `request: 4 subscribe { log: ${log} size: 3 root: ${blob(pattern(32, 15))} }`
const append = `request: 5 append { log: ${log} entries: ${blob(pattern(384, 16))} expected_size: 0 }`
const head = `head { size: 1 root: ${blob(pattern(32, 17))} time_ms: 1800000000000 signature: ${blob(pattern(64, 18))} }`
const entries = `request: 4 entries { log: ${log} first: 0 entries: ${blob(pattern(384, 16))} times_ms: 1800000000000 consistency: ${
  blob(pattern(32, 19))} ${head} }`
const receipt = `request: 5 receipt { positions: 0 times_ms: 1800000000000 ${head} }`
const all = { hello, open, prove, subscribe, append, entries, receipt, credit: 'credit { bytes: 131072 }', ping: 'request: 9 ping { }' }
for (const [name, message] of Object.entries(all)) seed('frame', name, frame(message))
seed('frame', 'talk', Buffer.concat([hello, open, prove, subscribe, append, all.credit, all.ping].map(frame)))
