// SPDX-License-Identifier: Apache-2.0
/*
 * Words by catalogue. zh is the first language and the type of all others; a test checks
 * that no key is missing. Elements draw again when the language changes.
 */
import type { Language } from './format';
import { en } from './i18n/en';
import { zh } from './i18n/zh';

export type Key = keyof typeof zh;
export type Catalogue = Record<Key, string>;

const catalogues: Record<Language, Catalogue> = { zh, en };
const KEY = 'heard.language';

export const languages: readonly { code: Language; name: string; tag: string }[] = [
  { code: 'zh', name: '中文', tag: 'zh-CN' },
  { code: 'en', name: 'English', tag: 'en' },
];

function first(): Language {
  try {
    const kept = localStorage.getItem(KEY);
    if (kept === 'zh' || kept === 'en') return kept;
  } catch {
    /* nothing kept */
  }
  const wanted = globalThis.navigator?.language ?? 'zh';
  return /^en\b/i.test(wanted) ? 'en' : 'zh';
}

let current: Language = first();
const changed = new EventTarget();

export function language(): Language {
  return current;
}

export function setLanguage(next: Language): void {
  current = next;
  try {
    localStorage.setItem(KEY, next);
  } catch {
    /* asked again next time */
  }
  applyLanguage();
  changed.dispatchEvent(new Event('change'));
}

/* The page's own lang attribute, for speech and fonts. */
export function applyLanguage(): void {
  document.documentElement.lang =
    languages.find((one) => one.code === current)?.tag ?? 'zh-CN';
}

export function onLanguage(call: () => void): () => void {
  changed.addEventListener('change', call);
  return () => changed.removeEventListener('change', call);
}

export type Values = Record<string, string | number>;

/* {name} is the value; {name:one|many} the word that goes with it: "{count} {count:gap|gaps}". */
export function fill(text: string, values: Values): string {
  return text.replace(/\{(\w+)(?::([^|{}]*)\|([^{}]*))?\}/g,
    (whole, name: string, one?: string, many?: string) => {
      const value = values[name];
      if (value === undefined) return whole;
      return one === undefined ? String(value) : value === 1 ? one : many ?? '';
    });
}

/* Which kind of hearing a page is about: some words are others in a mediation. '': none. */
let kind = '';

export function setKind(next: string): void {
  kind = next;
}

/* Words that came from the server: phases of an office's own procedure. */
const learned = new Map<string, Record<Language, string>>();

export function learn(key: string, words: Record<Language, string>): void {
  if (!(key in zh)) learned.set(key, words);
}

function look(key: string): string | undefined {
  const words: Record<string, string> = catalogues[current];
  return (kind ? words[`${key}@${kind}`] : undefined) ?? words[key] ?? learned.get(key)?.[current];
}

export function t(key: Key, values?: Values): string {
  const text = look(key) ?? key;
  return values ? fill(text, values) : text;
}

/* A button's name: what it shows, as people who speak to their device say it, and what that means. */
export function named(shown: Key, meaning: Key, values?: Values): string {
  return `${t(shown, values)}${t('list.colon')}${t(meaning, values)}`;
}

/* Text of a code that comes from the server, e.g. word('role', 'clerk'). */
export function word(group: string, code: string | null | undefined, fallback?: string): string {
  return look(`${group}.${code ?? ''}`) ?? fallback ?? code ?? '';
}

/* The key that says best why something was refused: the rule's own text, else the code's. */
export function refusalKey(code: string, reason = ''): string {
  return `reason.${reason}` in zh ? `reason.${reason}` : `error.${code}`;
}

export function errorText(code: string): string {
  return word('error', code, t('error.internal'));
}
