// SPDX-License-Identifier: Apache-2.0
/* What can be searched in a recording, in the words that the person reads. */
import type { Note } from '../api';
import { t, word } from '../i18n';
import { roleWord } from '../plate';
import { breaksOf, told } from './breaks';
import { marksOf } from './marks';
import type { Entry } from './search';
import type { Timeline, TimelineEvent } from './timeline';
import { turnsOf } from './voices';

/* Told elsewhere already: phases by chapters, pauses by breaks, lines and devices by nobody. */
const PASSED = ['phase', 'media', 'quality', 'recording_paused', 'recording_resumed'];

function eventText(timeline: Timeline, event: TimelineEvent): string {
  const name = timeline.participants.find((one) => one.id === event.participant)?.name ?? '';
  const what = word('event', event.type).replace('{name}', name);
  const words = event.words.filter((one) => one !== name);
  /* free text of an officer, not one of our codes */
  if (event.reason && !/^[a-z_]+$/.test(event.reason)) words.unshift(event.reason);
  return [what, ...words].filter(Boolean).join(' ');
}

export function entriesOf(timeline: Timeline, notes: readonly Note[]): Entry[] {
  const nameOf = (id: string | null) =>
    timeline.participants.find((one) => one.id === id)?.name ?? '';
  const phases = timeline.chapters.map((one): Entry =>
    ({ kind: 'phase', at_ms: one.from_ms, text: word('phase', one.phase) }));
  const turns = timeline.participants.flatMap((one) => {
    const text = [one.name, one.unit, one.role ? roleWord(one.role, one.side) : ''].filter(Boolean);
    return turnsOf(one).map(([from]): Entry =>
      ({ kind: 'speaker', at_ms: from, text: text.join(' · ') }));
  });
  const events = timeline.events
    .filter((one) => !PASSED.includes(one.type) && !one.type.startsWith('exhibit'))
    .map((one): Entry => ({ kind: 'event', at_ms: one.at_ms, text: eventText(timeline, one) }));
  const gaps = told(breaksOf(timeline)).map((one): Entry => ({
    kind: 'break', at_ms: one.from_ms,
    text: [one.participant === null ? '' : t('review.person', { name: nameOf(one.participant) }),
      word('gap', one.reason), one.note ? ` ${word('recess', one.note)}` : ''].join(''),
  }));
  const marks = marksOf(timeline, notes).map((one): Entry => ({
    kind: one.kind, at_ms: one.at_ms, text: one.text || word('searchKind', one.kind),
  }));
  return [...phases, ...turns, ...events, ...gaps, ...marks];
}
