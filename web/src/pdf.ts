// SPDX-License-Identifier: Apache-2.0
/*
 * Pages of a PDF as pictures, by pdfjs-dist: loaded when the first document is opened, its worker
 * and tables from our own server, no eval, no WebAssembly, so the page's CSP stays as it is.
 */
import type { PDFDocumentProxy, RenderTask } from 'pdfjs-dist';
import workerUrl from 'pdfjs-dist/legacy/build/pdf.worker.min.mjs';

export interface PdfPage {
  width: number;
  height: number;
}

const PIXELS_MAX = 16_000_000;

const tables = (name: string) => new URL(`/pdf/${name}/`, location.origin).href;

export class Pdf {
  private task: RenderTask | null = null;

  private constructor(private readonly document: PDFDocumentProxy) {}

  static async open(data: Uint8Array): Promise<Pdf> {
    const lib = await import('pdfjs-dist/legacy/build/pdf.min.mjs');
    lib.GlobalWorkerOptions.workerSrc = workerUrl;
    return new Pdf(await lib.getDocument({
      data, cMapUrl: tables('cmaps'), standardFontDataUrl: tables('standard_fonts'),
      wasmUrl: tables('wasm'), useWasm: false, isEvalSupported: false,
    }).promise);
  }

  get pages(): number {
    return this.document.numPages;
  }

  async size(page: number): Promise<PdfPage> {
    const { width, height } = (await this.document.getPage(this.bound(page)))
      .getViewport({ scale: 1 });
    return { width, height };
  }

  /* scale: CSS pixels for each point of the page. A draw that is under way gives way. */
  async draw(page: number, canvas: HTMLCanvasElement, scale: number): Promise<void> {
    this.task?.cancel();
    const found = await this.document.getPage(this.bound(page));
    const plain = found.getViewport({ scale });
    const most = Math.sqrt(PIXELS_MAX / (plain.width * plain.height));
    const viewport = found.getViewport({ scale: scale * Math.min(devicePixelRatio, most) });
    const paper = document.createElement('canvas');
    paper.width = Math.ceil(viewport.width);
    paper.height = Math.ceil(viewport.height);
    const task = found.render({ canvas: paper, viewport });
    this.task = task;
    try {
      await task.promise;
    } catch (error) {
      if ((error as Error).name === 'RenderingCancelledException') return;
      throw error;
    }
    if (this.task !== task) return;
    /* The page before stays until this one is whole. */
    canvas.width = paper.width;
    canvas.height = paper.height;
    canvas.getContext('2d')?.drawImage(paper, 0, 0);
    canvas.dataset['page'] = String(page);
  }

  close(): void {
    this.task?.cancel();
    void this.document.destroy();
  }

  private bound(page: number): number {
    return Math.min(Math.max(1, page), this.document.numPages);
  }
}
