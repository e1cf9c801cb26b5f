// SPDX-License-Identifier: Apache-2.0
/* The floor and order in the room in English. */
import type { floor as zh } from './zh_floor';

export const floor: Record<keyof typeof zh, string> = {
  'room.overBy': '{minutes} min over',
  'room.recessUntil': 'Recess, time left',
  'room.recessOver': 'Time is up. The presiding officer will resume.',
  'recess.cooling_off': 'Cooling off',
  'event.floor': 'Floor {name}',
  'event.lock': 'Everybody muted, or no longer',
  'event.spotlight': 'Shown to all {name}',
  'event.warning': 'Warning {name}',
  'floor.has': '{name} has the floor',
  'floor.yours': 'You have the floor',
  'floor.muted': 'Please turn your microphone on',
  'floor.limit': 'of {minutes} min',
  'floor.done': 'I have finished',
  'floor.take': 'Take the floor back',
  'floor.locked': 'Everybody is muted except the presiding officer and whoever has the floor',
  'floor.lock': 'Mute everybody',
  'floor.unlock': 'Lift the mute',
  'floor.spotlight': '{name} is shown to everybody',
  'floor.unshine': 'Stop showing',
  'floor.time': 'Speaking time of both sides',
  'floor.side.petitioner': 'Petitioner’s side',
  'floor.side.respondent': 'Handling unit',
  'floor.side.neutral': 'Others',
  'desk.give': 'Give the floor',
  'desk.shine': 'Show to everybody',
  'desk.warn': 'Warn',
  'desk.warned': '{count} {count:warning|warnings}',
  'desk.turn': 'Floor',
  'ask.give': 'Give the floor to {name}',
  'ask.giveText':
    'The microphone stays open in any phase, until the floor is taken back or the next '
    + 'phase begins.',
  'ask.minutes': 'Time',
  'ask.noLimit': 'No limit',
  'ask.minuteCount': '{minutes} min',
  'ask.warn': 'Warn {name}',
  'ask.warnText':
    'The person sees the reason; warnings are counted and recorded. Whoever goes on '
    + 'disturbing may be asked to leave.',
  'ask.removeSafety':
    'This person has not been warned yet. Without a warning you may only remove somebody '
    + 'for safety: say why.',
  'ask.safety': 'For safety',
  'ask.recessKind': 'Kind of recess',
  'ask.recessPlain': 'Recess, no set time',
  'ask.cooling': 'Cooling off, {minutes} min',
  'ask.recessReason': 'Reason (may be empty for cooling off)',
  'warned.title': 'A warning from the presiding officer',
  'warned.count': 'Warning number {count}',
  'warned.text': 'Please keep order. If you disturb the hearing again you may be asked to leave.',
  'warned.noted': 'I understand',
  'room.recessOver@mediation': 'Time is up. The mediator will resume.',
  'floor.locked@mediation': 'Everybody is muted except the mediator and whoever has the floor',
  'floor.side.petitioner@mediation': 'Party A',
  'floor.side.respondent@mediation': 'Party B',
  'warned.title@mediation': 'A warning from the mediator',
  'warned.text@mediation': 'Please keep order. If you disturb the mediation again you may be asked to leave.',
  'reason.warning_missing': 'Warn the person first; only a matter of safety allows removal at once.',
};
