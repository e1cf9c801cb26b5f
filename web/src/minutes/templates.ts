// SPDX-License-Identifier: Apache-2.0
/*
 * Lines that are said in every hearing, by phase, in our own words. {…} is filled in; what an
 * office says otherwise it changes after inserting. "" is for every phase.
 */
import type { Language } from '../format';
import type { MinutesKind } from './line';

export interface Template {
  phase: string;
  name: string;
  lines: readonly { kind: MinutesKind; text: string }[];
}

const say = (text: string) => ({ kind: 'statement' as const, text });
const act = (text: string) => ({ kind: 'action' as const, text });
const head = (text: string) => ({ kind: 'heading' as const, text });

const zh: readonly Template[] = [
  { phase: 'check_in', name: '记录开头', lines: [
    head('{title}'),
    { kind: 'note', text: '编号：{number}；主办单位：{organiser}；时间：{date}；方式：视频。' },
    { kind: 'note', text: '到场人员：{present}。' }] },
  { phase: 'opening', name: '宣布纪律', lines: [
    head('开场'),
    say('现在开始。请各位依次发言，不打断他人；发言请围绕本次事项。'),
    say('本次接访全程录音录像，仅用于办理本事项，未经允许请勿另行录制、传播。')] },
  { phase: 'opening', name: '告知权利', lines: [
    say('您有权陈述事实、提出要求、出示材料；有权核对笔录并要求更正；认为工作人员与本事项有利害关系的，可以申请回避。'),
    say('您也应当如实陈述，尊重他人，遵守秩序。以上是否听清？是否申请回避？')] },
  { phase: 'statement', name: '陈述开始', lines: [
    head('陈述'), say('请信访人陈述事实、理由和要求。')] },
  { phase: 'unit_answers', name: '答复开始', lines: [
    head('答复'), say('请有关单位逐项答复：事实是否属实，依据是什么，如何处理，何时办结。')] },
  { phase: 'consolidation', name: '归纳事项', lines: [
    head('归纳'), say('归纳如下：事项一……，责任单位……，办理期限……。各方是否有补充？')] },
  { phase: 'record_confirm', name: '核对笔录', lines: [
    head('核对'), act('记录员宣读笔录要点。'),
    say('请各位核对。与所说不一致的，现在提出，当场更正。')] },
  { phase: '', name: '出示材料', lines: [act('出示材料：……。各方已查看。')] },
  { phase: '', name: '线路中断', lines: [act('线路中断，暂停发言；恢复后重述了中断处的内容。')] },
  { phase: '', name: '中途离开', lines: [act('……离开；……返回。')] },
];

const en: readonly Template[] = [
  { phase: 'check_in', name: 'Head of the minutes', lines: [
    head('{title}'),
    { kind: 'note', text: 'No. {number}; held by {organiser}; {date}; by video.' },
    { kind: 'note', text: 'Present: {present}.' }] },
  { phase: 'opening', name: 'Rules of the room', lines: [
    head('Opening'),
    say('We begin. Please speak one after the other, let others finish, and keep to this matter.'),
    say('All is recorded, for this matter only. Please do not record or share it yourselves.')] },
  { phase: 'opening', name: 'Reading of rights', lines: [
    say('You may state facts, ask for what you want, show documents, check the minutes and have them '
      + 'corrected, and object to an official who has an interest in the matter.'),
    say('You are asked to tell the truth and respect others. Is this clear? Do you object to anybody?')] },
  { phase: 'statement', name: 'Statement begins', lines: [
    head('Statement'), say('Please tell us the facts, the reasons and what you ask for.')] },
  { phase: 'unit_answers', name: 'Answers begin', lines: [
    head('Answers'),
    say('Please answer point by point: is it so, on what ground, what is done, and by when.')] },
  { phase: 'consolidation', name: 'Summing up', lines: [
    head('Summing up'), say('To sum up: item one …, responsible …, by …. Anything to add?')] },
  { phase: 'record_confirm', name: 'Checking the minutes', lines: [
    head('Checking'), act('The clerk reads out the main points of the minutes.'),
    say('Please check. What differs from what you said is corrected now.')] },
  { phase: '', name: 'Document shown', lines: [act('Shown: …. All have looked at it.')] },
  { phase: '', name: 'Line broken', lines: [
    act('The line broke and we waited; what was missed was said again.')] },
  { phase: '', name: 'Left for a while', lines: [act('… left; … came back.')] },
];

/* Those of the phase first, then those for every phase. */
export function templatesOf(language: Language, phase: string): Template[] {
  const all = language === 'zh' ? zh : en;
  return [...all.filter((one) => one.phase === phase), ...all.filter((one) => !one.phase)];
}
