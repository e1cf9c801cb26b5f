// SPDX-License-Identifier: Apache-2.0
import type { drafts as zh } from './zh_drafts';

export const drafts: Record<keyof typeof zh, string> = {
  'draft.title': 'Draft · by machine',
  'draft.count': '{count} {count:line|lines}',
  'draft.take': 'Take',
  'draft.takeOne': 'Take the draft of {time}',
  'draft.takeAll': 'Take all',
  'draft.mend': 'Edit',
  'draft.mendOne': 'Edit and take the draft of {time}',
  'draft.drop': 'Drop',
  'draft.dropOne': 'Drop the draft of {time}',
  'draft.dropAll': 'Drop all',
  'draft.back': 'Back',
  'draft.others': 'It may also be',
  'draft.doubtful': 'The machine is not sure',
  'draft.keys': 'Alt+Enter: take the first draft · Alt+Backspace: drop it',
  'draft.takenNow': 'One draft was taken',
  'draft.droppedNow': 'One draft was dropped',
  'draft.caption': 'Transcribed by machine, for orientation only',
  'draft.on': 'transcribed by machine',
  'draft.onWhy': 'While recording, the server turns what is said in the main room into draft text for the clerk. '
    + 'Drafts are not the minutes and are deleted when the hearing ends.',
  'consent.transcribed':
    'While recording, a program on this office’s server turns what is said in the main room into draft text, only to help '
    + 'the clerk write the minutes. Drafts are not the minutes, are not kept in the case file, and are deleted when the '
    + 'hearing ends. Nothing is transcribed in a recess, a caucus, a deliberation, or where a witness waits. The clerk writes '
    + 'the minutes, and you are asked to check them.',
};
