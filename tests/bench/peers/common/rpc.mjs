// SPDX-License-Identifier: MPL-2.0
// Request/response over a child process's IPC channel, and /proc figures of it.
import { fork } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const now = () => Number(process.hrtime.bigint()) / 1e6; // CLOCK_MONOTONIC, ms: comparable between processes

export function serve(handlers) {
  process.on('disconnect', () => process.exit(0)); // never outlive the driver
  process.on('message', async ({ id, method, args }) => {
    try { process.send({ id, value: await handlers[method](...args) }); }
    catch (e) { process.send({ id, error: String(e?.stack ?? e) }); }
  });
}

export function spawnRpc(file, args, opts = {}) {
  const child = fork(fileURLToPath(file), args, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'], serialization: 'advanced', ...opts });
  let seq = 0; const wait = new Map(); let log = '';
  for (const s of [child.stdout, child.stderr]) s.on('data', d => { if (process.env.PEER_LOG) process.stderr.write(d); log = (log + d).slice(-4000); });
  child.on('message', m => { const w = wait.get(m.id); wait.delete(m.id); if (!w) return; clearTimeout(w.t); m.error ? w.no(new Error(m.error)) : w.ok(m.value); });
  child.on('exit', c => { for (const w of wait.values()) { clearTimeout(w.t); w.no(new Error(`process ended (${c}): ${log}`)); } wait.clear(); });
  const call = (method, ...args) => new Promise((ok, no) => {
    const id = ++seq, ms = Number(process.env.STEP_MS ?? 240000);
    const t = setTimeout(() => { wait.delete(id); no(new Error(`${method} not done in ${ms / 1000} s; log: ${log.slice(-600)}`)); }, ms);
    wait.set(id, { ok, no, t }); child.send({ id, method, args }, e => { if (e) { clearTimeout(t); wait.delete(id); no(e); } });
  });
  const stop = async () => { if (child.exitCode !== null || child.signalCode) return; const gone = new Promise(r => child.once('exit', r)); child.kill('SIGTERM'); const k = setTimeout(() => child.kill('SIGKILL'), 4000); await gone; clearTimeout(k); };
  return { pid: child.pid, call, stop, log: () => log };
}

// RSS now and peak in MiB, CPU in seconds
// Of a process and those it started: Abri's server and devices are programs of their own beside the harness's.
export function procStats(pid) {
  const parent = id => { try { return readFileSync(`/proc/${id}/stat`, 'utf8').split(') ')[1].split(' ')[1]; } catch { return null; /* ended meanwhile */ } };
  const children = readdirSync('/proc').filter(id => /^\d+$/.test(id) && parent(id) === String(pid));
  return [oneProcess(pid), ...children.map(procStats)].reduce((a, b) => ({ rss: a.rss + b.rss, peak: a.peak + b.peak, cpu: a.cpu + b.cpu }));
}
function oneProcess(pid) {
  const st = readFileSync(`/proc/${pid}/status`, 'utf8'), kb = k => Number(st.match(new RegExp(`${k}:\\s+(\\d+)`))?.[1] ?? 0) / 1024;
  const f = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return { rss: kb('VmRSS'), peak: kb('VmHWM'), cpu: (Number(f[11]) + Number(f[12])) / 100 };
}
