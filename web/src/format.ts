// SPDX-License-Identifier: Apache-2.0
/* Dates, clocks and masks as people read them. Pure; the language is given. */

export type Language = 'zh' | 'en';

const two = (value: number) => String(value).padStart(2, '0');

export function formatTime(ms: number): string {
  const at = new Date(ms);
  return `${two(at.getHours())}:${two(at.getMinutes())}`;
}

/* 14:30:07 */
export function formatTimeOfDay(ms: number): string {
  return `${formatTime(ms)}:${two(new Date(ms).getSeconds())}`;
}

export function formatDay(ms: number, language: Language): string {
  const at = new Date(ms);
  if (language === 'zh')
    return `${at.getFullYear()}年${at.getMonth() + 1}月${at.getDate()}日`;
  return at.toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric' });
}

/* 2026年3月1日 14:30 */
export function formatDate(ms: number, language: Language): string {
  return `${formatDay(ms, language)} ${formatTime(ms)}`;
}

export function isSameDay(a: number, b: number): boolean {
  return new Date(a).toDateString() === new Date(b).toDateString();
}

/* 02:14, or 1:02:14 from an hour on */
export function formatClock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const hours = Math.floor(seconds / 3600);
  const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return hours ? `${hours}:${rest}` : rest;
}

/* 00:31:07: the recording clock always shows hours, so that its width stays. */
export function formatLongClock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return parts.map(two).join(':');
}

/* 张建国 → 张**; a name that is masked already stays. */
export function maskName(name: string): string {
  const letters = [...name];
  if (letters.length <= 1 || name.includes('*')) return name;
  return (letters[0] ?? '') + '*'.repeat(Math.min(letters.length - 1, 4));
}

export function formatSize(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit && value < 10 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

/* For <input type="datetime-local">: local time, next full half hour. */
export function nextHalfHour(nowMs: number): string {
  const at = new Date(Math.ceil(nowMs / 1_800_000) * 1_800_000);
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day}T${two(at.getHours())}:${two(at.getMinutes())}`;
}
