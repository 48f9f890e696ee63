import { Practice1764000100001 } from './practice.js';

export const practiceMigrations = [Practice1764000100001];
