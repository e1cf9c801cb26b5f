// SPDX-License-Identifier: Apache-2.0
/* What is done to a recording beside playing it, in Chinese. */
export const tasks = {
  'tasks.title': '存证与成片',
  'tasks.filmText': '把整场合成一个 MP4 视频，画面上有姓名、编号和时间，可在任何设备上观看。',
  'tasks.layout': '画面布局',
  'tasks.filmMake': '生成视频',
  'tasks.filmAgain': '重新生成',
  'tasks.filmWaits': '已排队，即将开始生成视频…',
  'tasks.filmRuns': '正在生成视频…',
  'tasks.filmOpen': '观看视频',
  'tasks.filmFailed': '视频没有生成。原始录音录像不受影响，可以再试一次。',
  'layout.grid': '平铺：所有人一样大',
  'layout.speaker': '发言人为主',
  'layout.document': '材料为主',
  'task.timestamp': '可信时间戳',
  'task.copy': '第二份副本',
  'taskState.timestamp.ready': '已取得',
  'taskState.timestamp.coming': '等待时间戳机构答复',
  'taskState.timestamp.retry': '时间戳机构暂未答复，系统会自动重试',
  'taskState.copy.ready': '已存好，逐个文件核对一致',
  'taskState.copy.coming': '正在复制',
  'taskState.copy.retry': '尚未存好，系统会自动重试；若长时间如此，请联系管理员',
} as const;
