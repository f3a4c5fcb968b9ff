// SPDX-License-Identifier: MPL-2.0
// Abri: real processes. The server is abri-server, a client is bench_device (tests/bench/device), spoken to by JSON lines: a vault
// in SQLCipher with the real engine and its TLS 1.3. The peers' record of twelve texts lies in the twelve fields of a `person`:
// what has no field of its own there stands with the note.
// A second client is a second device of the same person: it joins by a code that the first one's adapter hands out, so its
// bootstrap includes its enrolment.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect as dial, createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';

export const meta = { name: 'abri', e2ee: true, versions: 'this tree', clientStore: 'SQLCipher, WAL, FULL', serverStore: 'SQLCipher, WAL, FULL', ack: 'signed receipt after fsync' };
const BIN = process.env.ABRI_BENCH_BIN;
const MARITAL = ['married', 'civil_union', 'cohabiting', 'separated', 'divorced', 'widowed', 'single'];
// Every text of the peers' record may be edited to any other text, so none can lie in a field that takes telephone numbers only.
const FIELD = { nom: 'last_name', telephone: 'first_name', adresse: 'used_name', naissance: 'birth_date', statut: 'language', motif: 'safe_hours' };
const TOGETHER = ['reference', 'prenom', 'courriel', 'codePostal', 'commune', 'note']; // in `code_phrase`; never edited
const NAME = Object.fromEntries(Object.entries(FIELD).map(([ours, theirs]) => [theirs, ours]));
const READ = [...Object.values(FIELD), 'code_phrase'];

const person = (r, i) => ({
  role: 'victim', ...Object.fromEntries(Object.entries(FIELD).map(([name, field]) => [field, r[name]])),
  phone: `+3363998${String(i % 10000).padStart(4, '0')}`, safe_phone: `+3363998${String((i + 1) % 10000).padStart(4, '0')}`,
  marital_status: MARITAL[i % 7], interpreter: String(i % 2 === 1), code_phrase: TOGETHER.map(name => r[name]).join(' | '),
});
const back = texts => {
  const together = texts[READ.length - 1].split(' | ');
  return { ...Object.fromEntries(Object.keys(FIELD).map((name, k) => [name, texts[k]])), ...Object.fromEntries(TOGETHER.map((name, k) => [name, together[k]])) };
};

// What clients must know of the server: beside its folder, where the harness keeps the clients' folders too.
const facts = dir => join(dirname(dir), 'server.json');

export async function startServer({ dir }) {
  const child = spawn(join(BIN, 'abri-server'), ['--data', dir, '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const port = Number((await lines.next()).value.split(' ')[2]), key = (await lines.next()).value.split(' ').pop();
  const account = execFileSync(join(BIN, 'abri-server'), ['--data', dir, 'account', 'add'], { encoding: 'utf8' }).trim();
  writeFileSync(facts(dir), JSON.stringify({ key, account }));
  process.on('exit', () => child.kill('SIGKILL'));
  process.on('SIGTERM', () => process.exit(0));
  return { port };
}

class Host {
  constructor() {
    this.child = spawn(join(BIN, 'bench_device'), [], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.waiting = new Map(); this.seq = 0; this.onValue = new Map();
    createInterface({ input: this.child.stdout }).on('line', line => {
      const m = JSON.parse(line);
      if (m.event) return this.onValue.get(m.client)?.(m);
      const w = this.waiting.get(m.id); this.waiting.delete(m.id);
      m.error ? w.no(new Error(m.error)) : w.ok(m.value);
    });
    process.on('exit', () => this.child.kill('SIGKILL'));
  }
  call(client, method, args = {}) {
    const id = ++this.seq;
    return new Promise((ok, no) => { this.waiting.set(id, { ok, no }); this.child.stdin.write(JSON.stringify({ id, method, client, ...args }) + '\n'); });
  }
}
let host; // one for all clients of this process
process.on('SIGTERM', () => process.exit(0));

// The first client hands out invitations to whoever asks on its port.
async function invitations(call) {
  let queue = Promise.resolve();
  const invite = async () => { const code = await call('invite'); await call('connect'); await call('settled'); return code; };
  const server = createServer(socket => { queue = queue.then(invite).then(code => socket.end(code)); });
  await new Promise(ok => server.listen(0, '127.0.0.1', ok));
  return server.address().port;
}
const askForCode = port => new Promise((ok, no) => { let code = ''; dial(port, '127.0.0.1').on('data', d => { code += d; }).on('end', () => ok(code)).on('error', no); });

export async function openClient({ dir, port, who, share }) {
  host ??= new Host(); mkdirSync(dir, { recursive: true });
  const call = (method, args) => host.call(who, method, args), places = join(dirname(dir), 'places');
  await call('open', { folder: dir });
  const { key, account } = JSON.parse(readFileSync(facts(dir), 'utf8')), server = `127.0.0.1:${port}`;
  let inviting = null, online = false, asked = [];
  if (share) await call('join', { code: await askForCode(share.invitations) });
  else { await call('found', { server, key, account }); inviting = await invitations(call); }
  // Reading what is watched takes a while: what changed before is told by the answer, what changes later by events.
  const watch = async () => {
    const items = asked; asked = [];
    const values = await call('watch', { items });
    items.forEach((item, k) => host.onValue.get(who)?.({ ...item, value: values[k] }));
  };
  const load = () => (existsSync(places) && share ? call('load_places', { path: places }) : null);
  return {
    share: () => (inviting ? { invitations: inviting } : null),
    create: async (recs, from) => {
      for (let k = 0; k < recs.length; k += 500) await call('create', { files: recs.slice(k, k + 500).map((r, j) => [{ type: 'person', fields: person(r, from + k + j) }]) });
      await call('save_places', { path: places });
    },
    connect: async () => { online = true; await call('connect'); },
    disconnect: async () => { online = false; await call('disconnect'); },
    acked: () => call('settled'),
    waitCount: async n => { await call('held', { files: n, records: 1 }); await load(); },
    onChange: fn => { host.onValue.set(who, m => fn(m.index, name => (NAME[m.field] === name ? m.value : undefined))); },
    peek: (i, name) => { asked.push({ index: i, field: FIELD[name] }); if (asked.length === 1) queueMicrotask(watch); return undefined; },
    edit: (i, name, value) => call('edits', { items: [{ index: i, field: FIELD[name], value }] }),
    all: async () => (await call('all', { fields: READ })).map(back),
    // folds the write-ahead log in, as locking does
    checkpoint: async () => { await call('close'); await call('open', { folder: dir }); await call('load_places', { path: places }); if (online) { await call('connect'); await call('settled'); } },
    close: () => call('close'),
  };
}
