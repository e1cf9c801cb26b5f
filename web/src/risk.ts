// SPDX-License-Identifier: Apache-2.0
/*
 * What people must know of the recording's disk now, the worst first: nothing is being saved;
 * it will end in minutes; no recorded hearing can open; it is getting tight.
 *
 * Pure. Hours are those that the server reckons at the present rate.
 */
import { runsDesk } from './roles';
import { may, me, type State } from './store';

export interface Risk {
  kind: 'unsaved' | 'ending' | 'low' | 'warn';
  /* this person may call a recess now */
  mayPause: boolean;
  hours: number;
  minutes: number;
}

export function riskOf(state: State): Risk | null {
  const { recording, hearing } = state;
  const self = me(state);
  const isDesk = !!self && runsDesk(self.role);
  const hours = recording.hours_left ?? 0;
  const risk = (kind: Risk['kind']): Risk => ({
    kind, mayPause: may(state, 'hearing.recess'), hours: Math.floor(hours * 10) / 10,
    minutes: Math.max(1, Math.round(hours * 60)),
  });
  if (recording.state === 'none') return null;
  if (recording.at_risk) return risk('unsaved');
  const isBefore = hearing?.state === 'ready';
  const { disk } = recording;
  if (!isDesk || !disk || disk === 'fine') return null;
  if (isBefore) return risk(disk === 'warn' ? 'warn' : 'low');
  if (hearing?.state === 'live' && (disk === 'ending' || disk === 'full')) return risk('ending');
  return null;
}
