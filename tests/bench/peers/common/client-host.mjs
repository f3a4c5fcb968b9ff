// SPDX-License-Identifier: MPL-2.0
// One client process: hosts one or more clients of a peer; every command comes from the driver.
import { serve, now } from './rpc.mjs';
import { record, edit, checksum, FIELDS } from './workload.mjs';
const peer = await import(process.argv[2]);
const clients = new Map();

function watch(c) { // expectation of (record, field, value), fed by the peer's own change events
  c.pending = new Map(); c.waiters = [];
  c.api.onChange((i, get) => {
    const p = c.pending.get(i); if (!p) return;
    for (const [f, e] of p) if (get(f) === e.value) { p.delete(f); e.seen(now()); }
    if (!p.size) c.pending.delete(i);
  });
}
async function expect(c, edits) {
  let last = 0; c.api.expecting?.(edits.length, () => !c.pending.size);
  await Promise.all(edits.map(({ i, field, value }) => new Promise(ok => {
    const seen = t => { last = Math.max(last, t); ok(); };
    const cur = c.api.peek?.(i, field); if (cur === value) return seen(now());
    if (!c.pending.has(i)) c.pending.set(i, new Map());
    c.pending.get(i).set(field, { value, seen });
  })));
  return last;
}
const get = id => clients.get(id);
serve({
  open: async (id, opts) => { const api = await peer.openClient(opts); const c = { api }; clients.set(id, c); watch(c); return api.share?.() ?? null; },
  create: async (id, n, from = 0) => { const t = now(); const recs = []; for (let i = from; i < from + n; i++) recs.push(record(i)); await get(id).api.create(recs, from); return { ms: now() - t, share: get(id).api.share?.() ?? null }; },
  connect: async id => { await get(id).api.connect(); },
  disconnect: id => get(id).api.disconnect(),
  // time from connect to the peer's own acknowledgement, or null where it has none (the driver then polls the server)
  connectAndAck: async id => { const c = get(id), t = now(); await c.api.connect(); if (!c.api.acked) return { t0: t, ms: null }; await c.api.acked(); return { t0: t, ms: now() - t }; },
  acked: async id => { const c = get(id); if (c.api.acked) await c.api.acked(); },
  bootstrap: async (id, n) => { const c = get(id), t = now(); await c.api.connect(); await c.api.waitCount(n); const tRead = now() - t; await c.api.flush?.(); return { ms: now() - t, readable: tRead }; },
  waitCount: (id, n) => get(id).api.waitCount(n),
  load: async (id, n) => { await get(id).api.load?.(n); },
  edits: async (id, list) => { const c = get(id), t0 = now(); for (const e of list) await c.api.edit(e.i, e.field, e.value); await c.api.flush?.(); return { t0, ms: now() - t0 }; },
  edit1: async (id, e) => { const c = get(id), t0 = now(); await c.api.edit(e.i, e.field, e.value); return { t0, ms: now() - t0 }; },
  expect: (id, list) => expect(get(id), list),
  expectMany: (ids, list) => Promise.all(ids.map(id => expect(get(id), list))).then(ts => Math.max(...ts)),
  openMany: async (list) => { for (const { id, opts } of list) { const api = await peer.openClient(opts); const c = { api }; clients.set(id, c); watch(c); await api.connect(); if (opts.n) await api.waitCount(opts.n); } },
  checksum: async (id, n) => { const all = await get(id).api.all(n); return checksum(i => all[i], n); },
  flush: id => get(id).api.flush?.(),
  checkpoint: id => get(id).api.checkpoint?.(),
  close: async id => { await get(id).api.close(); clients.delete(id); },
  gc: () => { globalThis.gc?.(); },
});
