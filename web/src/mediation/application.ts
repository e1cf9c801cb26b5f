// SPDX-License-Identifier: Apache-2.0
/*
 * The joint application for judicial confirmation (司法确认申请书) as a draft text; in Chinese, as it
 * goes to a court. Pure.
 */
import { yuanCapital, yuanDigits } from './money';
import type { Mediation, Term } from './view';

export function termText(term: Term): string {
  const money = term.amount_fen === null ? ''
    : `，金额人民币${yuanDigits(term.amount_fen)}元（大写：${yuanCapital(term.amount_fen)}）`;
  const how = term.how ? `；履行方式：${term.how}` : '';
  return `${term.what}${money}${how}${term.by_when ? `；履行期限：${term.by_when}` : ''}`;
}

export function applicationText(view: Mediation, day: string): string {
  const { draft, confirmation } = view;
  if (!draft || !confirmation) return '';
  return [
    '司法确认申请书（草稿）', '',
    '申请人：', draft.parties, '',
    '申请事项：',
    `申请人于${day}经人民调解达成调解协议。现共同申请人民法院依法确认该调解协议有效。`, '',
    '事实与理由：', draft.facts, '争议事项：', draft.disputes, '各方责任：', draft.responsibilities,
    '协议内容：', ...draft.terms.map((term, index) => `${index + 1}. ${termText(term)}`), '',
    '申请人承诺：出于解决纠纷的目的自愿达成协议，没有恶意串通、规避法律的行为；'
      + '如果因为该协议内容给他人造成损害的，愿意承担相应的民事责任和其他法律责任。', '',
    `此致\n${confirmation.court || '＿＿＿＿人民法院'}`, '',
    '申请人（签名）：',
    '附：调解协议书；申请人身份证明；与协议有关的财产权利证明等材料。',
  ].join('\n');
}
