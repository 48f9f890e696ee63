import { Module } from '@nestjs/common';
import { PluginsController } from './pages/plugins.controller.js';

/** The pages on which plugins are looked at, switched on and off and set up. The kernel does the work, behind `PluginAdmin`. */
@Module({ controllers: [PluginsController] })
export class PluginsModule {}
