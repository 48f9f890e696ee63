import { beforeAll, describe, expect, it } from '@jest/globals';
import { createAssets } from '../../../platform/assets/assets.module.js';
import { createI18n } from '../../../platform/i18n/i18n.module.js';
import { IconSet } from '../../../platform/views/icon-set.js';
import { bareContext } from '../../../platform/views/page-context.js';
import { createViews } from '../../../platform/views/views.module.js';
import type { Views } from '../../../platform/views/views.js';
import type { ArrivalRow } from '../encounter.queries.js';
import type { Door } from '../door/door.service.js';
import { personFacts } from '../session-facts.service.js';
import { doorModel, kindModel, lastDigits, waitingModel, type DoorFacts, type KindPage } from './door.view.js';
import { attendanceModel, peopleModel, pillModel, sessionModel, type RoomModel } from './session.view.js';

const now = new Date('2026-11-17T17:56:00Z');
const context = {
  ...bareContext({ nonce: 'n', path: '/', requestId: 'r', locale: 'en', now }),
  csrfToken: 'c',
  timeZone: 'America/Los_Angeles',
};
const practice = { name: 'Linden Row', phone: '(503) 555-0100', emergencyText: 'County desk (503) 555-0111' };
const clinician = personFacts('Ines Calloway', null);
const client = personFacts('Rowan Ashby', 'they/them');
const nameOf = () => client;

const arrival = (change: Partial<ArrivalRow> = {}): ArrivalRow => ({
  id: '019a0000-0000-7000-8000-000000000001',
  encounter_id: 'e',
  client_id: 'm',
  state: 'waiting',
  arrived_at: new Date('2026-11-17T17:52:00Z'),
  seen_at: now,
  put_back_at: null,
  admitted_at: null,
  privacy: 'alone',
  place_declined: false,
  place_enc: null,
  contact_declined: true,
  contact_enc: null,
  phone_enc: null,
  message_enc: null,
  message_at: null,
  ...change,
});
const appointment = {
  id: 'appointment',
  clinicianId: 'c',
  caseId: 'k',
  memberIds: ['m'],
  startsAt: new Date('2026-11-17T18:00:00Z'),
  endsAt: new Date('2026-11-17T18:50:00Z'),
  timeZone: 'America/Los_Angeles',
  modality: 'video' as const,
  cancelled: false,
};
const door = (change: Partial<Door> = {}): Door => ({
  link: { id: 'l', appointmentId: 'appointment', clientId: 'm', version: 1 },
  appointment,
  state: 'open',
  encounter: undefined,
  arrival: undefined,
  ...change,
});
const facts = (change: Partial<DoorFacts> = {}): DoorFacts => ({
  token: 'T0KEN',
  door: door(),
  practice,
  clinician,
  now,
  ...change,
});

let views: Views;
beforeAll(async () => {
  views = await createViews(createI18n(), await createAssets(), IconSet.load(`${import.meta.dirname}/../../..`));
});
const render = (template: string, model: object): string => views.part(`encounters/${template}`, model, context);

describe('pages of the door', () => {
  it('show the practice, the clinician and the time, and nothing about the client', () => {
    const check = render('check', { ...doorModel(facts()), next: '/j/T0KEN/questions' });
    const questions = render('questions', { ...doorModel(facts()), values: {}, errors: {} });
    for (const html of [check, questions]) {
      expect(html).not.toContain('Rowan');
      expect(html).not.toContain('Ashby');
    }
    expect(check).toContain('Ines Calloway');
    expect(check).toMatch(/<button type="submit"[^>]*>Continue<\/button>/);
    expect(check).toContain('10:00');
    expect(questions).toMatch(/<button type="submit"[^>]*>Enter the waiting room<\/button>/);
  });

  it('give the questions back with everything that was typed and a fault at each field', () => {
    const html = render('questions', {
      ...doorModel(facts()),
      values: { place: '<b>1400 Alder', privacy: 'near', contactDeclined: 'yes', phone: '12' },
      errors: { phone: 'encounters:questions.fault.phone' },
    });
    expect(html).toContain('value="&lt;b&gt;1400 Alder"');
    expect(html).toMatch(/value="near" checked/);
    expect(html).toMatch(/name="contactDeclined" value="yes"\s+checked/);
    expect(html).toContain('at least seven digits');
    expect(html).not.toMatch(/name="placeDeclined" value="yes"\s+checked/);
  });

  const kinds: KindPage[] = [
    'early',
    'ended',
    'cancelled',
    'in-office',
    'left-waiting',
    'left-session',
    'removed',
    'other-account',
    'staff-account',
  ];
  it.each(kinds)('has a kind page for %s', (kind) => {
    const { model, title } = kindModel(kind, facts());
    const html = render('kind', model);
    expect(html).toMatch(/<h1[^>]*>[A-Z]/);
    expect(html).not.toContain('Rowan');
    expect(title).toMatch(/^encounters:/);
  });

  it('say when the door opens to somebody early, half an hour before the start', () => {
    expect(render('kind', kindModel('early', facts()).model)).toContain('datetime="2026-11-17T17:30:00.000Z"');
  });

  it('tell the waiting room what is so: here, late, put back, clinician in the room, message, other device', () => {
    const waiting = (change: Partial<DoorFacts> = {}, message?: { text: string; at: Date }) =>
      render('waiting-part', waitingModel(facts(change), message, '(208) 555-0188'));
    expect(waiting()).toContain('Ines knows you are here');
    expect(waiting()).toContain('ending 0188');
    expect(waiting()).not.toContain('555-0188');
    expect(waiting({ now: new Date('2026-11-17T18:10:00Z') })).toContain('Good that you are here');
    expect(waiting({ door: door({ arrival: arrival({ put_back_at: now }) }) })).toContain('One moment, please');
    expect(waiting({}, { text: 'Two minutes <late>', at: now })).toContain('Two minutes &lt;late&gt;');
    expect(
      render(
        'waiting-part',
        waitingModel(facts({ door: door({ arrival: arrival({ state: 'replaced' }) }) }), undefined, null),
      ),
    ).toContain('your other device');
  });

  it('show the end of a number only', () => {
    expect(lastDigits('(208) 555-0188')).toBe('0188');
    expect(lastDigits('12')).toBe('12');
  });
});

describe('pages of the clinician', () => {
  const row = (id: string, name = 'm') => ({
    arrival_id: id,
    appointment_id: 'appointment',
    client_id: name,
    arrived_at: new Date('2026-11-17T17:52:00Z'),
    seen_at: now,
    second: false,
  });
  const board = (change: Partial<ArrivalRow> = {}, second = false) => [
    {
      arrival: arrival(change),
      answers: { place: 'SE Alder, Portland', privacy: 'alone' as const, contact: null, phone: '(503) 555-0142' },
      second,
    },
  ];

  it('have one Admit per waiting person, named exactly so, and none without anybody', () => {
    const admits = (html: string): number => html.match(/>Admit<\/button>/g)?.length ?? 0;
    expect(admits(render('topbar', pillModel([], nameOf, now)))).toBe(0);
    const one = render('topbar', pillModel([row('a1')], nameOf, now));
    expect(one).toContain('1 waiting');
    expect(one).toContain('Rowan A.');
    expect(one).not.toContain('Ashby');
    expect(admits(one)).toBe(1);
    expect(admits(render('topbar', pillModel([row('a1'), row('a2')], nameOf, now)))).toBe(2);
  });

  it('change their mark with what they show and not with the clock', () => {
    const mark = (rows: ReturnType<typeof row>[], at = now): string => pillModel(rows, nameOf, at).mark;
    expect(mark([row('a1')])).toBe(mark([row('a1')], new Date(now.getTime() + 30_000)));
    expect(
      new Set([
        mark([]),
        mark([row('a1')]),
        mark([{ ...row('a1'), second: true }]),
        mark([row('a1')], new Date(now.getTime() + 90_000)),
      ]).size,
    ).toBe(4);
  });

  it('show at the door of a session who waits, what they said and what they preferred not to say', () => {
    const html = render('people', peopleModel('appointment', board({}, true), nameOf, practice, now));
    expect(html).toContain('second device');
    expect(html).toContain('SE Alder, Portland');
    expect(html).toContain('Preferred not to say');
    expect(html).toContain('href="tel:5035550142"');
    expect(html).toContain('County desk');
    expect(html.match(/>Admit<\/button>/g)).toHaveLength(1);
    const inside = render('people', peopleModel('appointment', board({ state: 'admitted' }), nameOf, practice, now));
    expect(inside).toContain('Put back');
    expect(inside).not.toContain('>Admit<');
  });

  it('prepare a session without a second Admit beside the pill', () => {
    const html = render('prepare', {
      ...sessionModel(appointment, nameOf),
      people: peopleModel('appointment', board(), nameOf, practice, now),
    });
    expect(html).toContain('Open session');
    expect(html).not.toContain('>Admit<');
  });

  const room = (host: boolean): RoomModel => ({
    host,
    other: host ? 'Rowan Ashby' : 'Ines Calloway',
    pronouns: host ? 'they/them' : null,
    startsAt: appointment.startsAt.toISOString(),
    zone: appointment.timeZone,
    minutes: 50,
    since: now.toISOString(),
    ticket: '/t',
    liveEvent: 'alcove:waiting',
    status: host ? null : '/j/T0KEN/state',
    out: '/sessions/appointment',
    leave: host ? '/today' : '/j/T0KEN/leave',
    leaveMethod: host ? 'get' : 'post',
    end: host ? '/sessions/appointment/end' : null,
    tab: 't',
    practicePhone: practice.phone,
    practiceDial: 'tel:5035550100',
    ownPhoneEnd: host ? null : '0188',
    people: host ? peopleModel('appointment', board({ state: 'admitted' }), nameOf, practice, now) : null,
  });

  it('give End session to the clinician only, and Leave to both', () => {
    const hosts = render('room', room(true));
    const clients = render('room', room(false));
    expect(hosts).toMatch(/<button type="submit"[^>]*>End session<\/button>/);
    expect(clients).not.toContain('End session');
    for (const html of [hosts, clients]) expect(html.match(/>Leave<\/button>/g)).toHaveLength(1);
    expect(clients).toContain('number ending 0188');
    expect(clients).not.toContain('Rowan');
  });

  it('give a message back that was too long', () => {
    const html = render('message', {
      appointmentId: 'a',
      arrival: 'b',
      values: { text: 'so long' },
      errors: { text: 'encounters:people.fault.message-long' },
      cancel: '/sessions/a',
    });
    expect(html).toContain('>so long</textarea>');
    expect(html).toContain('Keep it to 300 characters.');
  });

  it('end with the measured minutes of everybody, also of who never came', () => {
    const span = { from: new Date('2026-11-17T18:01:00Z'), until: new Date('2026-11-17T18:49:00Z') };
    const people = attendanceModel([{ personId: 'c', role: 'host', minutes: 48, spans: [span] }], ['m'], (id) =>
      id === 'c' ? clinician : client,
    );
    const html = render('ended', {
      ...sessionModel(appointment, nameOf),
      endedAt: now.toISOString(),
      reason: 'encounters:ended.by-you',
      people,
    });
    expect(html).toContain('48 minutes');
    expect(html).toContain('Was not in the room');
    for (const template of ['end', 'closed'])
      expect(
        render(template, {
          ...sessionModel(appointment, nameOf),
          title: 'encounters:closed.cancelled',
          text: 'encounters:closed.cancelled-text',
        }),
      ).toContain('Rowan Ashby');
  });
});

describe('names at the door', () => {
  it('are short and discreet where others may see them', () => {
    expect(personFacts('Rowan Ashby', null)).toMatchObject({ firstName: 'Rowan', shortName: 'Rowan A.' });
    expect(personFacts('Cher', null)).toMatchObject({ firstName: 'Cher', shortName: 'Cher' });
    expect(personFacts('', null)).toMatchObject({ firstName: '', shortName: '' });
    expect(personFacts('Ana María Óscarsdóttir', null).shortName).toBe('Ana Ó.');
  });
});
