// SPDX-License-Identifier: MPL-2.0
// Counting TCP proxy in its own process: up = client to server, down = server to client (payload bytes of TCP).
import net from 'node:net';
import { serve } from './rpc.mjs';
let up = 0, down = 0;
serve({
  start: target => new Promise(ok => {
    const s = net.createServer({ noDelay: true }, a => {
      const b = net.connect({ port: target, host: '127.0.0.1', noDelay: true });
      a.on('data', d => { up += d.length; }); b.on('data', d => { down += d.length; });
      a.pipe(b); b.pipe(a); for (const [x, y] of [[a, b], [b, a]]) { x.on('error', () => y.destroy()); x.on('close', () => y.destroy()); }
    }).listen(0, '127.0.0.1', () => ok(s.address().port));
  }),
  read: () => ({ up, down }),
});
