// SPDX-License-Identifier: Apache-2.0
/* The list of recordings, in English, and what is said of a copy before it is downloaded. */
import type { recordings as zh } from './zh_recordings';

export const recordings: Record<keyof typeof zh, string> = {
  'app.recordings': 'Recordings',
  'found.title': 'Recordings',
  'found.text': 'Recordings that you may watch, the newest first. You are asked why before you watch one, and every view is logged.',
  'found.search': 'Search',
  'found.searchHint': 'Words of a case number, hearing number or title, parted by spaces',
  'found.from': 'From',
  'found.to': 'To',
  'found.find': 'Search',
  'found.clear': 'Clear',
  'found.none': 'No recordings found',
  'found.noneText': 'Try other words, a wider range of days, or a part of the number only.',
  'found.empty': 'There is no recording that you may watch yet',
  'found.more': 'Earlier recordings',
  'found.shown': '{count} {count:recording|recordings} shown',
  'found.shownMore': '{count} {count:recording|recordings} shown, there are earlier ones',
  'found.case': 'Case {number}',
  'found.noCase': 'No case',
  'found.wrongDays': 'The first day is later than the last one.',
  'found.preparing': 'Playable files are being made',
  'state.no_recordings': 'Your seat may not watch recordings',
  'stateText.no_recordings': 'Where you need to, ask the office that holds the case.',
  'review.toList': 'Back to the recordings',
  'export.noResume': 'A download that breaks off can’t be resumed and begins anew: use a steady network, and keep the browser open until it is complete.',
  'export.about': 'About {size}.',
  'export.noFilm': 'There is no film in a package that is downloaded. Where a film of this stretch is needed, the administrator makes it on the server: heard package --from --to --key.',
};
