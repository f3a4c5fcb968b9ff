// SPDX-License-Identifier: MPL-2.0
// Evolu 8: one SQLite table "case" of 12 text columns; the client is Evolu's own shared worker and database worker code, run in process with the
// in-memory channels that @evolu/common exports; node:sqlite is the driver on both sides. @evolu/relay 4.1.0 needs an @evolu/nodejs that this
// registry lacks, so the relay is @evolu/common's relay storage and protocol behind ws, wired as @evolu/nodejs does.
import { timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import WebSocket, { WebSocketServer } from 'ws';
import * as E from '@evolu/common';
import * as L from '@evolu/common/local-first';
import { installPolyfills } from '@evolu/common/polyfills';
installPolyfills();

export const meta = { name: 'evolu', e2ee: true, versions: '@evolu/common 8.11.0, node:sqlite', clientStore: 'SQLite WAL NORMAL (plain: no at-rest cipher in node:sqlite)', serverStore: 'SQLite WAL NORMAL', ack: 'sync route complete' };
const FIELDS = ['reference', 'nom', 'prenom', 'naissance', 'adresse', 'codePostal', 'commune', 'telephone', 'courriel', 'statut', 'motif', 'note'];

const opened = [], checkpoint = () => { for (const db of opened) db.exec('PRAGMA wal_checkpoint(TRUNCATE)'); };
const driver = dir => name => () => {
  const db = new DatabaseSync(join(dir, `${name}.db`)); opened.push(db); db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
  const cache = new Map(), st = q => { let s = cache.get(q); if (!s) { s = db.prepare(q); cache.set(q, s = { s, reader: s.columns().length > 0 }); } return s; };
  return E.ok({
    exec: ({ sql, parameters }) => { const { s, reader } = st(sql); return reader ? { rows: s.all(...parameters), changes: 0 } : { rows: [], changes: Number(s.run(...parameters).changes) }; },
    export: () => { throw new Error('not used'); }, deleteDatabase: () => {}, [Symbol.dispose]: () => { cache.clear(); db.close(); },
  });
};
const quiet = () => E.createConsole({ level: 'silent' });

export async function startServer({ dir }) {
  const run = E.createRun({ console: quiet(), createSqliteDriver: driver(dir), timingSafeEqual: (a, b) => timingSafeEqual(a, b) });
  const sqlite = await run.orThrow(E.createSqlite(E.Name.orThrow('relay'))), deps = { ...run.deps, sqlite };
  L.createBaseSqliteStorageTables(deps); L.createRelayStorageTables(deps);
  const relay = run.create({ ...run.deps, storage: L.createRelaySqliteStorage(deps)({ isOwnerWithinQuota: () => true }) });
  const http = createServer(), wss = new WebSocketServer({ server: http, maxPayload: L.defaultProtocolMessageMaxSize }), sockets = E.createRelation();
  wss.on('connection', ws => {
    const options = { subscribe: o => sockets.add(o, ws), unsubscribe: o => sockets.remove(o, ws), broadcast: (o, m) => { for (const s of sockets.iterateB(o)) if (s !== ws && s.readyState === WebSocket.OPEN) s.send(m, { binary: true }); } };
    ws.on('message', async m => { const r = await relay(L.applyProtocolMessageAsRelay(new Uint8Array(m), options)); if (r.ok) ws.send(r.value.message, { binary: true }); else console.error(r); });
    ws.on('close', () => sockets.removeByB(ws));
  });
  await new Promise(ok => http.listen(0, '127.0.0.1', ok));
  return { port: http.address().port, checkpoint };
}

const CaseId = E.id('Case'), Schema = { case: { id: CaseId, ...Object.fromEntries(FIELDS.map(f => [f, E.String])) } };
const createQuery = L.createQueryBuilder(Schema), caseId = i => E.createIdFromString(`case-${i}`), indexOf = r => Number(r.reference.slice(9));

export async function openClient({ dir, port, share }) {
  const base = E.createRun({ console: quiet() }), lockManager = E.testCreateLockManager();
  const worker = { ...base.deps, console: quiet(), consoleStoreOutputEntry: E.createStore(null), createMessagePort: E.createMessagePort, createBroadcastChannel: E.createBroadcastChannel, createMessageChannel: E.createMessageChannel, lockManager };
  const swRun = E.createRun({ ...worker, createWebSocket: E.createWebSocket }), dbRun = E.createRun({ ...worker, createSqliteDriver: driver(dir) });
  const sharedWorker = E.createSharedWorker(self => { void swRun(L.initSharedWorker(self)); });
  const deps = L.createEvoluDeps({ createDbWorker: () => E.createWorker(self => { void dbRun(L.startDbWorker(self)); }), createBroadcastChannel: E.createBroadcastChannel, createMessageChannel: E.createMessageChannel, lockManager, reloadApp: () => {}, sharedWorker, console: quiet() });
  deps.evoluError.subscribe(() => console.error('evolu', deps.evoluError.get()));
  const run = E.createRun({ ...base.deps, ...deps });
  const secret = share ?? L.createOwnerSecret(run.deps), appOwner = L.createAppOwner(secret);
  const evolu = await run.orThrow(L.createEvolu(Schema, { appName: L.AppName.orThrow('bench'), appOwner, transports: [], indexes: create => [create('caseUpdatedAt').on('case').column('updatedAt')] }));
  const transports = [L.createOwnerWebSocketTransport({ url: `ws://127.0.0.1:${port}`, ownerId: appOwner.id })];
  const all = createQuery(db => db.selectFrom('case').select(['id', ...FIELDS])), recent = createQuery(db => db.selectFrom('case').select(['id', ...FIELDS]).orderBy('updatedAt', 'desc').limit(20)), count = createQuery(db => db.selectFrom('case').select(db.fn.countAll().as('n')));
  let unuse; const listeners = [], shown = new Set();
  const emit = rows => { for (const r of rows) for (const fn of listeners) fn(indexOf(r), f => r[f]); };
  // the application shows the 20 most recently changed cases; when more changes are awaited, no query is subscribed and the table is read
  // now and then instead, because Evolu runs a subscribed query again at every message
  const show = q => { if (shown.has(q)) return; shown.add(q); evolu.subscribeQuery(q)(() => emit(evolu.getQueryRows(q))); void evolu.loadQuery(q); };
  const expecting = (n, settled) => {
    if (n <= 20) return show(recent);
    const poll = async () => { emit(await evolu.loadQuery(all)); if (!settled()) setTimeout(poll, n <= 200 ? 200 : 25); };
    setTimeout(poll, 0);
  };
  const mutate = (fn, list) => new Promise(ok => { let left = list.length; for (const x of list) fn(x, () => { if (!--left) ok(); }); });
  const routes = () => deps.syncState.get()?.tenants.flatMap(t => t.owners.flatMap(o => o.routes)) ?? [];
  return {
    share: () => secret,
    create: async (recs, from) => { for (let k = 0; k < recs.length; k += 100) await mutate(([r, i], onComplete) => evolu.upsert('case', { id: caseId(i), ...r }, { onComplete }), recs.slice(k, k + 100).map((r, j) => [r, from + k + j])); },
    connect: () => { unuse = evolu.useOwner(appOwner, transports); },
    disconnect: async () => { unuse(); await new Promise(ok => setTimeout(ok, 200)); },
    acked: () => new Promise(ok => { const see = () => { const rs = routes(); if (rs.length && rs.every(r => r.complete)) { un(); ok(); } }; const un = deps.syncState.subscribe(see); setTimeout(see, 20); }),
    waitCount: n => new Promise(ok => { const see = () => { if ((evolu.getQueryRows(count)[0]?.n ?? 0) >= n) { un(); ok(); } }; const un = evolu.subscribeQuery(count)(see); void evolu.loadQuery(count).then(see); }),
    onChange: fn => { listeners.push(fn); }, expecting,
    edit: (i, f, v) => { evolu.update('case', { id: caseId(i), [f]: v }); },
    flush: () => new Promise(onComplete => { evolu.loadQuery(createQuery(db => db.selectFrom('case').select(['id']).limit(1))).then(onComplete); }),
    all: async () => { const out = []; for (const r of await evolu.loadQuery(all)) out[indexOf(r)] = r; return out; },
    checkpoint, close: async () => {},
  };
}
