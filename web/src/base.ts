// SPDX-License-Identifier: Apache-2.0
/* What every element of ours is: a Lit element that follows the language and tells events. */
import { LitElement } from 'lit';
import { onLanguage } from './i18n';

export class HeardElement extends LitElement {
  private stopLanguage: (() => void) | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    this.stopLanguage = onLanguage(() => this.requestUpdate());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stopLanguage?.();
    this.stopLanguage = null;
  }

  /* Events cross shadow roots, so that a page hears its innermost control. */
  protected tell(name: string, detail?: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }

  /* A new step begins at its heading, for the eye and for a screen reader. */
  protected focusHeading(): void {
    void this.updateComplete.then(() => {
      const heading = this.renderRoot.querySelector<HTMLElement>('h1');
      if (!heading) return;
      heading.tabIndex = -1;
      heading.focus({ preventScroll: true });
      scrollTo({ top: 0 });
    });
  }
}
