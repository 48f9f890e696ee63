import { Crypto1764000020001 } from './1764000020001-crypto.js';

export const cryptoMigrations = [Crypto1764000020001];
