import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '../../../src/platform/ids.js';
import { RouteTable, type Route } from '../../../src/platform/http/route-table.js';
import { AccountCare } from '../../../src/features/access/accounts/account-care.service.js';
import { CareAccess } from '../../../src/features/people/public.js';
import { bootApp, type BootedApp } from '../../support/app.js';
import {
  ASKERS,
  OBJECT_STATES,
  objectOf,
  parseAnswers,
  printAnswers,
  readObjectMatrix,
  type Answer,
  type Asker,
} from './object-matrix.js';
import { ObjectWorld } from './object-world.js';

/**
 * Every route that works on an object, asked by everybody who could have to do with it, for the object in every state, against what
 * people reviewed. The route matrix proves the guards in front of the handlers; this proves the checks behind them.
 */
describe('objects of the practice', () => {
  const matrix = readObjectMatrix();
  let booted: BootedApp;
  let world: ObjectWorld;
  let routes: Route[];

  beforeAll(async () => {
    booted = await bootApp();
    world = await ObjectWorld.of(booted.app, booted.url);
    routes = booted.app
      .get(RouteTable)
      .routes()
      .filter((route) => route.policy?.kind === 'access' && !route.policy.keys && objectOf(route) !== undefined);
  }, 60_000);
  afterAll(async () => {
    await booted.close();
  });

  const pathOf = (route: Route, parameters: readonly string[]): string => {
    let at = 0;
    return route.path
      .split('/')
      .map((part) => (part.startsWith(':') ? (parameters[at++] ?? newId()) : part))
      .join('/');
  };

  /** One line of the table as the application answers it. */
  async function rowOf(route: Route, state: string, askers: readonly Asker[] = ASKERS): Promise<Record<Asker, Answer>> {
    const kind = objectOf(route);
    if (!kind) throw new Error(`${route.path} names no object`);
    const row = {} as Record<Asker, Answer>;
    let id: string[] | undefined;
    for (const asker of askers) {
      id = id === undefined || state === 'own' ? await world.make(kind, state, asker) : id;
      row[asker] = (await world.ask(route.method, pathOf(route, id), asker, world.formOf(kind, id))).answer;
      // What was done to the object must not be what the next one finds.
      if (row[asker] === 'yes' && route.method !== 'GET') id = undefined;
    }
    return row;
  }

  async function differences(some: readonly Route[] = routes): Promise<string[]> {
    const lines: string[] = [];
    for (const route of some) {
      const name = `${route.method} ${route.path}`;
      for (const state of OBJECT_STATES[objectOf(route) ?? 'client']) {
        const row = await rowOf(route, state);
        const line = matrix.routes[name]?.[state];
        if (line === undefined) lines.push(`${name} is not reviewed: "${state}": "${printAnswers(row)}"`);
        else {
          const expected = parseAnswers(`${name}, ${state}`, line);
          for (const asker of ASKERS)
            if (row[asker] !== expected[asker])
              lines.push(`${name}, ${state}, as ${asker}: ${row[asker]} instead of ${expected[asker]}`);
        }
      }
    }
    return lines;
  }

  it('open to whom they should be, and to nobody else', async () => {
    const live = new Set(routes.map((route) => `${route.method} ${route.path}`));
    expect(matrix.columns).toEqual(ASKERS);
    expect(Object.keys(matrix.routes).filter((name) => !live.has(name))).toEqual([]);
    expect(await differences()).toEqual([]);
  }, 300_000);

  it('answer alike, to the byte, when they are forbidden and when there are none', async () => {
    const unlike: string[] = [];
    for (const route of routes.filter((one) => one.method === 'GET')) {
      const kind = objectOf(route) ?? 'client';
      for (const asker of ['stranger', 'scheduler', 'it-admin', 'other-client'] as const) {
        const there = await world.ask(
          'GET',
          pathOf(route, await world.make(kind, OBJECT_STATES[kind][0], asker)),
          asker,
        );
        if (there.answer !== 'no') continue;
        const unknown = await world.ask('GET', pathOf(route, []), asker);
        if (there.body !== unknown.body || there.body === '') unlike.push(`${route.path} as ${asker}`);
      }
    }
    expect(unlike).toEqual([]);
  }, 120_000);

  it('notices every check on objects that is taken away (planted faults)', async () => {
    const care = booted.app.get(CareAccess, { strict: false });
    const accounts = booted.app.get(AccountCare, { strict: false });
    const survivors: string[] = [];
    const without = async (name: string, path: RegExp, take: () => () => void): Promise<void> => {
      const giveBack = take();
      const affected = routes.filter((route) => path.test(route.path));
      if (affected.length === 0 || (await differences(affected)).length === 0) survivors.push(name);
      giveBack();
    };
    await without('who may open a chart', /^\/clients\/:id$/, () => replaced(care, 'basis', OPEN_TO_ALL));
    await without('who may change a client', /^\/clients\/:id\/details$/, () => replaced(care, 'mayEdit', yes));
    await without('whose portal accounts these are', /portal\/:accountId\/suspend$/, () =>
      replaced(accounts, 'peopleOf', () => Promise.resolve({ has: () => true })),
    );
    expect(survivors).toEqual([]);
  }, 120_000);
});

const yes = (): Promise<boolean> => Promise.resolve(true);
const OPEN_TO_ALL = () => Promise.resolve({ basis: 'assigned', until: null });

/** Puts `instead` in the place of a method. @returns the way back */
function replaced(object: object, method: string, instead: (...args: never[]) => unknown): () => void {
  Object.defineProperty(object, method, { value: instead, configurable: true });
  return () => void Reflect.deleteProperty(object, method);
}
