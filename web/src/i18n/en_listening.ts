// SPDX-License-Identifier: Apache-2.0
/* What to hear while somebody interprets, in English. */
import type { listening as zh } from './zh_listening';

export const listening: Record<keyof typeof zh, string> = {
  'listening.title': 'What to hear',
  'listening.text': 'Somebody interprets. You want to hear:',
  'listening.both': 'Everything',
  'listening.bothText': 'Original and interpretation as they come',
  'listening.original': 'The original only',
  'listening.originalText': 'No interpreter is heard',
  'listening.interpreted': 'The interpretation: {name}',
  'listening.interpretedText': 'Everybody else is quieter while it is spoken',
};
