/** Version ranges as npm writes them in peerDependencies: `^1.2`, `~1.2.3`, `>=1 <3`, `1.x`, `*`, alternatives with `||`. */
type Version = readonly [major: number, minor: number, patch: number];
type Bound = { readonly from: Version; readonly below?: Version };

/** Whether `version` lies in `range`. Pre-release parts are ignored: a release candidate counts as its release. False for what is no range. */
export function inRange(version: string, range: string): boolean {
  const parsed = readVersion(version);
  if (!parsed) return false;
  return range.split('||').some((part) => {
    const bounds = part
      .trim()
      .replace(/(>=|<=|>|<|=|\^|~)\s+/g, '$1')
      .split(/\s+/)
      .map((piece) => bound(piece));
    return bounds.every((one) => one !== undefined && compare(parsed, one.from) >= 0 && isBelow(parsed, one.below));
  });
}

function bound(piece: string): Bound | undefined {
  const match = /^(\^|~|>=|<=|>|<|=)?v?(\d+|[xX*])?(?:\.(\d+|[xX*]))?(?:\.(\d+|[xX*]))?(?:[-+][\w.-]+)?$/.exec(piece);
  if (!match) return undefined;
  const [, operator = '', ...texts] = match;
  const numbers = texts.map((text) => (text === undefined || /[xX*]/.test(text) ? undefined : Number(text)));
  const [major, minor, patch] = numbers;
  if (major === undefined) return { from: [0, 0, 0] };
  const from: Version = [major, minor ?? 0, patch ?? 0];
  const next = minor === undefined ? bump(from, 0) : patch === undefined ? bump(from, 1) : bump(from, 2);
  if (operator === '>=') return { from };
  if (operator === '>') return { from: next };
  if (operator === '<') return { from: [0, 0, 0], below: from };
  if (operator === '<=') return { from: [0, 0, 0], below: next };
  if (operator === '~') return { from, below: bump(from, minor === undefined ? 0 : 1) };
  if (operator === '^') return { from, below: bump(from, caretPart(from, minor, patch)) };
  return { from, below: next };
}

/** The caret keeps the leftmost part that is not zero. */
const caretPart = (version: Version, minor?: number, patch?: number): 0 | 1 | 2 => {
  if (version[0] > 0 || minor === undefined) return 0;
  return version[1] > 0 || patch === undefined ? 1 : 2;
};

const bump = ([major, minor, patch]: Version, part: 0 | 1 | 2): Version =>
  part === 0 ? [major + 1, 0, 0] : part === 1 ? [major, minor + 1, 0] : [major, minor, patch + 1];

const compare = (a: Version, b: Version): number => a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
const isBelow = (version: Version, limit?: Version): boolean => limit === undefined || compare(version, limit) < 0;

function readVersion(text: string): Version | undefined {
  const match = /^(\d+)\.(\d+)\.(\d+)(?:[-+].*)?$/.exec(text);
  return match ? [Number(match[1]), Number(match[2]), Number(match[3])] : undefined;
}
