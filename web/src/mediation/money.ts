// SPDX-License-Identifier: Apache-2.0
/* Amounts in yuan, as people type and read them. Hundredths are kept as whole numbers. Pure. */

export const FEN_MAX = 10_000_000_000_000;

/* "8,317" "8317.5" "¥ 8317.50" "8317元" → fen; null: no amount; NaN: not one. */
export function parseYuan(text: string): number | null {
  const plain = text.normalize('NFKC').replace(/[\s,¥]|元$/g, '');
  if (!plain) return null;
  const match = /^(\d{1,12})(?:\.(\d{1,2}))?$/.exec(plain);
  if (!match) return NaN;
  const fen = Number(match[1]) * 100 + Number((match[2] ?? '').padEnd(2, '0') || 0);
  return fen <= FEN_MAX ? fen : NaN;
}

/* 8,317 or 8,317.50: hundredths only where there are any. */
export function yuanDigits(fen: number): string {
  const whole = String(Math.floor(fen / 100)).replace(/\B(?=(\d{3})+$)/g, ',');
  const rest = fen % 100;
  return rest ? `${whole}.${String(rest).padStart(2, '0')}` : whole;
}

const DIGITS = '零壹贰叁肆伍陆柒捌玖';
const UNITS = ['', '拾', '佰', '仟'];
const GROUPS = ['', '万', '亿'];

function group(value: number): string {
  let text = '';
  for (let place = 3; place >= 0; place -= 1) {
    const digit = Math.floor(value / 10 ** place) % 10;
    if (digit) text += DIGITS[digit]! + UNITS[place]!;
    else if (text && !text.endsWith('零') && value % 10 ** place) text += '零';
  }
  return text;
}

/* 捌仟叁佰壹拾柒元整: as in agreements, so that nobody adds a digit. */
export function yuanCapital(fen: number): string {
  let rest = Math.floor(fen / 100);
  const groups: number[] = [];
  for (; rest; rest = Math.floor(rest / 10_000)) groups.push(rest % 10_000);
  let text = '';
  for (let i = groups.length - 1; i >= 0; i -= 1) {
    const value = groups[i]!;
    if (!value) continue;
    if (text && (value < 1000 || groups[i + 1] === 0)) text += '零';
    text += group(value) + GROUPS[i]!;
  }
  const jiao = Math.floor(fen / 10) % 10;
  const cents = fen % 10;
  const whole = text ? `${text}元` : jiao || cents ? '' : '零元';
  if (!jiao && !cents) return `${whole}整`;
  return whole + (jiao ? `${DIGITS[jiao]}角` : whole ? '零' : '') + (cents ? `${DIGITS[cents]}分` : '');
}
