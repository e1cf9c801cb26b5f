// SPDX-License-Identifier: Apache-2.0
/*
 * What a machine took down, as one desk sees it: until somebody takes or drops it. In the order of
 * being said. Pure.
 */
export interface MachineDraft {
  id: string;
  speaker: string;
  at_ms: number;
  end_ms: number;
  text: string;
  confidence: number | null;
  alternatives: string[];
}

export type DraftEvent =
  | { type: 'draft.added'; data: { draft: MachineDraft } }
  | { type: 'draft.gone'; data: { id: string | null; why: 'taken' | 'dropped' | 'lost' | 'closed' } };

export function reduceDrafts(list: readonly MachineDraft[], event: DraftEvent): MachineDraft[] {
  if (event.type === 'draft.gone') {
    const { id } = event.data;
    return id === null ? [] : list.filter((one) => one.id !== id);
  }
  const { draft } = event.data;
  return [...list.filter((one) => one.id !== draft.id), draft].sort((a, b) => a.at_ms - b.at_ms);
}

/* A text that the service itself doubts is shown so. */
export const isDoubtful = (draft: MachineDraft): boolean =>
  draft.confidence !== null && draft.confidence < 0.5;
