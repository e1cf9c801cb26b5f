// SPDX-License-Identifier: Apache-2.0
/*
 * verify.html: the page in an export package that checks it. Opened from a disk, without a
 * server; it makes no request and keeps nothing.
 */
import type { Certificate } from 'pkijs';
import { certificatesOf } from './certificate';
import { el } from './dom';
import { folderOfDrop, folderOfList, folderOfZip } from './files';
import { BadPackage, PackageCheck, type PackageReport } from './package_check';
import { resultOf } from './result';
import type { Folder } from './source';
import { type Key, type Language, say, type Values } from './texts';
import { BadZip } from './zip';

const CERTIFICATES_MAX = 1 << 20;
/* So often a progress bar moves, and the page stays alive. */
const BREATH_MS = 100;

type Chosen = { certificates: Certificate[]; isBad: boolean };

class Page {
  private language: Language = navigator.language.startsWith('zh') ? 'zh' : 'en';
  private report: PackageReport | null = null;
  private failure: Key | null = null;
  private permille = -1;
  /* The newest check; an older one ends unheard. */
  private run = 0;
  private readonly trust: Record<'office' | 'authority', Chosen> = {
    office: { certificates: [], isBad: false }, authority: { certificates: [], isBad: false },
  };
  private last: Folder | null = null;

  constructor(private readonly root: HTMLElement) {
    addEventListener('dragover', (event) => event.preventDefault());
    addEventListener('drop', (event) => {
      event.preventDefault();
      if (event.dataTransfer) this.open(folderOfDrop(event.dataTransfer));
    });
    this.render();
  }

  private say(key: Key, values?: Values): string {
    return say(this.language, key, values);
  }

  private open(folder: Promise<Folder>): void {
    void this.check(folder, ++this.run);
  }

  private async check(folder: Promise<Folder>, run: number): Promise<void> {
    this.report = null;
    this.failure = null;
    this.permille = 0;
    this.render();
    let done = 0;
    let breath = performance.now();
    try {
      this.last = await folder;
      const check = new PackageCheck(this.last, {
        trust: { offices: this.trust.office.certificates, authorities: this.trust.authority.certificates },
        onBytes: (count) => {
          done += count;
          if (performance.now() - breath < BREATH_MS || run !== this.run) return;
          breath = performance.now();
          this.permille = Math.min(999, Math.floor(1000 * done / Math.max(1, check.size)));
          this.showProgress();
        },
      });
      const report = await check.run();
      if (run === this.run) this.report = report;
    } catch (error) {
      if (run === this.run) this.failure = this.failureOf(error);
    }
    if (run !== this.run) return;
    this.permille = -1;
    this.render();
    this.root.querySelector<HTMLElement>('.verdict, .failure')?.focus();
  }

  private failureOf(error: unknown): Key {
    if (error instanceof BadZip || error instanceof BadPackage) return `error.${error.code}`;
    return 'error.unreadable';
  }

  private showProgress(): void {
    const percent = Math.floor(this.permille / 10);
    const bar = this.root.querySelector('progress');
    const text = this.root.querySelector('.progress p');
    if (bar) bar.value = this.permille;
    if (text) text.textContent = this.say('checking', { percent });
  }

  private picker(key: Key, isFolder: boolean): HTMLElement {
    const input: HTMLInputElement = el('input', {
      type: 'file', class: 'hidden', tabindex: '-1', 'aria-hidden': 'true', webkitdirectory: isFolder,
      'data-kind': isFolder ? 'folder' : 'zip', accept: isFolder ? '' : '.zip,application/zip',
      change: () => {
        const files = [...(input.files ?? [])];
        if (files.length) this.open(isFolder ? Promise.resolve(folderOfList(files)) : folderOfZip(files[0]!));
      },
    });
    return el('span', {}, input,
      el('button', { type: 'button', class: isFolder ? '' : 'primary', click: () => input.click() }, this.say(key)));
  }

  private certificates(key: 'office' | 'authority'): HTMLElement {
    const chosen = this.trust[key];
    const input: HTMLInputElement = el('input', {
      type: 'file', accept: '.pem,.crt,.cer', id: `trust-${key}`,
      change: () => void this.choose(key, input.files?.[0] ?? null),
    });
    const said = chosen.isBad ? this.say('noCertificate')
      : chosen.certificates.length ? this.say('chosen', { count: chosen.certificates.length }) : '';
    return el('label', { for: `trust-${key}` }, this.say(key), input, el('span', { class: 'soft', role: 'status' }, said));
  }

  private async choose(key: 'office' | 'authority', file: File | null): Promise<void> {
    const bytes = file && file.size <= CERTIFICATES_MAX ? new Uint8Array(await file.arrayBuffer()) : null;
    const certificates = bytes ? certificatesOf(new TextDecoder().decode(bytes), bytes) : [];
    this.trust[key] = { certificates, isBad: file !== null && certificates.length === 0 };
    if (this.last) this.open(Promise.resolve(this.last));
    else this.render();
  }

  private header(): HTMLElement {
    return el('header', {}, el('div', {}, el('h1', {}, this.say('title')), el('p', { class: 'soft' }, this.say('lead'))),
      el('button', { type: 'button', class: 'language', lang: this.language === 'zh' ? 'en' : 'zh', click: () => {
        this.language = this.language === 'zh' ? 'en' : 'zh';
        this.render();
      } }, this.say('other')));
  }

  private chooser(): HTMLElement {
    return el('div', { class: 'drop' }, el('p', {}, this.say('drop')), el('p', { class: 'soft' }, this.say('or')),
      el('div', { class: 'row' }, this.picker('zip', false), this.picker('folder', true)));
  }

  private trustBox(): HTMLElement {
    const isOpen = Object.values(this.trust).some((one) => one.isBad || one.certificates.length > 0);
    return el('details', { open: isOpen }, el('summary', {}, this.say('trust')), el('p', { class: 'soft' }, this.say('trustHint')),
      el('div', { class: 'pair' }, this.certificates('office'), this.certificates('authority')));
  }

  private middle(): HTMLElement[] {
    if (this.permille >= 0)
      return [el('div', { class: 'progress', role: 'status' },
        el('p', {}, this.say('checking', { percent: Math.floor(this.permille / 10) })), el('progress', { max: '1000', value: '0' }))];
    if (this.report) {
      const hasTrust = this.trust.office.certificates.length > 0;
      return [...resultOf(this.language, this.report, hasTrust), el('div', { class: 'row end' },
        el('button', { type: 'button', class: 'primary', click: () => print() }, this.say('print')),
        el('button', { type: 'button', click: () => this.reset() }, this.say('again')))];
    }
    return [...(this.failure ? [el('p', { class: 'failure', role: 'alert', tabindex: '-1' }, this.say(this.failure))] : []),
      this.chooser()];
  }

  private reset(): void {
    this.run++;
    this.report = null;
    this.failure = null;
    this.last = null;
    this.permille = -1;
    this.render();
  }

  private render(): void {
    document.documentElement.lang = this.language === 'zh' ? 'zh-CN' : 'en';
    document.title = this.report?.log.number ? `${this.report.log.number} · ${this.say('title')}` : this.say('title');
    this.root.replaceChildren(this.header(), ...this.middle(), this.trustBox());
    this.root.querySelector('.verdict')?.setAttribute('tabindex', '-1');
  }
}

new Page(document.getElementById('page')!);
