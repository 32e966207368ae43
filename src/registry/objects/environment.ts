/** Environment variables: a value each (Microsoft, "Environment Variables"). */
import type { View } from './view.ts';

export const machineEnvironment: View = {
  kind: 'environment-variable',
  each: 'value',
  scopes: ['machine'],
  places: ['CurrentControlSet', 'ControlSet0*'].map(
    (set) => `System\\${set}\\Control\\Session Manager\\Environment`,
  ),
  field: 'value',
};

export const userEnvironment: View = {
  kind: 'environment-variable',
  each: 'value',
  scopes: ['user'],
  places: ['Environment'],
  field: 'value',
};
