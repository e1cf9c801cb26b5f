// SPDX-License-Identifier: Apache-2.0
/* The time-stamp over seal.json (RFC 3161): does it fit, who stamped, when. */
import * as asn1js from 'asn1js';
import { Certificate, ExtKeyUsage, IssuerAndSerialNumber, SignedData, TimeStampResp, TSTInfo } from 'pkijs';
import { isEqual, sha256, sha256Fast } from './bytes';
import { leadsTo, nameOf, type Verdict } from './certificate';

const OID = {
  sha1: '1.3.14.3.2.26', sha256: '2.16.840.1.101.3.4.2.1', sha384: '2.16.840.1.101.3.4.2.2',
  sha512: '2.16.840.1.101.3.4.2.3', extKeyUsage: '2.5.29.37', timeStamping: '1.3.6.1.5.5.7.3.8',
  contentType: '1.2.840.113549.1.9.3', tstInfo: '1.2.840.113549.1.9.16.1.4',
  essCertId: '1.2.840.113549.1.9.16.2.12', essCertIdV2: '1.2.840.113549.1.9.16.2.47',
};
const DIGESTS: Record<string, string> = {
  [OID.sha1]: 'SHA-1', [OID.sha256]: 'SHA-256', [OID.sha384]: 'SHA-384', [OID.sha512]: 'SHA-512',
};

export interface Timestamp {
  /* of the token's signature and its signer; 'unknown': the imprint fits, the rest can't be checked here */
  verdict: Verdict;
  detail: string;
  wallMs: number;
  authority: string;
}

const NONE: Timestamp = { verdict: 'bad', detail: '', wallMs: 0, authority: '' };

function bad(detail: string): Timestamp {
  return { ...NONE, detail: `time-stamp: ${detail}` };
}

function signerOf(signed: SignedData): Certificate | null {
  const sid: unknown = signed.signerInfos[0]?.sid;
  if (signed.signerInfos.length !== 1 || !(sid instanceof IssuerAndSerialNumber)) return null;
  return (signed.certificates ?? []).find((one): one is Certificate => one instanceof Certificate
    && one.issuer.isEqual(sid.issuer) && one.serialNumber.isEqual(sid.serialNumber)) ?? null;
}

/* RFC 3161 2.3: only for time-stamping. */
function mayStamp(certificate: Certificate): boolean {
  const usage = certificate.extensions?.find(({ extnID }) => extnID === OID.extKeyUsage)?.parsedValue;
  const purposes = (usage as ExtKeyUsage | undefined)?.keyPurposes ?? [];
  return purposes.length === 1 && purposes[0] === OID.timeStamping;
}

/* The first certificate that the signed attribute names (RFC 5035) must be the signer's. */
async function namesSigner(signed: SignedData, signer: Certificate): Promise<boolean> {
  const attributes = signed.signerInfos[0]?.signedAttrs?.attributes ?? [];
  const kind = attributes.find(({ type }) => type === OID.contentType);
  if (!kind || kind.values[0]?.valueBlock?.toString() !== OID.tstInfo) return false;
  const named = attributes.find(({ type }) => type === OID.essCertIdV2 || type === OID.essCertId);
  const first = named?.values[0]?.valueBlock?.value?.[0]?.valueBlock?.value?.[0]?.valueBlock?.value as
    asn1js.BaseBlock[] | undefined;
  const hash = first?.find((part) => part instanceof asn1js.OctetString) as asn1js.OctetString | undefined;
  const given = first?.[0] instanceof asn1js.Sequence
    ? (first[0].valueBlock.value[0] as asn1js.ObjectIdentifier).valueBlock.toString() : OID.sha256;
  const digest = DIGESTS[named?.type === OID.essCertId ? OID.sha1 : given];
  if (!hash || !digest) return false;
  const der = signer.toSchema().toBER();
  const made = digest === 'SHA-256' ? await sha256Fast(new Uint8Array(der))
    : new Uint8Array(await globalThis.crypto.subtle.digest(digest, der));
  return isEqual(new Uint8Array(hash.valueBlock.valueHexView), made);
}

interface Token {
  signed: SignedData;
  info: TSTInfo;
}

function read(response: Uint8Array): Token | null {
  try {
    const parsed = asn1js.fromBER(response as Uint8Array<ArrayBuffer>);
    if (parsed.offset !== response.length) return null;
    const answer = new TimeStampResp({ schema: parsed.result });
    if (answer.status.status > 1 || !answer.timeStampToken) return null;
    const signed = new SignedData({ schema: answer.timeStampToken.content });
    const content = signed.encapContentInfo.eContent;
    if (signed.encapContentInfo.eContentType !== OID.tstInfo || !content) return null;
    return { signed, info: TSTInfo.fromBER(content.getValue()) };
  } catch {
    return null;
  }
}

async function verdictOf({ signed }: Token, signer: Certificate, text: Uint8Array): Promise<Verdict> {
  if (!globalThis.crypto?.subtle) return 'unknown';
  try {
    return await signed.verify({ signer: 0, data: text.slice().buffer as ArrayBuffer }) ? 'good' : 'bad';
  } catch (error) {
    const { message } = error as Error;
    return /Unsupported|unsupported|not supported|algorithm/i.test(message) && signer ? 'unknown' : 'bad';
  }
}

/* The SHA-256 that it stamps; null: it is no such answer. */
export function imprintOf(response: Uint8Array): Uint8Array | null {
  const hash = read(response)?.info.messageImprint.hashedMessage.valueBlock.valueHexView;
  return hash?.length === 32 ? new Uint8Array(hash) : null;
}

/* text: what was stamped; trusted: authorities that the person believes, none: whoever stamped. */
export async function checkTimestamp(response: Uint8Array, text: Uint8Array, trusted: Certificate[]): Promise<Timestamp> {
  const token = read(response);
  if (!token) return bad('not the answer of a time-stamping authority');
  const { info, signed } = token;
  const { hashAlgorithm, hashedMessage } = info.messageImprint;
  if (info.version !== 1 || hashAlgorithm.algorithmId !== OID.sha256
    || !isEqual(new Uint8Array(hashedMessage.valueBlock.valueHexView), sha256(text)))
    return bad('it is over something else');
  const signer = signerOf(signed);
  if (!signer) return bad('the certificate of who stamped is missing');
  const facts = { wallMs: Math.trunc(info.genTime.getTime() / 1000) * 1000, authority: nameOf(signer) };
  const verdict = await verdictOf(token, signer, text);
  if (verdict === 'unknown') return { ...facts, verdict, detail: 'its signature is of a kind that is not checked here' };
  if (verdict === 'bad') return bad('its signature is wrong');
  if (!mayStamp(signer) || !(await namesSigner(signed, signer))) return bad('not by a time-stamping authority');
  if (trusted.length === 0) return { ...facts, verdict, detail: '' };
  const helpers = (signed.certificates ?? []).filter((one): one is Certificate => one instanceof Certificate);
  switch (await leadsTo(signer, helpers, trusted, null)) {
    case 'good': return { ...facts, verdict: 'good', detail: '' };
    case 'unknown': return { ...facts, verdict: 'unknown', detail: 'whether it is of a chosen authority is not checked here' };
    case 'bad': return bad('not by a chosen authority');
  }
}
