import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { bootApp, type BootedApp } from '../../support/app.js';
import { parseRow, readMatrix } from './access-matrix.js';
import { differences, isNoticed, mutantsOf, nameOf } from './matrix.js';
import { MatrixWorld } from './matrix-world.js';

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
      if (line === undefined || !(await isNoticed(world, mutant, parseRow(nameOf(mutant.route), line)))) survivors.push(mutant.name);
    }
    expect(survivors).toEqual([]);
  }, 300_000);

  it('holds for every route and role, and knows every route', async () => {
    expect(await differences(world, matrix)).toEqual([]);
  }, 300_000);
});
