// SPDX-License-Identifier: Apache-2.0
/*
 * Build the pages into dist/: one script, one style sheet, one page; and verify.html, which
 * carries both in itself. With --test the pure modules' tests are bundled for node --test; with
 * --watch dist/ follows the source.
 */
import { build, context } from 'esbuild';
import { createHash } from 'node:crypto';
import { cp, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const root = dirname(fileURLToPath(import.meta.url));
const at = (...parts) => join(root, ...parts);

const common = {
  bundle: true,
  absWorkingDir: root,
  tsconfig: at('tsconfig.json'),
  logLevel: 'warning',
  charset: 'utf8',
};

/* Names carry a hash, so that the server may let browsers keep them for a year. */
const pages = {
  ...common,
  entryPoints: { app: at('src/main.ts'), style: at('src/style.css') },
  entryNames: '[name]-[hash]',
  chunkNames: '[name]-[hash]',
  assetNames: '[name]-[hash]',
  publicPath: '/assets',
  splitting: true,
  loader: { '.worker.min.mjs': 'file' },
  outdir: at('dist/assets'),
  format: 'esm',
  target: ['chrome110', 'firefox115', 'safari16.4'],
  minify: true,
  sourcemap: true,
  legalComments: 'linked',
  metafile: true,
};

const marks = { 'src/main.ts': '@app@', 'src/style.css': '@style@' };

async function writePage(metafile) {
  let page = await readFile(at('src/index.html'), 'utf8');
  for (const [file, output] of Object.entries(metafile.outputs)) {
    const mark = marks[output.entryPoint];
    if (mark) page = page.replace(mark, `/assets/${basename(file)}`);
    if (/\.(m?js|css)$/.test(file)) await writeFile(`${at(file)}.gz`, gzipSync(await readFile(at(file)), { level: 9 }));
  }
  await cp(at('public'), at('dist'), { recursive: true });
  /* What PDF documents lean on without carrying it: Chinese character maps, fonts, JPEG 2000. */
  for (const name of ['cmaps', 'standard_fonts'])
    await cp(at('node_modules/pdfjs-dist', name), at('dist/pdf', name), { recursive: true });
  await mkdir(at('dist/pdf/wasm'), { recursive: true });
  await cp(at('node_modules/pdfjs-dist/wasm/openjpeg_nowasm_fallback.js'),
    at('dist/pdf/wasm/openjpeg_nowasm_fallback.js'));
  await writeFile(at('dist/index.html'), page);
}

/* Opened from a disk as it is: everything in one file, and nothing but that may run (CSP by hash). */
async function writeVerifyPage() {
  const { outputFiles } = await build({
    ...common,
    entryPoints: { script: at('src/verify/page.ts'), style: at('src/verify/page.css') },
    outdir: at('dist'),
    format: 'iife',
    target: pages.target,
    minify: true,
    legalComments: 'inline',
    write: false,
  });
  let page = await readFile(at('src/verify/verify.html'), 'utf8');
  for (const name of ['script', 'style']) {
    const { text } = outputFiles.find(({ path }) => basename(path).startsWith(`${name}.`));
    const hash = createHash('sha256').update(text).digest('base64');
    page = page.replace(`@${name}-hash@`, () => `sha256-${hash}`).replace(`@${name}@`, () => text);
  }
  await writeFile(at('dist/verify.html'), page);
}

const page = {
  name: 'page',
  setup: (building) => building.onEnd(async (result) => {
    if (result.errors.length) return;
    await writePage(result.metafile);
    await writeVerifyPage();
  }),
};

async function buildTests() {
  const out = at('node_modules/.cache/heard-test');
  await rm(out, { recursive: true, force: true });
  const names = (await readdir(at('test'))).filter((name) => name.endsWith('.test.ts'));
  await build({
    ...common,
    entryPoints: names.map((name) => at('test', name)),
    outdir: out,
    outExtension: { '.js': '.mjs' },
    format: 'esm',
    platform: 'node',
    target: 'node18',
    sourcemap: 'inline',
  });
}

async function buildPages(watch) {
  await rm(at('dist'), { recursive: true, force: true });
  await mkdir(at('dist/assets'), { recursive: true });
  const options = { ...pages, plugins: [page] };
  if (watch) await (await context(options)).watch();
  else await build(options);
}

if (process.argv.includes('--test')) await buildTests();
else await buildPages(process.argv.includes('--watch'));
