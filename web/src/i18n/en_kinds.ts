// SPDX-License-Identifier: Apache-2.0
/* Appraisal, consultation and training in English. */
export const kinds = {
  'kind.appraisal': 'Appraisal',
  'kind.consultation': 'Consultation',
  'kind.training': 'Training',
  'role.case_lead': 'Case lead',
  'role.lead_unit@training': 'Presenting unit',
  'role.department@training': 'Unit in training',
  'role.observer@training': 'Observer (listens only)',
  'role.witness@consultation': 'Expert',
  'phase.unit_answer': 'Unit’s answer',
  'phase.public_reasoning': 'Public reasoning',
  'phase.opinion': 'Opinion',
  'phase.roll_call': 'Roll-call',
  'phase.case_brief': 'The case',
  'phase.unit_positions': 'Positions of the units',
  'phase.discussion': 'Discussion',
  'phase.task_list': 'Task list',
  'phase.presentation': 'Presentation',
  'phase.questions@training': 'Questions',
  'phase.attendance_close': 'Attendance',
  'schedule.needs.appraisal': 'Needs: a presiding officer and an odd number of panel members, at least '
    + '3. They reason in public; there is no vote.',
  'schedule.needs.consultation': 'Needs: a presiding officer and one unit at least. No petitioner '
    + 'takes part; it is not recorded.',
  'schedule.needs.training': 'Needs: a presiding officer and one unit at least. The presenting unit '
    + 'speaks, the others raise a hand to ask. It is recorded for replay.',
  'schedule.missing.appraisal': 'Enter a time and the petitioner, and choose a presiding officer.',
  'schedule.missing.consultation': 'Enter a time, choose a presiding officer and one unit at least.',
  'schedule.missing.training': 'Enter a time and a title, choose a presiding officer and one unit '
    + 'at least.',
  'schedule.withoutCase': 'Schedule a training or consultation',
  'schedule.withoutCaseText': 'It belongs to no case and no petitioner takes part.',
  'role.panelist@appraisal': 'Panel member',
  'join.whatText@appraisal': 'This is an appraisal by video. The panel hears both sides and give '
    + 'its views in front of everybody.',
  'join.whatText@consultation': 'This is a consultation by video, among officials only.',
  'join.whatText@training': 'This is a training by video. Raise your hand to ask; the presiding '
    + 'officer gives you the word.',
  'consent.online_mode.text@appraisal': 'This appraisal is held by {organiser} by video.\n\nYou may '
    + 'ask to pause or to meet in person. You need not say why, and it does not affect how the '
    + 'matter is handled.\n\nPlease take part from a quiet place of your own; do not let others '
    + 'listen, record or broadcast.',
  'consent.online_mode.text@consultation': 'This consultation is held by {organiser} by video, among '
    + 'officials and invited experts.\n\nWhat is said stays here. Please take part from a quiet '
    + 'place of your own; do not record or broadcast.',
  'consent.online_mode.text@training': 'This training is held by {organiser} by video.\n\nPlease do '
    + 'not record or broadcast.',
  'consent.recording.text@training': 'This training is recorded for replay. A red sign shows '
    + 'whenever it records.',
  'waiting.live@appraisal': 'The appraisal is under way, you will be let in shortly.',
  'waiting.live@consultation': 'The consultation is under way, you will be let in shortly.',
  'waiting.live@training': 'The training is under way, you will be let in shortly.',
  'end.over@appraisal': 'The appraisal is over. Thank you for taking part',
  'end.over@consultation': 'The consultation is over. Thank you for taking part',
  'end.over@training': 'The training is over. Thank you for taking part',
  'end.next1@consultation': 'The presiding officer sends the task list to the units.',
  'end.next2@consultation': 'Units do their tasks in time and report.',
  'end.next3@consultation': 'What was said stays among those who were here.',
  'end.next1@training': '{organiser} keeps the recording for replay.',
  'end.next2@training': 'The clerk checks the attendance.',
  'end.next3@training': 'More questions: ask {organiser}.',
  'end.leftText@appraisal': 'Your seat is kept. You may come back while the appraisal lasts.',
  'end.leftText@consultation': 'Your seat is kept. You may come back while the consultation lasts.',
  'end.leftText@training': 'Your seat is kept. You may come back while the training lasts.',
  'end.back@appraisal': 'Back to the appraisal',
  'end.back@consultation': 'Back to the consultation',
  'end.back@training': 'Back to the training',
  'state.hearing_closed@appraisal': 'The appraisal is over',
  'state.hearing_closed@consultation': 'The consultation is over',
  'state.hearing_closed@training': 'The training is over',
  'room.notOpen@consultation': 'Not open yet. The presiding officer opens when the units are here. '
    + 'It is not recorded.',
  'controls.close@appraisal': 'End appraisal',
  'controls.close@consultation': 'End consultation',
  'controls.close@training': 'End training',
  'ask.leaveText@appraisal': 'While the appraisal lasts you may come back by the same link.',
  'ask.leaveText@consultation': 'While the consultation lasts you may come back by the same link.',
  'ask.leaveText@training': 'While the training lasts you may come back by the same link.',
  'ask.close@appraisal': 'End the appraisal',
  'ask.close@consultation': 'End the consultation',
  'ask.close@training': 'End the training',
  'ask.closeText@consultation': 'Everybody leaves. It cannot be opened again.',
  'ask.note@consultation': 'Note (everybody here sees it)',
  'ask.note@training': 'Note (everybody here sees it)',
  'reason.not_live@appraisal': 'The appraisal has not begun, or is in recess. Try again after it '
    + 'begins or resumes.',
  'reason.not_live@consultation': 'The consultation has not begun, or is in recess. Try again after '
    + 'it begins or resumes.',
  'reason.not_live@training': 'The training has not begun, or is in recess. Try again after it '
    + 'begins or resumes.',
  'reason.panel_incomplete@appraisal': 'An odd number of panel members has to be here, at least 3.',
  'reason.respondent_missing@consultation': 'No unit is here yet. Open when one at least has come.',
  'reason.respondent_missing@training': 'No unit is here yet. Open when one at least has come.',
};
