// SPDX-License-Identifier: Apache-2.0
/* What every browser has and Node 18 hides; imported before anything that asks for it. */
import { webcrypto } from 'node:crypto';

if (!globalThis.crypto) Object.defineProperty(globalThis, 'crypto', { value: webcrypto, configurable: true });
