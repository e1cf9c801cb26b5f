// SPDX-License-Identifier: Apache-2.0
/*
 * Who vouches for a log: the certificate in log.json, and the check of what its key signed
 * (recordings/FORMAT.md 5): Ed25519 by the browser's own, SM2 with SM3 by sm-crypto.
 */
import { AlgorithmIdentifier, Certificate, getCrypto } from 'pkijs';
import * as asn1js from 'asn1js';
import { sm2 } from 'sm-crypto';
import { fromHex, isEqual, sha256, toHex } from './bytes';

const OID = {
  commonName: '2.5.4.3', ed25519: '1.3.101.112', ecKey: '1.2.840.10045.2.1',
  sm2: '1.2.156.10197.1.301', sm2WithSm3: '1.2.156.10197.1.501',
};
const SM2_ID = '1234567812345678';
const SIGNATURE_HEX_MAX = 160;
const CHAIN_MAX = 8;
const PEM = /-----BEGIN CERTIFICATE-----\s*([A-Za-z0-9+/=\s]+?)\s*-----END CERTIFICATE-----/g;

/* 'unknown': this browser has no such algorithm. */
export type Verdict = 'good' | 'bad' | 'unknown';
export type Algorithm = 'Ed25519' | 'SM2-SM3' | 'other';

export interface Signatory {
  name: string;
  fingerprint: string;
  algorithm: Algorithm;
  fromMs: number;
  toMs: number;
  certificate: Certificate;
  chain: Certificate[];
}

function fromBase64(text: string): Uint8Array | null {
  try {
    return Uint8Array.from(atob(text.replace(/\s/g, '')), (letter) => letter.charCodeAt(0));
  } catch {
    return null;
  }
}

function parseDer(der: Uint8Array): Certificate | null {
  try {
    return Certificate.fromBER(der as Uint8Array<ArrayBuffer>);
  } catch {
    return null;
  }
}

/* All certificates of a PEM text; also of a single one in DER. */
export function certificatesOf(text: string, bytes?: Uint8Array): Certificate[] {
  const found = [...text.matchAll(PEM)].map(([, body]) => fromBase64(body!))
    .map((der) => (der ? parseDer(der) : null));
  if (found.length === 0 && bytes) found.push(parseDer(bytes));
  return found.filter((one): one is Certificate => one !== null);
}

export function fingerprintOf(certificate: Certificate): string {
  return toHex(sha256(new Uint8Array(certificate.toSchema().toBER())));
}

export function nameOf(certificate: Certificate): string {
  const part = certificate.subject.typesAndValues.find(({ type }) => type === OID.commonName);
  return part ? String(part.value.valueBlock.value) : '';
}

function algorithmOf(certificate: Certificate): Algorithm {
  const { algorithmId, algorithmParams } = certificate.subjectPublicKeyInfo.algorithm;
  if (algorithmId === OID.ed25519) return 'Ed25519';
  const curve = algorithmParams instanceof asn1js.ObjectIdentifier
    ? algorithmParams.valueBlock.toString() : '';
  return algorithmId === OID.ecKey && curve === OID.sm2 ? 'SM2-SM3' : 'other';
}

/* null: no certificate of a kind that signs logs. */
export function signatoryOf(pem: string): Signatory | null {
  const [certificate, ...chain] = certificatesOf(pem);
  if (!certificate) return null;
  const algorithm = algorithmOf(certificate);
  if (algorithm === 'other') return null;
  return {
    name: nameOf(certificate), fingerprint: fingerprintOf(certificate), algorithm, certificate, chain,
    fromMs: certificate.notBefore.value.getTime(), toMs: certificate.notAfter.value.getTime(),
  };
}

export function isValidAt(who: Signatory, wallMs: number): boolean {
  const at = Math.trunc(wallMs / 1000) * 1000;
  return who.fromMs <= at && at < who.toMs;
}

async function verifyEd25519(key: Uint8Array, bytes: Uint8Array, signature: Uint8Array): Promise<Verdict> {
  const { subtle } = globalThis.crypto ?? {};
  if (!subtle) return 'unknown';
  try {
    const imported = await subtle.importKey('raw', key as BufferSource, { name: 'Ed25519' }, false, ['verify']);
    return await subtle.verify({ name: 'Ed25519' }, imported, signature as BufferSource, bytes as BufferSource)
      ? 'good' : 'bad';
  } catch (error) {
    return (error as Error).name === 'NotSupportedError' ? 'unknown' : 'bad';
  }
}

function verifySm2(key: Uint8Array, bytes: Uint8Array, signature: string): Verdict {
  try {
    return sm2.doVerifySignature(Array.from(bytes), signature, toHex(key), { der: true, hash: true, userId: SM2_ID })
      ? 'good' : 'bad';
  } catch {
    return 'bad';
  }
}

async function verifyWith(signer: Certificate, bytes: Uint8Array, signature: string): Promise<Verdict> {
  const key = new Uint8Array(signer.subjectPublicKeyInfo.subjectPublicKey.valueBlock.valueHexView);
  const raw = fromHex(signature);
  if (!raw || raw.length === 0 || signature.length > SIGNATURE_HEX_MAX) return 'bad';
  return algorithmOf(signer) === 'Ed25519' ? verifyEd25519(key, bytes, raw)
    : verifySm2(key, bytes, signature);
}

export async function checkSignature(who: Signatory, bytes: Uint8Array, signature: string | null): Promise<Verdict> {
  return signature === null ? 'bad' : verifyWith(who.certificate, bytes, signature);
}

async function isIssuedBy(one: Certificate, issuer: Certificate): Promise<Verdict> {
  if (!one.issuer.isEqual(issuer.subject)) return 'bad';
  const { algorithmId } = one.signatureAlgorithm;
  if (algorithmId === OID.ed25519 || algorithmId === OID.sm2WithSm3)
    return verifyWith(issuer, new Uint8Array(one.tbsView), toHex(new Uint8Array(one.signatureValue.valueBlock.valueHexView)));
  try {
    return await getCrypto(true).verifyWithPublicKey(one.tbsView as unknown as BufferSource, one.signatureValue,
      issuer.subjectPublicKeyInfo, one.signatureAlgorithm as AlgorithmIdentifier) ? 'good' : 'bad';
  } catch {
    return 'unknown';
  }
}

function isSame(one: Certificate, other: Certificate): boolean {
  return isEqual(new Uint8Array(one.toSchema().toBER()), new Uint8Array(other.toSchema().toBER()));
}

function holdsAt(certificate: Certificate, wallMs: number): boolean {
  return certificate.notBefore.value.getTime() <= wallMs && wallMs < certificate.notAfter.value.getTime();
}

function mayIssue(certificate: Certificate): boolean {
  const constraints = certificate.extensions?.find(({ extnID }) => extnID === '2.5.29.19')?.parsedValue;
  return Boolean(constraints && (constraints as { cA?: boolean }).cA);
}

/*
 * Does a chain of good signatures lead from it to one that the person believes? wallMs: when
 * all of it must have been valid; null: not asked.
 */
export async function leadsTo(certificate: Certificate, helpers: Certificate[], trusted: Certificate[],
  wallMs: number | null): Promise<Verdict> {
  let result: Verdict = 'bad';
  const ways: Certificate[][] = [[certificate]];
  for (let way = ways.shift(); way; way = ways.shift()) {
    const last = way[way.length - 1]!;
    if (wallMs !== null && !holdsAt(last, wallMs)) continue;
    if (trusted.some((one) => isSame(one, last))) return 'good';
    if (way.length === CHAIN_MAX) continue;
    for (const issuer of [...trusted, ...helpers]) {
      if (way.some((one) => isSame(one, issuer)) || !mayIssue(issuer)) continue;
      const verdict = await isIssuedBy(last, issuer);
      if (verdict === 'good') ways.push([...way, issuer]);
      else if (verdict === 'unknown') result = 'unknown';
    }
  }
  return result;
}
