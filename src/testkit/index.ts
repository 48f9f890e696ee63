export * from './memory-host.js';
export * from './plugin-contract.js';
export * from './video-contract.js';
