// SPDX-License-Identifier: Apache-2.0
/* The questions of the hearing room, in words, and the command that an answer becomes. */
import type { Answer, Question } from './elements/heard-ask';
import { t, word } from './i18n';
import { skipped } from './phases';
import type { Hearing, Participant } from './protocol';

export interface Asked {
  question: Question;
  command: (answer: Answer) => { type: string; data: object } | null;
}

const MEDIATED = ['mediated', 'referred', 'withdrawn', 'adjourned', 'no_show'];
const OUTCOMES = ['explained', 'partly_supported', 'supported', 'not_supported', 'referred',
  'mediated', 'withdrawn', 'adjourned', 'no_show'];

/* Nothing is decided about a case there. */
const UNDECIDED = ['consultation', 'training'];

export function askLeave(): Asked {
  return {
    question: { heading: t('ask.leave'), text: t('ask.leaveText'), confirm: t('controls.leave') },
    command: () => null,
  };
}

/* reason: what stands in the field already. */
export function askRecess(reason = ''): Asked {
  return {
    question: {
      heading: t('ask.recess'), text: t('ask.recessText'), confirm: t('controls.recess'),
      reasonLabel: t('ask.reason'), reasonNeeded: true, reason,
    },
    command: ({ reason: why }) => ({ type: 'hearing.recess', data: { reason: why } }),
  };
}

/* Closing before the end of the agenda needs a note, as the rules will ask for one. */
export function askClose(hearing: Hearing | null): Asked {
  const isEarly = !!hearing && skipped(hearing, 'closed').length > 0;
  if (hearing && UNDECIDED.includes(hearing.kind)) return askEnd(isEarly);
  const outcomes = hearing?.kind === 'mediation' ? MEDIATED : OUTCOMES;
  return {
    question: {
      heading: t('ask.close'), text: t('ask.closeText'), confirm: t('controls.close'),
      danger: true, choiceLabel: t('ask.outcome'),
      choices: outcomes.map((value) => ({ value, label: word('outcome', value) })),
      reasonLabel: t('ask.note'), reasonMax: 500, reasonNeeded: isEarly,
    },
    command: ({ reason, choice }) =>
      ({ type: 'hearing.close', data: { outcome: choice, note: reason } }),
  };
}

function askEnd(isEarly: boolean): Asked {
  return {
    question: {
      heading: t('ask.close'), text: t('ask.closeText'), confirm: t('controls.close'),
      danger: true, reasonLabel: t('ask.note'), reasonMax: 500, reasonNeeded: isEarly,
    },
    command: ({ reason }) => ({ type: 'hearing.close', data: { outcomes: [], note: reason } }),
  };
}

/* It moves people: they are told before. */
function askDeliberation(): Asked {
  return {
    question: {
      heading: t('ask.deliberate'), text: t('ask.deliberateText'),
      confirm: t('ask.deliberateGo'),
    },
    command: () => ({ type: 'hearing.advance', data: { phase: 'deliberation', reason: '' } }),
  };
}

/* Null when no question is needed: the next phase in order. */
export function askPhase(hearing: Hearing, code: string): Asked | null {
  const left = skipped(hearing, code);
  const index = hearing.phases.findIndex((phase) => phase.code === code);
  const isBack = index < hearing.phases.findIndex((phase) => phase.code === hearing.phase);
  if (!left.length && !isBack) return code === 'deliberation' ? askDeliberation() : null;
  const more = code === 'deliberation' ? ` ${t('ask.deliberateText')}` : '';
  const names = left.map((phase) => word('phase', phase.code)).join(t('list.comma'));
  return {
    question: {
      heading: t('ask.phase', { phase: word('phase', code) }),
      text: (isBack ? t('ask.phaseBack') : t('ask.phaseSkip', { phases: names })) + more,
      confirm: t('ask.phaseGo'), reasonLabel: t('ask.reason'), reasonNeeded: true,
    },
    command: ({ reason }) => ({ type: 'hearing.advance', data: { phase: code, reason } }),
  };
}

export function askPerson(what: 'hold' | 'remove', person: Participant): Asked {
  return {
    question: {
      heading: t(what === 'hold' ? 'ask.hold' : 'ask.remove', { name: person.name }),
      text: t(what === 'hold' ? 'ask.holdText' : 'ask.removeText'),
      confirm: t(what === 'hold' ? 'desk.hold' : 'desk.remove'), danger: what === 'remove',
      reasonLabel: t('ask.reason'), reasonNeeded: true,
    },
    command: ({ reason }) => ({
      type: `participant.${what}`, data: { participant: person.id, reason },
    }),
  };
}
