// Stands for `npm run`: a process that is called so, with a shell between itself and the server.
import { spawn } from 'node:child_process';

process.title = 'npm run demo';
const [script, ...args] = process.argv.slice(2);
const command = `"$1" "$2" "$3" "$4"; true`;
const env = { ...process.env, npm_lifecycle_event: 'demo' };
const shell = spawn('/bin/sh', ['-c', command, 'sh', process.execPath, script, ...args], { stdio: 'inherit', env });
console.log(`shell ${shell.pid}`);
shell.on('exit', (code) => process.exit(code ?? 1));
