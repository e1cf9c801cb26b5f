// SPDX-License-Identifier: Apache-2.0
/* esbuild's file loader gives the address that the file is served at. */
declare module '*.worker.min.mjs' {
  const address: string;
  export default address;
}

declare module 'pdfjs-dist/legacy/build/pdf.min.mjs' {
  export * from 'pdfjs-dist';
}
