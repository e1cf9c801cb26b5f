// SPDX-License-Identifier: Apache-2.0
/* What is done to a recording beside playing it, in English. */
export const tasks = {
  'tasks.title': 'Evidence and video',
  'tasks.filmText': 'Puts the whole hearing into one MP4 video with names, number and time in the picture, for any device.',
  'tasks.layout': 'Layout',
  'tasks.filmMake': 'Make the video',
  'tasks.filmAgain': 'Make it again',
  'tasks.filmWaits': 'Queued, the video will be made soon…',
  'tasks.filmRuns': 'The video is being made…',
  'tasks.filmOpen': 'Watch the video',
  'tasks.filmFailed': 'The video was not made. The original recording is untouched; you may try again.',
  'layout.grid': 'Grid: everybody the same size',
  'layout.speaker': 'Who speaks is large',
  'layout.document': 'Documents are large',
  'task.timestamp': 'Trusted time-stamp',
  'task.copy': 'Second copy',
  'taskState.timestamp.ready': 'obtained',
  'taskState.timestamp.coming': 'waiting for the authority',
  'taskState.timestamp.retry': 'the authority has not answered yet; it is asked again by itself',
  'taskState.copy.ready': 'complete, every file compared',
  'taskState.copy.coming': 'being copied',
  'taskState.copy.retry': 'not complete yet, tried again by itself; tell the administrator if it stays so',
} as const;
