// SPDX-License-Identifier: Apache-2.0
/*
 * JSON as the writer of a log makes it: whole numbers only, no member twice. What two readers
 * could read differently is not read at all.
 */
import { textOf } from './bytes';

export type Fields = Record<string, unknown>;

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s"{}[\],:]+/g;
/* 18 digits are below what 64 bits hold; a number beyond 2^53 is no count and no time. */
const WHOLE = /^-?\d{1,18}$/;
const LONE = /[\ud800-\udbff](?![\udc00-\udfff])|(?:[^\ud800-\udbff]|^)[\udc00-\udfff]/;

function isPlain(text: string): boolean {
  const members: (Set<string> | null)[] = [];
  let before = '';
  for (const [token] of text.matchAll(TOKEN)) {
    if (token === '{') members.push(new Set());
    else if (token === '[') members.push(null);
    else if (token === '}' || token === ']') members.pop();
    else if (token.startsWith('"')) {
      const value = JSON.parse(token) as string;
      const known = members[members.length - 1];
      if (value.includes('\0') || LONE.test(value)) return false;
      if (known && (before === '{' || before === ',')) {
        if (known.has(value)) return false;
        known.add(value);
      }
    } else if (/^[-\d]/.test(token) && !WHOLE.test(token)) return false;
    before = token;
  }
  return true;
}

/* One object, or null. */
export function parseFields(bytes: Uint8Array): Fields | null {
  const text = textOf(bytes);
  if (text === null) return null;
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === 'object' && !Array.isArray(value) && isPlain(text)
      ? value as Fields : null;
  } catch {
    return null;
  }
}

export function textIn(fields: Fields | null, name: string): string | null {
  const value = fields && Object.hasOwn(fields, name) ? fields[name] : null;
  return typeof value === 'string' ? value : null;
}

export function numberIn(fields: Fields | null, name: string): number {
  const value = fields && Object.hasOwn(fields, name) ? fields[name] : null;
  return typeof value === 'number' ? value : 0;
}
