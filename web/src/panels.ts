// SPDX-License-Identifier: Apache-2.0
/*
 * Which panel is open beside the pictures (over them on a phone): one at a time. Its name stands in
 * the address (#exhibits), so that a reload keeps it and, on a phone, the back button closes it.
 * What happens may open one by itself: once for each reason.
 */

export const PANELS = ['exhibits', 'mediation', 'ballot', 'minutes'] as const;
export type Panel = (typeof PANELS)[number];

/* A phone's bar has room for one of them: what a decision may wait in comes first. */
export function onPhoneBar(there: ReadonlySet<Panel>): Panel | '' {
  return (['mediation', 'ballot', 'exhibits'] as const).find((one) => there.has(one)) ?? '';
}

/* Why a panel should open by itself; as long as the reason lasts its key stays the same. */
export interface Reason {
  key: string;
  panel: Panel;
}

/* What of a window is needed. */
export interface Place {
  history: Pick<History, 'state' | 'pushState' | 'replaceState' | 'back'>;
  location: Pick<Location, 'pathname' | 'search' | 'hash'>;
}

export function panelOf(hash: string): Panel | '' {
  return PANELS.find((one) => hash === `#${one}`) ?? '';
}

export class Panels {
  open: Panel | '';
  /* a person opened it: the keyboard goes along */
  isByHand = false;
  private isForReason = false;
  private isGoingBack = false;
  private known: ReadonlySet<string> | null = null;
  private wasThere = false;

  constructor(private readonly place: Place, private readonly isCovering: () => boolean) {
    this.open = panelOf(place.location.hash);
  }

  toggle(panel: Panel): void {
    this.isByHand = true;
    this.isForReason = false;
    this.show(this.open === panel ? '' : panel);
  }

  close(): void {
    this.show('');
  }

  /* What is open and to be had. */
  shown(there: ReadonlySet<Panel>): Panel | '' {
    return this.open && there.has(this.open) ? this.open : '';
  }

  /* Told at each change: what could be open now, and what asks for it. */
  follow(there: ReadonlySet<Panel>, reasons: readonly Reason[]): void {
    const { known } = this;
    this.known = new Set(reasons.map(({ key }) => key));
    const isLoaded = known === null && this.open !== '';
    const reason = isLoaded ? undefined : reasons.find(({ key }) => !known?.has(key));
    if (reason) {
      this.isByHand = false;
      this.isForReason = true;
      this.show(reason.panel);
    }
    /* Over the pictures only as long as there is something to decide. */
    if (this.isForReason && this.isCovering() && !reasons.some((one) => one.panel === this.open))
      this.show('');
    /* An address may name what is not loaded yet: only what was there can go. */
    if (this.open && this.wasThere && !there.has(this.open)) this.show('');
    this.wasThere = this.open !== '' && there.has(this.open);
  }

  /* The back button, or our own way back. */
  popped(): void {
    if (this.isGoingBack) {
      this.isGoingBack = false;
      this.write();
    } else this.open = panelOf(this.place.location.hash);
  }

  /* The room is left: its panels mean nothing to another page. */
  leave(): void {
    const { history, location } = this.place;
    if (panelOf(location.hash))
      history.replaceState(null, '', location.pathname + location.search);
  }

  private show(panel: Panel | ''): void {
    if (panel === this.open) return;
    this.open = panel;
    this.wasThere = false;
    if (!this.isGoingBack) this.write();
  }

  /* On a phone a panel is a step forward: the button back undoes it. */
  private write(): void {
    const { history, location } = this.place;
    const before = panelOf(location.hash);
    if (before === this.open) return;
    const path = location.pathname + location.search;
    const isStep = (history.state as { panel?: boolean } | null)?.panel === true;
    if (!this.open && isStep) {
      this.isGoingBack = true;
      history.back();
    } else if (!this.open) history.replaceState(null, '', path);
    else if (before || !this.isCovering())
      history.replaceState(history.state, '', `${path}#${this.open}`);
    else history.pushState({ panel: true }, '', `${path}#${this.open}`);
  }
}
