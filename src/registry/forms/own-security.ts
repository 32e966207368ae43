/** In a hive every key has a security descriptor; in the model, and in all other forms, most have none. */
import { attributesOf } from '../attributes.ts';
import { equalData } from '../equal-data.ts';
import type { KeyAttributes, RegistryKey } from '../hive.ts';
import { keyWith } from '../key.ts';
import { defaultSecurity } from '../regf-write/default-security.ts';

/**
 * The key without the descriptor that we give keys without one when we write a hive. So a registry that goes through a
 * hive comes back as it was; and a hive that had that very descriptor gets it again.
 */
export function withoutDefaultSecurity(key: RegistryKey): RegistryKey {
  // Keys of a hive share their attributes, so that each descriptor is looked at once.
  return strip(key, new Map());
}

function strip(key: RegistryKey, known: Map<KeyAttributes, KeyAttributes>): RegistryKey {
  const attributes = key.attributes && (known.get(key.attributes) ?? own(key, key.attributes, known));
  const keys = new Map<string, RegistryKey>();
  let changed = attributes !== key.attributes;
  for (const [folded, child] of key.keys) {
    const stripped = strip(child, known);
    if (stripped !== child) changed = true;
    keys.set(folded, stripped);
  }
  if (!changed) return key;
  return keyWith(key, { ...(attributes !== undefined && { attributes }), keys });
}

function own(
  key: RegistryKey,
  attributes: KeyAttributes,
  known: Map<KeyAttributes, KeyAttributes>,
): KeyAttributes {
  const { security, ...rest } = attributesOf(key);
  const isDefault = security !== undefined && equalData(security, defaultSecurity);
  const result = isDefault ? rest : attributes;
  known.set(attributes, result);
  return result;
}
