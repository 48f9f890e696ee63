import 'reflect-metadata';
import { runServer } from './server.js';

/** The web process, for images that start it without the command line. */
await runServer({ demo: false });
