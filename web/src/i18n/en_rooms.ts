// SPDX-License-Identifier: Apache-2.0
/* Mediation, panel hearing and their closed rooms in English. */
import type { rooms as chinese } from './zh_rooms';

export const rooms: Record<keyof typeof chinese, string> = {
  'kind.mediation': 'Mediation',
  'kind.panel_hearing': 'Panel hearing',
  'role.panelist': 'Panel member',
  'role.witness': 'Witness',
  'role.interpreter': 'Interpreter',
  'role.party_a': 'Party A',
  'role.party_b': 'Party B',
  'role.agent_a': 'Agent of party A',
  'role.agent_b': 'Agent of party B',
  'role.petitioner@mediation': 'Party A',
  'role.agent@mediation': 'Agent of party A',
  'presence.in_caucus': 'in a private room',
  /* phases */
  'phase.intake_consent': 'Consent to mediate',
  'phase.mediator_opening': 'Mediator opens',
  'phase.statements': 'Statements',
  'phase.undisputed_facts': 'Undisputed facts',
  'phase.caucus': 'Private talks',
  'phase.joint': 'Joint talks',
  'phase.proposal': 'Proposal',
  'phase.agreement_draft': 'Drafting',
  'phase.agreement_sign': 'Signing',
  'phase.end_without': 'No agreement',
  'phase.discipline': 'Rules of conduct',
  'phase.rights_and_recusal': 'Rights and recusal',
  'phase.petitioner_statement': 'Petitioner’s statement',
  'phase.handling_statement': 'Handling unit’s statement',
  'phase.challenge': 'Evidence and argument',
  'phase.panel_questions': 'Panel’s questions',
  'phase.witness': 'Witness',
  'phase.expert': 'Expert',
  'phase.final_statement_petitioner': 'Petitioner’s last word',
  'phase.final_statement_unit': 'Unit’s last word',
  'phase.deliberation': 'Deliberation',
  'phase.announcement': 'Announcement',
  /* rooms */
  'room.caucus_a': 'Private talk, party A',
  'room.caucus_b': 'Private talk, party B',
  'room.deliberation': 'Deliberation room',
  'hears.title': 'Who can hear you: ',
  'hears.you': 'you',
  'hears.and': ' and ',
  'hears.named': '{name} ({role})',
  'hears.all': 'all {count} present',
  'hears.nobody': 'Nobody can hear you now',
  'hears.alone': 'Only you are here',
  'hears.moving': 'Changing rooms, nobody can hear you now',
  'hears.unrecorded': 'Not recorded',
  'moved.main': 'You are back in the main room. Everybody here can hear you.',
  'moved.caucus_a': 'You are in party A’s private talk. Only people here can hear; it is not recorded.',
  'moved.caucus_b': 'You are in party B’s private talk. Only people here can hear; it is not recorded.',
  'moved.deliberation':
    'Deliberation begins. Only people in this room can hear; it is not recorded. Unmute to speak.',
  'tile.moving': 'Connecting',
  'room.alone': 'Nobody else is here yet.',
  'room.aloneInvited': '{names} invited, no answer yet.',
  /* asked into a private talk */
  'invited.title': 'The mediator asks you for a private talk',
  'invited.text': 'Only you, your agent and the mediator can hear it. It is not recorded.',
  'invited.free':
    'It is up to you. The mediator tells the other side nothing of it unless you agree.',
  'invited.inside': 'Inside now: {names}',
  'invited.nobody': 'Nobody is inside yet.',
  'invited.accept': 'Go to the private talk',
  'invited.decline': 'Not now, stay here',
  /* who waits while others are apart */
  'apart.caucus': 'The mediator is talking privately with {side}',
  'apart.asking': 'The mediator asks {side} for a private talk',
  'apart.private': '{side} is conferring in private',
  'apart.both': 'Both sides are in private talks',
  'apart.deliberation': 'The panel is deliberating',
  'apart.since': 'Since {time}, {length} so far',
  'apart.deaf': 'Nobody can hear or see you now, and nothing is recorded.',
  'apart.back': 'When they have finished you are connected again. You need not do anything.',
  'apart.backPanel':
    'When the deliberation ends you are connected again. You need not do anything.',
  'apart.declined': 'You chose to stay here. You may enter whenever you wish.',
  'apart.enter': 'Enter the private talk',
  'apart.hand': 'Raise your hand if you need something, the mediator will see it; or leave for now, '
    + 'your seat is kept.',
  'apart.handPanel': 'Raise your hand if you need something, the presiding officer will see it; or '
    + 'leave for now, your seat is kept.',
  'apart.handUp': 'Your hand is raised, the mediator will see it.',
  'apart.handUpPanel': 'Your hand is raised, the presiding officer will see it.',
  'apart.with': 'Waiting with you, and not hearing you either: {names}.',
  /* the mediator's rooms */
  'list.colon': ': ',
  'rooms.title': 'Private talks',
  'rooms.side.caucus_a': 'Party A',
  'rooms.side.caucus_b': 'Party B',
  'rooms.side.main': 'Together',
  'rooms.here': 'You are here',
  'rooms.closed': 'No private talk',
  'rooms.since': 'Since {time}, {length}',
  'rooms.joint': 'Everybody hears everybody',
  'rooms.quiet': 'Nobody hears anybody, not recorded',
  'rooms.before': 'Not open yet',
  'rooms.visited': 'Mediator left {minutes} min ago',
  'rooms.visitedNow': 'Mediator just left',
  'rooms.inMain': 'In the main room',
  'rooms.inMainNames': 'In the main room: {names}',
  'rooms.asked': 'Invited, no answer yet',
  'rooms.declined': '{name} chose to stay in the main room for now.',
  'rooms.nobody': 'Nobody',
  'rooms.alone': 'Only you',
  'rooms.offline': 'connection lost',
  'rooms.locked': 'Locked',
  'rooms.open': 'Talk to {side} alone',
  'rooms.openLabel': 'Ask {side} into a private room',
  'rooms.enter': 'Enter',
  'rooms.enterLabel': 'Enter the room of {side}',
  'rooms.leave': 'To main room',
  'rooms.lock': 'Lock',
  'rooms.unlock': 'Unlock',
  'rooms.lockLabel': 'Lock the room of {side}: only who is inside or invited may enter',
  'rooms.unlockLabel': 'Unlock the room of {side}',
  'rooms.close': 'End talk',
  'rooms.closeLabel': 'End the private talk with {side}; who is inside goes to the main room',
  'rooms.invite': 'Invite',
  'rooms.inviteAgain': 'Invite',
  'rooms.inviteLabel': 'Invite {name} to the room of {side}',
  'rooms.others': 'Invite others',
  'rooms.gather': 'Bring all back',
  'rooms.gatherLabel': 'End all private talks and bring everybody to the main room',
  'rooms.empty.caucus_a': 'Nobody of party A is here yet',
  'rooms.empty.caucus_b': 'Nobody of party B is here yet',
  'controls.backToMain': 'Main room',
  'desk.inRoom': 'in: {room}',
  'notice.room_invited': 'The mediator asks you for a private talk.',
  'notice.room_closed_by_mediator': 'The private talk has ended, you are back in the main room.',
  'reason.room_closed': 'This room is not open, it may just have ended. Please look again.',
  'reason.room_locked': 'The room is locked, only invited people may enter.',
  'reason.not_invited': 'The invitation was withdrawn, no answer is needed.',
  'reason.room_open': 'This room is open already, you may enter.',
  'reason.wrong_room': 'This room is not of your side, or this kind of hearing has no such room.',
  'reason.not_in_room': 'You are no longer in a private talk.',
  'reason.respondent_missing': 'Party B is not in the room yet. Check and admit them first.',
  'reason.panel_incomplete':
    'The panel members present must be an odd number, at least 3. Please wait until all '
    + 'are here.',
  'ask.deliberate': 'Begin the deliberation?',
  'ask.deliberateText': 'Panel, presiding officer and clerk go to the deliberation room; the others '
    + 'stay in the main room and neither hear nor see it. It is not recorded.',
  'ask.deliberateGo': 'Begin',
  /* planned */
  'schedule.partyA': 'Party A',
  'schedule.partyAHint': 'gets a link of their own',
  'schedule.partyB': 'Party B',
  'schedule.partyBHint': 'name of the other party, who gets a link of their own; leave it empty '
    + 'where party B is a department, and choose that below',
  'schedule.other': 'Somebody else, by link',
  'schedule.name': 'Name',
  'schedule.recorded': 'Recording',
  'schedule.recordedNo': 'Not recorded (usual in mediation)',
  'schedule.recordedYes': 'Recorded, if both parties agree',
  'schedule.recordedText': 'Only joint talks are recorded, private talks never. Each party has to '
    + 'agree before entering; where one does not, it cannot begin.',
  'schedule.missing.mediation': 'Please give the time, party A, a mediator, and party B or a '
    + 'department.',
  'schedule.missing.panel_hearing': 'Please give the time, the petitioner, a presiding officer and '
    + 'a clerk.',
  'schedule.panel': 'The panel must be an odd number, at least 3; there are {count}.',
  'schedule.needs.mediation': 'Needed: party A, party B (or a department), a mediator. No presiding '
    + 'officer.',
  'schedule.needs.panel_hearing': 'Needed: presiding officer, clerk, and a panel of at least 3, an '
    + 'odd number. Deliberation is in a room of its own and not recorded.',
  'schedule.nameMissing': 'A seat for “somebody else” needs a name.',
  /* the same places in other words */
  'join.whatText@mediation': 'This is a mediation by video. The mediator helps both sides to talk '
    + 'and decides for neither. Whether you agree is up to you; you may stop at any time.',
  'join.whatText@panel_hearing': 'This is a panel hearing by video. The panel hears both sides, '
    + 'asks questions and then deliberates alone.',
  'consent.online_mode.text@mediation': 'This mediation is held by {organiser} by video. It is '
    + 'voluntary and free of charge.\n\nYou may ask at any time to pause, to stop or to meet in '
    + 'person. You need not say why, and it does not affect any other remedy.\n\nThe mediator may '
    + 'ask you for a private talk: then only your side and the mediator can hear, and it is never '
    + 'recorded.\n\nPlease take part from a quiet place of your own, and do not record or '
    + 'broadcast.',
  'consent.online_mode.text@panel_hearing': 'This panel hearing is held by {organiser} by video '
    + 'and has the same effect as one in person.\n\nYou may ask to pause or to meet in person. You '
    + 'need not say why, and it does not affect how the matter is handled.\n\nPlease take part '
    + 'from a quiet place of your own; do not let others listen, record or broadcast. If the '
    + 'network breaks your seat is kept: open the link again.',
  'consent.recording.text@panel_hearing': 'This hearing is recorded and kept in the case file. A '
    + 'red sign shows whenever it records.\n\nThe panel’s deliberation is not recorded and nobody '
    + 'else can hear it. Nothing is recorded in a recess.\n\nRecordings are encrypted; only staff '
    + 'working on the matter may watch them, for a stated reason, and each viewing is logged. They '
    + 'are kept for the term set for archives and then destroyed by law.',
  'consent.unrecorded': 'This mediation is not recorded',
  'consent.unrecordedText': 'Neither joint nor private talks are recorded. The mediator writes down '
    + 'what is agreed and what was done, for you to confirm.',
  'consent.recording.text@mediation': 'If both sides agree, joint talks are recorded and kept in '
    + 'the case file. A red sign shows whenever it records.\n\nPrivate talks are never '
    + 'recorded.\n\nRecordings are encrypted; only staff working on your matter may watch them, '
    + 'for a stated reason, and each viewing is logged. If you do not agree, tell the mediator '
    + 'first.',
  'consent.missingOne': 'Please tick the box. If you do not agree, choose “I do not agree, ask '
    + 'first” below.',
  'waiting.live@mediation': 'The mediation is under way, you will be let in shortly.',
  'waiting.live@panel_hearing': 'The hearing is under way, you will be let in shortly.',
  'waitingState.on_hold@mediation':
    'The mediator asks you to wait outside for a while and will call you back',
  'end.over@mediation': 'The mediation is over. Thank you for taking part',
  'end.over@panel_hearing': 'The panel hearing is over. Thank you for taking part',
  'end.next1@mediation': 'You will be asked to confirm the record and what was agreed.',
  'end.next2@mediation': 'Where there is an agreement, both sides may together ask a court to '
    + 'confirm it within 30 days of its taking effect.',
  'end.next3@mediation': 'Where there is none, all other remedies remain open to you.',
  'end.next2@panel_hearing': 'The report of the hearing is a basis of the decision, which '
    + '{organiser} will tell you.',
  'end.leftText@mediation': 'Your seat is kept. You may come back while the mediation lasts.',
  'end.leftText@panel_hearing': 'Your seat is kept. You may come back while the hearing lasts.',
  'end.back@mediation': 'Back to the mediation',
  'end.back@panel_hearing': 'Back to the hearing',
  'state.hearing_closed@mediation': 'The mediation is over',
  'state.hearing_closed@panel_hearing': 'The panel hearing is over',
  'room.notOpen@mediation': 'Not open yet. The mediator opens when both sides are here.',
  'controls.close@mediation': 'End mediation',
  'controls.close@panel_hearing': 'End hearing',
  'ask.leaveText@mediation': 'While the mediation lasts you may come back by the same link.',
  'ask.leaveText@panel_hearing': 'While the hearing lasts you may come back by the same link.',
  'ask.close@mediation': 'End the mediation',
  'ask.close@panel_hearing': 'End the hearing',
  'ask.closeText@mediation': 'Everybody leaves, private rooms are closed too. It cannot be opened '
    + 'again.',
  'outcome.mediated@mediation': 'Agreement reached',
  'outcome.referred@mediation': 'No agreement, other remedies told',
  'outcome.withdrawn@mediation': 'A party stopped',
  'outcome.adjourned@mediation': 'To be continued another day',
  'outcome.no_show@mediation': 'A party did not come',
  'ask.outcome@mediation': 'Result of the mediation',
  'ask.note@mediation': 'Note (both parties will see it)',
  'notice.muted_by_presiding@mediation':
    'The mediator has muted you for now. Raise your hand to speak.',
  'tile.micBlocked@mediation': 'Muted by the mediator',
  'tile.cameraBlocked@mediation': 'Picture turned off by the mediator',
  'risk.pause@mediation': 'Pause the mediation (recess)',
  'risk.pause@panel_hearing': 'Pause the hearing (recess)',
  'reason.not_live@mediation': 'The mediation has not begun, or is in recess. Try again after it '
    + 'begins or resumes.',
  'reason.not_live@panel_hearing': 'The hearing has not begun, or is in recess. Try again after it '
    + 'begins or resumes.',
  'reason.petitioner_missing@mediation': 'Party A is not in the room yet. Check and admit them '
    + 'first.',
  'reason.presiding_missing@mediation': 'The mediator is not in the room. Please wait for the '
    + 'mediator.',
};
