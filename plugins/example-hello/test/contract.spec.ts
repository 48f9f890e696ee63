import { pluginContract } from '@alcove/testkit';

pluginContract(import.meta.url, () => import('../src/index.js'));
