/** Windows applications: what Explorer and the installer leave behind is no part of them. */
import { machineVariableNames } from '../src/layer/variables.ts';
import { ruleSet } from '../src/registry/rule-sets/rule-sets.ts';
import type { Family } from './family.ts';

export const windows: Family = {
  name: 'windows',
  excludes: [
    // Written by Explorer when someone looks into the folder.
    'Thumbs.db',
    'ehthumbs.db',
    'desktop.ini',
    '$RECYCLE.BIN',
    'System Volume Information',
    // Lock files of open documents.
    '~$*',
  ],
  volatile: [
    ...ruleSet('windows-installer').rules,
    ...ruleSet('mru-lists').rules,
    ...ruleSet('plug-and-play').rules,
    // A Windows application may have been captured in Wine; nowhere else does a rule of these match.
    ...ruleSet('wine').rules,
  ],
  variables: machineVariableNames,
};
