// SPDX-License-Identifier: MPL-2.0
// Jazz (cojson layer, below jazz-tools' schema sugar): one CoMap per record in a Group, an index CoMap; every value "private" (encrypted);
// server: LocalNode with SQLite storage behind ws, as jazz-run's sync server does; clients keep their own SQLite database.
import { createServer } from 'node:http';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import WebSocket, { WebSocketServer } from 'ws';
import { LocalNode, getSqliteStorage } from 'cojson';
import { NapiCrypto } from 'cojson/crypto/NapiCrypto';
import { createWebSocketPeer } from 'cojson-transport-ws';

export const meta = { name: 'jazz', e2ee: true, versions: 'cojson 0.20.19 (napi crypto), node:sqlite', clientStore: 'SQLite WAL NORMAL (plain, values encrypted)', serverStore: 'SQLite WAL NORMAL', ack: 'known-state from the server' };

const opened = [], checkpoint = () => { for (const db of opened) db.exec('PRAGMA wal_checkpoint(TRUNCATE)'); };
function driver(file) { // node:sqlite: better-sqlite3 12.11.1 aborts on Node 24 while collecting statements
  const db = new DatabaseSync(file); opened.push(db); db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
  const cache = new Map(), st = q => { let s = cache.get(q); if (!s) cache.set(q, s = db.prepare(q)); return s; };
  const bind = p => p.map(x => (x === undefined ? null : typeof x === 'boolean' ? Number(x) : x));
  return {
    run: (q, p) => { st(q).run(...bind(p)); }, query: (q, p) => st(q).all(...bind(p)), get: (q, p) => st(q).get(...bind(p)), closeDb: () => db.close(),
    transaction: cb => { db.exec('BEGIN'); try { const r = cb(); db.exec('COMMIT'); return r; } catch (e) { db.exec('ROLLBACK'); throw e; } },
    getMigrationVersion: () => st('PRAGMA user_version').get().user_version, saveMigrationVersion: v => { db.exec(`PRAGMA user_version = ${v}`); },
  };
}

export async function startServer({ dir }) {
  const crypto = await NapiCrypto.create(), secret = crypto.newRandomAgentSecret(), agent = crypto.getAgentID(secret);
  const node = new LocalNode(secret, crypto.newRandomSessionID(agent), crypto);
  node.setStorage(getSqliteStorage(driver(join(dir, 'server.db'))));
  const http = createServer(), wss = new WebSocketServer({ server: http }); let k = 0;
  wss.on('connection', ws => node.syncManager.addPeer(createWebSocketPeer({ id: `client-${++k}`, role: 'client', websocket: ws, expectPings: false, batchingByDefault: true })));
  await new Promise(ok => http.listen(0, '127.0.0.1', ok));
  return { port: http.address().port, checkpoint };
}

export async function openClient({ dir, port, who, share }) {
  const crypto = await NapiCrypto.create(), storage = getSqliteStorage(driver(join(dir, 'client.db')));
  let node, out = share, ws, gen = 0, index; const maps = [], listeners = [];
  if (!share) {
    const r = await LocalNode.withNewlyCreatedAccount({ creationProps: { name: 'agent' }, crypto, peers: [], storage });
    node = r.node; out = { accountID: r.accountID, accountSecret: r.accountSecret };
  }
  const dial = async () => {
    ws = new WebSocket(`ws://127.0.0.1:${port}`); await new Promise((ok, no) => { ws.once('open', ok); ws.once('error', no); });
    return createWebSocketPeer({ id: `server-${who}-${++gen}`, role: 'server', websocket: ws, expectPings: false });
  };
  const hear = (m, i) => { maps[i] = m; let first = true; m.subscribe(c => { maps[i] = c; if (first) { first = false; return; } for (const fn of listeners) fn(i, f => c.get(f)); }); };
  return {
    share: () => out,
    create: async (recs, from) => {
      const group = node.createGroup(); index = group.createMap();
      recs.forEach((r, k) => { const m = group.createMap(r); index.set(String(from + k), m.id, 'private'); hear(m, from + k); });
      out = { ...out, index: index.id };
      await Promise.all([...node.allCoValues()].map(c => node.syncManager.waitForStorageSync(c.id)));
    },
    connect: async () => {
      const peer = await dial();
      if (node) node.syncManager.addPeer(peer);
      else node = await LocalNode.withLoadedAccount({ ...share, sessionID: undefined, crypto, peers: [peer], storage });
    },
    disconnect: async () => { const gone = new Promise(ok => ws.once('close', ok)); ws.close(); await gone; },
    acked: () => node.syncManager.waitForAllCoValuesSync(200000),
    waitCount: async n => {
      index = await node.load(share.index);
      while (index.keys().length < n) await new Promise(ok => { const un = index.subscribe(c => { index = c; if (c.keys().length >= n) { un(); ok(); } }); });
      await Promise.all(Array.from({ length: n }, async (_, i) => { let m; do m = await node.load(index.get(String(i))); while (m === 'unavailable'); while (m.get('note') === undefined) await new Promise(ok => setTimeout(ok, 5)); hear(m, i); }));
    },
    flush: async () => { await Promise.all([...node.allCoValues()].map(c => node.syncManager.waitForStorageSync(c.id))); },
    onChange: fn => listeners.push(fn),
    peek: (i, f) => maps[i]?.get(f),
    edit: (i, f, v) => { maps[i].set(f, v, 'private'); },
    all: n => Array.from({ length: n }, (_, i) => maps[i]?.toJSON()),
    checkpoint, close: async () => { await node.gracefulShutdown(); },
  };
}
