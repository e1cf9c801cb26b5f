// SPDX-License-Identifier: Apache-2.0
/* The keys of the review and what each does: one table for the keyboard and the help sheet. */
export type Act =
  | 'toggle' | 'back10' | 'on10' | 'back5' | 'on5' | 'slower' | 'faster' | 'plainSpeed' | 'silence'
  | 'phaseBack' | 'phaseOn' | 'turnBack' | 'turnOn' | 'exhibitBack' | 'exhibitOn' | 'markBack'
  | 'markOn' | 'bookmark' | 'note' | 'in' | 'out' | 'layout' | 'follow' | 'fullscreen' | 'search'
  | 'help' | 'start' | 'end' | 'lineBack' | 'lineOn' | 'captions';

interface Row {
  act: Act;
  keys: readonly string[];
  /* as printed on the keys */
  caps: readonly string[];
}

/* Full-width signs are what the same keys give while a Chinese input method is on. */
export const KEYS: readonly Row[] = [
  { act: 'toggle', keys: [' ', 'k'], caps: ['Space', 'K'] },
  { act: 'back10', keys: ['j'], caps: ['J'] },
  { act: 'on10', keys: ['l'], caps: ['L'] },
  { act: 'back5', keys: ['ArrowLeft'], caps: ['←'] },
  { act: 'on5', keys: ['ArrowRight'], caps: ['→'] },
  { act: 'start', keys: ['Home'], caps: ['Home'] },
  { act: 'end', keys: ['End'], caps: ['End'] },
  { act: 'slower', keys: ['[', '【'], caps: ['['] },
  { act: 'faster', keys: [']', '】'], caps: [']'] },
  { act: 'plainSpeed', keys: ['\\'], caps: ['\\'] },
  { act: 'silence', keys: ['s'], caps: ['S'] },
  { act: 'phaseBack', keys: ['P', 'ArrowUp'], caps: ['↑'] },
  { act: 'phaseOn', keys: ['p', 'ArrowDown'], caps: ['↓'] },
  { act: 'turnBack', keys: ['T'], caps: ['Shift', 'T'] },
  { act: 'turnOn', keys: ['t'], caps: ['T'] },
  { act: 'lineBack', keys: [',', '，', '<', '《'], caps: [','] },
  { act: 'lineOn', keys: ['.', '。', '>', '》'], caps: ['.'] },
  { act: 'exhibitBack', keys: ['E'], caps: ['Shift', 'E'] },
  { act: 'exhibitOn', keys: ['e'], caps: ['E'] },
  { act: 'markBack', keys: ['B'], caps: ['Shift', 'B'] },
  { act: 'markOn', keys: ['b'], caps: ['B'] },
  { act: 'bookmark', keys: ['m'], caps: ['M'] },
  { act: 'note', keys: ['n'], caps: ['N'] },
  { act: 'in', keys: ['i'], caps: ['I'] },
  { act: 'out', keys: ['o'], caps: ['O'] },
  { act: 'layout', keys: ['v'], caps: ['V'] },
  { act: 'follow', keys: ['0'], caps: ['0'] },
  { act: 'captions', keys: ['c'], caps: ['C'] },
  { act: 'fullscreen', keys: ['f'], caps: ['F'] },
  { act: 'search', keys: ['/', '／', '、'], caps: ['/'] },
  { act: 'help', keys: ['?', '？'], caps: ['?'] },
];

export interface Press {
  key: string;
  shiftKey: boolean;
}

/* Caps lock makes a capital without shift: letters go by shift, all else as it stands. */
function plain({ key, shiftKey }: Press): string {
  if (!/^[a-z]$/i.test(key)) return key;
  return shiftKey ? key.toUpperCase() : key.toLowerCase();
}

/* "1" … "9" → 0 … 8, the tile to look at; -1 for all else. */
export function tileOf(press: Press): number {
  return /^[1-9]$/.test(press.key) ? Number(press.key) - 1 : -1;
}

/* Letters that have nothing with shift do the same with it. */
export function actOf(press: Press): Act | null {
  const key = plain(press);
  const row = KEYS.find((one) => one.keys.includes(key))
    ?? KEYS.find((one) => one.keys.includes(key.toLowerCase()));
  return row?.act ?? null;
}
