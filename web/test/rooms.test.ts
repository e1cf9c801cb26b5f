// SPDX-License-Identifier: Apache-2.0
/* Closed rooms: who hears whom, what moves, which consents are asked. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasAgreed, subjectsOf } from '../src/consents';
import { setKind, t, word } from '../src/i18n';
import { namedOf, plateOf } from '../src/plate';
import { askClose, askPhase } from '../src/questions';
import type { Hearing, Participant, RoomName, Snapshot, You } from '../src/protocol';
import {
  aroundMe, awayOf, columnsOf, hearersOf, invitable, invitationOf, isLeftOut, myRoom, ownCaucus,
  roomToJoin, runsRooms,
} from '../src/rooms';
import { wantedPictures } from '../src/stillness';
import { emptyState, reduce, type State } from '../src/store';
import { person } from './store.test';

const room = (name: RoomName, open: boolean, locked = false) =>
  ({ room: name, open, locked, since_ms: open ? 500 : null, by: open ? 'm' : null });

const people = (m: RoomName, a: RoomName, b: RoomName): Participant[] => [
  person('m', { role: 'mediator', side: 'neutral', room: m }),
  person('a', { role: 'petitioner', side: 'petitioner', room: a }),
  person('b', { role: 'petitioner', side: 'respondent', room: b }),
];

/* A mediation as seen by one of m, a, b. */
function seen(self: string, where: [RoomName, RoomName, RoomName], part: Partial<Hearing> = {},
  may: string[] = []): State {
  const list = people(...where);
  const own = list.find((one) => one.id === self);
  const isApart = where.some((one) => one !== 'main');
  return {
    ...emptyState, connection: 'open', epoch: 'e',
    participants: new Map(list.map((one) => [one.id, one])),
    you: { participant: self, role: own?.role, may, room: own?.room } as You,
    hearing: {
      kind: 'mediation', state: 'live', phases: [], phase: 'joint', recorded: false,
      rooms: [room('caucus_a', where.includes('caucus_a')),
        room('caucus_b', where.includes('caucus_b'))],
      apart: isApart ? { since_ms: 500, reason: 'caucus' } : null, ...part,
    } as Hearing,
  };
}
const names = (list: readonly Participant[]) => list.map((one) => one.id).join('');

test('together everybody hears; apart only the own room, and in main nobody', () => {
  const together = seen('a', ['main', 'main', 'main']);
  assert.deepEqual([hearersOf(together).kind, names(hearersOf(together).people)], ['people', 'mb']);
  const inside = seen('a', ['caucus_a', 'caucus_a', 'main']);
  assert.deepEqual([hearersOf(inside).kind, names(hearersOf(inside).people)], ['people', 'm']);
  assert.equal(names(aroundMe(inside)), 'ma');
  const left = seen('b', ['caucus_a', 'caucus_a', 'main']);
  assert.deepEqual(hearersOf(left), { kind: 'nobody', people: [] });
  assert.equal(isLeftOut(left), true);
  assert.equal(isLeftOut(inside), false);
  assert.equal(names(aroundMe(left)), 'b', 'no face of the other room');
  assert.equal(hearersOf(seen('m', ['caucus_b', 'main', 'main'])).kind, 'alone');
  for (const state of ['ready', 'recessed'] as const)
    assert.equal(hearersOf(seen('a', ['main', 'main', 'main'], { state })).kind, 'nobody');
});

test('who is cut off for a moment is named: the line may be back at any time', () => {
  const state = seen('a', ['caucus_a', 'caucus_a', 'main']);
  state.participants.get('m')!.presence = 'disconnected';
  assert.equal(names(hearersOf(state).people), 'm');
});

test('three columns: who is inside, asked, outside, and when the mediator left', () => {
  const state = seen('m', ['caucus_a', 'main', 'caucus_b']);
  state.participants.get('a')!.invited = 'caucus_a';
  const [a, main, b] = columnsOf({ ...state, visited: { caucus_b: 300, caucus_a: 200 } });
  assert.deepEqual([names(a.inside), names(a.invited), names(a.outside)], ['m', 'a', '']);
  assert.deepEqual([a.isOpen, a.isMine, a.visited_ms], [true, true, null]);
  assert.deepEqual([names(main.inside), main.isMine], ['a', false]);
  assert.deepEqual([names(b.inside), b.isMine, b.visited_ms, b.since_ms], ['b', false, 300, 500]);
  assert.equal(runsRooms(state), true);
  assert.equal(runsRooms(seen('a', ['main', 'main', 'main'])), false);
  const plain = columnsOf(seen('m', ['main', 'main', 'main']));
  assert.deepEqual([names(plain[0].outside), names(plain[2].outside), plain[0].isOpen],
    ['a', 'b', false]);
});

test('interpreters may be asked in, sides and observers not', () => {
  const state = seen('m', ['caucus_a', 'caucus_a', 'main']);
  const all = new Map(state.participants);
  all.set('i', person('i', { role: 'interpreter', side: 'neutral', room: 'main' }));
  all.set('o', person('o', { role: 'observer', side: 'observer', room: 'main' }));
  assert.equal(names(invitable({ ...state, participants: all })), 'i');
});

test('an invitation stands until it is answered or the room is closed', () => {
  const state = seen('a', ['caucus_a', 'main', 'main'], {}, ['room.answer', 'room.enter']);
  assert.equal(invitationOf(state), null);
  state.participants.get('a')!.invited = 'caucus_a';
  assert.equal(invitationOf(state), 'caucus_a');
  assert.equal(invitationOf({ ...state, you: { ...state.you!, may: [] } }), null);
  const closed = { ...state.hearing!, rooms: [room('caucus_a', false)] };
  assert.equal(invitationOf({ ...state, hearing: closed }), null);
});

test('who declined may still go in, unless it is locked or the other side\'s', () => {
  const may = ['room.enter'];
  assert.equal(ownCaucus(seen('a', ['caucus_a', 'main', 'main'], {}, may)), 'caucus_a');
  assert.equal(ownCaucus(seen('b', ['caucus_a', 'main', 'main'], {}, may)), null);
  assert.equal(ownCaucus(seen('a', ['caucus_a', 'caucus_a', 'main'], {}, may)), null);
  const asked = seen('a', ['caucus_a', 'main', 'main'], {}, may);
  asked.participants.get('a')!.invited = 'caucus_a';
  assert.equal(ownCaucus(asked), null, 'not answered yet');
  const locked = { rooms: [room('caucus_a', true, true)] };
  assert.equal(ownCaucus(seen('a', ['caucus_a', 'main', 'main'], locked, may)), null);
});

test('who waits learns which rooms are open and who is in them', () => {
  assert.equal(awayOf(seen('b', ['main', 'main', 'main'])), null);
  const away = awayOf(seen('b', ['caucus_a', 'caucus_a', 'main']));
  assert.deepEqual(away?.rooms.map((one) => [one.room, names(one.people)]), [['caucus_a', 'ma']]);
});

const event = (type: string, data: unknown) => ({ seq: 1, type, data });

test('a move: dropped, admitted, said once, and the offer names the room', () => {
  let state = seen('a', ['main', 'main', 'main']);
  assert.equal(roomToJoin(state), 'main');
  state = reduce(state, event('media.dropped', { reason: 'room' }), 0);
  assert.deepEqual([state.isMoving, state.dropped], [true, { count: 1, reason: 'room' }]);
  state = reduce(state, event('media.admitted', { room: 'caucus_a' }), 0);
  assert.deepEqual([state.isMoving, state.admitted, myRoom(state), roomToJoin(state)],
    [false, 1, 'caucus_a', 'caucus_a']);
  state = reduce(state, event('you.changed', { may: ['room.leave'], room: 'caucus_a' }), 0);
  assert.deepEqual(state.notices.map((one) => one.code), ['moved.caucus_a']);
  assert.deepEqual(state.you?.may, ['room.leave']);
  state = reduce(state, event('you.changed', { may: [], room: 'main' }), 0);
  assert.deepEqual(state.notices.map((one) => one.code), ['moved.main']);
  const other = reduce(state, event('media.dropped', { reason: 'timeout' }), 0);
  assert.equal(other.isMoving, false);
});

test('from the lobby into the hearing is no move to speak of', () => {
  const state = seen('a', ['main', 'main', 'main']);
  const lobby = { ...state, you: { ...state.you!, room: 'lobby' as const } };
  assert.deepEqual(reduce(lobby, event('you.changed', { may: [], room: 'main' }), 0).notices, []);
});

test('moved while the line was away: the old connection is given up', () => {
  const state = seen('a', ['main', 'main', 'main']);
  const snapshot = {
    epoch: 'e', server_time_ms: 0, hearing: state.hearing, recording: state.recording, slots: [],
    participants: people('caucus_a', 'caucus_a', 'main'),
    you: { participant: 'a', role: 'petitioner', may: [], room: 'caucus_a' },
  } as unknown as Snapshot;
  assert.deepEqual(reduce(state, event('snapshot', snapshot), 0).dropped,
    { count: 1, reason: 'room' });
  const restarted = reduce(state, event('snapshot', { ...snapshot, epoch: 'f' }), 0);
  assert.equal(restarted.dropped.count, 0, 'a new server: everything is made anew anyway');
});

test('when the mediator left a room is kept', () => {
  const state = { ...seen('m', ['caucus_a', 'caucus_a', 'main']), offset_ms: 100 };
  const moved = person('m', { role: 'mediator', side: 'neutral', room: 'main' });
  const next = reduce(state, event('participant.changed', { participant: moved }), 900);
  assert.equal(next.visited.caucus_a, 1000);
  const muted = reduce(next, event('participant.changed',
    { participant: { ...moved, microphone: 'off' } }), 2000);
  assert.equal(muted.visited.caucus_a, 1000);
});

test('the mediator is told who stays, not who comes or whose room was closed', () => {
  const invited = seen('m', ['caucus_a', 'main', 'main']);
  invited.participants.get('a')!.invited = 'caucus_a';
  const told = (state: State, part: Partial<Participant>) => reduce(state, event(
    'participant.changed', { participant: person('a', { side: 'petitioner', ...part }) }), 0)
    .notices.map((one) => one.code);
  assert.deepEqual(told(invited, { room: 'main', invited: null }), ['declined']);
  assert.deepEqual(told(invited, { room: 'caucus_a', presence: 'in_caucus' }), []);
  assert.deepEqual(told(invited, { room: 'main', invited: 'caucus_a' }), []);
  const closed = { ...invited.hearing!, rooms: [room('caucus_a', false)] };
  assert.deepEqual(told({ ...invited, hearing: closed }, { room: 'main' }), []);
});

test('pictures in a closed room are judged like those in main', () => {
  const state = seen('a', ['caucus_a', 'caucus_a', 'main']);
  state.participants.get('m')!.presence = 'in_caucus';
  const slots = [{ slot: 0, participant: 'm', video: 'camera' as const }];
  assert.deepEqual([...wantedPictures({ ...state, slots }).keys()], [0]);
});

test('where nothing is recorded no consent to a recording is asked', () => {
  const { hearing } = seen('a', ['main', 'main', 'main']);
  const one = person('a', { consents: { online_mode: 'given', recording: 'none' } });
  assert.deepEqual(subjectsOf(hearing), ['online_mode']);
  assert.equal(hasAgreed(one, hearing), true);
  assert.equal(hasAgreed(one, { ...hearing!, recorded: true }), false);
  assert.equal(hasAgreed(one, null), false, 'not known: both are asked');
});

test('words are those of the kind, the others as they were', () => {
  setKind('mediation');
  try {
    assert.equal(word('role', 'petitioner'), t('role.petitioner@mediation'));
    assert.notEqual(t('role.petitioner@mediation'), t('role.party_b'));
    const [, a, b] = people('main', 'main', 'main') as [Participant, Participant, Participant];
    assert.ok(namedOf(a).includes(t('role.party_a')) && namedOf(b).includes(t('role.party_b')));
    const agent = (side: string) => namedOf({ name: 'X', role: 'agent', side });
    assert.ok(agent('petitioner').includes(t('role.agent_a')));
    assert.ok(agent('respondent').includes(t('role.agent_b')));
    assert.equal(plateOf(b).includes(t('role.party_b')), true);
    assert.notEqual(t('controls.close'), t('controls.close@panel_hearing'));
  } finally {
    setKind('');
  }
  assert.notEqual(word('role', 'petitioner'), t('role.party_a'));
});

test('the deliberation is asked for, other next phases are not', () => {
  const phases = ['final_statement_unit', 'deliberation', 'announcement'].map((code) =>
    ({ code, required: true, limit_ms: 0, entered_at_ms: 1 }));
  const panel = { kind: 'panel_hearing', phase: 'final_statement_unit', phases } as Hearing;
  assert.deepEqual(askPhase(panel, 'deliberation')?.command({ reason: '', choice: '' }),
    { type: 'hearing.advance', data: { phase: 'deliberation', reason: '' } });
  assert.equal(askPhase({ ...panel, phase: 'deliberation' }, 'announcement'), null);
  const mediation = seen('m', ['main', 'main', 'main']).hearing;
  const values = askClose(mediation).question.choices?.map((one) => one.value) ?? [];
  assert.ok(values.includes('mediated') && !values.includes('supported'));
});
