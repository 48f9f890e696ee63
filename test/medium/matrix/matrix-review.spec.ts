import { describe, expect, it } from '@jest/globals';
import { CALLERS, parseRow, readMatrix, type Caller, type Outcome } from './access-matrix.js';

const matrix = readMatrix();
const rows = Object.entries(matrix.routes).map(([route, line]) => ({ route, row: parseRow(route, line) }));
const REACHED: readonly Outcome[] = ['ok', 'onwards', 'unknown', 'refused'];
const reaches = (caller: Caller, prefix: RegExp): string[] =>
  rows.filter(({ route, row }) => prefix.test(route) && REACHED.includes(row[caller])).map(({ route }) => route);

/** What must be true of the reviewed table itself, whatever the application does. */
describe('test/access-matrix.json', () => {
  it('has one outcome per caller on each line, sorted by path', () => {
    expect(matrix.columns).toEqual(CALLERS);
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.filter(({ row }) => Object.values(row).includes('broken'))).toEqual([]);
  });

  it('lets IT admins reach no page with client data', () => {
    expect(reaches('it-admin', / \/(clients|today|calendar|appointments|sessions|waiting|portal|cases)(\/|$)/)).toEqual(
      [],
    );
  });

  it('lets billers and schedulers reach no session', () => {
    for (const caller of ['biller', 'scheduler'] as const) expect(reaches(caller, / \/sessions(\/|$)/)).toEqual([]);
  });

  it('lets clients and guardians reach no page of staff', () => {
    for (const caller of ['client', 'guardian'] as const)
      expect(reaches(caller, / \/(admin|clients|today|calendar|appointments|sessions|waiting)(\/|$)/)).toEqual([]);
  });

  it('lets only owners change people, roles and the practice', () => {
    for (const caller of CALLERS.filter((one) => one !== 'owner'))
      expect(reaches(caller, /^POST \/(admin\/(people|practice)|setup\/kit)/)).toEqual([]);
  });

  it('lets visitors and the half-signed-in reach the same pages, but for the steps of signing in', () => {
    // A visitor is sent from these to the sign-in without a place to come back to, which the table calls `onwards`.
    const only = (route: string): boolean =>
      !/\/sign-in\/(code|recovery-code|second-factor)|\/account\/again$|^GET \/$/.test(route);
    const open = (caller: Caller): string[] => reaches(caller, /./).filter(only);
    expect(open('half')).toEqual(open('anonymous'));
  });
});
