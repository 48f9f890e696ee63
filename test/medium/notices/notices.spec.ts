import type { Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EventBus } from '../../../src/platform/events/event-bus.js';
import { newId } from '../../../src/platform/ids.js';
import { Notices, type Audience, type Notice } from '../../../src/platform/ports/notices.js';
import { Work } from '../../../src/platform/work/work.js';
import { StatementCounter } from '../performance/support/statements.js';
import { House, system, type Somebody } from '../people/support/house.js';

let house: House;
let owner: Somebody;
let clinician: Somebody;
let client: Somebody;

beforeAll(async () => {
  house = await House.open();
  owner = await house.signedIn('owner', 'Noor Hadley');
  clinician = await house.signedIn('clinician', 'Ines Calloway');
  client = await house.signedIn('client', 'Robin Vale');
});
afterAll(() => house.close());

const NEWS: Notice = { kind: 'emergency.open', facts: { count: 30 }, href: '/admin' };
const tell = (to: Audience, notice = NEWS, from = house): Promise<void> =>
  from.get(Work).run(system, async (tx) => {
    tx.audit({ action: 'test.tell' });
    await from.get(Notices).tell(tx, to, notice);
  });
const told = async (accountId: string): Promise<number> =>
  (await house.rows('SELECT 1 FROM core.notice WHERE account_id = $1', [accountId])).length;
const forgetAll = () => house.rows('DELETE FROM core.notice');

describe('who is told', () => {
  it('is named by account, by person, or by what they may do', async () => {
    await forgetAll();
    await tell({ accounts: [client.accountId, newId()] });
    await tell({ persons: [clinician.personId] });
    await tell({ holdersOf: 'audit:review' });
    expect([await told(client.accountId), await told(clinician.accountId), await told(owner.accountId)]).toEqual([
      1, 1, 1,
    ]);
  });

  it('follows what owners made of the roles, and leaves out the one who need not hear it', async () => {
    await forgetAll();
    await house.rows(
      `INSERT INTO core.role_set (role, permissions, changed_by, changed_at)
       VALUES ('clinician', '{clients:read,audit:review}', $1, now()), ('owner', '{staff:read}', $1, now())`,
      [owner.accountId],
    );
    await tell({ holdersOf: 'audit:review' });
    await tell({ holdersOf: 'account:self', except: owner.accountId });
    expect([await told(clinician.accountId), await told(owner.accountId)]).toEqual([2, 0]);
    await house.rows('DELETE FROM core.role_set');
  });

  it('is nobody who is suspended, and nobody who is closed even by name', async () => {
    await forgetAll();
    const other = await house.somebody('owner', 'Sam Reyes');
    await house.rows(`UPDATE core.account SET state = 'suspended' WHERE id = $1`, [other.accountId]);
    await tell({ holdersOf: 'audit:review' });
    await tell({ persons: [other.personId] });
    expect(await told(other.accountId)).toBe(0);
    await tell({ accounts: [other.accountId] });
    expect(await told(other.accountId)).toBe(1);
    await house.rows(`UPDATE core.account SET state = 'closed' WHERE id = $1`, [other.accountId]);
    await tell({ accounts: [other.accountId] });
    expect(await told(other.accountId)).toBe(1);
  });

  it('hears nothing of a change that did not happen', async () => {
    await forgetAll();
    const failing = house.get(Work).run(system, async (tx) => {
      tx.audit({ action: 'test.tell' });
      await house.get(Notices).tell(tx, { accounts: [owner.accountId] }, NEWS);
      throw new Error('planted');
    });
    await expect(failing).rejects.toThrow('planted');
    expect(await told(owner.accountId)).toBe(0);
  });

  it('is said to plugins and mail by account id alone', async () => {
    const events = house.get(EventBus);
    const publish = events.publishInside.bind(events);
    const sent: { type: string; payload: Readonly<Record<string, string>> }[] = [];
    events.publishInside = async (manager, type, key, payload) => {
      sent.push({ type, payload });
      await publish(manager, type, key, payload);
    };
    await tell({ accounts: [owner.accountId] });
    events.publishInside = publish;
    expect(sent).toEqual([{ type: 'notice.told', payload: { accountIds: owner.accountId } }]);
  });

  it('refuses a page of another site as the place to look', async () => {
    for (const href of ['//elsewhere.example', 'https://elsewhere.example', '/\\elsewhere.example'])
      await expect(tell({ accounts: [owner.accountId] }, { ...NEWS, href })).rejects.toThrow(/notice_href_check/);
  });
});

describe('the page', () => {
  it('shows what one was told, newest first, a page at a time, and marks it read', async () => {
    await forgetAll();
    for (let count = 1; count <= 32; count++)
      await tell({ accounts: [clinician.accountId] }, { kind: 'emergency.open', facts: { count } });
    const first = await clinician.get('/notices');
    expect(first.text).toContain('32 are new.');
    expect(first.text).toContain('for 32 minutes');
    expect(first.text).not.toContain('for 2 minutes');
    const older = `/notices?after=${/\/notices\?after&#x3D;([^"]+)"/.exec(first.text)?.[1]}`;
    const second = await clinician.get(older);
    expect(second.text).toContain('for 2 minutes');
    expect(second.text).not.toContain('for 3 minutes');
    const id = /\/notices\/([0-9a-f-]{36})\/read/.exec(first.text)?.[1] ?? '';
    expect((await clinician.post(`/notices/${id}/read`)).location).toBe('/notices');
    expect((await clinician.get('/notices')).text).toContain('31 are new.');
    // A second press changes nothing.
    await clinician.post(`/notices/${id}/read`);
    expect(await house.rows(`SELECT 1 FROM core.audit_event WHERE object = $1`, [`notice:${id}`])).toHaveLength(1);
    await clinician.post('/notices/read');
    expect((await clinician.get('/notices')).text).toContain('You have read everything.');
  });

  it('answers for another one’s notice as for one that does not exist', async () => {
    await forgetAll();
    await tell({ accounts: [owner.accountId] });
    const [{ id }] = (await house.rows<{ id: string }>('SELECT id FROM core.notice')) as [{ id: string }];
    const answers = [];
    for (const one of [id, newId(), 'x']) answers.push(await clinician.post(`/notices/${one}/read`));
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404]);
    expect((await clinician.get('/notices')).text).not.toContain(id);
    expect(await house.rows('SELECT 1 FROM core.notice WHERE read_at IS NULL')).toHaveLength(1);
  });

  it('stands in the frame people know', async () => {
    expect((await client.get('/notices')).text).toContain('portal-main');
    expect((await owner.get('/notices')).text).toContain('class="rail"');
  });
});

describe('the bell', () => {
  const bell = async (who: Somebody): Promise<string> =>
    /class="btn btn-text btn-icon notices-bell"[\s\S]*?<\/a>/.exec((await who.get('/account')).text)?.[0] ?? '';
  const eventually = async (holds: () => Promise<boolean>): Promise<boolean> => {
    for (let tries = 0; tries < 100; tries++) {
      if (await holds()) return true;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return false;
  };

  it('counts what is new, and asks nothing while it knows', async () => {
    await clinician.post('/notices/read');
    await clinician.get('/account');
    const counter = new StatementCounter(house.booted.app.getHttpServer() as Server, '/account');
    expect(await bell(clinician)).not.toContain('bell-count');
    expect(counter.last()).not.toContain('notices.unread');
    await tell({ accounts: [clinician.accountId] });
    expect(await eventually(async () => (await bell(clinician)).includes('>1<'))).toBe(true);
    await bell(clinician);
    expect(counter.last()).not.toContain('notices.unread');
    counter.stop();
  });

  it('is told by every process', async () => {
    const beside = await House.open({ beside: house.booted });
    try {
      await clinician.post('/notices/read');
      const there = await house.elsewhere(clinician, beside);
      expect(await bell(there)).not.toContain('bell-count');
      await tell({ accounts: [clinician.accountId] });
      expect(await eventually(async () => (await bell(there)).includes('>1<'))).toBe(true);
      await there.post('/notices/read');
      expect(await eventually(async () => !(await bell(clinician)).includes('bell-count'))).toBe(true);
    } finally {
      await beside.close();
    }
  });
});
