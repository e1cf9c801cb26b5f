// SPDX-License-Identifier: Apache-2.0
/*
 * Addresses and credentials of the TURN relay for an RTCPeerConnection. A connection never
 * waits long for them and never fails for want of them: most networks need no relay.
 *
 * Cache   One answer, until a tenth of its life is left.
 */
import { api } from './api';
import type { IceServers } from './api';

const WAIT_MS = 2_000;
let known: { servers: RTCIceServer[]; renewAtMs: number } | null = null;

/* When to ask again: well before the relay would refuse a new allocation. */
export function renewalOf(nowMs: number, expiresAtMs: number): number {
  return nowMs + Math.max(0, expiresAtMs - nowMs) * 0.9;
}

export async function iceServers(
  ask: () => Promise<IceServers> = api.iceServers, nowMs = Date.now(),
): Promise<RTCIceServer[]> {
  if (known && nowMs < known.renewAtMs) return known.servers;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), WAIT_MS);
  });
  const answer = await Promise.race([ask().catch(() => null), late]);
  clearTimeout(timer);
  if (!answer) return known?.servers ?? [];
  known = {
    servers: answer.ice_servers, renewAtMs: renewalOf(nowMs, answer.expires_at),
  };
  return known.servers;
}
