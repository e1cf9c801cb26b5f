// SPDX-License-Identifier: Apache-2.0
/* Opens a recording: says why, then reads what the workbench needs. */
import { api, type Me, type RecordingDetail } from '../api';
import { opensCases } from '../roles';
import { readTimeline, type Timeline } from './timeline';

export interface Opened {
  detail: RecordingDetail;
  timeline: Timeline;
}

export async function openRecording(id: string, reason: string): Promise<Opened> {
  await api.view(id, reason);
  const detail = await api.recording(id);
  const timeline = readTimeline(await api.timeline(id));
  timeline.duration_ms ||= detail.duration_ms;
  return { detail, timeline };
}

/* Where one came from: the case file, or the list for who may not open it. */
export function backFrom(me: Me | null, caseId: string | null): {
  path: string; words: 'review.toCase' | 'review.toList';
} {
  return caseId && opensCases(me?.roles ?? [])
    ? { path: `/cases/${caseId}`, words: 'review.toCase' }
    : { path: '/recordings', words: 'review.toList' };
}

/* What is said in place of a recording: without the right, that is said and no more. */
export function failureOf(code: string): 'offline' | 'may_not_play' | 'not_found' {
  if (code === 'wrong_role' || code === 'forbidden') return 'may_not_play';
  return code === 'offline' ? 'offline' : 'not_found';
}

/* Whose name the watermark bears. */
export function viewerOf(me: Me | null): string {
  return [me?.name, me?.unit].filter(Boolean).join(' ');
}
