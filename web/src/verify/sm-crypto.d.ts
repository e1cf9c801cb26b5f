// SPDX-License-Identifier: Apache-2.0
/* What we use of sm-crypto, which brings no types. */
declare module 'sm-crypto' {
  export const sm2: {
    doVerifySignature(text: number[], signatureHex: string, publicKeyHex: string,
      options: { der: boolean; hash: boolean; userId: string }): boolean;
  };
}
