/** All kinds of objects, in the order in which they are shown. */
import { appPaths } from './app-paths.ts';
import { autostart } from './autostart.ts';
import { comServers } from './com-servers.ts';
import { machineEnvironment, userEnvironment } from './environment.ts';
import { fileAssociations } from './file-associations.ts';
import { programs } from './programs.ts';
import { services } from './services.ts';
import type { View } from './view.ts';

export const views: readonly View[] = [
  programs,
  services,
  autostart,
  machineEnvironment,
  userEnvironment,
  fileAssociations,
  comServers,
  appPaths,
];
