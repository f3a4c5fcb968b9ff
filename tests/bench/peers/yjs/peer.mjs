// SPDX-License-Identifier: MPL-2.0
// Yjs: one Y.Doc per room, one Y.Map per record; y-websocket reference server with y-leveldb; the client keeps its updates in y-leveldb too.
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import * as Y from 'yjs';
import WebSocket, { WebSocketServer } from 'ws';
import { WebsocketProvider } from 'y-websocket';
import { LeveldbPersistence } from 'y-leveldb';

export const meta = { name: 'yjs', e2ee: false, versions: 'yjs 13.6.33, y-websocket 2.1.0, y-leveldb 0.1.2', clientStore: 'y-leveldb', serverStore: 'y-leveldb (no fsync)', ack: 'none; the server is polled' };
const ROOM = 'dossiers';

export async function startServer({ dir }) {
  process.env.YPERSISTENCE = dir;
  const require = createRequire(import.meta.url), utils = require('y-websocket/bin/utils');
  const http = createServer(), wss = new WebSocketServer({ server: http });
  wss.on('connection', utils.setupWSConnection);
  await new Promise(ok => http.listen(0, '127.0.0.1', ok));
  return {
    port: http.address().port,
    has: async n => { const m = utils.docs.get(ROOM)?.getMap('cases'); if (!m || m.size < n) return false; await utils.getPersistence().provider._transact(async () => {}); return true; },
  };
}

export async function openClient({ dir, port }) {
  const doc = new Y.Doc(), cases = doc.getMap('cases'), ldb = new LeveldbPersistence(dir);
  Y.applyUpdate(doc, Y.encodeStateAsUpdate(await ldb.getYDoc(ROOM)));
  let last = Promise.resolve(); doc.on('update', u => { last = ldb.storeUpdate(ROOM, u); });
  const provider = new WebsocketProvider(`ws://127.0.0.1:${port}`, ROOM, doc, { WebSocketPolyfill: WebSocket, connect: false, disableBc: true });
  provider.shouldConnect = false;
  const flush = async () => { await last; await ldb._transact(async () => {}); };
  return {
    create: async (recs, from) => { recs.forEach((r, k) => doc.transact(() => { const m = new Y.Map(); for (const f in r) m.set(f, r[f]); cases.set(String(from + k), m); })); await flush(); },
    connect: async () => { provider.connect(); if (!provider.wsconnected) await new Promise(ok => provider.once('status', ok)); },
    disconnect: () => provider.disconnect(),
    waitCount: n => new Promise(ok => { const see = () => { if (cases.size >= n) { doc.off('update', see); ok(); } }; doc.on('update', see); see(); }),
    onChange: fn => cases.observeDeep(evs => { for (const e of evs) if (e.path.length) { const m = e.target; fn(Number(e.path[0]), f => m.get(f)); } }),
    peek: (i, f) => cases.get(String(i))?.get(f),
    edit: (i, f, v) => { cases.get(String(i)).set(f, v); },
    flush, all: n => Array.from({ length: n }, (_, i) => cases.get(String(i))?.toJSON()),
    close: async () => { provider.destroy(); await flush(); await ldb.destroy(); },
  };
}
