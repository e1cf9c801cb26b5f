// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applicationText, termText } from '../src/mediation/application';
import { parseYuan, yuanCapital, yuanDigits } from '../src/mediation/money';
import {
  decisionOf, firstDraft, sameDraft, timeline, type Fact, type Mediation, type Offer,
} from '../src/mediation/view';

const offer = (part: Partial<Offer> = {}): Offer => ({
  id: 'o', side: 'respondent', round: 1, state: 'carried', what: '赔偿', amount_fen: 100, how: '', by_when: '',
  by_mediator: false, counters: null, made_at_ms: 1, released_at_ms: 1, carried_at_ms: 1, answered_at_ms: null,
  withdrawn_at_ms: null, talk_at_ms: null, talk_note: '', note: '', may: ['offer_answer'], ...part,
});
const fact = (part: Partial<Fact> = {}): Fact => ({
  id: 'f', number: 1, text: '漏雨', version: 1, petitioner: 'none', respondent: 'none', joint: false,
  may: ['fact_answer'], ...part,
});
const view = (part: Partial<Mediation> = {}): Mediation => ({
  state: 'in_mediation', disclosure: { id: 'd', text: '无', at_ms: 1 },
  parties: [{ participant: 'a', name: '李四', side: 'petitioner', mediation: 'given', mediator: 'given' }],
  period: null, facts: [], offers: [], draft: null, signing: null, signatures: [],
  seal: null, effective_at_ms: null, confirmation: null, end: null, may: ['answer'], ...part,
});

test('yuan as they are typed', () => {
  for (const [text, fen] of [['8317', 831_700], ['8,317.5', 831_750], ['￥ 8317.50', 831_750], ['８３１７元', 831_700], ['0.07', 7], ['', null], ['  ', null]] as const)
    assert.equal(parseYuan(text), fen, text);
  for (const wrong of ['八千', '1.234', '-5', '1e5', '.5', '9999999999999'])
    assert.ok(Number.isNaN(parseYuan(wrong)), wrong);
});

test('yuan as they are read', () => {
  assert.deepEqual([0, 7, 100, 831_700, 831_750, 123_456_789].map(yuanDigits), ['0', '0.07', '1', '8,317', '8,317.50', '1,234,567.89']);
  for (const [fen, text] of [
    [0, '零元整'], [831_700, '捌仟叁佰壹拾柒元整'], [1_000_000, '壹万元整'], [1_000_500, '壹万零伍元整'],
    [10_050_00, '壹万零伍拾元整'], [100_000_000, '壹佰万元整'], [10_000_000_000, '壹亿元整'], [10_000_100_00, '壹仟万零壹佰元整'],
    [831_750, '捌仟叁佰壹拾柒元伍角'], [831_705, '捌仟叁佰壹拾柒元零伍分'], [75, '柒角伍分'], [1_010, '壹拾元壹角'],
    [10_000_000_100, '壹亿零壹元整'], [20_304_05, '贰万零叁佰零肆元零伍分'],
  ] as const) assert.equal(yuanCapital(fen), text, String(fen));
});

test('capitals read back give the sum, over many sums', () => {
  const worth: Record<string, number> = { 拾: 10, 佰: 100, 仟: 1000 };
  const read = (text: string): number => {
    let [total, section, digit] = [0, 0, 0];
    for (const c of text) {
      const value = '零壹贰叁肆伍陆柒捌玖'.indexOf(c);
      if (value >= 0) digit = value;
      else if (worth[c]) { section += digit * worth[c]!; digit = 0; }
      else if (c === '万' || c === '亿') {
        total += (section + digit) * (c === '万' ? 10_000 : 100_000_000);
        [section, digit] = [0, 0];
      }
      else if (c === '元') { total += section + digit; section = 0; digit = 0; }
    }
    return total;
  };
  let seed = 20261128;
  for (let i = 0; i < 2000; i += 1) {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    const yuan = seed % [10, 1000, 100_000, 10_000_000, 2_000_000_000][i % 5]!;
    assert.equal(read(yuanCapital(yuan * 100)), yuan, yuanCapital(yuan * 100));
    assert.ok(!/零零|零[万亿元]/.test(yuanCapital(yuan * 100)) || yuan === 0, yuanCapital(yuan * 100));
  }
});

test('a party is asked one thing at a time, in order', () => {
  const ask = (now: Mediation) => decisionOf(now, 'a', 'petitioner')?.kind ?? null;
  const party = view().parties[0]!;
  assert.equal(ask(view({ parties: [{ ...party, mediation: 'none', mediator: 'none' }] })), 'mediation');
  assert.equal(ask(view({ parties: [{ ...party, mediator: 'none' }] })), 'mediator');
  assert.equal(ask(view({ parties: [{ ...party, mediator: 'none' }], disclosure: null })), null);
  assert.equal(ask(view({ offers: [offer()], facts: [fact()] })), 'offer');
  assert.equal(ask(view({ offers: [offer({ talk_at_ms: 5 })], facts: [fact()] })), 'fact');
  assert.equal(ask(view({ offers: [offer({ side: 'petitioner' })] })), null);
  assert.equal(ask(view({ facts: [fact({ petitioner: 'confirmed' })] })), null);
  assert.equal(ask(view({ signing: 's', signatures: [{ participant: 'a', name: '李四', side: 'petitioner', state: 'waiting', at_ms: null }], offers: [offer()] })), 'sign');
  assert.equal(ask(view({ end: { reason: 'other', note: '', at_ms: 1 } })), 'end');
});

test('put off is one question, not the next version of it', () => {
  const key = (version: number) => decisionOf(view({ facts: [fact({ version })] }), 'a', 'petitioner')?.key;
  assert.notEqual(key(1), key(2));
});

test('rounds in order, what is kept at the end', () => {
  const list = [offer({ id: 'k', round: null, made_at_ms: 1 }), offer({ id: '2', round: 2 }), offer({ id: '1', round: 1 })];
  assert.deepEqual(timeline(list).map((one) => one.id), ['1', '2', 'k']);
});

test('a draft begins with what is agreed', () => {
  const now = view({ facts: [fact({ joint: true }), fact({ id: 'g', text: '未确认' })],
    offers: [offer({ state: 'accepted', how: '转账' }), offer({ id: 'p', state: 'declined' })] });
  const draft = firstDraft(now, (party) => party.name);
  assert.deepEqual([draft.parties, draft.facts, draft.terms], ['李四', '1. 漏雨', [{ what: '赔偿', amount_fen: 100, how: '转账', by_when: '' }]]);
  assert.ok(sameDraft(draft, { ...draft }) && !sameDraft(draft, { ...draft, facts: '' }));
});

test('the application names what a court asks for', () => {
  assert.equal(termText({ what: '付款', amount_fen: 831_700, how: '转账', by_when: '十日内' }),
    '付款，金额人民币8,317元（大写：捌仟叁佰壹拾柒元整）；履行方式：转账；履行期限：十日内');
  const draft = { ...firstDraft(view(), (one) => one.name), version: 1, missing: [], frozen_at_ms: 1, changed_at_ms: 1 };
  const confirmation = { last_day: '2026-12-28', is_open: true, checked: true, court: '美兰区人民法院', petitioner_at_ms: null, respondent_at_ms: null,
    checks: { personal_status: false, unclear: false, against_law: false, harms_others: false } };
  const text = applicationText(view({ draft, confirmation }), '2026年11月28日');
  for (const part of ['司法确认申请书', '李四', '2026年11月28日', '恶意串通', '美兰区人民法院']) assert.ok(text.includes(part), part);
});
