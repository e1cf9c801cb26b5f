// SPDX-License-Identifier: Apache-2.0
/*
 * Who can hear me now, in words, from the people in my room. Announced when it changes; the
 * room's colour is beside the words, never in place of them.
 */
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { HeardElement } from '../base';
import { t } from '../i18n';
import { icon } from '../icons';
import { namedOf } from '../plate';
import { isClosedRoom, type Hearers } from '../rooms';
import type { RoomName } from '../protocol';
import { base } from '../styles';

/* More in the main room are counted; in a closed one everybody is named. */
const NAMED_MAX = 2;

@customElement('heard-hearers')
export class HeardHearers extends HeardElement {
  static override styles = [base, css`
    :host { display: block; min-width: 0; }
    p { display: flex; gap: 2px 12px; align-items: center; flex-wrap: wrap; }
    .who { min-width: 0; text-wrap: pretty; word-break: keep-all;
      overflow-wrap: anywhere; }
    .who b { font-weight: 600; }
    .who .soft { color: var(--ink-soft); }
    .off { display: inline-flex; gap: 4px; align-items: center; white-space: nowrap;
      color: var(--room, var(--ink-soft)); font-weight: 600; }
    svg { width: 18px; height: 18px; }
  `];

  @property({ attribute: false }) hearers: Hearers = { kind: 'nobody', people: [] };
  @property() here: RoomName = 'main';
  @property({ type: Boolean }) isMoving = false;

  override render(): TemplateResult {
    return html`<p role="status" aria-live="polite"><span class="who">${this.words()}</span>
      ${isClosedRoom(this.here) ? html`<span class="off">${icon('unrecorded')}
        ${t('hears.unrecorded')}</span>` : nothing}</p>`;
  }

  private words(): TemplateResult | string {
    const { kind, people } = this.hearers;
    if (this.isMoving) return t('hears.moving');
    if (kind === 'nobody') return t('hears.nobody');
    const title = html`<span class="soft">${t('hears.title')}</span>`;
    if (kind === 'alone') return t('hears.alone');
    if (people.length > NAMED_MAX && !isClosedRoom(this.here))
      return html`${title}<b>${t('hears.all', { count: people.length + 1 })}</b>`;
    const names = people.map(namedOf);
    const last = names.pop() ?? '';
    const first = [t('hears.you'), ...names].join(t('list.comma'));
    return html`${title}<b>${[first, last].join(t('hears.and'))}</b>`;
  }
}
