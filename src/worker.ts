import 'reflect-metadata';
import { runServer } from './server.js';

/** Background work alone: the same modules, no HTTP. For installations that split the two. */
await runServer({ demo: false, listen: false });
