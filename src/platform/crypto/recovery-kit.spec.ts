import { describe, expect, it } from '@jest/globals';
import { DomainError } from '../errors/domain-error.js';
import { newKeyRing, withNewMaster } from './key-ring.js';
import { confirmsKit, kitGroups, recoveryKit, restoreKit } from './recovery-kit.js';

const ring = newKeyRing();
const kit = recoveryKit(ring);

/** The group the error names, or -1 when the kit was accepted. */
function refusedAt(groups: readonly string[]): number {
  try {
    restoreKit(groups);
  } catch (error) {
    if (error instanceof DomainError && error.code === 'kit-invalid') return Number(error.details.group);
    throw error;
  }
  return -1;
}

const changed = (at: number, group: string): string[] =>
  kit.groups.map((known, index) => (index === at ? group : known));

describe('the recovery kit', () => {
  it('gives the ring back, from its groups and from its printed text', () => {
    expect(restoreKit(kit.groups)).toEqual(ring);
    expect(restoreKit(kitGroups(kit.text))).toEqual(ring);
    expect(kit.groups).toHaveLength(24);
  });

  it('gives back rings of one to six master keys, the current one again current', () => {
    let many = ring;
    for (let masters = 1; masters <= 6; masters++) {
      const restored = restoreKit(recoveryKit(many).groups);
      expect(restored.current).toBe(many.current);
      expect(new Map([...restored.masters].sort())).toEqual(new Map([...many.masters].sort()));
      many = withNewMaster(many);
    }
  });

  it('forgives case, look-alike letters, and separators', () => {
    const sloppy = kit.text
      .toLowerCase()
      .replaceAll('0', 'o')
      .replaceAll(/(?<=[a-z])1/g, 'l');
    expect(restoreKit(kitGroups(sloppy.replaceAll(/^\s*\S+\. {2}/gm, '')))).toEqual(ring);
  });

  it('names the group of every single wrong character', () => {
    const letters = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
    for (const [at, group] of kit.groups.entries()) {
      for (let place = 0; place < group.length; place++) {
        for (const letter of letters) {
          if (letter === group[place]) continue;
          expect(refusedAt(changed(at, group.slice(0, place) + letter + group.slice(place + 1)))).toBe(at + 1);
        }
      }
    }
  });

  it('names the group in which two characters changed places', () => {
    for (const [at, group] of kit.groups.entries()) {
      for (let place = 0; place + 1 < group.length; place++) {
        const swapped = group.slice(0, place) + group[place + 1] + group[place] + group.slice(place + 2);
        if (swapped !== group) expect(refusedAt(changed(at, swapped))).toBe(at + 1);
      }
    }
  });

  it('notices groups that changed places, are missing, doubled, too short, or from another kit', () => {
    const [first, second, ...rest] = kit.groups;
    expect(refusedAt([second, first, ...rest])).toBe(1);
    expect(refusedAt(kit.groups.slice(0, -1))).toBe(0);
    expect(refusedAt([])).toBe(0);
    expect(refusedAt([first, ...kit.groups])).toBe(2);
    expect(refusedAt([first.slice(0, 5), second, ...rest])).toBe(1);
    expect(refusedAt(['U23456', second, ...rest])).toBe(1);
    expect(refusedAt([...kit.groups.slice(0, 12), ...recoveryKit(newKeyRing()).groups.slice(12)])).toBe(0);
  });

  it('is confirmed by its last group only', () => {
    expect(kit.checkWord).toBe(kit.groups[23]);
    expect(confirmsKit(kit, ` ${kit.checkWord.toLowerCase()} `)).toBe(true);
    expect(confirmsKit(kit, kit.groups[0])).toBe(false);
    expect(confirmsKit(kit, '')).toBe(false);
    expect(confirmsKit(kit, '!!!!!!')).toBe(false);
  });
});
