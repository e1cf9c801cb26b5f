// SPDX-License-Identifier: Apache-2.0
export const drafts = {
  'draft.title': '草稿 · 机器转写',
  'draft.count': '{count} 条',
  'draft.take': '收下',
  'draft.takeOne': '收下 {time} 的草稿',
  'draft.takeAll': '全部收下',
  'draft.mend': '改',
  'draft.mendOne': '修改后收下 {time} 的草稿',
  'draft.drop': '不要',
  'draft.dropOne': '不要 {time} 的草稿',
  'draft.dropAll': '全部不要',
  'draft.back': '返回',
  'draft.others': '也可能是',
  'draft.doubtful': '机器没有把握',
  'draft.keys': 'Alt+回车：收下第一条草稿 · Alt+退格：不要',
  'draft.takenNow': '已收下一条草稿',
  'draft.droppedNow': '已去掉一条草稿',
  'draft.caption': '机器转写，仅供参考',
  'draft.on': '同时机器转写',
  'draft.onWhy': '录制期间，服务器把主会场的发言转成文字草稿，供书记员参考。草稿不是笔录，会议结束即删除。',
  'consent.transcribed':
    '录制期间，本机构的服务器用转写程序把主会场的发言转成文字草稿，只供书记员做笔录时参考。草稿不是笔录，不存入案卷，会议结束即删除。'
    + '休会、背对背会谈、合议以及证人等候时不转写。笔录由书记员记录，并请您核对。',
};
