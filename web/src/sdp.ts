// SPDX-License-Identifier: Apache-2.0
/*
 * The three things this page does with SDP and codec lists, without touching a connection:
 * the fragment of an ICE restart (RFC 8840), its answer put into the description in use, and
 * the choice of codecs that halves the offer.
 */

export interface Credentials {
  ufrag: string;
  pwd: string;
}

function firstValue(sdp: string, name: string): string {
  const found = new RegExp(`^a=${name}:(.*)$`, 'm').exec(sdp);
  return found?.[1]?.trim() ?? '';
}

export function credentialsOf(sdp: string): Credentials | null {
  const ufrag = firstValue(sdp, 'ice-ufrag');
  const pwd = firstValue(sdp, 'ice-pwd');
  return ufrag && pwd ? { ufrag, pwd } : null;
}

/* RFC 8840 9: credentials, then the pseudo m-line of the bundle with its mid. */
export function restartFragment(offer: string): string | null {
  const credentials = credentialsOf(offer);
  const line = /^m=.*$/m.exec(offer)?.[0].trim();
  if (!credentials || !line) return null;
  return [
    `a=ice-ufrag:${credentials.ufrag}`,
    `a=ice-pwd:${credentials.pwd}`,
    line,
    `a=mid:${firstValue(offer, 'mid') || '0'}`,
    '',
  ].join('\r\n');
}

/* The answer in use with the server's new credentials in every place. */
export function withCredentials(answer: string, fresh: Credentials): string {
  return answer
    .replace(/^a=ice-ufrag:.*$/gm, `a=ice-ufrag:${fresh.ufrag}`)
    .replace(/^a=ice-pwd:.*$/gm, `a=ice-pwd:${fresh.pwd}`);
}

/* The answer with only those addresses that are reached by this transport. */
export function withTransport(answer: string, transport: 'udp' | 'tcp'): string {
  return answer.replace(/^a=candidate:\S+ \d+ (\S+) .*\r?\n/gm,
    (line, used: string) => (used.toLowerCase() === transport ? line : ''));
}

export interface Codec {
  mimeType: string;
  sdpFmtpLine?: string;
}

function isWantedH264(codec: Codec): boolean {
  const line = codec.sdpFmtpLine ?? '';
  return /packetization-mode=1/.test(line) && /profile-level-id=42(e0|00|c0)/i.test(line);
}

/* VP8 first, then H.264 constrained baseline, then repair. */
export function chooseVideo<T extends Codec>(codecs: readonly T[]): T[] {
  const of = (name: string) =>
    codecs.filter((codec) => codec.mimeType.toLowerCase() === `video/${name}`);
  const h264 = of('h264').filter(isWantedH264);
  return [...of('vp8'), ...h264, ...of('rtx')];
}

/* Opus, then its repetition (RED) for lines that lose packets. */
export function chooseAudio<T extends Codec>(codecs: readonly T[]): T[] {
  const of = (name: string) =>
    codecs.filter((codec) => codec.mimeType.toLowerCase() === `audio/${name}`);
  return [...of('opus'), ...of('red')];
}

export interface Layer {
  rid: string;
  active: boolean;
  scaleResolutionDownBy: number;
}

/*
 * Chromium sends two layers below 960x540 and drops the largest rid: say so ourselves, so
 * that the full picture of a phone held upright still arrives (media.md 9.7).
 */
export function layersFor(width: number, height: number, dropsLayers: boolean): Layer[] {
  const isSmall = dropsLayers && width > 0 && width * height < 960 * 540;
  const scales: [string, number][] = isSmall
    ? [['q', 2], ['h', 1], ['f', 1]]
    : [['q', 4], ['h', 2], ['f', 1]];
  return scales.map(([rid, scale]) => ({
    rid,
    active: !(isSmall && rid === 'f'),
    scaleResolutionDownBy: scale,
  }));
}
