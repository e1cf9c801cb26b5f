// SPDX-License-Identifier: Apache-2.0
/* The questions of the hearing room, in words, and the command that an answer becomes. */
import type { Answer, Question } from './elements/heard-ask';
import { t, word } from './i18n';
import { skipped } from './phases';
import { isInRoom, type Hearing, type Participant } from './protocol';

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

/* A recess that cools tempers says how long; nobody is called back by a clock. */
const COOLING = [5, 10, 15];
const TURNS = [2, 3, 5, 10];

/* reason: what stands in the field already. */
export function askRecess(reason = ''): Asked {
  return {
    question: {
      heading: t('ask.recess'), text: t('ask.recessText'), confirm: t('controls.recess'),
      choiceLabel: t('ask.recessKind'), choice: '0',
      choices: [{ value: '0', label: t('ask.recessPlain') },
        ...COOLING.map((minutes) => ({ value: String(minutes),
          label: t('ask.cooling', { minutes }) }))],
      reasonLabel: t('ask.recessReason'), reasonNeeded: true, reasonNeededFor: '0', reason,
    },
    command: ({ reason: why, choice }) => ({ type: 'hearing.recess', data: choice === '0'
      ? { reason: why } : { reason: why || 'cooling_off', minutes: Number(choice) } }),
  };
}

/* Closing before the end of the agenda needs a note, as the rules will ask for one. */
export function askClose(hearing: Hearing | null, isClerk = false): Asked {
  const isEarly = !!hearing && skipped(hearing, 'closed').length > 0;
  if (hearing && UNDECIDED.includes(hearing.kind)) return askEnd(isEarly);
  /* Where nobody presides any more, the clerk may adjourn and nothing else. */
  const outcomes = isClerk ? ['adjourned'] : hearing?.kind === 'mediation' ? MEDIATED : OUTCOMES;
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

/* Without a warning before, only a matter of safety sends somebody away. */
function askRemove(person: Participant): Asked {
  const isWarned = (person.warnings ?? 0) > 0 || !isInRoom(person.presence);
  return {
    question: {
      heading: t('ask.remove', { name: person.name }),
      text: t(isWarned ? 'ask.removeText' : 'ask.removeSafety'),
      confirm: t('desk.remove'), danger: true,
      reasonLabel: t(isWarned ? 'ask.reason' : 'ask.safety'), reasonNeeded: true,
    },
    command: ({ reason }) => ({ type: 'participant.remove',
      data: { participant: person.id, reason, safety: !isWarned } }),
  };
}

function askGive(person: Participant): Asked {
  return {
    question: {
      heading: t('ask.give', { name: person.name }), text: t('ask.giveText'),
      confirm: t('desk.give'), choiceLabel: t('ask.minutes'), choice: '0',
      choices: [{ value: '0', label: t('ask.noLimit') }, ...TURNS.map((minutes) => ({
        value: String(minutes), label: t('ask.minuteCount', { minutes }) }))],
    },
    command: ({ choice }) => ({ type: 'floor.give',
      data: { participant: person.id, minutes: Number(choice) } }),
  };
}

export type PersonAsk = 'hold' | 'remove' | 'warn' | 'give';

export function askPerson(what: PersonAsk, person: Participant): Asked {
  if (what === 'remove') return askRemove(person);
  if (what === 'give') return askGive(person);
  const isWarning = what === 'warn';
  return {
    question: {
      heading: t(isWarning ? 'ask.warn' : 'ask.hold', { name: person.name }),
      text: t(isWarning ? 'ask.warnText' : 'ask.holdText'),
      confirm: t(isWarning ? 'desk.warn' : 'desk.hold'),
      reasonLabel: t('ask.reason'), reasonNeeded: true,
    },
    command: ({ reason }) => ({
      type: isWarning ? 'order.warn' : 'participant.hold', data: { participant: person.id, reason },
    }),
  };
}
