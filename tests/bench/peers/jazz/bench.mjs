// SPDX-License-Identifier: MPL-2.0
import { bench } from '../common/harness.mjs';
await bench(import.meta.url, './peer.mjs');
