import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';

interface Locked {
  readonly version?: string;
  readonly link?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}
type Packages = Readonly<Record<string, Locked>>;

const lock = JSON.parse(readFileSync(path.join(import.meta.dirname, '../../package-lock.json'), 'utf8')) as {
  packages: Packages;
};

/** What a locked package needs and the lock file does not have, as `npm ci` would complain; lookup as Node's, folder by folder. */
function missing(packages: Packages): string[] {
  return Object.entries(packages).flatMap(([folder, { dependencies, optionalDependencies }]) =>
    Object.keys({ ...dependencies, ...optionalDependencies })
      .filter((name) => !places(folder, name).some((place) => place in packages))
      .map((name) => `${folder || 'the root'} needs ${name}`),
  );
}

function places(folder: string, name: string): string[] {
  const found: string[] = [];
  for (let at = folder; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    found.push(at === '' ? `node_modules/${name}` : `${at}/node_modules/${name}`);
    if (at === '') return found;
  }
}

describe('package-lock.json', () => {
  it('has every package for every platform, so that npm ci takes it', () => {
    expect(missing(lock.packages)).toEqual([]);
  });

  it('notices one that is missing (planted fault)', () => {
    const { ['node_modules/@swc/core-darwin-arm64']: gone, ...rest } = lock.packages;
    expect(gone).toBeDefined();
    expect(missing(rest)).toEqual(['node_modules/@swc/core needs @swc/core-darwin-arm64']);
  });
});
