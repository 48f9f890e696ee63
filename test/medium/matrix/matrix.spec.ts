import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { bootApp, type BootedApp } from '../../support/app.js';
import { parseRow, readMatrix } from './access-matrix.js';
import { differences, isNoticed, mutantsOf, nameOf } from './matrix.js';
import { MatrixWorld } from './matrix-world.js';
import { routeLines } from './routes-doc.js';

const DOC = path.join(import.meta.dirname, '../../../docs/reference/routes.md');

/** Every route of the running server as every role, against what people reviewed. */
describe('the access matrix', () => {
  const matrix = readMatrix();
  let booted: BootedApp;
  let world: MatrixWorld;

  beforeAll(async () => {
    booted = await bootApp();
    world = await MatrixWorld.of(booted.app, booted.url);
  });
  afterAll(async () => {
    await booted.close();
  });

  it('notices every guard that is removed or weakened', async () => {
    const mutants = mutantsOf(world.routes());
    expect(mutants.length).toBeGreaterThan(world.routes().length / 2);
    const survivors = [];
    for (const mutant of mutants) {
      const line = matrix.routes[nameOf(mutant.route)];
      if (line === undefined || !(await isNoticed(world, mutant, parseRow(nameOf(mutant.route), line))))
        survivors.push(mutant.name);
    }
    expect(survivors).toEqual([]);
  }, 300_000);

  it('is explained in docs/reference/routes.md', () => {
    const documented = readFileSync(DOC, 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('| `'));
    const cells = (line: string): string[] => line.split('|').map((cell) => cell.trim());
    expect(documented.map(cells)).toEqual(routeLines(world.routes()).map(cells));
  });

  it('holds for every route and role, and knows every route', async () => {
    expect(await differences(world, matrix)).toEqual([]);
  }, 300_000);
});
