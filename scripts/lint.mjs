// Everything that can be said about the code without running it: types, oxlint, formatting.
import { spawnSync } from 'node:child_process';
import path from 'node:path';

const root = path.join(import.meta.dirname, '..');
const bin = (name) => path.join(root, 'node_modules', name);

const checks = [
  ['types', [bin('typescript/bin/tsc'), '-p', 'tsconfig.test.json']],
  ['oxlint', [bin('oxlint/bin/oxlint'), '--type-aware', '--deny-warnings', '--quiet', '.']],
  ['format', [bin('prettier/bin/prettier.cjs'), '--check', '--log-level', 'warn', '.']],
];

const wanted = process.argv.slice(2);
let failed = 0;
for (const [name, command] of checks) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const { status } = spawnSync(process.execPath, command, { cwd: root, stdio: 'inherit' });
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${name}`);
  if (status !== 0) failed += 1;
}
process.exit(failed === 0 ? 0 : 1);
