// SPDX-License-Identifier: Apache-2.0
/* Documents that are signed, as the pages speak of them (openapi.yaml: Signing). Pure. */

export type SignedKind = 'minutes' | 'agreement' | 'deliberation_record' | 'hearing_report';
export type SignatureState = 'waiting' | 'signed' | 'refused';

export interface Drawing {
  width: number;
  height: number;
  /* data of an SVG path */
  path: string;
}

export interface Signature {
  id: string;
  participant: string;
  role: string;
  name: string;
  mine: boolean;
  state: SignatureState;
  strength: 'simple' | 'reliable' | null;
  seal: string | null;
  reason: string | null;
  noted_by: string | null;
  at_ms: number | null;
  drawing: Drawing | null;
  may: ('sign' | 'refuse' | 'note')[];
}

export interface Signing {
  id: string;
  kind: SignedKind;
  version: number;
  title: string;
  sha256: string;
  state: 'open' | 'settled' | 'withdrawn';
  method: string;
  strength: 'simple' | 'reliable';
  opened_at_ms: number;
  ended_at_ms: number | null;
  /* of minutes after the hearing: the end of the last day to sign */
  due_at_ms: number | null;
  signatures: Signature[];
  text?: string;
}

export interface OneTimeCode {
  signing: string;
  code: string;
  until_ms: number;
}

export const STROKES_MAX = 64;
export const POINTS_MAX = 3000;
const STEP_MIN = 2;
const PART = 8;

export const mine = (signing: Signing): Signature | undefined =>
  signing.signatures.find((one) => one.mine);

/* What waits for this person's hand; who refused is not asked again by himself. */
export const waitsForMe = (list: readonly Signing[]): Signing[] =>
  list.filter((one) => {
    const own = mine(one);
    return own?.state === 'waiting' && own.may.includes('sign');
  });

export const counted = ({ signatures }: Signing): Record<SignatureState, number> => ({
  waiting: signatures.filter((one) => one.state === 'waiting').length,
  signed: signatures.filter((one) => one.state === 'signed').length,
  refused: signatures.filter((one) => one.state === 'refused').length,
});

/* As people compare it: "3f9a 1c04 … 77be 0d12". */
export function shortHash(sha256: string): string {
  const part = (from: number): string => sha256.slice(from, from + 4);
  return `${part(0)} ${part(4)} … ${part(56)} ${part(60)}`;
}

export async function sha256Of(text: string): Promise<string> {
  const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/* A name as it grows under the finger: x, y, x, y … of each stroke, in whole pixels. */
export class Strokes {
  list: number[][] = [];

  constructor(readonly width: number, readonly height: number) {}

  get pointCount(): number {
    return this.list.reduce((sum, one) => sum + one.length / 2, 0);
  }

  get isFull(): boolean {
    return this.pointCount >= POINTS_MAX;
  }

  begin(x: number, y: number): void {
    if (this.list.length >= STROKES_MAX || this.isFull) return;
    this.list.push([]);
    this.add(x, y);
  }

  /* Points closer than two pixels say nothing new. */
  add(x: number, y: number): boolean {
    const stroke = this.list.at(-1);
    if (!stroke || this.isFull) return false;
    const at = [clamp(x, this.width), clamp(y, this.height)] as const;
    const [lastX, lastY] = [stroke.at(-2), stroke.at(-1)];
    if (lastX !== undefined && lastY !== undefined
      && Math.abs(at[0] - lastX) + Math.abs(at[1] - lastY) < STEP_MIN) return false;
    stroke.push(...at);
    return true;
  }

  undo(): void {
    this.list.pop();
  }

  /* The server refuses less (server/hearing/strokes.h). */
  get isName(): boolean {
    return this.length * PART >= this.width;
  }

  private get length(): number {
    let sum = 0;
    for (const one of this.list)
      for (let i = 2; i < one.length; i += 2)
        sum += Math.abs(one[i]! - one[i - 2]!) + Math.abs(one[i + 1]! - one[i - 1]!);
    return sum;
  }

  toJSON(): object {
    return { width: this.width, height: this.height, strokes: this.list };
  }
}

const clamp = (value: number, most: number): number =>
  Math.min(most, Math.max(0, Math.round(value)));
