// SPDX-License-Identifier: MPL-2.0
// Runs W1 to W5 of one peer and prints one JSON document. Options by environment:
// N (records), RUNS (timing runs), LIVE (live samples), FAN (readers), ONLY (comma list), OUT (folder), STEP_MS (limit of a step).
import { mkdtempSync, mkdirSync, rmSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { now, spawnRpc, procStats } from './rpc.mjs';
import { edit, record, checksum } from './workload.mjs';

const N = Number(process.env.N ?? 5000), RUNS = Number(process.env.RUNS ?? 3), LIVE = Number(process.env.LIVE ?? 200), FAN = Number(process.env.FAN ?? 50);
const ONLY = (process.env.ONLY ?? 'w1,w2,w3,w4,w5,bytes').split(',');
const log = (...a) => process.stderr.write(a.join(' ') + '\n');
export const median = xs => { const s = xs.filter(x => x != null).sort((a, b) => a - b); return s.length ? (s[(s.length - 1) >> 1] + s[s.length >> 1]) / 2 : null; };
const pct = (xs, p) => { const s = [...xs].sort((a, b) => a - b); return s[Math.min(s.length - 1, Math.ceil(p * s.length) - 1)]; };
const r1 = x => (x == null ? null : Math.round(x * 10) / 10), r2 = x => (x == null ? null : Math.round(x * 100) / 100);
const sleep = ms => new Promise(r => setTimeout(r, ms));
const du = dir => { let s = 0; for (const f of readdirSync(dir, { withFileTypes: true })) { const p = join(dir, f.name); try { s += f.isDirectory() ? du(p) : statSync(p).blocks * 512; } catch { /* removed meanwhile */ } } return s; };

export async function bench(base, adapter) {
  const url = new URL(adapter, base).href, meta = (await import(url)).meta;
  const procs = [];
  const start = (file, args = []) => { const p = spawnRpc(new URL(file, import.meta.url), [url, ...args], { execArgv: ['--expose-gc', '--max-old-space-size=6000', ...(meta.nodeArgs ?? [])] }); procs.push(p); return p; };
  const result = { peer: meta.name, meta, n: N, node: process.version, date: new Date().toISOString(), runs: [], load: loadavg()[0] };

  async function world(fn, proxied = false) {
    const root = mkdtempSync(join(process.env.BENCH_TMP ?? tmpdir(), 'peer-')), dir = n => { const d = join(root, n); mkdirSync(d, { recursive: true }); return d; };
    const server = start('./server-host.mjs'); const first = procs.length - 1;
    try {
      const sdir = dir('server'), port = await server.call('start', { dir: sdir });
      let via = port, proxy = null;
      if (proxied) { proxy = start('./proxy.mjs'); via = await proxy.call('start', port); }
      const host = () => start('./client-host.mjs');
      return await fn({ server, sdir, dir, port: via, proxy, host, base: procStats(server.pid) });
    } finally { for (const p of procs.splice(first)) await p.stop(); rmSync(root, { recursive: true, force: true }); }
  }
  const ackByServer = async (w, n, t0) => { for (;;) { if (await w.server.call('has', n)) return now() - t0; await sleep(10); } };

  async function main(run, proxied) {
    return world(async w => {
      const out = {}, A = w.host(), B = w.host(), opt = (who, share = null) => ({ dir: w.dir(who), port: w.port, who, share });
      await A.call('open', 'a', opt('a'));
      const c = await A.call('create', 'a', N); out.create_ms = c.ms;
      let s0 = procStats(w.server.pid), a0 = procStats(A.pid), x0 = await w.proxy?.call('read');
      const p = await A.call('connectAndAck', 'a'); out.w1_ack = p.ms != null;
      out.w1_ms = p.ms ?? await ackByServer(w, N, p.t0);
      let s1 = procStats(w.server.pid); out.w1_server_cpu = s1.cpu - s0.cpu; out.w1_a_cpu = procStats(A.pid).cpu - a0.cpu;
      await sleep(proxied ? 1500 : 500); const x1 = await w.proxy?.call('read');
      if (proxied) out.w1_wire_per_rec = (x1.up + x1.down - x0.up - x0.down) / N;
      const share = c.share; // what a second device of the same user needs (owner secret, index id, room name)
      await B.call('open', 'b', opt('b', share));
      s0 = procStats(w.server.pid); const b0 = procStats(B.pid);
      const bs = await B.call('bootstrap', 'b', N); out.w2_ms = bs.ms; out.w2_readable_ms = bs.readable;
      s1 = procStats(w.server.pid); out.w2_server_cpu = s1.cpu - s0.cpu; out.w2_b_cpu = procStats(B.pid).cpu - b0.cpu;
      await sleep(proxied ? 1500 : 500); const x2 = await w.proxy?.call('read');
      if (proxied) out.w2_wire_per_rec = (x2.up + x2.down - x1.up - x1.down) / N;
      const want = checksum(i => record(i), N), gotB = await B.call('checksum', 'b', N); out.w2_ok = want === gotB;
      // on disk: SQLite write-ahead logs folded in first, so that a figure is the data's and not the log's
      await w.server.call('checkpoint'); await A.call('checkpoint', 'a'); await B.call('checkpoint', 'b');
      out.server_disk_per_rec = du(w.sdir) / N; out.a_disk_per_rec = du(join(w.sdir, '..', 'a')) / N; out.b_disk_per_rec = du(join(w.sdir, '..', 'b')) / N;
      out.server_rss = s1.rss; out.server_peak = s1.peak; out.a_rss = procStats(A.pid).rss; out.b_rss = procStats(B.pid).rss;
      if (proxied) {
        const K = 200, y0 = await w.proxy.call('read'), list = Array.from({ length: K }, (_, k) => edit('octets', k, (k * 31) % N, 'motif'));
        const e = B.call('expect', 'b', list); for (const x of list) { await A.call('edit1', 'a', x); await sleep(15); } await e; await sleep(800);
        const y1 = await w.proxy.call('read'); out.w3_wire_per_edit = (y1.up + y1.down - y0.up - y0.down) / K;
        return out;
      }
      if (ONLY.includes('w3')) {
        await A.call('load', 'a', N); const d = [];
        for (let k = 0; k < LIVE + 10; k++) { const e = edit(`direct ${run}`, k, (k * 37) % N, 'statut'); const seen = B.call('expect', 'b', [e]); await sleep(3); const { t0 } = await A.call('edit1', 'a', e); const t = await seen; if (k >= 10) d.push(t - t0); await sleep(10); }
        out.w3_p50 = pct(d, .5); out.w3_p95 = pct(d, .95); out.w3_p99 = pct(d, .99);
      }
      if (ONLY.includes('w4')) {
        await A.call('acked', 'a'); await A.call('disconnect', 'a'); await B.call('disconnect', 'b'); await sleep(300);
        const K = Math.min(1000, N / 2), half = meta.recordLevelConflicts ? K : K / 2; // A edits records 0..K-1, B half of the same ones, another field
        const ea = Array.from({ length: K }, (_, k) => edit('A hors ligne', k, k, 'adresse')), eb = Array.from({ length: K }, (_, k) => edit('B hors ligne', k, half + k, 'telephone'));
        const [la, lb] = await Promise.all([A.call('edits', 'a', ea), B.call('edits', 'b', eb)]); out.w4_local_ms = Math.max(la.ms, lb.ms);
        const sa = A.call('expect', 'a', eb), sb = B.call('expect', 'b', ea); const t0 = now();
        await Promise.all([A.call('connect', 'a'), B.call('connect', 'b')]);
        out.w4_ms = Math.max(await sa, await sb) - t0; await sleep(500);
        out.w4_same = (await A.call('checksum', 'a', N)) === (await B.call('checksum', 'b', N));
      }
      out.server_rss_end = procStats(w.server.pid).rss; out.server_cpu_total = procStats(w.server.pid).cpu;
      return out;
    }, proxied);
  }

  async function fan() {
    return world(async w => {
      const out = {}, R = 200, A = w.host(), H = [w.host(), w.host()], opt = (who, share = null) => ({ dir: w.dir(who), port: w.port, who, share });
      await A.call('open', 'a', opt('a')); const c = await A.call('create', 'a', R); const p = await A.call('connectAndAck', 'a'); if (p.ms == null) await ackByServer(w, R, p.t0);
      const ids = Array.from({ length: FAN - 1 }, (_, k) => `r${k}`), part = H.map((_, h) => ids.filter((_, k) => k % 2 === h));
      await Promise.all(H.map((h, k) => h.call('openMany', part[k].map(id => ({ id, opts: { ...opt(id, c.share), n: R } })))));
      const list = Array.from({ length: R }, (_, k) => edit('diffusion', k, k, 'statut')), s0 = procStats(w.server.pid);
      const seen = H.map((h, k) => h.call('expectMany', part[k], list)); await sleep(300);
      const { t0, ms } = await A.call('edits', 'a', list); const t = Math.max(...await Promise.all(seen));
      const s1 = procStats(w.server.pid);
      return Object.assign(out, { w5_ms: t - t0, w5_write_ms: ms, w5_clients: FAN, w5_deliveries_per_s: R * (FAN - 1) / ((t - t0) / 1000), w5_server_cpu: s1.cpu - s0.cpu, w5_server_rss: s1.rss });
    });
  }

  const guard = async (what, fn) => { const t = now(); try { const r = await fn(); log(`${meta.name} ${what}: ${((now() - t) / 1000).toFixed(1)} s ${JSON.stringify(Object.fromEntries(Object.entries(r).map(([k, v]) => [k, typeof v === 'number' ? r1(v) : v])))}`); return r; } catch (e) { log(`${meta.name} ${what} FAILED: ${e.message}`); (result.failed ??= []).push(`${what}: ${e.message.slice(0, 300)}`); return null; } };
  const rows = [];
  if (ONLY.some(o => ['w1', 'w2', 'w3', 'w4'].includes(o))) for (let k = 0; k < RUNS; k++) { const r = await guard(`run ${k + 1}`, () => main(k, false)); if (r) rows.push(r); else if (k === 0) break; }
  if (ONLY.includes('bytes')) { const r = await guard('bytes', () => main(0, true)); if (r) result.bytes = { push_per_rec: r1(r.w1_wire_per_rec), pull_per_rec: r1(r.w2_wire_per_rec), live_per_edit: r1(r.w3_wire_per_edit) }; }
  const fans = []; if (ONLY.includes('w5')) for (let k = 0; k < RUNS; k++) { const r = await guard(`fan-out ${k + 1}`, fan); if (r) fans.push(r); else break; }
  result.runs = rows; result.fans = fans;
  const med = {}; for (const set of [rows, fans]) for (const k of Object.keys(set[0] ?? {})) med[k] = typeof set[0][k] === 'number' ? r2(median(set.map(r => r[k]))) : set.every(r => r[k]);
  result.median = med;
  const outDir = process.env.OUT; if (outDir) { mkdirSync(outDir, { recursive: true }); writeFileSync(join(outDir, `${meta.name}-${N}.json`), JSON.stringify(result, null, 1)); }
  console.log(JSON.stringify({ peer: meta.name, n: N, ...med, bytes: result.bytes, failed: result.failed }));
  for (const p of procs) await p.stop();
  process.exit(0);
}
