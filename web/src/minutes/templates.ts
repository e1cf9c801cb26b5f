// SPDX-License-Identifier: Apache-2.0
/*
 * Lines that are said in every hearing, by phase, in our own words. {…} is filled in; what an
 * office says otherwise it changes after inserting.
 */
import type { Language } from '../format';
import type { MinutesKind } from './line';

export interface Template {
  /* none: every phase */
  phases: readonly string[];
  name: string;
  lines: readonly { kind: MinutesKind; text: string }[];
}

const say = (text: string) => ({ kind: 'statement' as const, text });
const act = (text: string) => ({ kind: 'action' as const, text });
const head = (text: string) => ({ kind: 'heading' as const, text });

const zh: readonly Template[] = [
  { phases: ['check_in', 'intake_consent'],
    name: '记录开头', lines: [
    head('{title}'),
    { kind: 'note', text: '编号：{number}；主办单位：{organiser}；时间：{date}；方式：视频。' },
    { kind: 'note', text: '到场人员：{present}。' }] },
  { phases: ['opening', 'discipline', 'announcement'],
    name: '宣布纪律', lines: [
    head('开场'),
    say('现在开始。请各位依次发言，不打断他人；发言请围绕本次事项。'),
    say('全程录音录像，仅用于办理本事项，未经允许请勿另行录制、传播。')] },
  { phases: ['opening', 'rights_and_recusal', 'mediator_opening'],
    name: '告知权利', lines: [
    say('您有权陈述事实、提出要求、出示材料；有权核对笔录并要求更正；认为工作人员与本事项有利害关系的，可以申请回避。'),
    say('您也应当如实陈述，尊重他人，遵守秩序。以上是否听清？是否申请回避？')] },
  { phases: ['statement', 'statements', 'petitioner_statement'],
    name: '陈述开始', lines: [
    head('陈述'), say('请信访人陈述事实、理由和要求。')] },
  { phases: ['unit_answers', 'handling_statement', 'explanation'],
    name: '答复开始', lines: [
    head('答复'), say('请有关单位逐项答复：事实是否属实，依据是什么，如何处理，何时办结。')] },
  { phases: ['consolidation', 'summary', 'undisputed_facts'],
    name: '归纳事项', lines: [
    head('归纳'), say('归纳如下：事项一……，责任单位……，办理期限……。各方是否有补充？')] },
  { phases: ['record_confirm'],
    name: '核对笔录', lines: [
    head('核对'), act('记录员宣读笔录要点。'),
    say('请各位核对。与所说不一致的，现在提出，当场更正。')] },
  { phases: ['questions', 'panel_questions'],
    name: '提问开始', lines: [
    head('提问'), say('请围绕争议事实提问，先问后答，不展开辩论。')] },
  { phases: ['final_statement_petitioner', 'final_statement_unit'],
    name: '最后陈述', lines: [
    head('最后陈述'), say('请作最后陈述：还有哪些要求，是否同意刚才归纳的意见。')] },
  { phases: ['mediator_opening', 'proposal', 'agreement_draft'],
    name: '调解自愿', lines: [
    say('调解以双方自愿为前提。愿意调解的可以提出方案，不愿意的可以随时终止，不影响其他途径。')] },
  { phases: ['agreement_draft', 'agreement_sign'],
    name: '宣读协议', lines: [
    act('宣读协议草稿：……。'), say('双方是否看清、听清？是否自愿按此履行？')] },
  { phases: [], name: '出示材料', lines: [act('出示材料：……。各方已查看。')] },
  { phases: [], name: '线路中断', lines: [act('线路中断，暂停发言；恢复后重述了中断处的内容。')] },
  { phases: [], name: '中途离开', lines: [act('……离开；……返回。')] },
];

const en: readonly Template[] = [
  { phases: ['check_in', 'intake_consent'],
    name: 'Head of the minutes', lines: [
    head('{title}'),
    { kind: 'note', text: 'No. {number}; held by {organiser}; {date}; by video.' },
    { kind: 'note', text: 'Present: {present}.' }] },
  { phases: ['opening', 'discipline', 'announcement'],
    name: 'Rules of the room', lines: [
    head('Opening'),
    say('We begin. Please speak one after the other, let others finish, and keep to this matter.'),
    say('All is recorded, for this matter only. Please do not record or share it yourselves.')] },
  { phases: ['opening', 'rights_and_recusal', 'mediator_opening'],
    name: 'Reading of rights', lines: [
    say('You may state facts, ask for what you want, show documents, check the minutes and have them '
      + 'corrected, and object to an official who has an interest in the matter.'),
    say('You are asked to tell the truth and respect others. Is this clear? Do you object to anybody?')] },
  { phases: ['statement', 'statements', 'petitioner_statement'],
    name: 'Statement begins', lines: [
    head('Statement'), say('Please tell us the facts, the reasons and what you ask for.')] },
  { phases: ['unit_answers', 'handling_statement', 'explanation'],
    name: 'Answers begin', lines: [
    head('Answers'),
    say('Please answer point by point: is it so, on what ground, what is done, and by when.')] },
  { phases: ['consolidation', 'summary', 'undisputed_facts'],
    name: 'Summing up', lines: [
    head('Summing up'), say('To sum up: item one …, responsible …, by …. Anything to add?')] },
  { phases: ['record_confirm'],
    name: 'Checking the minutes', lines: [
    head('Checking'), act('The clerk reads out the main points of the minutes.'),
    say('Please check. What differs from what you said is corrected now.')] },
  { phases: ['questions', 'panel_questions'],
    name: 'Questions begin', lines: [
    head('Questions'), say('Please ask about the facts in dispute; one question, one answer.')] },
  { phases: ['final_statement_petitioner', 'final_statement_unit'],
    name: 'Final statement', lines: [
    head('Final statement'),
    say('Please make your final statement: what you still ask for, and whether you agree.')] },
  { phases: ['mediator_opening', 'proposal', 'agreement_draft'],
    name: 'Of free will', lines: [
    say('Mediation is of free will. Whoever wants it may propose; whoever does not may end it.')] },
  { phases: ['agreement_draft', 'agreement_sign'],
    name: 'Reading the agreement', lines: [
    act('The draft of the agreement is read: ….'),
    say('Is it clear to both? Do both agree of their own will?')] },
  { phases: [], name: 'Document shown', lines: [act('Shown: …. All have looked at it.')] },
  { phases: [], name: 'Line broken', lines: [
    act('The line broke and we waited; what was missed was said again.')] },
  { phases: [], name: 'Left for a while', lines: [act('… left; … came back.')] },
];

/* Those of the phase first, then those for every phase. */
export function templatesOf(language: Language, phase: string): Template[] {
  const all = language === 'zh' ? zh : en;
  return [...all.filter((one) => one.phases.includes(phase)),
    ...all.filter((one) => !one.phases.length)];
}
