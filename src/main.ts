import 'reflect-metadata';
import { holdYoungSpace } from './platform/process/young-space.js';

/** The web process, for images that start it without the command line. */
holdYoungSpace();
const { runServer } = await import('./server.js');
await runServer({ demo: false });
