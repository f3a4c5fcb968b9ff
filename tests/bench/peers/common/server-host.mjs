// SPDX-License-Identifier: MPL-2.0
// One server process: imports the peer's adapter and starts its server.
import { serve } from './rpc.mjs';
const peer = await import(process.argv[2]);
let server;
serve({
  start: async opts => { server = await peer.startServer(opts); return server.port; },
  has: n => (server.has ? server.has(n) : null),
  checkpoint: () => server.checkpoint?.(),
  close: () => server.close?.(),
});
