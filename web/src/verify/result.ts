// SPDX-License-Identifier: Apache-2.0
/* The result on the page: verdict, where, who signed, what was found, what was not checked. */
import { el, sign, type Child } from './dom';
import type { PackageReport } from './package_check';
import { type Finding, toMs } from './report';
import { type Key, type Language, say, sayDetail, type Values } from './texts';
import { clock, type Colour, firstPlace, partOf, timeOf, verdictOf } from './verdict';

const SIGNS: Record<Colour, string> = {
  good: 'M10 25l10 10 19-22', bad: 'M13 13l22 22M35 13L13 35', unsure: 'M24 8v20M24 36v4',
};

const HASHES: ReadonlySet<Key> = new Set<Key>(['chain_head', 'fingerprint', 'log_id']);

const TRACKS_TOLD_MAX = 12;

class ResultView {
  constructor(private readonly language: Language, private readonly report: PackageReport, private readonly hasTrust: boolean) {}

  private say(key: Key, values?: Values): string {
    return say(this.language, key, values);
  }

  private facts(title: Key, rows: [Key, string | number][]): HTMLElement {
    return el('section', {}, el('h2', {}, this.say(title)),
      el('dl', {}, ...rows.filter(([, value]) => value !== '')
        .map(([key, value]) => el('div', {}, el('dt', {}, this.say(key)),
          el('dd', HASHES.has(key) ? { class: 'hash' } : {}, String(value))))));
  }

  private date(ms: number): string {
    return new Date(ms).toLocaleString(this.language === 'zh' ? 'zh-CN' : 'en-GB',
      { dateStyle: 'long', timeStyle: 'long' });
  }

  private verdict(): HTMLElement {
    const { colour, key } = verdictOf(this.report);
    const place = firstPlace(this.language, this.report);
    const part = partOf(this.language, this.report);
    return el('div', { class: `verdict ${colour}`, role: 'alert' }, sign(SIGNS[colour]),
      el('div', {}, el('p', { class: 'sentence' }, this.say(key)), part ? el('p', { class: 'part' }, part) : null,
        place ? el('p', { class: 'place' }, place) : null));
  }

  private recording(): HTMLElement {
    const { log } = this.report;
    return this.facts('facts', [
      ['number', log.number], ['hearing', log.hearing], ['recording', log.recording],
      ['started', log.started_wall_ms ? this.date(log.started_wall_ms) : ''], [log.excerpt ? 'duration.whole' : 'duration', clock(toMs(log.duration_us))],
      ['segments', log.excerpt ? this.say('excerpt.segments', { count: log.segments, all: log.log_segments }) : log.segments], ['chunks', log.chunks], ['records', log.records],
      ['lost_packets', log.lost_packets], ['chain_head', log.chain_head], ['log_id', log.log_id],
    ]);
  }

  private signers(): HTMLElement {
    const { log } = this.report;
    const rows: [Key, string | number][] = log.signer_fingerprint === '' ? [['signer', this.say('none')]] : [
      ['signer', log.signer], ['signer_algorithm', log.signer_algorithm], ['signatures', log.signatures],
      ['signed_until', log.signatures ? clock(toMs(log.signed_us)) : ''],
      ['validity', log.signatures && !log.findings.some(({ kind }) => kind === 'signer') ? this.say('yes') : ''],
      ['fingerprint', log.signer_fingerprint],
      ['trusted', this.say(log.trust === 'not asked' ? 'trusted.none' : `trusted.${log.trust}`)],
    ];
    if (log.timestamp_ms === 0) rows.push(['timestamp', this.say('noTimestamp')]);
    else rows.push(['timestamp', this.date(log.timestamp_ms)], ['timestampBy', log.authority],
      ['timestampOk', this.say(log.timestamp_unchecked ? 'timestampOk.unknown' : 'timestampOk.good')]);
    if (log.hourly_stamps > 0) rows.push(['hourly', this.say('hourly.last',
      { count: log.hourly_stamps, at: this.date(log.hourly_ms), upto: clock(toMs(log.hourly_us)) })]);
    return this.facts('signers', rows);
  }

  private finding(one: Finding): HTMLElement {
    const where = [
      one.segment === undefined ? '' : this.say('segment', { segment: one.segment }),
      one.chunk === undefined ? '' : this.say('chunk', { chunk: one.chunk }),
      timeOf(this.language, one), one.number > 0 ? `(${one.number})` : '', sayDetail(this.language, one.detail),
    ].filter(Boolean);
    return el('li', {}, el('span', {}, this.say(`kind.${one.kind}`)), el('span', { class: 'where' }, where.join(' · ')),
      this.tracks(one));
  }

  /* A chunk holds all tracks of its time: it may be of any of them. */
  private tracks(one: Finding): HTMLElement | null {
    const { log, names } = this.report;
    const all = log.tracks.of(one);
    if (all.length === 0) return null;
    const told = all.slice(0, TRACKS_TOLD_MAX).map(({ track, source, participant }) => this.say('track', {
      track, who: names.get(participant) ?? participant, source: say(this.language, `source.${source}` as Key) }));
    if (all.length > told.length) told.push(this.say('more', { count: all.length - told.length }));
    return el('span', { class: 'where tracks' }, this.say('tracks', { tracks: told.join(this.say('comma')) }));
  }

  private findings(title: Key, isFault: boolean, left: number): HTMLElement | null {
    const found = this.report.log.findings.filter((one) => one.fault === isFault);
    if (found.length === 0) return null;
    return el('section', { class: isFault ? 'faults' : 'notes' }, el('h2', {}, this.say(title)),
      el('ul', {}, ...found.map((one) => this.finding(one)),
        left > 0 ? el('li', {}, this.say('more', { count: left })) : null));
  }

  private files(): HTMLElement | null {
    const { fits, wrong, hasList } = this.report;
    if (!hasList && fits === 0 && wrong.length === 0) return null;
    return el('section', { class: wrong.length ? 'faults' : 'notes' }, el('h2', {}, this.say('files')),
      el('ul', {}, ...wrong.slice(0, 200).map(({ file, state }) =>
        el('li', {}, el('span', {}, this.say(`file.${state}`)), el('span', { class: 'where' }, file))),
      el('li', {}, this.say('files.good', { count: fits })),
      hasList ? null : el('li', {}, this.say('files.noList'))));
  }

  private unchecked(): HTMLElement {
    const { log } = this.report;
    const texts: Child[] = [
      log.signatures_unchecked ? this.say('unchecked.signatures', { count: log.signatures_unchecked }) : null,
      log.timestamp_unchecked ? `${this.say('timestamp')}: ${this.say('timestampOk.unknown')}` : null,
      log.signatures && !this.hasTrust ? this.say('unchecked.trust') : null,
      this.say('unchecked.content'), this.report.hasDerived ? this.say('unchecked.derived') : null,
    ];
    return el('section', { class: 'notes' }, el('h2', {}, this.say('unchecked')),
      el('ul', {}, ...texts.filter(Boolean).map((text) => el('li', {}, text))));
  }

  render(): HTMLElement[] {
    const parts = [this.verdict(), this.findings('found', true, this.report.log.findings_left_out), this.recording(),
      this.signers(), this.files(), this.findings('notes', false, 0), this.unchecked()];
    return parts.filter((part): part is HTMLElement => part !== null);
  }
}

export function resultOf(language: Language, report: PackageReport, hasTrust: boolean): HTMLElement[] {
  return new ResultView(language, report, hasTrust).render();
}
