// SPDX-License-Identifier: Apache-2.0
/*
 * The mediation of one live hearing at this page: asked for anew when the server tells that it
 * changed, and one act at a time.
 *
 * Owner   One for each LiveHearing (tableOf). Errors: none thrown; problem is a key of the words.
 */
import { ApiError } from '../api';
import { mediationApi } from '../api_mediation';
import type { LiveHearing } from '../live';
import { me } from '../store';
import type { Act, Mediation } from './view';

const AGAIN_MS = 3000;

export class MediationTable extends EventTarget {
  view: Mediation | null = null;
  problem = '';
  isBusy = false;
  private seen = -1;
  private isLoading = false;

  constructor(private readonly live: LiveHearing) {
    super();
    live.addEventListener('change', () => this.follow());
    this.follow();
  }

  private changed(): void {
    this.dispatchEvent(new Event('change'));
  }

  private follow(): void {
    const { hearing, mediations, papers, you } = this.live.state;
    const count = mediations + papers; /* who signed is told as of any paper */
    if (hearing?.kind !== 'mediation' || !you || count === this.seen || this.isLoading) return;
    /* Before one is let in there is nothing to see. */
    const self = me(this.live.state);
    if (!self || ['lobby', 'none'].includes(you.room ?? self.room ?? 'none')) return;
    this.seen = count;
    void this.load();
  }

  private async load(): Promise<void> {
    this.isLoading = true;
    try {
      this.view = await mediationApi.view(this.live.hearing);
    } catch (error) {
      const code = error instanceof ApiError ? error.code : 'offline';
      if (['offline', 'unavailable', 'internal', 'network', 'not_admitted'].includes(code))
        setTimeout(() => { this.seen = -1; this.follow(); }, AGAIN_MS);
    }
    this.isLoading = false;
    this.changed();
    this.follow();
  }

  forget(): void {
    this.problem = '';
    this.changed();
  }

  /* True: done. Who came second has what stands now, and is told so. */
  async act(act: Act): Promise<boolean> {
    if (this.isBusy) return false;
    this.isBusy = true;
    this.problem = '';
    this.changed();
    let isDone = false;
    try {
      this.view = await mediationApi.act(this.live.hearing, act);
      isDone = true;
    } catch (error) {
      const { code, members } = error instanceof ApiError ? error : new ApiError('offline');
      const { reason, mediation } = members as { reason?: string; mediation?: Mediation };
      if (mediation) this.view = mediation;
      this.problem = reason ? `mediation.problem.${reason}` : `error.${code}`;
    }
    this.isBusy = false;
    this.changed();
    return isDone;
  }
}

const tables = new WeakMap<LiveHearing, MediationTable>();

export function tableOf(live: LiveHearing): MediationTable {
  let table = tables.get(live);
  if (!table) tables.set(live, table = new MediationTable(live));
  return table;
}
