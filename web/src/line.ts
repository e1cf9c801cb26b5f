// SPDX-License-Identifier: Apache-2.0
/*
 * How good a line is, in this page's words: pure. The server measures and its word counts;
 * what this side sees of its own line fills in while the server cannot tell, or its word is late.
 */
import type { LineChange } from './api';
import { formatClock } from './format';
import { t, word } from './i18n';
import type { MediaState } from './media';
import type { Level, Quality } from './protocol';
import { me, type State } from './store';

export const BAD_LEVELS = ['weak', 'audio_only', 'lost'] as const;
export type BadLevel = (typeof BAD_LEVELS)[number];

export function isBad(level: string | null | undefined): level is BadLevel {
  return BAD_LEVELS.includes(level as BadLevel);
}

const NEED: readonly (Level | null)[] = [null, 'good', 'weak', 'audio_only', 'lost'];

/* What the own eyes see, whatever was told. */
export interface Sight {
  /* at least so bad: all pictures stand, and the server does not answer in time */
  starved: Level | null;
  /* each picture that should move does */
  allMove: boolean;
}

export function ownLevel(state: State, media: MediaState, seen: Level | null,
  sight: Sight): Level | null {
  if (media === 'repairing' || media === 'failed') return 'lost';
  if (media !== 'connected') return null;
  const told = me(state)?.quality;
  /* Connected again and the server has not noticed yet: believe the own eyes. */
  const level = state.connection === 'open' && told && told.level !== 'none'
    && told.level !== 'lost' ? told.level : seen;
  if (level === 'audio_only' && told?.up !== 'audio_only' && sight.allMove) return 'weak';
  return NEED.indexOf(sight.starved) > NEED.indexOf(level) ? sight.starved : level;
}

const percent = (permille: number): string =>
  `${permille >= 100 ? Math.round(permille / 10) : permille / 10} %`;

function rate(bps: number): string {
  return bps >= 1_000_000 ? `${(bps / 1_000_000).toFixed(1)} Mbit/s`
    : `${Math.round(bps / 1000)} kbit/s`;
}

/* The figures for the desk, in one line; "up" is from the person. */
export function figuresOf(quality: Omit<Quality, 'level' | 'up' | 'down' | 'since_ms'>): string {
  const parts = [
    t('line.upFigures', {
      rate: rate(quality.up_bps), loss: percent(quality.up_loss_permille) }),
    t('line.downFigures', {
      rate: rate(quality.down_bps), loss: percent(quality.down_loss_permille) }),
  ];
  if (quality.rtt_ms !== null) parts.push(t('line.delay', { ms: quality.rtt_ms }));
  return parts.join(t('line.and'));
}

export interface Stretch {
  from_ms: number;
  to_ms: number;
  level: Level;
  change: LineChange;
}

/* Changes of one person, oldest first, to stretches; what is open ends at end_ms. */
export function stretchesOf(changes: readonly LineChange[], end_ms: number): Stretch[] {
  const found: Stretch[] = [];
  changes.forEach((change, index) => {
    const to_ms = Math.min(changes[index + 1]?.at_ms ?? end_ms, end_ms);
    if (change.level !== 'none' && to_ms > change.at_ms)
      found.push({ from_ms: change.at_ms, to_ms, level: change.level, change });
  });
  return found;
}

/* "较弱 2 次，共 01:20；中断 1 次，共 00:12", or that all was well. */
export function summaryOf(stretches: readonly Stretch[]): string {
  const parts = BAD_LEVELS.map((level) => {
    const all = stretches.filter((one) => one.level === level);
    const length_ms = all.reduce((sum, one) => sum + one.to_ms - one.from_ms, 0);
    return all.length ? t('line.times', {
      level: word('line', level), count: all.length, length: formatClock(length_ms) }) : '';
  }).filter((part) => part !== '');
  return parts.length ? parts.join(t('line.and')) : t('line.wellThroughout');
}
