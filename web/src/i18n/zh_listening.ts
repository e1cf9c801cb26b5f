// SPDX-License-Identifier: Apache-2.0
/* What to hear while somebody interprets, in Chinese. */
export const listening = {
  'listening.title': '选择声音',
  'listening.text': '有人在翻译。您想听到：',
  'listening.both': '全部声音',
  'listening.bothText': '原声和翻译都照常播放',
  'listening.original': '只听原声',
  'listening.originalText': '听不到翻译',
  'listening.interpreted': '以翻译为主：{name}',
  'listening.interpretedText': '翻译说话时，其他人的声音放低',
};
